//! What one cell of an experiment is, and what follows from its tables together.

use super::{
    After, Covariance, Covariances, Distribution, Drive, Dynamics, Ensemble, Hessian, Landscape, Measure, Noise,
    PerCoordinate, Rare, Sampling, Start, schema,
};
use crate::landscape::FLAT;
use nalgebra::DMatrix;
use schemars::JsonSchema;
use serde::Serialize;

/// What one cell of an experiment is: everything but title, seed and sweep.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(transform = schema::without_default("measure"))]
pub struct Setup {
    /// The landscape L(θ).
    pub landscape: Landscape,
    /// Gradient noise of SGD-like rules; absent means none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<Noise>,
    /// The update rule.
    pub dynamics: Dynamics,
    /// How many walkers, from where, for how long.
    pub ensemble: Ensemble,
    /// What to measure.
    #[schemars(default)]
    pub measure: Measure,
    /// How passages that are too rare to wait for are reached.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rare: Option<Rare>,
}

/// Those of a Hessian along its axes that are not flat.
fn curvatures(hessian: DMatrix<f64>) -> Vec<f64> {
    let all = hessian.symmetric_eigenvalues();
    let largest = all.amax();
    all.iter().copied().filter(|h| h.abs() > FLAT * largest).collect()
}

impl Setup {
    /// Number of coordinates of a walker.
    pub fn dimension(&self) -> usize {
        self.landscape.dimension()
    }

    /// Walkers of the cell, in all repetitions of a rare passage.
    pub fn walkers(&self) -> u64 {
        self.ensemble.walkers * self.rare.as_ref().map_or(1, |rare| rare.repetitions)
    }

    /// Whether walkers are put back or frozen when they pass, so that what is measured is not the
    /// distribution that the dynamics tends to.
    pub fn takes_walkers_out(&self) -> bool {
        self.measure.first_passage.as_ref().is_some_and(|passage| passage.after != After::Continue)
    }

    /// Time that passes in one update (t = Σ η_k, or the SDE's own time): `time_step`; or the nominal
    /// `learning_rate` where all coordinates share it (times N_g for momentum), else 1, so that t counts steps.
    /// None where it varies: with the schedule, or with the loss of log-langevin.
    pub fn time_per_step(&self) -> Option<f64> {
        let follows_schedule = matches!(self.dynamics, Dynamics::Sgd(_) | Dynamics::Momentum(_));
        let varies = follows_schedule && self.nominal_rate().is_some() && !self.dynamics.schedule().is_constant();
        (!varies).then(|| self.time_after(1)).flatten()
    }

    /// Time that passes in the first `steps` updates; none where it is not the same for all walkers.
    pub fn time_after(&self, steps: u64) -> Option<f64> {
        let nominal = self.nominal_rate();
        let n = steps as f64;
        match &self.dynamics {
            Dynamics::Sgd(rule) => Some(nominal.map_or(n, |rate| rate * rule.schedule.sum(steps))),
            Dynamics::Momentum(rule) => {
                Some(nominal.map_or(n, |rate| rate * rule.averaging_steps() * rule.schedule.sum(steps)))
            }
            Dynamics::LogLangevin(_) => None,
            rule => Some(n * rule.time_step().or(nominal).unwrap_or(1.0)),
        }
    }

    /// The one learning rate that all coordinates share.
    fn nominal_rate(&self) -> Option<f64> {
        if self.dynamics.schedule().is_own() {
            return None;
        }
        self.dynamics.learning_rate()?.shared()
    }

