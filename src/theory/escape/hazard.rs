//! The chance to pass with each step, of walkers that have not passed before.

use super::Passage;
use crate::experiment::{After, Setup};
use crate::theory::ensemble::{Atom, MeasuringTimes};
use crate::theory::motion::Motion;

/// Passages per unit of time at risk, of episodes between each of these `ages` in steps (ascending) and the next: exact
/// at the finite step. None where the coordinate's chain is not known, would take too long, or where walkers restart
/// from several places: those that pass sooner are the more often followed anew.
pub fn hazard(setup: &Setup, ages: &[u64]) -> Option<Vec<f64>> {
    let passage = Passage::of(setup)?;
    let motion = passage.motion.as_ref()?;
    let start = motion.start(setup, passage.axis)?;
    let begun = match passage.after {
        After::Restart => Some(start).filter(|start| start.len() == 1)?,
        After::Absorb | After::Continue => burnt_in(setup, motion, start)?,
    };
    let per_step = setup.time_per_step()?;
    let chances = passage.kernel(motion, &begun)?.hazards(&begun, ages)?;
    Some(chances.into_iter().map(|chance| chance / per_step).collect())
}

/// Where the burn-in leaves walkers that nothing is looked for in.
pub(super) fn burnt_in(setup: &Setup, motion: &Motion, start: Vec<Atom>) -> Option<Vec<Atom>> {
    match setup.ensemble.burn_in {
        0 => Some(start),
        first => {
            let free = motion.on_line(&start)?;
            let times = MeasuringTimes { first, every: 1, count: 1 };
            Some(free.pooled(&start, times, 1.0)?.atoms().collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Experiment;
    use crate::theory::predict;

    fn setup(after: &str, burn_in: u64) -> Setup {
        let text = format!(
            r#"
            landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
            dynamics = {{ kind = "langevin", temperature = 0.08, time_step = 0.1 }}
            ensemble = {{ walkers = 64, burn_in = {burn_in}, steps = 5000, start = [-1.0] }}
            measure.first_passage = {{ above = 1.0, after = "{after}" }}
        "#
        );
        Experiment::parse("well", "well.toml", &text, &[]).expect("a right experiment").cells.remove(0).setup
    }

    /// Over all steps it is the exact rate of walkers that are absorbed, by the same kernel summed in another way, and
    /// over all ages 1 over the mean passage time, by elimination; it climbs from nothing to where it stays, but
    /// not after a burn-in, which has spread walkers already (canary).
    #[test]
    fn it_climbs_and_then_stays() {
        let absorbed = setup("absorb", 0);
        let exact = |setup: &Setup| predict(setup)["escape_rate"][0].value;
        let [whole] = hazard(&absorbed, &[0, 5000]).expect("a kernel")[..] else { panic!("one span") };
        assert!((whole / exact(&absorbed) - 1.0).abs() < 1e-9, "{whole}, not {}", exact(&absorbed));
        let settled = setup("restart", 100_000);
        let [all] = hazard(&settled, &[0, 1 << 40]).expect("a kernel")[..] else { panic!("one span") };
        assert!((all / exact(&settled) - 1.0).abs() < 1e-9, "{all}, not {}", exact(&settled));
        let found = hazard(&settled, &[0, 5, 20, 50, 100, 200, 500, 1000, 10_000]).expect("a kernel");
        assert!(found.windows(2).all(|pair| pair[0] <= pair[1] * (1.0 + 1e-9)), "{found:?}");
        assert!(found[0] < 1e-6 * all && found[6] / found[7] > 1.0 - 1e-6 && found[7] > 1.02 * all, "{found:?}");
        let later = hazard(&setup("absorb", 1000), &[0, 5]).expect("a kernel");
        assert!(later[0] > 0.1 * all, "canary: walkers that have spread pass at once: {later:?}");
    }
}
