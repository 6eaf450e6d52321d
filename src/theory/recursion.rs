//! The recursion that the first two moments of a walker obey on a quadratic landscape, by its rule and noise.

use super::batch_noise::BatchNoise;
use super::ensemble::{MeasuringTimes, SecondOrder};
use super::epoch::EpochRule;
use super::gradient_noise::GradientNoise;
use super::gradient_rule::GradientRule;
use super::langevin::{baoab, leimkuhler_matthews, runge_kutta};
use super::linear::{LinearRule, hessian};
use super::moment_map::MomentMap;
use super::schedule::{ScheduledDescent, pooled_by_steps};
use crate::experiment::{Drive, Dynamics, Quadratic, Schedule, Scheme, Setup};
use nalgebra::{DMatrix, DVector};

/// Most numbers in a state whose moments are mapped all at once; the map is a matrix of their fourth power.
const MAX_MAPPED: usize = 6;

/// Most steps × numbers of a scheduled descent, and of any other rule that is followed step by step, where a
/// step costs as much as some hundred numbers.
const MAX_WORK: u64 = 10_000_000;
const STEP_OVERHEAD: u64 = 500;

/// How the moments of (x, what the rule remembers) go on from step to step, x the distance from the stationary
/// point.
#[derive(Clone, Debug, PartialEq)]
pub enum Recursion {
    /// Noise of one covariance.
    Linear(LinearRule),
    /// Noise whose covariance depends on the position.
    Mapped(MomentMap),
    /// Batches that are disjoint through an epoch.
    Epoch(EpochRule),
    /// Descent under a schedule, with noise of one covariance.
    Scheduled(ScheduledDescent, Schedule),
    /// Anything else that takes a stochastic gradient a step.
    Stepwise {
        /// The rule.
        rule: GradientRule,
        /// H.
        hessian: DMatrix<f64>,
        /// C(x)/B.
        noise: GradientNoise,
        /// What multiplies the rates.
        schedule: Schedule,
    },
}

impl Recursion {
    /// None where two moments do not close, or following them takes too long.
    pub fn of(setup: &Setup, landscape: &Quadratic, noise: BatchNoise) -> Option<Self> {
        let hessian = hessian(landscape);
        let d = setup.dimension();
        let identity = || DMatrix::identity(d, d);
        match &setup.dynamics {
            Dynamics::Sgd(_) | Dynamics::Momentum(_) => Self::of_descent(setup, hessian, noise),
            Dynamics::GradientFlow(rule) => {
                Some(Self::Linear(LinearRule { map: runge_kutta(&hessian, rule.time_step), noise: identity() * 0.0 }))
            }
            Dynamics::Underdamped(rule) => {
                let temperatures = rule.temperature.values(d);
                Some(Self::Linear(baoab(&hessian, rule.time_step, rule.friction, &temperatures)))
            }
            Dynamics::Langevin(rule) => match (rule.drive(), rule.scheme) {
                (Drive::Temperature(temperature), Scheme::LeimkuhlerMatthews) => {
                    Some(Self::Linear(leimkuhler_matthews(&hessian, rule.time_step, &temperature.values(d))))
                }
                (Drive::Temperature(_), Scheme::EulerMaruyama) => {
                    Some(Self::Linear(LinearRule::on_quadratic(setup, landscape)))
                }
                (Drive::GradientNoise { learning_rate, .. }, _) => {
                    // x' = x − Δt H x + √(ηΔt) n.
                    let scale = (learning_rate * rule.time_step).sqrt();
                    let free = identity() - &hessian * (rule.time_step + scale);
                    let rule = GradientRule { free, injection: identity() * scale };
                    Self::with_noise(setup, rule, hessian, noise)
                }
            },
            _ => None,
        }
    }

