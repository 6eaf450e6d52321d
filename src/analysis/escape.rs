//! How fast walkers pass: escape rate, mean and median first-passage time, late decay of survival.

use super::jackknife::BlockSums;
use super::survival::Episodes;
use super::{Estimate, Estimates, weights};
use crate::experiment::{Dynamics, Setup};
use crate::tally::BlockTally;

/// −ln 0.05: a Poisson count of this mean is zero with probability 5 %.
const NONE_AT_95_PERCENT: f64 = 2.995_732_273_553_991;

/// Where first passage is measured, adds
///
/// - `escape_rate`: passages over the time at risk, of walkers that never passed too;
/// - `mean_first_passage_time`, its inverse;
/// - `median_first_passage_time`, where the survival curve falls to one half, a straight line within a
///   bin of durations (a step, or 1/32 of the duration from 64 steps on);
/// - `survival_rate`: rate of the exponential decay of survival at ages by which half of the passages
///   that were seen are over. From there on what started in a well has forgotten how, where passing is
///   rare; earlier ages tell more passages but hold on to the start. Its χ² and `p_value` tell whether
///   the decay is exponential: walkers that still forget, or pass at several rates, as out of several
///   wells, make p tiny.
///
/// Without a passage the rates have an upper limit at 95 % confidence, 3.0/(time at risk).
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let Some(episodes) = Episodes::new(setup, blocks) else { return };
    let mut insert = |name: &str, estimate: Estimate| all.insert(name.into(), estimate);
    let names = ["escape_rate", "mean_first_passage_time", "median_first_passage_time", "survival_rate"];
    let Some(AtRisk { sums, unit }) = AtRisk::new(setup, blocks) else {
        for name in names {
            insert(name, Estimate::missing(blocks.len(), "the time of a step varies: there is no rate per unit time"));
        }
        return;
    };
    let (passages, time) = (sums.total()[0], sums.total()[1] * unit);
    if time == 0.0 {
        for name in names {
            insert(name, Estimate::missing(blocks.len(), "no walker was at risk in the measured steps"));
        }
        return;
    }
    if passages == 0.0 {
        let limit = NONE_AT_95_PERCENT / time;
        for name in names {
            let mut none = Estimate::missing(blocks.len(), "no passage was seen; measure for more steps");
            if name.ends_with("rate") {
                none.upper_limit = Some(limit);
            } else if name.starts_with("mean") {
                none.reason = Some(format!("no passage was seen; longer than {:.4e} at 95 % confidence", 1.0 / limit));
            }
            insert(name, none);
        }
        return;
    }
    insert(names[0], sums.estimate(|s| Ok(s[0] / (s[1] * unit))));
    insert(names[1], sums.estimate(|s| Ok(s[1] * unit / s[0])));
    let Some(per_step) = setup.time_per_step() else {
        for name in &names[2..] {
            insert(name, Estimate::missing(blocks.len(), "durations are counted in steps, whose times differ"));
        }
        return;
    };
    if episodes.sums.total().iter().all(|n| *n == 0.0) {
        for name in &names[2..] {
            insert(name, Estimate::missing(blocks.len(), "no episode began after the burn-in"));
        }
        return;
    }
    insert(names[2], episodes.sums.estimate(|counts| Ok(episodes.median(counts)? * per_step)));
    let late = episodes.late();
    let mut rate = episodes.sums.estimate(|counts| Ok(episodes.late_rate(late, counts)? / per_step));
    if let Some(decay) = rate.value.and_then(|rate| episodes.decay(late, rate * per_step)) {
        rate.chi_squared = Some(decay.chi_squared);
        rate.degrees_of_freedom = Some(decay.degrees_of_freedom);
        rate.p_value = Some(decay.p_value);
    }
    insert(names[3], rate);
}

/// Passages of every block and the time at risk, in a unit.
struct AtRisk {
    sums: BlockSums,
    unit: f64,
}

