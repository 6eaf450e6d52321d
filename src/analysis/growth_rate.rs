//! How fast walkers leave a minimum, or fall into it, where loss and noise vanish.

use super::jackknife::BlockSums;
use super::{Estimate, Estimates, weights};
use crate::experiment::Setup;
use crate::plan::series_layout;
use crate::tally::BlockTally;

/// Adds `growth_rate`, d E ln|θ − θ*|/dt, where the noise vanishes at the minimum θ* and there is a time series: from its
/// first point to its last. Steps multiply the distance by independent factors where the curvature is the same in all
/// directions, so that what is between tells nothing more; elsewhere a burn-in lets the directions settle.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let layout = series_layout(setup).filter(|layout| layout.log_distance && !setup.takes_walkers_out());
    let Some(place) = layout.map(|layout| layout.log_distance()) else { return };
    let steps = setup.series_steps();
    let last = steps.len() - 1;
    let of = |block: &&BlockTally| {
        [0, last].iter().flat_map(|k| [block.series[*k].sums[place], block.series[*k].count as f64]).collect()
    };
    let sums = BlockSums::new(weights(blocks), blocks.iter().map(of).collect());
    let time = |k: usize| setup.time_after(setup.ensemble.burn_in + steps[k]);
    let missing = |reason: &str| Estimate::missing(blocks.len(), reason);
    let growth = match (time(0).zip(time(last)), sums.total()) {
        _ if last == 0 => missing("a rate needs two points of time_series"),
        (None, _) => missing("walkers have times of their own"),
        (_, [.., n]) if *n == 0.0 => missing("no walker left to measure"),
        (_, [_, first, _, last]) if first != last => {
            missing("walkers were lost between the points: give wider ensemble.bounds, or fewer steps")
        }
        (Some((from, to)), _) => sums.estimate(|s| Ok((s[2] - s[0]) / s[1] / (to - from))),
    };
    all.insert("growth_rate".into(), growth);
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{SplitMix, references, setup};
    use super::*;
    use crate::tally::SeriesPoint;

    const STEPS: u64 = 50;

    fn swarm(points: u64) -> Setup {
        setup(&format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [1.0] }}
            noise = {{ kind = "loss-hessian" }}
            dynamics = {{ kind = "sgd", learning_rate = 0.5 }}
            ensemble = {{ walkers = 6400, steps = {STEPS}, start = [1.0] }}
            measure.time_series = {{ points = {points}, spacing = "log" }}
        "#
        ))
    }

    /// Blocks of 100 walkers whose logarithms take normal steps of mean `drift` and deviation 1.
    fn walks(setup: &Setup, drift: f64) -> Vec<BlockTally> {
        let layout = series_layout(setup).expect("a series");
        let mut random = SplitMix(11);
        let block = |_| {
            let mut series = vec![SeriesPoint::new(layout); 2];
            for _ in 0..100 {
                let first = drift + random.normal();
                let last = first + (1..STEPS).map(|_| drift + random.normal()).sum::<f64>();
                for (point, level) in series.iter_mut().zip([first, last]) {
                    point.count += 1;
                    point.sums[layout.log_distance()] += level;
                }
            }
            BlockTally { walkers: 100, series, ..BlockTally::default() }
        };
        (0..64).map(block).collect()
    }

    /// Within 4 σ, a false alarm of 6·10⁻⁵ (fixed seed), with the error √(49/6400)/(49 η) to within 4 √(1/(2·63)) of
    /// it. Canary: a drift off by 0.02.
    #[test]
    fn drift_of_the_logarithm() {
        let setup = swarm(2);
        let blocks = walks(&setup, -0.03);
        let mut all = Estimates::new();
        estimate(&setup, &references(&blocks), &mut all);
        let (value, error) = (all["growth_rate"].value.expect("a rate"), all["growth_rate"].std_error.expect("blocks"));
        let expected = (49.0f64 / 6400.0).sqrt() / 24.5;
        assert!((value + 0.06).abs() < 4.0 * error && (value + 0.1).abs() > 4.0 * error, "{value} ± {error}");
        assert!((error / expected - 1.0).abs() < 0.36, "{error}, not {expected}");
    }

    #[test]
    fn lost_walkers_and_single_points_have_no_rate() {
        let of = |points: u64, change: fn(&mut [BlockTally])| {
            let setup = swarm(points);
            let mut blocks = walks(&setup, 0.0);
            change(&mut blocks);
            let mut all = Estimates::new();
            estimate(&setup, &references(&blocks), &mut all);
            all.remove("growth_rate").map(|e| (e.value.is_some(), e.reason.unwrap_or_default()))
        };
        assert!(of(2, |_| ()).is_some_and(|(found, _)| found));
        let lost = of(2, |blocks| blocks[3].series[1].count -= 1);
        assert!(lost.is_some_and(|(found, reason)| !found && reason.contains("bounds")));
        assert!(of(1, |_| ()).is_some_and(|(found, reason)| !found && reason.contains("two points")));
        let mut noisy = swarm(2);
        let crate::experiment::Landscape::Quadratic(bowl) = &mut noisy.landscape else { panic!("a quadratic") };
        bowl.floor = 1.0;
        let mut all = Estimates::new();
        estimate(&noisy, &references(&walks(&swarm(2), 0.0)), &mut all);
        assert!(all.is_empty(), "noise at the minimum: {all:?}");
    }
}
