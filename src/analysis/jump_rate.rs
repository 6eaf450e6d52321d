//! The learning rate at which the loss jumps while it is raised.

use super::jackknife::BlockSums;
use super::{Estimates, weights};
use crate::experiment::Setup;
use crate::ramp::Ramp;
use crate::tally::BlockTally;

/// Adds `jump_learning_rate` where a [`Ramp`] raises the learning rate until the loss jumps: that of the ramp at the mean
/// of the updates in which the walkers' losses do, and so the geometric mean of the walkers' own. The sum of those updates
/// is counted one by one, as steps at risk: bins of durations, of 1/32 of a duration, are too wide for a rate that grows
/// a hundredfold.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let Some(ramp) = Ramp::of(setup) else { return };
    let counts = |block: &&BlockTally| {
        let passages = block.passages.as_ref();
        let [jumps, steps] = passages.map_or([0, 0], |p| [p.count, p.steps_at_risk]);
        vec![block.walkers as f64, jumps as f64, steps as f64]
    };
    let sums = BlockSums::new(weights(blocks), blocks.iter().map(counts).collect());
    let burn_in = setup.ensemble.burn_in as f64;
    let of = |counts: &[f64]| {
        let (walkers, jumps, steps) = (counts[0], counts[1], counts[2]);
        match walkers - jumps {
            0.0 => Ok(ramp.at(burn_in + steps / jumps)),
            left => Err(format!("the loss of {left} walkers had not jumped by the end; measure for more steps")),
        }
    };
    all.insert("jump_learning_rate".into(), sums.estimate(of));
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{SplitMix, references, setup};
    use super::*;
    use crate::tally::Passages;

    fn swarm(passage: &str, schedule: &str) -> Setup {
        setup(&format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [1.0], floor = 1.0 }}
            noise = {{ kind = "loss-hessian" }}
            dynamics = {{ kind = "sgd", learning_rate = 0.01, schedule = {schedule} }}
            ensemble = {{ walkers = 6400, steps = 4000, burn_in = 100, start = [0.0] }}
            measure.first_passage = {{ {passage} }}
        "#
        ))
    }

    const RAMP: &str = r#"{ kind = "ramp", every = 1, factor = 1.002 }"#;

    /// 64 blocks of 100 walkers that jump in updates 100 + n, and their mean logarithm of the rate in force.
    fn jumps(left: u64) -> (Vec<BlockTally>, f64) {
        let (mut random, mut logs) = (SplitMix(5), 0.0);
        let mut block = || {
            let mut passages = Passages::new(4000);
            for _ in 0..100 {
                let n = (2000.0 + 300.0 * random.normal()).round() as u64;
                passages.count += 1;
                passages.steps_at_risk += n;
                logs += 0.01f64.ln() + 1.002f64.ln() * (100 + n - 1) as f64;
            }
            BlockTally { walkers: 100 + left, passages: Some(passages), ..BlockTally::default() }
        };
        let blocks = (0..64).map(|_| block()).collect();
        (blocks, logs / 6400.0)
    }

    /// The geometric mean to rounding, its error σ ln f/√N to within 4/√(2·63) of it (a false alarm of 6·10⁻⁵ for a fresh
    /// seed). Canary: bins of 1/32 of a duration.
    #[test]
    fn of_walkers_that_all_jump_it_is_the_geometric_mean() {
        let (blocks, log) = jumps(0);
        for after in ["absorb", "continue"] {
            let mut all = Estimates::new();
            estimate(&swarm(&format!("loss_above = 9.0, after = \"{after}\""), RAMP), &references(&blocks), &mut all);
            let found = &all["jump_learning_rate"];
            let (value, error) = (found.value.expect("a rate"), found.std_error.expect("an error"));
            assert!((value / log.exp() - 1.0).abs() < 1e-12, "{value}, not {}", log.exp());
            let expected = value * 1.002f64.ln() * 300.0 / 80.0;
            assert!((error / expected - 1.0).abs() < 0.36, "{error}, not {expected}");
            assert!((1.002f64.powf(2000.0 / 64.0) - 1.0) * value > 8.0 * error, "canary: half a bin");
        }
    }

    #[test]
    fn there_is_none_without_a_ramp_or_where_walkers_are_left() {
        let of = |setup: &Setup, left: u64| {
            let mut all = Estimates::new();
            estimate(setup, &references(&jumps(left).0), &mut all);
            all.remove("jump_learning_rate")
        };
        let absorbed = "loss_above = 9.0, after = \"absorb\"";
        let left = of(&swarm(absorbed, RAMP), 1).expect("a reason");
        assert!(left.value.is_none() && left.reason.is_some_and(|reason| reason.contains("64 walkers")));
        for (passage, schedule) in [
            ("loss_above = 9.0", RAMP),
            ("radius_above = 9.0, after = \"absorb\"", RAMP),
            (absorbed, r#"{ kind = "step", every = 1, factor = 1.002 }"#),
        ] {
            assert_eq!(of(&swarm(passage, schedule), 0), None, "{passage}, {schedule}");
        }
    }
}