impl AtRisk {
    /// None where the time of a step varies from step to step. Where it varies from walker to walker, dt = dτ/L, the
    /// time at risk is Δτ Σ 1/L over the measured states, each of which stands for the steps since the one before:
    /// walkers that restart are always at risk.
    fn new(setup: &Setup, blocks: &[&BlockTally]) -> Option<Self> {
        let statistics = blocks.iter().map(|block| {
            let passages = block.passages.as_ref();
            let time = match setup.is_time_changed() {
                true => block.moments.sums.last().copied().unwrap_or(0.0),
                false => passages.map_or(0.0, |p| p.steps_at_risk as f64),
            };
            vec![passages.map_or(0.0, |p| p.count as f64), time]
        });
        let sums = BlockSums::new(weights(blocks), statistics.collect());
        let unit = match &setup.dynamics {
            Dynamics::LogLangevin(rule) => rule.time_step * setup.measure.every as f64,
            _ => setup.time_per_step()?,
        };
        Some(Self { sums, unit })
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{SplitMix, references, setup};
    use super::*;
    use crate::tally::{LogBins, Passages};

    const STEPS: u32 = 400;

    fn absorbed() -> Setup {
        setup(&format!(
            r#"
            landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
            dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.5 }}
            ensemble = {{ walkers = 6400, steps = {STEPS}, start = [-1.0] }}
            measure.first_passage = {{ above = 0.0, after = "absorb" }}
        "#
        ))
    }

    /// Blocks of 100 walkers that pass with probability `p` a step and are censored at the end.
    fn geometric(p: f64, blocks: usize, seed: u64) -> Estimates {
        let mut random = SplitMix(seed);
        let tallies: Vec<_> = (0..blocks)
            .map(|_| {
                let mut passages = Passages::new(STEPS);
                for _ in 0..100 {
                    let n = random.geometric(p);
                    passages.steps_at_risk += u64::from(n.min(STEPS));
                    if n <= STEPS {
                        passages.count += 1;
                        passages.durations[LogBins::index(n)] += 1;
                    } else {
                        passages.censored[LogBins::index(STEPS)] += 1;
                    }
                }
                BlockTally { walkers: 100, passages: Some(passages), ..BlockTally::default() }
            })
            .collect();
        let mut all = Estimates::new();
        estimate(&absorbed(), &references(&tallies), &mut all);
        all
    }

    /// Geometric durations of p = 0.003 a step of 0.5, 70 % of them within the run: four estimates within
    /// 4 σ (false-alarm rate 3·10⁻⁴; fixed seed). With p wrong by 8 % each is beyond it (canary).
    #[test]
    fn geometric_durations_give_their_rate() {
        let all = geometric(0.003, 128, 3);
        let truth = |p: f64| {
            let decay = -(-p).ln_1p();
            // The discrete median where P(n) = (1 − p)^n is 1/2, straight between whole steps.
            [p / 0.5, 0.5 / p, 0.5 * 2f64.ln() / decay, decay / 0.5]
        };
        let names = ["escape_rate", "mean_first_passage_time", "median_first_passage_time", "survival_rate"];
        for (k, name) in names.into_iter().enumerate() {
            let e = &all[name];
            let z = |p: f64| (e.value.expect("a value") - truth(p)[k]) / e.std_error.expect("an error");
            assert!(z(0.003).abs() < 4.0, "{name}: {e:?}, not {}", truth(0.003)[k]);
            assert!(z(0.003 * 1.08).abs() > 4.0, "canary of {name}: {e:?}");
        }
    }

    #[test]
    fn the_late_decay_is_tested() {
        let rate = &geometric(0.003, 128, 3)["survival_rate"];
        assert!(rate.degrees_of_freedom.is_some_and(|n| n > 4), "many spans: {rate:?}");
        assert!(rate.chi_squared.is_some() && rate.p_value.is_some_and(|p| p > 1e-3), "exponential: {rate:?}");
    }

    #[test]
    fn no_passage_gives_limits() {
        let all = geometric(1e-12, 2, 4);
        let rate = &all["escape_rate"];
        assert_eq!(rate.value, None);
        let expected = -(0.05f64.ln()) / (200.0 * 400.0 * 0.5);
        assert!((rate.upper_limit.expect("a limit") / expected - 1.0).abs() < 1e-14, "{rate:?}");
        assert_eq!(all["survival_rate"].upper_limit, rate.upper_limit);
        let time = &all["mean_first_passage_time"];
        assert!(time.reason.as_ref().is_some_and(|r| r.contains("longer than 1.3352e4")), "{time:?}");
    }

    #[test]
    fn a_median_beyond_the_run_has_a_reason() {
        let all = geometric(0.001, 16, 5);
        assert_eq!(all["median_first_passage_time"].value, None);
        assert!(all["median_first_passage_time"].reason.is_some() && all["escape_rate"].value.is_some());
    }

    #[test]
    fn without_first_passage_there_is_nothing() {
        let mut all = Estimates::new();
        estimate(&absorbed(), &[&BlockTally::default()], &mut all);
        assert!(all.is_empty(), "{all:?}");
    }
}
