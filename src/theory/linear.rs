//! Linear rules z' = A z + noise: mean and covariance after any number of steps, pooled over the
//! measuring times, and of the stationary state.

use super::ensemble::{MeasuringTimes, SecondOrder};
use super::matrix_power::{bits, power, power_sum};
use super::reduction::{Coordinate, step_covariance};
use crate::experiment::{Quadratic, Setup};
use crate::landscape::Profile;
pub use crate::lyapunov::{conjugate, stationary_covariance};
use nalgebra::{DMatrix, DVector};

/// A linear rule: z' = A z + ζ with E ζ = 0, Cov ζ = Q, independent from step to step.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearRule {
    /// A.
    pub map: DMatrix<f64>,
    /// Q.
    pub noise: DMatrix<f64>,
}

impl LinearRule {
    /// The rule on a quadratic landscape, with z the distance from its minimum: A = I − diag(r) H.
    pub fn on_quadratic(setup: &Setup, landscape: &Quadratic) -> Self {
        let hessian = hessian(landscape);
        let d = hessian.nrows();
        let rates = DMatrix::from_diagonal(&DVector::from_vec(setup.step_sizes()));
        Self { map: DMatrix::identity(d, d) - rates * hessian, noise: step_covariance(setup) }
    }

    /// The rule of one coordinate in a quadratic profile, or none in another.
    pub fn of_coordinate(coordinate: &Coordinate) -> Option<Self> {
        let Profile::Quadratic { curvature, .. } = coordinate.profile else { return None };
        Some(Self {
            map: DMatrix::from_element(1, 1, 1.0 - coordinate.rate * curvature),
            noise: DMatrix::from_element(1, 1, coordinate.deviation * coordinate.deviation),
        })
    }

    /// Moments after `n` steps from those of the start.
    pub fn after(&self, start: &SecondOrder, n: u64) -> SecondOrder {
        let map = power(&self.map, n);
        SecondOrder { mean: &map * &start.mean, square: conjugate(&map, &start.square) + self.accumulated(n).0 }
    }

    /// Moments pooled over the measuring times: their average.
    pub fn pooled(&self, start: &SecondOrder, times: MeasuringTimes) -> SecondOrder {
        // Between measurements the rule is linear too: z ← B z + noise of covariance P.
        let between = Self { map: power(&self.map, times.every), noise: self.accumulated(times.every).0 };
        let first = self.after(start, times.first);
        let n = times.count;
        // Σ_j E z zᵀ = Σ_j B^j M B^jᵀ + Σ_j P_j, with P_j the noise of j stretches, j = 0 … n − 1.
        let mut sum = DMatrix::zeros(first.square.nrows(), first.square.nrows());
        let mut power = DMatrix::identity(sum.nrows(), sum.nrows());
        for bit in bits(n) {
            sum += conjugate(&power, &sum);
            power = &power * &power;
            if bit {
                sum = &first.square + conjugate(&between.map, &sum);
                power *= &between.map;
            }
        }
        let noise = between.accumulated(n.saturating_sub(1)).1;
        let count = n as f64;
        SecondOrder { mean: power_sum(&between.map, &first.mean, n) / count, square: (sum + noise) / count }
    }

    /// P_n = Σ_{k<n} A^k Q A^kᵀ, the covariance that the noise of n steps leaves, and P_1 + … + P_n; by
    /// doubling (Smith, SIAM J. Appl. Math. 16, 198 (1968)).
    pub(super) fn accumulated(&self, n: u64) -> (DMatrix<f64>, DMatrix<f64>) {
        let d = self.map.nrows();
        let mut power = DMatrix::identity(d, d);
        let (mut noise, mut sum) = (DMatrix::zeros(d, d), DMatrix::zeros(d, d));
        let mut done = 0.0;
        for bit in bits(n) {
            sum += conjugate(&power, &sum) + &noise * done;
            noise += conjugate(&power, &noise);
            power = &power * &power;
            done *= 2.0;
            if bit {
                done += 1.0;
                sum = &self.noise * done + conjugate(&self.map, &sum);
                noise = &self.noise + conjugate(&self.map, &noise);
                power *= &self.map;
            }
        }
        (noise, sum)
    }
}

