//! The recursion that the first two moments of a walker obey on a quadratic landscape, by its rule and noise.

use super::batch_noise::BatchNoise;
use super::ensemble::{MeasuringTimes, SecondOrder};
use super::epoch::EpochRule;
use super::gradient_noise::GradientNoise;
use super::gradient_rule::GradientRule;
use super::langevin::{baoab, leimkuhler_matthews, runge_kutta};
use super::linear::{LinearRule, hessian, stationary_covariance};
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
            return (work <= MAX_WORK).then_some(Self::Scheduled(descent, rule.schedule.clone()));
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
        self.state_after(start, n).leading(start.mean.len())
    }

    /// Moments of x after these numbers of steps, in ascending order, from those of the start.
    pub fn along(&self, start: &SecondOrder, steps: &[u64]) -> Vec<SecondOrder> {
        let mut z = self.state(start);
        let mut done = 0;
        // A rule that is followed step by step goes on from the number before.
        let mut law = |n: u64| {
            let rest = MeasuringTimes { first: n - done, every: 1, count: 1 };
            match self {
                Self::Scheduled(descent, schedule) => z = descent.pooled(&z, rest, |k| schedule.factor(done + k)),
                Self::Stepwise { rule, hessian, noise, schedule } => {
                    let step = |k, law: &SecondOrder| rule.scaled(schedule.factor(done + k)).step(hessian, noise, law);
                    z = pooled_by_steps(&z, rest, step);
                }
                Self::Linear(_) | Self::Mapped(_) | Self::Epoch(_) => return self.after(start, n),
            }
            done = n;
            z.leading(start.mean.len())
        };
        steps.iter().map(|n| law(*n)).collect()
    }

    /// Moments of x pooled over the measuring times: their average.
    pub fn pooled(&self, start: &SecondOrder, times: MeasuringTimes) -> SecondOrder {
        self.state_pooled(start, times).leading(start.mean.len())
    }

    /// Moments of the state after `n` steps from those of x at the start.
    pub fn state_after(&self, start: &SecondOrder, n: u64) -> SecondOrder {
        let z = self.state(start);
        match self {
            Self::Linear(rule) => rule.after(&z, n),
            Self::Mapped(map) => map.after(&z, n),
            Self::Epoch(rule) => rule.after(&z, n),
            Self::Scheduled(..) | Self::Stepwise { .. } => {
                self.state_pooled(start, MeasuringTimes { first: n, every: 1, count: 1 })
            }
        }
    }

    /// Moments of the state pooled over the measuring times: their average.
    pub fn state_pooled(&self, start: &SecondOrder, times: MeasuringTimes) -> SecondOrder {
        let z = self.state(start);
        match self {
            Self::Linear(rule) => rule.pooled(&z, times),
            Self::Mapped(map) => map.pooled(&z, times),
            Self::Epoch(rule) => rule.pooled(&z, times),
            Self::Scheduled(descent, schedule) => descent.pooled(&z, times, |k| schedule.factor(k)),
            Self::Stepwise { rule, hessian, noise, schedule } => {
                pooled_by_steps(&z, times, |k, law| rule.scaled(schedule.factor(k)).step(hessian, noise, law))
            }
        }
    }

    /// A of E[z' | z] = A z; none where it may change from step to step, or noise remembers.
    pub fn mean_map(&self) -> Option<DMatrix<f64>> {
        match self {
            Self::Linear(rule) => Some(rule.map.clone()),
            Self::Mapped(map) => Some(map.mean_map()),
            Self::Epoch(_) | Self::Scheduled(..) | Self::Stepwise { .. } => None,
        }
    }

    /// Cov z of the stationary state, whose mean is 0; none where there is none, or it is not known.
    pub fn stationary(&self) -> Option<DMatrix<f64>> {
        match self {
            Self::Linear(rule) => stationary_covariance(&rule.map, &rule.noise),
            Self::Mapped(map) => map.stationary().map(|law| law.covariance()),
            Self::Epoch(_) | Self::Scheduled(..) | Self::Stepwise { .. } => None,
        }
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
