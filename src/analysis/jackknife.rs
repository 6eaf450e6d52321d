//! Standard errors from blocks: the weighted delete-one-block jackknife.
//!
//! F. M. T. A. Busing, E. Meijer and R. van der Leeden, "Delete-m jackknife for unequal m", Statistics
//! and Computing 9 (1999) 3–8.

use super::Estimate;
use serde::Serialize;

/// A value and its standard error, for curves; none where there is nothing to tell it from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Measurement {
    /// The value.
    pub value: Option<f64>,
    /// Its standard error; none for a single block.
    pub std_error: Option<f64>,
}

impl Measurement {
    /// The measurement divided by a positive number that is known exactly.
    pub(super) fn per(self, unit: f64) -> Self {
        Self { value: self.value.map(|x| x / unit), std_error: self.std_error.map(|x| x / unit) }
    }
}

/// Standard error of an estimate `whole` from its values `without` each of the blocks, which have the
/// weights m_j > 0 (numbers of walkers). With n = Σ m_j and h_j = n/m_j, for g blocks:
///
/// ```text
/// pseudo-value    θ̃_j  = h_j θ − (h_j − 1) θ_(−j)
/// their centre    θ_J  = g θ − Σ (1 − m_j/n) θ_(−j)
/// squared error   v    = (1/g) Σ (θ̃_j − θ_J)² / (h_j − 1)
/// ```
///
/// For equal weights and a mean this is s/√g of the block means. The estimate itself is not replaced
/// by θ_J: the jackknife serves for the error only. None for fewer than two blocks, or where a value
/// is not finite.
///
/// # Panics
/// Where `weights` and `without` are not of one length.
pub fn jackknife(weights: &[f64], whole: f64, without: &[f64]) -> Option<f64> {
    assert_eq!(weights.len(), without.len(), "one value for each block");
    let blocks = weights.len();
    if blocks < 2 {
        return None;
    }
    let n: f64 = weights.iter().sum();
    // Written in differences from `whole`, so that no digits are lost where h_j is large.
    let shift = |j: usize| (n - weights[j]) * (whole - without[j]);
    let centre = (0..blocks).map(shift).sum::<f64>() / n;
    let squares = (0..blocks).map(|j| (shift(j) / weights[j] - centre).powi(2) * weights[j] / (n - weights[j]));
    let error = (squares.sum::<f64>() / blocks as f64).sqrt();
    error.is_finite().then_some(error)
}

/// Statistics summed over all blocks, and over all blocks but one.
pub(super) struct BlockSums {
    weights: Vec<f64>,
    total: Vec<f64>,
    without: Vec<Vec<f64>>,
}

impl BlockSums {
    /// From the statistics of every block, of one length, in block order.
    pub(super) fn new(weights: Vec<f64>, mut statistics: Vec<Vec<f64>>) -> Self {
        let mut total = vec![0.0; statistics.first().map_or(0, Vec::len)];
        for block in &statistics {
            for (sum, x) in total.iter_mut().zip(block) {
                *sum += x;
            }
        }
        for block in &mut statistics {
            for (x, sum) in block.iter_mut().zip(&total) {
                *x = sum - *x;
            }
        }
        Self { weights, total, without: statistics }
    }

    /// Number of blocks.
    pub(super) fn blocks(&self) -> usize {
        self.weights.len()
    }

    /// The sums over all blocks.
    pub(super) fn total(&self) -> &[f64] {
        &self.total
    }

    /// The sums without each of the blocks; nothing for a single block.
    pub(super) fn without(&self) -> &[Vec<f64>] {
        if self.blocks() > 1 { &self.without } else { &[] }
    }

    /// The estimate that `estimator` makes of the sums, with its jackknife error. There is no value
    /// where the estimator gives a reason, and no error where it does so without one of the blocks.
    pub(super) fn estimate(&self, estimator: impl Fn(&[f64]) -> Result<f64, String>) -> Estimate {
        self.estimates(|sums| Ok(vec![estimator(sums)?]), 1).swap_remove(0)
    }

    /// The same of an estimator of `count` numbers that are worked out together.
    pub(super) fn estimates(
        &self,
        estimator: impl Fn(&[f64]) -> Result<Vec<f64>, String>,
        count: usize,
    ) -> Vec<Estimate> {
        let blocks = self.blocks();
        let whole = match estimator(&self.total) {
            Ok(values) => values,
            Err(reason) => return vec![Estimate::missing(blocks, reason); count],
        };
        let without: Option<Vec<Vec<f64>>> = self.without().iter().map(|sums| estimator(sums).ok()).collect();
        let without = without.filter(|all| !all.is_empty());
        let one = |(k, value): (usize, f64)| {
            if !value.is_finite() {
                return Estimate::missing(blocks, "the estimate is not a finite number");
            }
            let without = without.as_ref().map(|all| all.iter().map(|values| values[k]).collect::<Vec<f64>>());
            let std_error = without.and_then(|without| jackknife(&self.weights, value, &without));
            Estimate { value: Some(value), std_error, blocks, ..Estimate::default() }
        };
        whole.into_iter().enumerate().map(one).collect()
    }

