//! The learning rate at which the loss jumps while it is raised.

use super::jackknife::BlockSums;
use super::{Estimate, Estimates, weights};
use crate::experiment::Setup;
use crate::ramp::Ramp;
use crate::tally::BlockTally;

/// Adds `jump_learning_rate` where a [`Ramp`] raises the learning rate until the loss jumps: that of the smooth ramp at the
/// mean of the updates in which the walkers' losses do, which is the geometric mean of the rates then in force as far as
/// [`Ramp::at`] tells; there is none where the updates spread over less than a stage of several. The sum of the updates is
/// counted one by one, as steps at risk: bins of durations, of 1/32 of a duration, are too wide for a rate that grows a
/// hundredfold.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let Some(ramp) = Ramp::of(setup) else { return };
    let counts = |block: &&BlockTally| {
        let passages = block.passages.as_ref();
        let [jumps, steps] = passages.map_or([0, 0], |p| [p.count, p.steps_at_risk]);
        [block.walkers, jumps, steps, block.lost.count].map(|count| count as f64).to_vec()
    };
    let sums = BlockSums::new(weights(blocks), blocks.iter().map(counts).collect());
    let burn_in = setup.ensemble.burn_in as f64;
    let update = |counts: &[f64]| {
        let (jumps, steps, lost) = (counts[1], counts[2], counts[3]);
        let lost_beyond = format!("{lost} walkers were lost beyond ensemble.bounds; widen them");
        match counts[0] - jumps {
            0.0 => Ok(burn_in + steps / jumps),
            left if lost == 0.0 => {
                Err(format!("the loss of {left} walkers had not jumped by the end; measure for more steps"))
            }
            left if left <= lost => Err(lost_beyond),
            left => {
                Err(format!("the loss of {left} walkers had not jumped by the end; {lost_beyond}, or measure longer"))
            }
        }
    };
    let mean = sums.estimate(update);
    let spread = mean.std_error.map(|error| error * sums.total()[1].sqrt());
    let found = match spread {
        _ if mean.value.is_none() => mean,
        None if ramp.every > 1 => Estimate::missing(
            sums.blocks(),
            "one block of walkers does not tell over how many stages of the ramp the jumps spread; run more walkers",
        ),
        Some(spread) if ramp.every > 1 && spread < ramp.every as f64 => Estimate::missing(
            sums.blocks(),
            "the jumps fall into one or two stages of the ramp; raise the rate more often, by less",
        ),
        _ => sums.estimate(|counts| Ok(ramp.at(update(counts)?))),
    };
    all.insert("jump_learning_rate".into(), found);
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
    fn jumps(left: u64, every: u64, factor: f64) -> (Vec<BlockTally>, f64) {
        let (mut random, mut logs) = (SplitMix(5), 0.0);
        let mut block = || {
            let mut passages = Passages::new(4000);
            for _ in 0..100 {
                let n = (2000.0 + 300.0 * random.normal()).round() as u64;
                passages.count += 1;
                passages.steps_at_risk += n;
                logs += 0.01f64.ln() + factor.ln() * ((100 + n - 1) / every) as f64;
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
        let (blocks, log) = jumps(0, 1, 1.002);
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
            estimate(setup, &references(&jumps(left, 1, 1.002).0), &mut all);
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

    /// Jumps that spread over three stages have the mean of the rates in force to within 4/√(12·6400) of a stage, the
    /// places of walkers in theirs (6·10⁻⁵ for a fresh seed); what does not spread has no value. Canary: the ramp where
    /// that is so.
    #[test]
    fn jumps_must_spread_over_stages() {
        for (every, wide) in [(100, true), (1000, false)] {
            let (blocks, log) = jumps(0, every, 1.5);
            let ramp = format!(r#"{{ kind = "ramp", every = {every}, factor = 1.5 }}"#);
            let setup = swarm("loss_above = 9.0, after = \"absorb\"", &ramp);
            let of = |blocks: &[BlockTally]| {
                let mut all = Estimates::new();
                estimate(&setup, &references(blocks), &mut all);
                all.remove("jump_learning_rate").expect("an estimate")
            };
            let near = |value: f64| ((value.ln() - log) / 1.5f64.ln()).abs() < 4.0 / (12.0 * 6400.0f64).sqrt();
            let found = of(&blocks);
            match found.value {
                Some(value) => assert!(wide && near(value), "{value}, not {}", log.exp()),
                None => assert!(!wide && found.reason.is_some_and(|reason| reason.contains("one or two stages"))),
            }
            let smooth = Ramp { rate: 0.01, every, factor: 1.5, threshold: 9.0 }.at(2100.0);
            assert!(wide || !near(smooth), "canary: {smooth} and {}", log.exp());
            let single = of(&blocks[..1]);
            assert!(single.value.is_none() && single.reason.is_some_and(|reason| reason.contains("one block")));
        }
    }

    #[test]
    fn lost_walkers_are_named() {
        for (left, told, untold) in [(1, "64 walkers were lost", "by the end"), (3, "of 192 walkers", "nothing")] {
            let mut blocks = jumps(left, 1, 1.002).0;
            blocks.iter_mut().for_each(|block| block.lost.count = 1);
            let mut all = Estimates::new();
            estimate(&swarm("loss_above = 9.0, after = \"absorb\"", RAMP), &references(&blocks), &mut all);
            let reason = all["jump_learning_rate"].reason.clone().expect("a reason");
            assert!(reason.contains(told) && reason.contains("bounds") && !reason.contains(untold), "{reason}");
        }
    }
}
