//! The update rule of a kernel: what it draws, what it remembers, its numbers, how far it goes.

use super::amplitude::{deviations, factor, is_diagonal, start_hessian};
use super::motion::loss_at_start;
use super::noise::NoiseStage;
use super::relations::rates;
use crate::experiment::{Cap, Drive, Dynamics, Langevin, Schedule, Scheme, SecondMoment, Setup};

/// The update rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DynamicsStage {
    /// Stochastic gradient descent; also the overdamped Langevin equation with noise that is not constant or not
    /// independent, Euler–Maruyama: θ −= Δt (∇L + n) with Cov n = ηC/(BΔt).
    Sgd,
    /// Stochastic gradient descent with momentum.
    Momentum,
    /// RMSProp.
    Rmsprop {
        /// Whether squares are those of the batch's examples.
        per_example: bool,
    },
    /// Adam.
    Adam,
    /// The second-order rule with a running estimate of the batch size.
    Adaptive,
    /// Gradient flow, Runge–Kutta of fourth order.
    GradientFlow,
    /// Overdamped Langevin equation, Euler–Maruyama.
    Langevin,
    /// Overdamped Langevin equation, Leimkuhler–Matthews.
    LeimkuhlerMatthews,
    /// Overdamped Langevin equation on log L, Euler–Maruyama.
    LogLangevin {
        /// Whether the noise of coordinates is correlated.
        full: bool,
    },
    /// Underdamped Langevin equation, BAOAB.
    Underdamped,
    /// Stochastic gradient descent, with or without momentum, whose rate each walker lowers by itself.
    FluctuationDissipation,
}

/// Snapshots of its sums that a walker keeps which lowers its rate by itself.
pub const SNAPSHOTS: usize = 16;

impl DynamicsStage {
    /// Of a cell.
    pub(super) fn of(setup: &Setup) -> Self {
        match &setup.dynamics {
            Dynamics::Sgd(_) | Dynamics::Momentum(_) if setup.dynamics.schedule().is_own() => {
                Self::FluctuationDissipation
            }
            Dynamics::Sgd(_) => Self::Sgd,
            Dynamics::Momentum(_) => Self::Momentum,
            Dynamics::Rmsprop(rule) => Self::Rmsprop { per_example: rule.second_moment == SecondMoment::PerExample },
            Dynamics::Adam(_) => Self::Adam,
            Dynamics::Adaptive(_) => Self::Adaptive,
            Dynamics::GradientFlow(_) => Self::GradientFlow,
            Dynamics::Langevin(rule) => langevin_stage(setup, rule),
            Dynamics::LogLangevin(rule) => {
                let thermal = matches!(rule.drive(), Drive::Temperature(_));
                Self::LogLangevin { full: !thermal && !is_diagonal(setup) }
            }
            Dynamics::Underdamped(_) => Self::Underdamped,
        }
    }

    /// Numbers of the steps' distribution that a walker takes in one step, but for those of a batch's examples.
    pub(super) fn numbers(self, dimension: usize, noise: NoiseStage) -> usize {
        match self {
            Self::Sgd
            | Self::Momentum
            | Self::Rmsprop { .. }
            | Self::Adam
            | Self::Adaptive
            | Self::FluctuationDissipation => noise.numbers(dimension),
            Self::GradientFlow => 0,
            Self::Langevin | Self::LeimkuhlerMatthews | Self::LogLangevin { .. } | Self::Underdamped => dimension,
        }
    }

    /// Numbers that a walker carries from step to step besides its position: v of momentum and underdamped
    /// motion; s of rmsprop; μ, then s, of adam and adaptive; the noise of the step before of
    /// Leimkuhler–Matthews; v and what tells when to lower the rate, of walkers that do.
    pub(super) fn memory(self, dimension: usize) -> usize {
        match self {
            Self::Momentum | Self::Rmsprop { .. } | Self::LeimkuhlerMatthews | Self::Underdamped => dimension,
            Self::Adam | Self::Adaptive => 2 * dimension,
            Self::FluctuationDissipation => dimension + 5 + 2 * SNAPSHOTS,
            Self::Sgd | Self::GradientFlow | Self::Langevin | Self::LogLangevin { .. } => 0,
        }
    }
}

/// Noise of constant size in every coordinate by itself is in the record of the Langevin stage.
fn langevin_stage(setup: &Setup, rule: &Langevin) -> DynamicsStage {
    let independent = match rule.drive() {
        Drive::Temperature(_) => true,
        Drive::GradientNoise { .. } => setup.constant_noise().is_some_and(|c| c.diagonal(setup.dimension()).is_some()),
    };
    match rule.scheme {
        Scheme::LeimkuhlerMatthews => DynamicsStage::LeimkuhlerMatthews,
        Scheme::EulerMaruyama if independent => DynamicsStage::Langevin,
        Scheme::EulerMaruyama => DynamicsStage::Sgd,
    }
}

/// A learning rate that is never reached, in either precision.
const NO_CAP: f64 = 1e30;