/// H.
pub fn hessian(landscape: &Quadratic) -> DMatrix<f64> {
    let rows = landscape.hessian.rows();
    DMatrix::from_fn(rows.len(), rows.len(), |i, j| rows[i][j])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(values: &[f64]) -> DMatrix<f64> {
        let d = values.len().isqrt();
        DMatrix::from_row_slice(d, d, values)
    }

    /// V = η s²/(h(2 − ηh)), h = s = 1.
    #[test]
    fn stationary_variance_of_one_coordinate() {
        for (eta, variance) in [(0.01, 0.0050251256), (0.1, 0.0526315789), (0.5, 1.0 / 3.0), (1.0, 1.0), (1.5, 3.0)] {
            let found = stationary_covariance(&matrix(&[1.0 - eta]), &matrix(&[eta * eta])).expect("stable");
            assert!((found[0] - variance).abs() < 1e-10, "V = {} at step {eta}", found[0]);
        }
        for unstable in [1.0, -1.0, 1.1] {
            assert_eq!(stationary_covariance(&matrix(&[unstable]), &matrix(&[1.0])), None, "A = {unstable}");
        }
    }

    /// Coupled Hessian and noise of unequal variance, from an independent program.
    #[test]
    fn stationary_covariance_of_two_coupled_coordinates() {
        let (eta, hessian) = (0.05, matrix(&[1.0, 0.5, 0.5, 1.0]));
        let map = matrix(&[1.0, 0.0, 0.0, 1.0]) - eta * hessian;
        let noise = eta * eta * matrix(&[1.0, 0.0, 0.0, 4.0]);
        let found = stationary_covariance(&map, &noise).expect("stable");
        let expected = matrix(&[0.0467196, -0.0416461, -0.0416461, 0.1231527]);
        assert!((&found - expected).amax() < 5.1e-8, "{found}");
        // E[x₁ x₂' − x₂ x₁'] = (A Σ)₂₁ − (A Σ)₁₂.
        let onward = map * found;
        assert!((onward[(1, 0)] - onward[(0, 1)] - 1.910828e-3).abs() < 5.1e-10, "rotation of {onward}");
    }

    #[test]
    fn pooled_moments_equal_those_of_every_step() {
        let rule = LinearRule { map: matrix(&[0.8, 0.3, -0.1, 0.9]), noise: matrix(&[0.4, 0.1, 0.1, 0.2]) };
        let mean = DVector::from_row_slice(&[2.0, -1.0]);
        let start = SecondOrder { square: &mean * mean.transpose() + matrix(&[0.3, 0.0, 0.0, 0.1]), mean };
        for times in [(0, 1, 1), (1, 1, 9), (5, 7, 13), (3, 4, 64)] {
            let times = MeasuringTimes { first: times.0, every: times.1, count: times.2 };
            let mut state = start.clone();
            let mut sum = SecondOrder { mean: DVector::zeros(2), square: DMatrix::zeros(2, 2) };
            for n in 0..=times.last() {
                if n >= times.first && (n - times.first).is_multiple_of(times.every) {
                    sum.mean += &state.mean / times.count as f64;
                    sum.square += &state.square / times.count as f64;
                }
                state.mean = &rule.map * state.mean;
                state.square = conjugate(&rule.map, &state.square) + &rule.noise;
            }
            let pooled = rule.pooled(&start, times);
            assert!((pooled.mean - sum.mean).amax() < 1e-14, "means over {times:?}");
            assert!((pooled.square - sum.square).amax() < 1e-13, "squares over {times:?}");
        }
    }

    #[test]
    fn a_billion_steps_are_the_stationary_state() {
        let rule = LinearRule { map: matrix(&[0.99]), noise: matrix(&[0.01]) };
        let start = SecondOrder { mean: DVector::from_element(1, 1.0), square: matrix(&[1.0]) };
        let times = MeasuringTimes { first: 1_000_000_000, every: 1, count: 1_000_000_000 };
        let pooled = rule.pooled(&start, times);
        let exact = 0.01 / (1.0 - 0.99f64.powi(2));
        assert!((pooled.square[0] / exact - 1.0).abs() < 1e-7, "{} against {exact}", pooled.square[0]);
    }
}
