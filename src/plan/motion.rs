//! How fast walkers typically move: what the sizes of their sums follow from.

use super::dynamics;
use crate::experiment::{Drive, Dynamics, Noise, Setup};

/// Typical sizes of a step, for every coordinate.
pub(super) struct Motion {
    /// Variance of the stochastic gradient.
    pub gradient_noise: Vec<f64>,
    /// What multiplies the gradient in one step.
    pub mobility: Vec<f64>,
    /// Variance that noise adds to the position in one step.
    pub variance: Vec<f64>,
}

impl Motion {
    /// Near the start and the minimum below it, where the curvatures are as given.
    pub fn of(setup: &Setup, curvature: &[f64]) -> Self {
        let d = setup.dimension();
        let one = noise_of_one(setup, curvature);
        let batch = setup.dynamics.batch_size();
        let gradient_noise: Vec<f64> = one.iter().map(|c| batch.map_or(0.0, |b| c / b as f64)).collect();
        let thermal = |time: f64| -> Option<Vec<f64>> {
            Some(match setup.dynamics.drive()? {
                Drive::Temperature(temperature) => temperature.values(d).iter().map(|t| 2.0 * t * time).collect(),
                Drive::GradientNoise { learning_rate, batch_size } => {
                    one.iter().map(|c| learning_rate * c * time / batch_size as f64).collect()
                }
            })
        };
        let mobility = dynamics::mobility(setup, curvature, &gradient_noise);
        let variance = match &setup.dynamics {
            Dynamics::Langevin(rule) => thermal(rule.time_step),
            // In units of the loss, which noise of the loss's size carries already.
            Dynamics::LogLangevin(rule) => thermal(match rule.drive() {
                Drive::Temperature(_) => rule.time_step,
                Drive::GradientNoise { .. } => rule.time_step / loss_at_start(setup),
            }),
            Dynamics::Underdamped(rule) => {
                let time = rule.time_step / rule.friction;
                Some(rule.temperature.values(d).iter().map(|t| 2.0 * t * time).collect())
            }
            _ => None,
        };
        let of_gradient = || mobility.iter().zip(&gradient_noise).map(|(r, c)| r * r * c).collect();
        Self { variance: variance.unwrap_or_else(of_gradient), gradient_noise, mobility }
    }
}

/// C_ii of a batch of one: where it depends on the place, the larger of its values at the start and below it.
fn noise_of_one(setup: &Setup, curvature: &[f64]) -> Vec<f64> {
    let d = setup.dimension();
    if let Some(covariance) = setup.constant_noise() {
        return covariance.rows(d).iter().enumerate().map(|(i, row)| row[i]).collect();
    }
    match &setup.noise {
        Some(Noise::LossHessian(_)) => curvature.iter().map(|h| 2.0 * loss_at_start(setup) * h.abs()).collect(),
        Some(Noise::Minibatch(_)) => {
            let start = setup.ensemble.start.first_point();
            let places = [setup.landscape.minimum_below(&start).unwrap_or_else(|| start.clone()), start];
            let covariances = places.map(|place| setup.landscape.sample_covariance(&place));
            (0..d).map(|i| covariances.iter().flatten().map(|c| c[(i, i)]).fold(0.0, f64::max)).collect()
        }
        _ => vec![0.0; d],
    }
}

/// L at the start, or at the minimum where that is higher; positive.
pub(super) fn loss_at_start(setup: &Setup) -> f64 {
    let start = setup.ensemble.start.first_point();
    setup.landscape.loss(&start).max(setup.landscape.floor()).max(f64::MIN_POSITIVE)
}