    /// What multiplies the gradient in one step, for every coordinate, before the schedule: `time_step`, or
    /// the learning rates. Of momentum its effective ones, ηN_g; of underdamped motion Δt/γ, which it tends to
    /// at high friction; of rmsprop and adam those that multiply the normalised gradient; 1 of a rule that has
    /// none of its own.
    pub fn step_sizes(&self) -> Vec<f64> {
        let nominal = match self.dynamics.learning_rate() {
            Some(rate) => rate.values(self.dimension()),
            None => vec![self.dynamics.time_step().unwrap_or(1.0); self.dimension()],
        };
        match &self.dynamics {
            Dynamics::Momentum(rule) => nominal.iter().map(|rate| rate * rule.averaging_steps()).collect(),
            Dynamics::Underdamped(rule) => nominal.iter().map(|time| time / rule.friction).collect(),
            _ => nominal,
        }
    }

    /// What multiplies the gradient of every coordinate in the relations of an update, before the schedule: nominal
    /// learning rates or the time step; and what coordinates share of it, else 1. None of a rule that has neither.
    pub fn update_rates(&self) -> Option<(Vec<f64>, f64)> {
        let d = self.dimension();
        match self.dynamics.learning_rate() {
            Some(rate) => Some((rate.values(d), rate.shared().unwrap_or(1.0))),
            None => self.dynamics.time_step().map(|dt| (vec![dt; d], dt)),
        }
    }

    /// Shape of the noise of one step.
    pub fn distribution(&self) -> Distribution {
        let thermal = match &self.dynamics {
            Dynamics::Langevin(rule) => rule.distribution,
            Dynamics::LogLangevin(rule) => rule.distribution,
            _ => None,
        };
        thermal.or_else(|| self.noise.as_ref()?.distribution()).unwrap_or_default()
    }

    /// C of a batch of one, where it is the same everywhere.
    pub fn constant_noise(&self) -> Option<Covariance> {
        match self.noise.as_ref()? {
            Noise::Gaussian(noise) => Some(noise.covariance.clone()),
            Noise::Label(noise) => match &self.landscape.quadratic()?.hessian {
                Hessian::Diagonal(values) => {
                    Some(Covariance::Diagonal(values.iter().map(|h| h * noise.variance).collect()))
                }
                Hessian::Full(rows) => {
                    let scaled = rows.iter().map(|row| row.iter().map(|h| h * noise.variance).collect());
                    Some(Covariance::Full(scaled.collect()))
                }
            },
            Noise::LossHessian(_) | Noise::Minibatch(_) => None,
        }
    }

    /// H(θ*) of loss-hessian noise, θ* the minimum reached downhill from the first point of `start`.
    pub fn start_hessian(&self) -> Option<DMatrix<f64>> {
        let minimum = self.landscape.minimum_below(&self.ensemble.start.first_point())?;
        self.landscape.hessian(&minimum)
    }

    /// n, the number of directions that are not flat at the minimum reached from the first point of `start`.
    pub fn effective_dimension(&self) -> Option<usize> {
        Some(curvatures(self.start_hessian()?).len())
    }

    /// T of dθ = −∇L dt + √(2TL) dW, the temperature of log L (Mori, Ziyin, Liu & Ueda, ICML 2022): ηh*/B under noise
    /// that grows with the loss where all directions that are not flat have the curvature h*, or that of Langevin's
    /// equation on log L. None of other noise, and where there are other curvatures.
    pub fn log_temperature(&self) -> Option<f64> {
        let curvature = || {
            let grows = matches!(self.noise, Some(Noise::LossHessian(_)));
            let all = curvatures(self.start_hessian().filter(|_| grows)?);
            let first = *all.first()?;
            all.iter().all(|h| (h - first).abs() <= FLAT * first.abs()).then_some(first)
        };
        let temperature = match (&self.dynamics, self.dynamics.drive()) {
            (Dynamics::Sgd(rule), _) if rule.schedule.is_constant() => {
                rule.learning_rate.shared()? * curvature()? / rule.batch_size as f64
            }
            (Dynamics::LogLangevin(_), Some(Drive::Temperature(temperature))) => temperature.shared()?,
            (_, Some(Drive::GradientNoise { learning_rate, batch_size })) => {
                learning_rate * curvature()? / batch_size as f64
            }
            _ => return None,
        };
        (temperature > 0.0).then_some(temperature)
    }

