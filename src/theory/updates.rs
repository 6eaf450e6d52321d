//! Updates of walkers on a quadratic landscape: a state and the one after it.

use super::ensemble::{MeasuringTimes, SecondOrder};
use super::quadratic_form::with_one;
use super::recursion::Recursion;
use crate::experiment::{Distribution, Setup};
use nalgebra::DMatrix;

/// Walkers are taken for stationary where means and covariances are so near, relative to standard deviations.
const SETTLED: f64 = 1e-6;

/// The updates z → z' of a rule with E[z' | z] = A z, z = (x, what the rule remembers), x the distance from the
/// stationary point.
#[derive(Clone, Debug)]
pub struct Updates<'r> {
    rule: &'r Recursion,
    start: &'r SecondOrder,
    /// A.
    pub map: DMatrix<f64>,
}

impl<'r> Updates<'r> {
    /// None where A may change from step to step, or noise remembers.
    pub fn of(rule: &'r Recursion, start: &'r SecondOrder) -> Option<Self> {
        Some(Self { rule, start, map: rule.mean_map()? })
    }

    /// E w wᵀ of w = (1, z, z'), pooled over the updates from the states at `times`.
    pub fn moments(&self, times: MeasuringTimes) -> DMatrix<f64> {
        let onward = MeasuringTimes { first: times.first + 1, ..times };
        let (before, after) = (self.rule.state_pooled(self.start, times), self.rule.state_pooled(self.start, onward));
        let m = self.map.nrows();
        let cross = &before.square * self.map.transpose();
        let mut square = DMatrix::zeros(2 * m, 2 * m);
        square.view_mut((0, 0), (m, m)).copy_from(&before.square);
        square.view_mut((0, m), (m, m)).copy_from(&cross);
        square.view_mut((m, 0), (m, m)).copy_from(&cross.transpose());
        square.view_mut((m, m), (m, m)).copy_from(&after.square);
        let mean = before.mean.resize_vertically(2 * m, 0.0);
        let mut law = SecondOrder { mean, square };
        law.mean.rows_mut(m, m).copy_from(&after.mean);
        with_one(&law)
    }

    /// E w wᵀ of w = (1, z) after `n` updates.
    pub fn state(&self, n: u64) -> DMatrix<f64> {
        with_one(&self.rule.state_after(self.start, n))
    }

    /// Cov z in the stationary state, where walkers have come to it after `n` updates.
    pub fn settled(&self, n: u64) -> Option<DMatrix<f64>> {
        let stationary = self.rule.stationary()?;
        let law = self.rule.state_after(self.start, n);
        let covariance = law.covariance();
        let deviation = |i: usize| stationary[(i, i)].max(0.0).sqrt();
        let near = |i: usize, j: usize| {
            (covariance[(i, j)] - stationary[(i, j)]).abs() <= SETTLED * deviation(i) * deviation(j)
        };
        let m = law.mean.len();
        let settled = (0..m).all(|i| law.mean[i].abs() <= SETTLED * deviation(i) && (0..m).all(|j| near(i, j)));
        settled.then_some(stationary)
    }
}

/// Whether states are Gaussian once they are stationary: the noise is, and of one covariance everywhere.
pub fn is_gaussian(setup: &Setup, rule: &Recursion) -> bool {
    let of_samples = setup.noise.is_some() && setup.constant_noise().is_none();
    let normal = setup.distribution() == Distribution::Gaussian;
    matches!(rule, Recursion::Linear(_)) && normal && !of_samples
}
