//! Survival: how the share of episodes without passage falls with their age.

mod exponential;
mod hazard;

use super::jackknife::BlockSums;
use super::weights;
use crate::experiment::Setup;
use crate::tally::{BlockTally, LogBins};

/// Durations of the episodes of a cell, by [`LogBins`].
pub(super) struct Episodes {
    /// Passages by bin, then episodes that ended without one.
    pub(super) sums: BlockSums,
    bins: Vec<AgeBin>,
}

/// A bin of ages, in steps.
#[derive(Clone, Copy)]
struct AgeBin {
    /// Steps at the end of the bin before: the age at which it is entered.
    start: f64,
    /// Its largest age in the run.
    end: f64,
    /// Mean age at which an episode without passage ends in it. What ends in the last bin of the run
    /// ends with the run.
    censored: f64,
}

impl AgeBin {
    fn width(&self) -> f64 {
        self.end - self.start
    }
}

impl Episodes {
    /// Of a cell that measures first passage; none where it does not.
    pub(super) fn new(setup: &Setup, blocks: &[&BlockTally]) -> Option<Self> {
        let last = setup.ensemble.steps as f64;
        let passages: Vec<_> = blocks.iter().map(|block| block.passages.as_ref()).collect::<Option<_>>()?;
        let bins = (0..passages.first()?.durations.len()).map(|k| {
            let (low, high) = LogBins::range(k);
            let (low, end) = (low as f64, (high as f64).min(last));
            let censored = if end == last { last } else { 0.5 * (low + end) };
            AgeBin { start: low - 1.0, end, censored }
        });
        let statistics = passages.iter().map(|p| p.durations.iter().chain(&p.censored).map(|n| *n as f64).collect());
        Some(Self { bins: bins.collect(), sums: BlockSums::new(weights(blocks), statistics.collect()) })
    }

    /// Largest age of every bin, in steps.
    pub(super) fn ages(&self) -> impl Iterator<Item = f64> {
        self.bins.iter().map(|bin| bin.end)
    }

    /// Episodes that reach every bin.
    pub(super) fn at_risk(&self, counts: &[f64]) -> Vec<f64> {
        let (passed, censored) = counts.split_at(self.bins.len());
        let mut left: f64 = counts.iter().sum();
        let mut risk = Vec::with_capacity(self.bins.len());
        for (d, c) in passed.iter().zip(censored) {
            risk.push(left);
            left -= d + c;
        }
        risk
    }

    /// Episodes that are exposed to a passage in every bin. One that ends without passage at an age is at
    /// risk at that age; where a bin is w steps wide it is so for the share of the bin before its mean age
    /// there, as in a life table.
    fn exposed(&self, counts: &[f64]) -> Vec<f64> {
        let censored = &counts[self.bins.len()..];
        let unseen = |bin: &AgeBin| (bin.end - bin.censored) / bin.width();
        let bins = self.bins.iter().zip(self.at_risk(counts)).zip(censored);
        bins.map(|((bin, risk), censored)| risk - censored * unseen(bin)).collect()
    }

    /// Share of episodes without passage at the end of every bin: Kaplan and Meier's product-limit
    /// estimate (J. Am. Stat. Assoc. 53 (1958) 457).
    pub(super) fn survival(&self, counts: &[f64]) -> Vec<f64> {
        let mut survival = 1.0;
        let step = |(passed, exposed): (&f64, f64)| {
            if exposed > 0.0 {
                survival *= 1.0 - passed / exposed;
            }
            survival
        };
        counts.iter().zip(self.exposed(counts)).map(step).collect()
    }

    /// Age in steps at which the survival curve, taken as straight within a bin, falls to one half.
    pub(super) fn median(&self, counts: &[f64]) -> Result<f64, String> {
        let mut above = 1.0;
        for (bin, below) in self.bins.iter().zip(self.survival(counts)) {
            if below <= 0.5 {
                return Ok(bin.start + bin.width() * (above - 0.5) / (above - below));
            }
            above = below;
        }
        Err("survival does not fall to one half within the run; measure for more steps".into())
    }

    /// The first bin whose passages are late: those before hold at least half of all passages.
    pub(super) fn late(&self) -> usize {
        let passed = &self.sums.total()[..self.bins.len()];
        let half = 0.5 * passed.iter().sum::<f64>();
        let mut before = 0.0;
        passed
            .iter()
            .take_while(|n| {
                let early = before < half;
                before += *n;
                early
            })
            .count()
    }

