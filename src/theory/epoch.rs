//! Minibatches from a fresh permutation of the samples in every epoch, for samples of one Hessian.

use super::ensemble::{MeasuringTimes, SecondOrder};
use super::linear::{LinearRule, conjugate};
use super::matrix_power::{power, power_sum};
use nalgebra::DMatrix;

/// z' = A z + ζ where M steps make an epoch, in which the M batches are disjoint and all samples are used. A
/// batch by itself is a random subset, of noise Q; as the noises of an epoch sum to 0, two of them have
/// covariance −Q/(M − 1). Derived here: p steps into an epoch the noise has left
///
/// ```text
/// Q_p = M/(M − 1) [Σ_{k<p} A^k Q A^kᵀ − (1/M) S_p Q S_pᵀ],    S_p = Σ_{k<p} A^k
/// ```
///
/// independent of the epochs before, so that the epochs are a linear rule themselves.
#[derive(Clone, Debug, PartialEq)]
pub struct EpochRule {
    rule: LinearRule,
    batches: u64,
}

impl EpochRule {
    /// `rule` as with a random subset at every step, and M ≥ 1.
    pub fn new(rule: LinearRule, batches: u64) -> Self {
        Self { rule, batches }
    }

    /// Numbers in z.
    pub fn dimension(&self) -> usize {
        self.rule.map.nrows()
    }

    /// Moments after `n` steps from those of the start, where an epoch begins.
    pub fn after(&self, start: &SecondOrder, n: u64) -> SecondOrder {
        self.within(n % self.batches).after(&self.within(self.batches).after(start, n / self.batches), 1)
    }

    /// Moments pooled over the measuring times: their average.
    pub fn pooled(&self, start: &SecondOrder, times: MeasuringTimes) -> SecondOrder {
        let d = start.mean.len();
        let epoch = self.within(self.batches);
        let mut sum = SecondOrder { mean: &start.mean * 0.0, square: DMatrix::zeros(d, d) };
        // Places in the epoch recur every `period` measurements, whole epochs apart.
        let period = (1..self.batches).find(|k| (times.every % self.batches * k).is_multiple_of(self.batches));
        let period = period.unwrap_or(self.batches);
        for k in 0..period.min(times.count) {
            let n = times.first + k * times.every;
            let count = (times.count - k).div_ceil(period);
            let epochs = MeasuringTimes { first: n / self.batches, every: period * times.every / self.batches, count };
            let law = self.within(n % self.batches).after(&epoch.pooled(start, epochs), 1);
            let share = count as f64 / times.count as f64;
            sum.mean += law.mean * share;
            sum.square += law.square * share;
        }
        sum
    }

    /// The first `p` ≤ M steps of an epoch as one step.
    pub fn within(&self, p: u64) -> LinearRule {
        let LinearRule { map, noise } = &self.rule;
        let m = self.batches as f64;
        let noise = if self.batches == 1 {
            noise * 0.0
        } else {
            let identity = DMatrix::identity(map.nrows(), map.nrows());
            let columns: Vec<_> = identity.column_iter().map(|e| power_sum(map, &e.clone_owned(), p)).collect();
            let sum = DMatrix::from_columns(&columns);
            (self.rule.accumulated(p).0 - conjugate(&sum, noise) / m) * (m / (m - 1.0))
        };
        LinearRule { map: power(map, p), noise }
    }
}

#[cfg(test)]
mod tests {
    use super::super::gradient_noise::{Draw, GradientNoise, Sample};
    use super::super::linear::stationary_covariance;
    use super::*;
    use nalgebra::DVector;

    fn scalar(value: f64) -> DMatrix<f64> {
        DMatrix::from_element(1, 1, value)
    }

    /// Stationary variance at the end of an epoch, averaged over the epoch, and that of fresh subsets.
    fn variances(eta_h: f64, noise: f64, batches: u64) -> [f64; 3] {
        let rule = LinearRule { map: scalar(1.0 - eta_h), noise: scalar(noise) };
        let fresh = stationary_covariance(&rule.map, &rule.noise).expect("stable")[0];
        let shuffled = EpochRule::new(rule, batches);
        let epoch = shuffled.within(batches);
        let end = stationary_covariance(&epoch.map, &epoch.noise).expect("stable")[0];
        let start = SecondOrder { mean: DVector::zeros(1), square: scalar(end) };
        let times = MeasuringTimes { first: 1, every: 1, count: batches };
        [end, shuffled.pooled(&start, times).square[0], fresh]
    }