    /// Whether there is no chance in the run: walkers start at points and are [free of noise](Self::is_noiseless).
    pub fn is_deterministic(&self) -> bool {
        self.is_noiseless() && matches!(self.ensemble.start, Start::Point(_) | Start::Points { .. })
    }

    /// Whether nothing drives the walkers but the gradient: at temperature zero, without noise or with none of
    /// its covariance, or with batches of all samples.
    pub fn is_noiseless(&self) -> bool {
        let cold = |temperature: &PerCoordinate| temperature.shared() == Some(0.0);
        match (&self.dynamics, self.dynamics.drive()) {
            (_, Some(Drive::Temperature(temperature))) => cold(temperature),
            (Dynamics::Underdamped(rule), _) => cold(&rule.temperature),
            _ => match &self.noise {
                None => true,
                Some(Noise::Minibatch(batches)) => {
                    batches.sampling != Sampling::WithReplacement
                        && self.dynamics.batch_size() == self.landscape.sample_count()
                }
                Some(_) => {
                    self.constant_noise().is_some_and(|c| c.rows(self.dimension()).iter().flatten().all(|v| *v == 0.0))
                }
            },
        }
    }

    /// Which covariances are measured.
    pub fn covariances(&self) -> Covariances {
        self.measure.covariances(self.dimension())
    }

    /// The measured steps, from 1, of the points of the time series; none where there is none.
    pub fn series_steps(&self) -> Vec<u64> {
        self.measure.time_series.as_ref().map_or_else(Vec::new, |series| series.steps(self.ensemble.steps))
    }

    /// Whether walkers carry times of their own, which run at another pace than their steps.
    pub fn is_time_changed(&self) -> bool {
        matches!(self.dynamics, Dynamics::LogLangevin(_))
    }

    /// Whether the rule follows a gradient with noise, so that ĝ is one of its numbers.
    pub fn has_stochastic_gradient(&self) -> bool {
        self.noise.is_some() && self.dynamics.batch_size().is_some()
    }

    /// Whether loss and gradient noise vanish together at the minimum of a quadratic landscape, so that the distance from
    /// there shrinks or grows by random factors.
    pub fn has_vanishing_noise(&self) -> bool {
        let vanishes = match &self.noise {
            Some(Noise::LossHessian(_)) => true,
            Some(Noise::Minibatch(_)) => matches!(self.landscape, Landscape::LeastSquares(_)),
            _ => false,
        };
        vanishes && self.landscape.quadratic().is_some_and(|quadratic| quadratic.floor == 0.0)
    }

    /// The temperature of the Gibbs density that the system has as the step goes to zero: T itself, or, with
    /// the same independent noise of variance σ² in every coordinate, ησ²/(2B), and ηN_gσ²/(2B) for momentum;
    /// else none.
    pub fn temperature(&self) -> Option<f64> {
        let of_noise = |rate: f64, batch_size: u64| {
            let variance = self.constant_noise()?.isotropic(self.dimension())?;
            Some(rate * variance / (2.0 * batch_size as f64))
        };
        if !self.landscape.has_loss() || !self.dynamics.schedule().is_constant() {
            return None;
        }
        match &self.dynamics {
            Dynamics::Sgd(rule) => of_noise(rule.learning_rate.shared()?, rule.batch_size),
            Dynamics::Momentum(rule) => {
                of_noise(rule.learning_rate.shared()? * rule.averaging_steps(), rule.batch_size)
            }
            Dynamics::Langevin(rule) => match rule.drive() {
                Drive::Temperature(temperature) => temperature.shared(),
                Drive::GradientNoise { learning_rate, batch_size } => of_noise(learning_rate, batch_size),
            },
            Dynamics::Underdamped(rule) => rule.temperature.shared(),
            _ => None,
        }
    }
}