    /// Rate per step of the exponential decay of survival from bin `late` on, by maximum likelihood
    /// from the binned ages: with a the age at which the bin is entered, the root λ of
    ///
    /// ```text
    /// Σ_k [ d_k (w_k/(e^{λ w_k} − 1) − (start_k − a)) − c_k (age_k − a) ] = 0
    /// ```
    ///
    /// for d_k passages and c_k ends without one, at the mean age age_k, in bins of w_k steps.
    pub(super) fn late_rate(&self, late: usize, counts: &[f64]) -> Result<f64, String> {
        let (passed, censored) = counts.split_at(self.bins.len());
        let events: f64 = passed[late.min(passed.len())..].iter().sum();
        if events == 0.0 {
            return Err("no passage is late enough to tell the decay of survival".into());
        }
        let age = self.bins[late].start;
        let bins = || (late..self.bins.len()).map(|k| (self.bins[k], passed[k], censored[k]));
        let score = |rate: f64| {
            let mut score = (0.0, 0.0);
            for (bin, d, c) in bins() {
                let width = bin.width();
                let growth = (rate * width).exp_m1();
                score.0 += d * (width / growth - (bin.start - age)) - c * (bin.censored - age);
                score.1 -= d * width * width * (growth + 1.0) / (growth * growth);
            }
            score
        };
        // The score falls and is convex, so that Newton's method climbs to the root from any rate below
        // it, such as the one that takes every passage to be at the end of its bin.
        let exposure: f64 = bins().map(|(bin, d, c)| d * (bin.end - age) + c * (bin.censored - age)).sum();
        let mut rate = events / exposure;
        for _ in 0..100 {
            let (value, slope) = score(rate);
            let step = -value / slope;
            rate += step;
            if step.abs() <= 1e-12 * rate {
                return Ok(rate);
            }
        }
        // The root is at infinity where nobody is left after the first bin.
        Err("survival falls to zero too soon to tell how it decays".into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{references, setup};
    use super::*;
    use crate::tally::Passages;

    pub(super) fn episodes(steps: u32, passed: &[(u32, u64)], censored: &[(u32, u64)]) -> Episodes {
        let setup = setup(&format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [1.0] }}
            dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.5 }}
            ensemble = {{ walkers = 64, steps = {steps}, start = [0.0] }}
            measure.first_passage = {{ above = 1.0, after = "absorb" }}
        "#
        ));
        let mut passages = Passages::new(steps);
        passed.iter().for_each(|(n, count)| passages.durations[LogBins::index(*n)] += count);
        censored.iter().for_each(|(n, count)| passages.censored[LogBins::index(*n)] += count);
        let blocks = [BlockTally { walkers: 64, passages: Some(passages), ..BlockTally::default() }];
        Episodes::new(&setup, &references(&blocks)).expect("first passage is measured")
    }

    /// Expected counts of a geometric law in whole numbers, of 10¹⁵ episodes. `ending` is the share of them that end
    /// without passage at any age, evenly spread; the others, where the run does.
    pub(super) fn geometric(p: f64, steps: u32, ending: f64) -> Episodes {
        let count = |share: f64| (1e15 * share).round() as u64;
        let reach = |n: u32| (1.0 - p).powf(f64::from(n - 1)) * (1.0 - ending * f64::from(n - 1) / f64::from(steps));
        let passed: Vec<_> = (1..=steps).map(|n| (n, count(p * reach(n)))).collect();
        let ends =
            |n: u32| if n == steps { 1.0 - ending * (1.0 - 1.0 / f64::from(steps)) } else { ending / f64::from(steps) };
        let censored: Vec<_> = (1..=steps).map(|n| (n, count((1.0 - p).powf(f64::from(n)) * ends(n)))).collect();
        episodes(steps, &passed, &censored)
    }

    /// By hand: ten episodes; of 10 at risk 2 pass at age 3; of 8, one passes and 2 end at age 5; of 5,
    /// 2 pass at 8; 3 end at 10. S = 0.8, 0.8·7/8 = 0.7, 0.7·3/5 = 0.42.
    #[test]
    fn survival_of_a_table_by_hand() {
        let episodes = episodes(10, &[(3, 2), (5, 1), (8, 2)], &[(5, 2), (10, 3)]);
        let survival = episodes.survival(episodes.sums.total());
        let expected = [1.0, 1.0, 1.0, 0.8, 0.8, 0.7, 0.7, 0.7, 0.42, 0.42, 0.42];
        for (age, (found, expected)) in survival.iter().zip(expected).enumerate() {
            assert!((found - expected).abs() < 1e-15, "age {age}: {found}");
        }
        assert_eq!(episodes.at_risk(episodes.sums.total())[..7], [10.0, 10.0, 10.0, 10.0, 8.0, 8.0, 5.0]);
        // Between (7, 0.7) and (8, 0.42).
        let median = episodes.median(episodes.sums.total()).expect("survival falls to one half");
        assert!((median - (7.0 + 0.2 / 0.28)).abs() < 1e-14, "{median}");
    }

    /// Where nobody is censored before the end, survival there is the share that is left.
    #[test]
    fn survival_at_the_end_is_the_share_left() {
        let episodes = episodes(1000, &[(3, 2), (200, 5), (990, 3)], &[(1000, 90)]);
        let last = *episodes.survival(episodes.sums.total()).last().expect("bins");
        assert!((last - 0.9).abs() < 1e-15, "{last}");
        assert!(episodes.median(episodes.sums.total()).is_err(), "the median is beyond the run");
    }

    /// Expected counts of a geometric law, in whole numbers: the rate −ln(1 − p) comes back to the
    /// rounding of the counts, from exact ages and from wide bins, with and without censoring.
    #[test]
    fn late_rate_of_a_geometric_law() {
        for (p, steps) in [(0.2f64, 300), (0.01, 3000), (0.001, 800)] {
            let episodes = geometric(p, steps, 0.0);
            let rate = episodes.late_rate(episodes.late(), episodes.sums.total()).expect("a rate");
            let expected = -(-p).ln_1p();
            assert!((rate / expected - 1.0).abs() < 1e-9, "p = {p}: {rate}, not {expected}");
        }
    }
}
