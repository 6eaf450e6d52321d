//! Reduction to one dimension: the coordinates of a setup that are Markov chains of their own.

use super::ensemble::{Atom, start_atoms};
use crate::experiment::{Dynamics, Noise, Setup};
use crate::landscape::Profile;
use nalgebra::DMatrix;

/// A coordinate that moves on its own: x' = x − r U'(x) + s ξ with ξ standard normal.
#[derive(Clone, Debug, PartialEq)]
pub struct Coordinate {
    /// U.
    pub profile: Profile,
    /// r, what multiplies the gradient in one step.
    pub rate: f64,
    /// s, the standard deviation of the noise of one step.
    pub deviation: f64,
}

impl Coordinate {
    /// Where one step without noise leads: x − r U'(x).
    pub fn next(&self, x: f64) -> f64 {
        x - self.rate * self.profile.slope(x)
    }

    /// T = s²/(2r), the temperature of the Gibbs density as the step goes to zero.
    pub fn temperature(&self) -> f64 {
        self.deviation * self.deviation / (2.0 * self.rate)
    }

    /// The start of coordinate `axis` as atoms that resolve one step.
    pub fn start(&self, setup: &Setup, axis: usize) -> Option<Vec<Atom>> {
        start_atoms(&setup.ensemble, axis, 2.0 * self.deviation)
    }
}

/// Every coordinate as a chain of its own, or none where the landscape couples them. Their noises may
/// be correlated: it is each by itself that is a chain.
pub fn coordinates(setup: &Setup) -> Option<Vec<Coordinate>> {
    let noise = step_covariance(setup);
    let chain =
        |((i, profile), rate): ((usize, Profile), f64)| Coordinate { profile, rate, deviation: noise[(i, i)].sqrt() };
    Some(setup.landscape.profiles()?.into_iter().enumerate().zip(setup.step_sizes()).map(chain).collect())
}

/// Covariance of the noise of one step: diag(r) C/B diag(r) of SGD, diag(2 T_i Δt) of Langevin.
pub fn step_covariance(setup: &Setup) -> DMatrix<f64> {
    let d = setup.dimension();
    match &setup.dynamics {
        Dynamics::Sgd(rule) => {
            let rates = rule.learning_rate.values(d);
            let gradient = gradient_covariance(setup).unwrap_or_else(|| DMatrix::zeros(d, d));
            DMatrix::from_fn(d, d, |i, j| rates[i] * gradient[(i, j)] * rates[j])
        }
        Dynamics::Langevin(rule) => {
            let temperatures = rule.temperature.values(d);
            let variance = |i: usize| 2.0 * temperatures[i] * rule.time_step;
            DMatrix::from_fn(d, d, |i, j| if i == j { variance(i) } else { 0.0 })
        }
    }
}

/// C/B, the covariance of the stochastic gradient, where the rule has one.
pub fn gradient_covariance(setup: &Setup) -> Option<DMatrix<f64>> {
    let (Dynamics::Sgd(rule), Some(noise)) = (&setup.dynamics, &setup.noise) else { return None };
    let Noise::Gaussian(noise) = noise;
    let rows = noise.covariance.rows(setup.dimension());
    Some(DMatrix::from_fn(rows.len(), rows.len(), |i, j| rows[i][j] / rule.batch_size as f64))
}
