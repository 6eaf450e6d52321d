//! Reduction to one dimension: the coordinates of a setup that are Markov chains of their own.

use super::ensemble::{Atom, start_atoms};
use crate::experiment::{Drive, Dynamics, Scheme, Setup};
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

/// Whether a step is x' = x − r ∇L + ζ with constant rates r and independent ζ of constant covariance, that
/// of [`step_covariance`].
pub fn is_additive(setup: &Setup) -> bool {
    let additive = setup.noise.is_none() || setup.constant_noise().is_some();
    let first_order = match &setup.dynamics {
        Dynamics::Sgd(rule) => rule.schedule.is_constant(),
        Dynamics::Langevin(rule) => rule.scheme == Scheme::EulerMaruyama,
        _ => false,
    };
    first_order && additive
}

/// Every coordinate as a chain of its own, or none where the landscape couples them, or steps are not
/// additive: a constant multiple of the gradient and noise of one law. Their noises may be correlated: it is each
/// by itself that is a chain.
pub fn coordinates(setup: &Setup) -> Option<Vec<Coordinate>> {
    if !is_additive(setup) {
        return None;
    }
    let noise = step_covariance(setup);
    let chain =
        |((i, profile), rate): ((usize, Profile), f64)| Coordinate { profile, rate, deviation: noise[(i, i)].sqrt() };
    Some(setup.landscape.profiles()?.into_iter().enumerate().zip(setup.step_sizes()).map(chain).collect())
}

/// Covariance of the noise of one step: diag(r) C/B diag(r) of SGD; diag(2 T_i Δt), or ηC Δt/B, of Langevin.
pub fn step_covariance(setup: &Setup) -> DMatrix<f64> {
    let d = setup.dimension();
    match &setup.dynamics {
        Dynamics::Sgd(rule) => {
            let rates = rule.learning_rate.values(d);
            let gradient = gradient_covariance(setup).unwrap_or_else(|| DMatrix::zeros(d, d));
            DMatrix::from_fn(d, d, |i, j| rates[i] * gradient[(i, j)] * rates[j])
        }
        Dynamics::Langevin(rule) => match rule.drive() {
            Drive::Temperature(temperature) => {
                let temperatures = temperature.values(d);
                let variance = |i: usize| 2.0 * temperatures[i] * rule.time_step;
                DMatrix::from_fn(d, d, |i, j| if i == j { variance(i) } else { 0.0 })
            }
            Drive::GradientNoise { learning_rate, batch_size } => {
                let scale = learning_rate * rule.time_step / batch_size as f64;
                constant_noise(setup).map_or_else(|| DMatrix::zeros(d, d), |covariance| covariance * scale)
            }
        },
        _ => DMatrix::zeros(d, d),
    }
}

/// C/B, the covariance of the stochastic gradient, where the rule has one.
pub fn gradient_covariance(setup: &Setup) -> Option<DMatrix<f64>> {
    Some(constant_noise(setup)? / setup.dynamics.batch_size()? as f64)
}

fn constant_noise(setup: &Setup) -> Option<DMatrix<f64>> {
    let rows = setup.constant_noise()?.rows(setup.dimension());
    Some(DMatrix::from_fn(rows.len(), rows.len(), |i, j| rows[i][j]))
}
