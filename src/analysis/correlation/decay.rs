//! The rate at which a correlation decays in the end, cross-fitted: of the blocks, dealt into two halves, each chooses
//! the lags at which the rate is read from the other, so that none is there because chance has raised its correlation.

use super::super::correlation_time::{decaying, rate};
use super::super::jackknife::BlockSums;
use super::super::{Estimate, weights};
use super::{Averages, Pairs, statistics};
use crate::experiment::Setup;
use crate::tally::BlockTally;

/// The blocks of a cell in two halves.
pub(super) struct Halves {
    lags: Vec<f64>,
    signals: usize,
    /// For each half the blocks that choose its lags: those of the other half, or a single block itself.
    choosing: [Pairs; 2],
    /// Sums of the blocks in the first half, then of those in the second.
    both: BlockSums,
}

/// The lags that tell a rate, and the errors of the correlation there.
struct Choice {
    places: Vec<usize>,
    errors: Vec<Option<f64>>,
}

impl Halves {
    /// Of a cell that measures correlations.
    pub(super) fn new(setup: &Setup, blocks: &[&BlockTally]) -> Option<Self> {
        let half = |h: usize| blocks.iter().copied().skip(h).step_by(2).collect::<Vec<_>>();
        let chooses = |h: usize| Pairs::new(setup, &if blocks.len() > 1 { half(1 - h) } else { half(0) });
        let choosing = [chooses(0)?, chooses(1)?];
        let placed = |(k, block): (usize, &&BlockTally)| {
            let mine = statistics(block);
            let none = vec![0.0; mine.len()];
            if k % 2 == 0 { [mine, none].concat() } else { [none, mine].concat() }
        };
        let both = BlockSums::new(weights(blocks), blocks.iter().enumerate().map(placed).collect());
        Some(Self { lags: choosing[0].steps(), signals: choosing[0].signals.len(), choosing, both })
    }

    /// −d ln r/dk of signal i per `per_step`, the mean over the pairs of both halves.
    pub(super) fn rate(&self, i: usize, per_step: f64) -> Estimate {
        let choices = [0, 1].map(|h| self.choice(h, i));
        self.both.estimate(|sums| {
            let halves = sums.split_at(sums.len() / 2);
            let (mut pairs, mut total) = (0.0, 0.0);
            for (sums, Choice { places, errors }) in [halves.0, halves.1].into_iter().zip(&choices) {
                let averages = Averages { sums, signals: self.signals };
                let (count, _) = averages.row(0);
                if count > 0.0 && !places.is_empty() {
                    let r = averages.autocorrelations(i, self.lags.len());
                    total += count * rate(&self.lags, &r, errors, places)?;
                    pairs += count;
                }
            }
            let reason = || "no lag has a correlation that is well above its error; measure at shorter lags".to_owned();
            (pairs > 0.0).then(|| total / pairs / per_step).ok_or_else(reason)
        })
    }

    fn choice(&self, h: usize, i: usize) -> Choice {
        let pairs = &self.choosing[h];
        let error = |lag| pairs.estimate(lag, |a| Ok(a.correlation(i, i, lag))).std_error;
        let errors: Vec<Option<f64>> = (0..self.lags.len()).map(error).collect();
        let places = decaying(&self.lags, &pairs.total().autocorrelations(i, self.lags.len()), &errors);
        Choice { places, errors }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::synthetic::{references, setup};
    use super::*;
    use crate::tally::Sums;

    /// One coordinate of variance 1, and no mean, with r(1) as given; the loss is 0.
    fn block(r: f64) -> BlockTally {
        let row = |r: f64| Sums { count: 100, sums: vec![0.0, 0.0, 0.0, 0.0, 100.0 * r, 0.0, 0.0, 0.0], overflows: 0 };
        BlockTally { walkers: 64, correlations: vec![row(1.0), row(r)], ..BlockTally::default() }
    }

    fn rate_of(r: &[f64]) -> Estimate {
        let setup = setup(
            r#"
            landscape = { kind = "quadratic", hessian = [1.0] }
            dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.5 }
            ensemble = { walkers = 256, steps = 10, start = [0.0] }
            measure = { correlation = { lags = [1] } }
            "#,
        );
        let blocks: Vec<BlockTally> = r.iter().map(|r| block(*r)).collect();
        Halves::new(&setup, &references(&blocks)).expect("correlations").rate(0, 0.5)
    }

    /// Even blocks have r = 0.2 ± 0.01, well measured; odd ones 0.1 ± 0.09, which is not: they are told by the even
    /// ones that the lag will do, and choose none for these.
    #[test]
    fn lags_are_chosen_by_the_other_half() {
        let found = rate_of(&[0.21, 0.19, 0.19, 0.01]);
        assert!((found.value.expect("a value") + 0.1f64.ln() / 0.5).abs() < 1e-12, "{found:?}");
        // Both halves choose the lag, and none does.
        let found = rate_of(&[0.21, 0.1, 0.19, 0.1]);
        assert!((found.value.expect("a value") + 0.5 * (0.2f64.ln() + 0.1f64.ln()) / 0.5).abs() < 1e-12, "{found:?}");
        let found = rate_of(&[0.3, 0.19, 0.1, 0.01]);
        assert!(found.reason.is_some_and(|reason| reason.contains("shorter lags")), "no half is well measured");
    }

    #[test]
    fn one_block_chooses_for_itself_and_two_tell_an_error() {
        let one = rate_of(&[0.2]);
        assert!((one.value.expect("a value") + 0.2f64.ln() / 0.5).abs() < 1e-12 && one.std_error.is_none(), "{one:?}");
        let two = rate_of(&[0.2, 0.4]);
        assert!((two.std_error.expect("an error") - 0.5 * 2f64.ln() / 0.5).abs() < 1e-12, "{two:?}");
    }
}
