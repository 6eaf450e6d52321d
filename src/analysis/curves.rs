//! What is drawn: histograms, survival and hazard, with standard errors.

use super::jackknife::{Measurement, jackknife, ratio};
use super::survival::Episodes;
use super::weights;
use crate::experiment::Setup;
use crate::tally::BlockTally;
use serde::Serialize;
use std::ops::Range;

/// One bin of a histogram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HistogramBin {
    /// Lower and upper edge along the first axis.
    pub first: [f64; 2],
    /// Lower and upper edge along the second axis of a histogram of two.
    pub second: Option<[f64; 2]>,
    /// Measured states in it.
    pub count: u64,
    /// Their share of all measured states, those outside the histogram's range too, per unit length
    /// or area.
    pub density: Measurement,
}

/// The histograms of a cell, in the order of the experiment; of two axes, the second runs fastest.
pub fn histogram(setup: &Setup, blocks: &[&BlockTally]) -> Vec<Vec<HistogramBin>> {
    let weights = weights(blocks);
    let one = |(place, histogram): (usize, &crate::experiment::Histogram)| {
        let states: Vec<f64> = blocks
            .iter()
            .map(|block| &block.histograms[place])
            .map(|counts| (counts.bins.iter().sum::<u64>() + counts.outside) as f64)
            .collect();
        let axes = histogram.axes();
        let fastest = axes.last().map_or(1, |axis| axis.bins);
        let edges = |axis: usize, k: u64| [k, k + 1].map(|k| axes[axis].edge(k));
        let bin = |k: u64| {
            let (first, second) = match axes.len() {
                1 => (edges(0, k), None),
                _ => (edges(0, k / fastest), Some(edges(1, k % fastest))),
            };
            let count = |block: &&BlockTally| block.histograms[place].bins[k as usize];
            let counts: Vec<f64> = blocks.iter().map(|block| count(block) as f64).collect();
            let size = (first[1] - first[0]) * second.map_or(1.0, |edges| edges[1] - edges[0]);
            HistogramBin {
                first,
                second,
                count: blocks.iter().map(count).sum(),
                density: ratio(&weights, &counts, &states).per(size),
            }
        };
        (0..histogram.bins()).map(bin).collect()
    };
    setup.measure.histogram.iter().enumerate().map(one).collect()
}

/// A point of the survival curve: the end of a bin of durations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SurvivalPoint {
    /// Largest age of the bin, as a time.
    pub time: f64,
    /// Episodes that reached the bin.
    pub at_risk: u64,
    /// Those that passed in it.
    pub passed: u64,
    /// Those that ended in it without passing.
    pub censored: u64,
    /// Share of episodes without passage by `time` (Kaplan and Meier's estimate).
    pub survival: f64,
    /// Standard error of `survival`, from blocks.
    pub std_error: Option<f64>,
    /// Passages in the bin per unit of time at risk in it; no error where there are none.
    pub hazard: Measurement,
}

/// The survival curve of a cell that measures first passage, to the last age at which an episode is at
/// risk; else nothing, as where the time of a step varies.
pub fn survival(setup: &Setup, blocks: &[&BlockTally]) -> Vec<SurvivalPoint> {
    let Some(episodes) = Episodes::new(setup, blocks) else { return Vec::new() };
    let Some(per_step) = setup.time_per_step() else { return Vec::new() };
    let weights = weights(blocks);
    let total = episodes.sums.total();
    let survival = episodes.survival(total);
    let without: Vec<Vec<f64>> = episodes.sums.without().iter().map(|counts| episodes.survival(counts)).collect();
    let (passed, censored) = total.split_at(survival.len());
    let at_risk = episodes.at_risk(total);
    let bins: Vec<Range<usize>> = (0..survival.len()).map(|k| k..k + 1).collect();
    let hazard = hazards(&episodes, &bins, per_step);
    let point = |(k, age): (usize, f64)| SurvivalPoint {
        time: age * per_step,
        at_risk: at_risk[k] as u64,
        passed: passed[k] as u64,
        censored: censored[k] as u64,
        survival: survival[k],
        std_error: if without.is_empty() {
            None
        } else {
            jackknife(&weights, survival[k], &without.iter().map(|curve| curve[k]).collect::<Vec<_>>())
        },
        hazard: hazard[k],
    };
    episodes.ages().enumerate().take_while(|(k, _)| at_risk[*k] > 0.0).map(point).collect()
}

/// The hazard in a span of ages that holds passages enough to tell it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HazardSpan {
    /// First and last step of the ages: an episode's passage is counted where it comes with one of them.
    pub steps: [u64; 2],
    /// Mean age at which episodes pass in it, as a time.
    pub time: f64,
    /// Passages per unit of time at risk.
    pub hazard: Measurement,
}