    /// The same of an estimator that makes many numbers at once.
    pub(super) fn measurements(&self, estimator: impl Fn(&[f64]) -> Vec<f64>) -> Vec<Measurement> {
        let without: Vec<Vec<f64>> = self.without().iter().map(|sums| estimator(sums)).collect();
        let measurement = |(k, value): (usize, f64)| {
            let of_k: Vec<f64> = without.iter().map(|values| values[k]).collect();
            let std_error = if of_k.is_empty() { None } else { jackknife(&self.weights, value, &of_k) };
            if value.is_finite() { Measurement { value: Some(value), std_error } } else { Measurement::default() }
        };
        estimator(&self.total).into_iter().enumerate().map(measurement).collect()
    }
}

/// Σ numerators / Σ denominators with its jackknife error; no value where the denominators sum to 0.
pub(super) fn ratio(weights: &[f64], numerators: &[f64], denominators: &[f64]) -> Measurement {
    let (above, below) = (numerators.iter().sum::<f64>(), denominators.iter().sum::<f64>());
    if below == 0.0 {
        return Measurement::default();
    }
    let value = above / below;
    let without: Vec<f64> = numerators.iter().zip(denominators).map(|(a, b)| (above - a) / (below - b)).collect();
    Measurement { value: Some(value), std_error: jackknife(weights, value, &without) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mean(sums: &[f64]) -> Result<f64, String> {
        Ok(sums[0] / sums[1])
    }

    #[test]
    fn of_a_mean_of_equal_blocks_is_the_textbook_error() {
        let values: [f64; 5] = [1.3, -0.2, 0.7, 2.9, 0.1];
        let statistics = values.iter().map(|x| vec![10.0 * x, 10.0]).collect();
        let estimate = BlockSums::new(vec![10.0; 5], statistics).estimate(mean);
        let centre = values.iter().sum::<f64>() / 5.0;
        let variance = values.iter().map(|x| (x - centre).powi(2)).sum::<f64>() / 4.0;
        let (value, error) = (estimate.value.expect("a value"), estimate.std_error.expect("an error"));
        assert!((value - centre).abs() < 1e-15, "{value}");
        assert!((error - (variance / 5.0).sqrt()).abs() < 1e-14, "{error}");
    }

    /// For a weighted mean θ̃_j is the block's mean x_j and θ_J the weighted mean, so that
    /// v = (1/g) Σ m_j (x_j − θ)² / (n − m_j).
    #[test]
    fn of_a_mean_of_unequal_blocks_is_the_known_formula() {
        let (weights, values): ([f64; 4], [f64; 4]) = ([8.0, 8.0, 8.0, 3.0], [0.4, 1.1, -0.6, 5.0]);
        let statistics = weights.iter().zip(&values).map(|(m, x)| vec![m * x, *m]).collect();
        let estimate = BlockSums::new(weights.to_vec(), statistics).estimate(mean);
        let n: f64 = weights.iter().sum();
        let centre = weights.iter().zip(&values).map(|(m, x)| m * x).sum::<f64>() / n;
        let expected = weights.iter().zip(&values).map(|(m, x)| m * (x - centre).powi(2) / (n - m)).sum::<f64>() / 4.0;
        let error = estimate.std_error.expect("an error");
        assert!((error - expected.sqrt()).abs() < 1e-14, "{error}");
        let numerators: Vec<f64> = weights.iter().zip(&values).map(|(m, x)| m * x).collect();
        let ratio = ratio(&weights, &numerators, &weights);
        assert!((ratio.std_error.expect("an error") - error).abs() < 1e-14, "{ratio:?}");
    }

    #[test]
    fn one_block_has_a_value_and_no_error() {
        let estimate = BlockSums::new(vec![64.0], vec![vec![32.0, 64.0]]).estimate(mean);
        assert_eq!((estimate.value, estimate.std_error, estimate.blocks), (Some(0.5), None, 1));
    }

    #[test]
    fn two_blocks_have_an_error() {
        let estimate = BlockSums::new(vec![64.0, 64.0], vec![vec![32.0, 64.0], vec![96.0, 64.0]]).estimate(mean);
        assert_eq!((estimate.value, estimate.std_error), (Some(1.0), Some(0.5)), "block means 0.5 and 1.5");
    }

    #[test]
    fn what_is_not_finite_is_no_value() {
        let estimate = BlockSums::new(vec![1.0; 2], vec![vec![1.0, 0.0], vec![1.0, 0.0]]).estimate(mean);
        assert_eq!(estimate.value, None);
        assert!(estimate.reason.is_some(), "{estimate:?}");
    }
}
