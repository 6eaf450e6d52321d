//! Steps that are additive: the gradient times constant rates, and noise of one covariance.

use crate::experiment::{Drive, Dynamics, Scheme, Setup};
use nalgebra::DMatrix;

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