/// `sgd`: learning rate of every coordinate, or the time step of a Langevin equation that noise drives.
/// `momentum`: learning rates, then β = 1 − 1/N_g.
/// `rmsprop`: learning rates, then 1/N_s, ε.
/// `adam`: learning rates, then N_g, N_s, ε.
/// `adaptive`: B, K, λ_B, λ_η, ε, cap (10³⁰ for none).
/// `gradient-flow`: Δt.
/// `langevin`: Δt, then √(2 T_i Δt) of every coordinate, √(ηC_ii Δt/B) where noise drives it.
/// `leimkuhler-matthews`: Δt, then √(2 T_i Δt)/2, which multiplies the sum of two steps' normals.
/// `log-langevin`: Δτ, then √(2 T_i Δτ), √(2ηH*_ii Δτ/B) where noise drives it, or the rows of the lower
/// Cholesky factor of 2ηH*Δτ/B.
/// `sgd` and `momentum` whose rate walkers lower: learning rates, β, X, 1 − Y, half the steps between tests, centre.
/// `underdamped`: Δt/2, c = exp(−γΔt), then √((1 − c²) T_i) of every coordinate.
pub(super) fn record(setup: &Setup) -> Vec<f64> {
    let d = setup.dimension();
    let with = |rates: Vec<f64>, rest: &[f64]| [rates, rest.to_vec()].concat();
    if let Schedule::FluctuationDissipation { every, threshold, reduction, centre } = setup.dynamics.schedule() {
        let beta = match &setup.dynamics {
            Dynamics::Momentum(rule) => 1.0 - 1.0 / rule.averaging_steps(),
            _ => 0.0,
        };
        let centre = if centre.is_empty() { vec![0.0; d] } else { centre };
        let of_tests = [beta, threshold, 1.0 - reduction, (every / 2) as f64];
        return [&rates(setup).0[..], &of_tests, &centre].concat();
    }
    match &setup.dynamics {
        Dynamics::Sgd(rule) => rule.learning_rate.values(d),
        Dynamics::Momentum(rule) => with(rule.learning_rate.values(d), &[1.0 - 1.0 / rule.averaging_steps()]),
        Dynamics::Rmsprop(rule) => with(rule.learning_rate.values(d), &[1.0 / rule.second_moment_steps, rule.epsilon]),
        Dynamics::Adam(rule) => {
            with(rule.learning_rate.values(d), &[rule.averaging_steps(), rule.second_moment_steps, rule.epsilon])
        }
        Dynamics::Adaptive(rule) => {
            let cap = match rule.cap {
                Some(Cap::At(rate)) => rate,
                Some(Cap::Off) | None => NO_CAP,
            };
            let (batch, warm_up) = (rule.batch_size as f64, rule.warm_up as f64);
            vec![batch, warm_up, rule.lambda_batch, rule.lambda_rate, rule.epsilon, cap]
        }
        Dynamics::GradientFlow(rule) => vec![rule.time_step],
        Dynamics::Langevin(rule) => match DynamicsStage::of(setup) {
            DynamicsStage::Sgd => vec![rule.time_step; d],
            stage => {
                let half = if stage == DynamicsStage::LeimkuhlerMatthews { 0.5 } else { 1.0 };
                let amplitudes = amplitudes(setup, rule.drive(), rule.time_step);
                with(vec![rule.time_step], &amplitudes.iter().map(|a| half * a).collect::<Vec<_>>())
            }
        },
        Dynamics::LogLangevin(rule) => with(vec![rule.time_step], &amplitudes(setup, rule.drive(), rule.time_step)),
        Dynamics::Underdamped(rule) => {
            let decay = (-rule.friction * rule.time_step).exp();
            // 1 − c², with the digits that c near 1 would lose.
            let fresh = -(-2.0 * rule.friction * rule.time_step).exp_m1();
            let amplitudes = rule.temperature.values(d).into_iter().map(|t| (fresh * t).sqrt()).collect::<Vec<_>>();
            with(vec![0.5 * rule.time_step, decay], &amplitudes)
        }
    }
}

/// What multiplies the normal numbers of a step of an overdamped equation: one number a coordinate, or the rows
/// of a lower triangle.
fn amplitudes(setup: &Setup, drive: Drive<'_>, time_step: f64) -> Vec<f64> {
    match drive {
        Drive::Temperature(temperature) => {
            temperature.values(setup.dimension()).into_iter().map(|t| (2.0 * t * time_step).sqrt()).collect()
        }
        Drive::GradientNoise { learning_rate, batch_size } => {
            let scale = learning_rate * time_step / batch_size as f64;
            match (DynamicsStage::of(setup), setup.constant_noise()) {
                (DynamicsStage::LogLangevin { full: true }, _) => factor(&start_hessian(setup), 2.0 * scale),
                (DynamicsStage::LogLangevin { full: false }, _) => deviations(&start_hessian(setup), 2.0 * scale),
                (_, Some(covariance)) => deviations(&covariance.rows(setup.dimension()), scale),
                (_, None) => unreachable!("noise that is not constant drives the stage of sgd"),
            }
        }
    }
}

/// What multiplies the gradient in one step, for every coordinate, typically: near the start and the minimum below
/// it, where curvatures and the variance of the stochastic gradient are as given.
pub(super) fn mobility(setup: &Setup, curvature: &[f64], gradient_noise: &[f64]) -> Vec<f64> {
    let (d, steps) = (setup.dimension(), setup.step_sizes());
    match &setup.dynamics {
        // Gradients are divided by their root mean square.
        Dynamics::Rmsprop(_) | Dynamics::Adam(_) => {
            let of = |(step, noise): (&f64, &f64)| if *noise > 0.0 { step / noise.sqrt() } else { *step };
            steps.iter().zip(gradient_noise).map(of).collect()
        }
        Dynamics::Adaptive(rule) => {
            let newton = curvature.iter().map(|h| if *h > 0.0 { 0.5 / h } else { 1.0 });
            newton.map(|rate| if let Some(Cap::At(cap)) = rule.cap { rate.min(cap) } else { rate }).collect()
        }
        Dynamics::LogLangevin(rule) => vec![rule.time_step / loss_at_start(setup); d],
        _ => steps,
    }
}