    /// Numbers from an independent program.
    #[test]
    fn permutations_quiet_the_end_of_an_epoch() {
        // N = 1000 in 100 batches, in ratio to fresh subsets.
        for (eta_h_m, at_end, averaged) in [(0.1, 8.417e-4, 0.03286), (1.0, 0.07722, 0.26794), (10.0, 0.81819, 0.83636)]
        {
            let [end, mean, fresh] = variances(eta_h_m / 100.0, 1.0, 100);
            assert!((end / fresh - at_end).abs() < 5.1e-6, "{} at the end, ηhM = {eta_h_m}", end / fresh);
            assert!((mean / fresh - averaged).abs() < 5.1e-6, "{} averaged, ηhM = {eta_h_m}", mean / fresh);
        }
        // N = 20 in 4 batches.
        let [end, _, fresh] = variances(0.1, 1.0, 4);
        assert!((end / fresh - 1.093519e-4 / 0.006017).abs() < 2e-6, "{} at the end of 4 steps", end / fresh);
        // ηhM ≪ 1: (ηhM)²/12 and ηhM/3.
        let [end, mean, fresh] = variances(1e-6, 1.0, 100);
        assert!((end / fresh / (1e-8 / 12.0) - 1.0).abs() < 0.02 && (mean / fresh / (1e-4 / 3.0) - 1.0).abs() < 0.02);
    }

    /// Every permutation of four samples, two epochs of two batches.
    #[test]
    fn moments_are_those_over_all_permutations() {
        let (gradients, h, rate): ([f64; 4], _, _) = ([1.0, -0.4, 0.3, -0.9], 1.5, 0.3);
        let batches: Vec<[f64; 2]> = (0..4)
            .flat_map(|i| (0..4).map(move |j| (i, j)))
            .filter(|(i, j)| i != j)
            .map(|(i, j)| 0.5 * (gradients[i] + gradients[j]))
            .map(|first| [first, -first])
            .collect();
        let samples = gradients.map(|g| Sample { gradient: DVector::from_element(1, g), hessian: scalar(h) });
        let noise = GradientNoise::minibatch(&samples, 2.0, Draw::WithoutReplacement);
        let start = SecondOrder { mean: DVector::from_element(1, 0.7), square: scalar(0.49) };
        let subset = noise.mean_covariance(&start) * (rate * rate);
        let shuffled = EpochRule::new(LinearRule { map: scalar(1.0 - rate * h), noise: subset }, 2);
        let mut squares = [0.0; 5];
        let share = 1.0 / (batches.len() * batches.len()) as f64;
        for first in &batches {
            for second in &batches {
                let mut x = 0.7;
                for (n, gradient) in [0.0].iter().chain(first).chain(second).enumerate() {
                    if n > 0 {
                        x -= rate * (h * x + gradient);
                    }
                    squares[n] += share * x * x;
                }
            }
        }
        for (n, square) in squares.into_iter().enumerate() {
            let found = shuffled.after(&start, n as u64).square[0];
            assert!((found - square).abs() < 1e-14, "after {n}: {found} against {square}");
        }
        let pooled = shuffled.pooled(&start, MeasuringTimes { first: 1, every: 3, count: 2 });
        assert!((pooled.square[0] - 0.5 * (squares[1] + squares[4])).abs() < 1e-14);
    }

    /// All samples in one batch leave no noise.
    #[test]
    fn one_batch_has_no_noise() {
        let rule = EpochRule::new(LinearRule { map: scalar(0.9), noise: scalar(1.0) }, 1);
        assert_eq!(rule.within(1).noise[0], 0.0);
    }

    #[test]
    fn pooled_moments_are_the_average_over_the_measuring_times() {
        let rule = LinearRule {
            map: DMatrix::from_row_slice(2, 2, &[0.8, 0.1, 0.2, 0.7]),
            noise: DMatrix::from_row_slice(2, 2, &[0.3, 0.1, 0.1, 0.2]),
        };
        let shuffled = EpochRule::new(rule, 6);
        let start = SecondOrder { mean: DVector::from_row_slice(&[1.0, -2.0]), square: DMatrix::identity(2, 2) * 5.0 };
        for (first, every, count) in [(0, 1, 1), (1, 1, 20), (5, 4, 7), (3, 6, 5), (2, 9, 3)] {
            let pooled = shuffled.pooled(&start, MeasuringTimes { first, every, count });
            let (mut mean, mut square) = (DVector::zeros(2), DMatrix::zeros(2, 2));
            for k in 0..count {
                let law = shuffled.after(&start, first + k * every);
                mean += law.mean / count as f64;
                square += law.square / count as f64;
            }
            assert!((pooled.mean - mean).amax() < 1e-14 && (pooled.square - square).amax() < 1e-14, "{first} {every}");
        }
    }
}