    fn of_descent(setup: &Setup, hessian: DMatrix<f64>, noise: BatchNoise) -> Option<Self> {
        let dynamics = &setup.dynamics;
        let rates = dynamics.learning_rate()?.values(setup.dimension());
        if let (Dynamics::Sgd(rule), BatchNoise::Constant(covariance)) = (dynamics, &noise)
            && !rule.schedule.is_constant()
        {
            let work = setup.ensemble.total_steps().saturating_mul((rates.len() * rates.len() + 20) as u64);
            let descent = ScheduledDescent::new(&hessian, &rates, covariance)?;
            return (work <= MAX_WORK).then_some(Self::Scheduled(descent, rule.schedule));
        }
        let rates = DMatrix::from_diagonal(&DVector::from_vec(rates));
        let rule = match dynamics {
            Dynamics::Momentum(rule) => GradientRule::momentum(&rates, 1.0 - 1.0 / rule.averaging_steps()),
            _ => GradientRule::sgd(&rates),
        };
        Self::with_noise(setup, rule, hessian, noise)
    }

    fn with_noise(setup: &Setup, rule: GradientRule, hessian: DMatrix<f64>, noise: BatchNoise) -> Option<Self> {
        let schedule = setup.dynamics.schedule();
        let size = rule.free.nrows();
        let noise = match noise {
            BatchNoise::Constant(covariance) if schedule.is_constant() => {
                return Some(Self::Linear(rule.linear(&hessian, &covariance)));
            }
            BatchNoise::Constant(covariance) => GradientNoise::additive(&covariance),
            BatchNoise::Varying(noise) if schedule.is_constant() && size <= MAX_MAPPED => {
                return Some(Self::Mapped(rule.moments(&hessian, &noise)));
            }
            BatchNoise::Varying(noise) => noise,
            BatchNoise::Epoch(covariance, batches) => {
                let rule = EpochRule::new(rule.linear(&hessian, &covariance), batches);
                return schedule.is_constant().then_some(Self::Epoch(rule));
            }
        };
        let of_step = (size.pow(3) + hessian.nrows().pow(4)) as u64 + STEP_OVERHEAD;
        let work = setup.ensemble.total_steps().saturating_mul(of_step);
        (work <= MAX_WORK).then_some(Self::Stepwise { rule, hessian, noise, schedule })
    }

    /// Moments of x after `n` steps from those of the start, where what the rule remembers is 0.
    pub fn after(&self, start: &SecondOrder, n: u64) -> SecondOrder {
        let z = self.state(start);
        let d = start.mean.len();
        match self {
            Self::Linear(rule) => rule.after(&z, n).leading(d),
            Self::Mapped(map) => map.after(&z, n).leading(d),
            Self::Epoch(rule) => rule.after(&z, n).leading(d),
            Self::Scheduled(..) | Self::Stepwise { .. } => {
                self.pooled(start, MeasuringTimes { first: n, every: 1, count: 1 })
            }
        }
    }

    /// Moments of x pooled over the measuring times: their average.
    pub fn pooled(&self, start: &SecondOrder, times: MeasuringTimes) -> SecondOrder {
        let z = self.state(start);
        let law = match self {
            Self::Linear(rule) => rule.pooled(&z, times),
            Self::Mapped(map) => map.pooled(&z, times),
            Self::Epoch(rule) => rule.pooled(&z, times),
            Self::Scheduled(descent, schedule) => descent.pooled(&z, times, |k| schedule.factor(k)),
            Self::Stepwise { rule, hessian, noise, schedule } => {
                pooled_by_steps(&z, times, |k, law| rule.scaled(schedule.factor(k)).step(hessian, noise, law))
            }
        };
        law.leading(start.mean.len())
    }

    fn state(&self, start: &SecondOrder) -> SecondOrder {
        let size = match self {
            Self::Linear(rule) => rule.map.nrows(),
            Self::Mapped(map) => map.dimension(),
            Self::Epoch(rule) => rule.dimension(),
            Self::Scheduled(..) => start.mean.len(),
            Self::Stepwise { rule, .. } => rule.free.nrows(),
        };
        start.followed_by(&vec![0.0; size - start.mean.len()])
    }
}