/// The hazard of a cell that measures first passage, age by age, in spans of at least 25 passages and a fifth of their
/// age; nothing as for [`survival`], or without a passage.
pub fn hazard(setup: &Setup, blocks: &[&BlockTally]) -> Vec<HazardSpan> {
    let Some(episodes) = Episodes::new(setup, blocks) else { return Vec::new() };
    let Some(per_step) = setup.time_per_step() else { return Vec::new() };
    let spans = episodes.spans();
    let hazards = hazards(&episodes, &spans, per_step);
    let told = |(span, hazard): (&Range<usize>, Measurement)| HazardSpan {
        steps: episodes.steps(span),
        time: episodes.mean_age(span) * per_step,
        hazard,
    };
    spans.iter().zip(hazards).map(told).collect()
}

/// Hazards per unit of time in spans of bins. Where nobody passes, blocks tell no error.
fn hazards(episodes: &Episodes, spans: &[Range<usize>], per_step: f64) -> Vec<Measurement> {
    let measured = episodes.sums.measurements(|counts| episodes.hazard(counts, spans));
    let told = |hazard: Measurement| {
        let Measurement { value, std_error } = hazard.per(per_step);
        Measurement { value, std_error: std_error.filter(|_| value != Some(0.0)) }
    };
    measured.into_iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{references, setup};
    use super::*;
    use crate::tally::{HistogramCounts, LogBins, Passages};

    fn well(measure: &str, after: &str) -> Setup {
        setup(&format!(
            r#"
            landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0, floor = 2.0, transverse = [1.0] }}
            dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.5 }}
            ensemble = {{ walkers = 128, burn_in = 4, steps = 10, start = [-1.0, 0.0] }}
            [measure]
            {measure}
            {after}
        "#
        ))
    }

    #[test]
    fn densities_integrate_to_the_share_inside() {
        let setup = well("histogram = [{ axes = [0, 1], range = [[0, 1], [-1, 1]], bins = [2, 4] }]", "");
        let of = |bins: [u64; 8], outside| BlockTally {
            walkers: 64,
            histograms: vec![HistogramCounts { bins: bins.to_vec(), outside }],
            ..BlockTally::default()
        };
        let blocks = [of([1, 2, 3, 4, 5, 6, 7, 8], 28), of([3, 2, 3, 4, 5, 6, 7, 6], 28)];
        let bins = &histogram(&setup, &references(&blocks))[0];
        assert_eq!((bins[6].first, bins[6].second, bins[6].count), ([0.5, 1.0], Some([0.0, 0.5]), 14));
        let integral: f64 = bins.iter().filter_map(|bin| bin.density.value).sum::<f64>() * 0.25;
        assert!((integral - 72.0 / 128.0).abs() < 1e-15, "{integral}");
        // Block densities 1/(64·¼) and 3/(64·¼): mean ± half their difference.
        let density = bins[0].density;
        assert!((density.value.expect("a value") - 0.125).abs() < 1e-15, "{density:?}");
        assert!((density.std_error.expect("an error") - 0.0625).abs() < 1e-15, "{density:?}");
        let empty = [of([0; 8], 0)];
        assert_eq!(histogram(&setup, &references(&empty))[0][0].density.value, None);
    }

    #[test]
    fn the_survival_curve_ends_with_the_last_at_risk() {
        let setup = well("", r#"first_passage = { axis = 0, above = 1.0, after = "absorb" }"#);
        let of = |passed: &[(u32, u64)]| {
            let mut passages = Passages::new(10);
            passed.iter().for_each(|(n, count)| passages.durations[LogBins::index(*n)] += count);
            BlockTally { walkers: 64, passages: Some(passages), ..BlockTally::default() }
        };
        let curve = survival(&setup, &references(&[of(&[(2, 16), (3, 48)]), of(&[(2, 32), (6, 32)])]));
        assert_eq!(curve.len(), 7, "ages 0 to 6");
        assert_eq!((curve[2].time, curve[2].at_risk, curve[2].passed), (1.0, 128, 48));
        assert!((curve[2].survival - 0.625).abs() < 1e-15);
        assert!((curve[2].std_error.expect("an error") - 0.125).abs() < 1e-15, "block shares 3/4 and 1/2");
        // 48 of 128 in half a unit of time; 16 and 32 of 64 in the blocks.
        let hazard = curve[2].hazard;
        assert!((hazard.value.expect("a hazard") - 0.75).abs() < 1e-15, "{hazard:?}");
        assert!((hazard.std_error.expect("an error") - 0.25).abs() < 1e-15, "block hazards 1/2 and 1");
        let (none, never) = (curve[0].hazard, curve[1].hazard);
        assert_eq!((none.value, never.value, never.std_error), (None, Some(0.0), None), "nobody passes at once");
        assert!(survival(&well("", ""), &references(&[BlockTally::default()])).is_empty());
    }
}
