//! `[dynamics]`: the update rule.

mod descent;
mod equations;
mod schedule;

pub use descent::{Adam, Adaptive, Cap, Momentum, Rmsprop, SecondMoment, Sgd};
pub use equations::{Drive, GradientFlow, Langevin, LogLangevin, Scheme, Splitting, Underdamped};
pub use schedule::Schedule;

use super::error::{Fault, one_per_coordinate};
use super::read::read;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::Table;

/// How a walker moves in one step.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Dynamics {
    /// Stochastic gradient descent: θ −= η ĝ.
    Sgd(Sgd),
    /// Stochastic gradient descent with momentum.
    Momentum(Momentum),
    /// RMSProp: steps divided by a running root mean square of gradients.
    Rmsprop(Rmsprop),
    /// Adam: momentum and RMSProp, both without the bias of their start.
    Adam(Adam),
    /// The second-order rule with a running estimate of the batch size.
    Adaptive(Adaptive),
    /// Gradient flow: dθ/dt = −∇L.
    GradientFlow(GradientFlow),
    /// Overdamped Langevin equation: dθ = −∇L dt + √(2T) dW.
    Langevin(Langevin),
    /// Overdamped Langevin equation on log L, after a random time change.
    LogLangevin(LogLangevin),
    /// Underdamped Langevin equation.
    Underdamped(Underdamped),
}

/// One number for all coordinates, or one for each.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "must be a number, or a list with one per coordinate")]
pub enum PerCoordinate {
    /// The same for all.
    One(f64),
    /// One for each.
    Each(Vec<f64>),
}

fn one() -> u64 {
    1
}

impl PerCoordinate {
    /// The value of every coordinate.
    pub fn values(&self, dimension: usize) -> Vec<f64> {
        match self {
            Self::One(value) => vec![*value; dimension],
            Self::Each(values) => values.clone(),
        }
    }

    /// The one value that all coordinates share, where they do.
    pub fn shared(&self) -> Option<f64> {
        match self {
            Self::One(value) => Some(*value),
            Self::Each(values) => values.iter().all(|v| *v == values[0]).then(|| values[0]),
        }
    }

    fn validate(&self, dimension: usize, key: &str, check: fn(f64, &str) -> Result<(), Fault>) -> Result<(), Fault> {
        if let Self::Each(values) = self {
            one_per_coordinate(values, dimension, key)?;
        }
        self.values(dimension).into_iter().try_for_each(|v| check(v, key))
    }
}

impl Dynamics {
    /// The kinds, as they are written.
    pub(crate) const KINDS: &'static [&'static str] =
        &["sgd", "momentum", "rmsprop", "adam", "adaptive", "gradient-flow", "langevin", "log-langevin", "underdamped"];

    /// Reads the table of a kind.
    pub(in crate::experiment) fn read(kind: &str, table: Table) -> Result<Self, Fault> {
        match kind {
            "sgd" => Ok(Self::Sgd(read(table)?)),
            "momentum" => Ok(Self::Momentum(read(table)?)),
            "rmsprop" => Ok(Self::Rmsprop(read(table)?)),
            "adam" => Ok(Self::Adam(read(table)?)),
            "adaptive" => Ok(Self::Adaptive(read(table)?)),
            "gradient-flow" => Ok(Self::GradientFlow(read(table)?)),
            "langevin" => Ok(Self::Langevin(read(table)?)),
            "log-langevin" => Ok(Self::LogLangevin(read(table)?)),
            _ => Ok(Self::Underdamped(read(table)?)),
        }
    }

    /// Nominal η of the rules that have one for every coordinate.
    pub fn learning_rate(&self) -> Option<&PerCoordinate> {
        match self {
            Self::Sgd(rule) => Some(&rule.learning_rate),
            Self::Momentum(rule) => Some(&rule.learning_rate),
            Self::Rmsprop(rule) => Some(&rule.learning_rate),
            Self::Adam(rule) => Some(&rule.learning_rate),
            _ => None,
        }
    }

    /// Δt of the equations; of log-langevin Δτ.
    pub fn time_step(&self) -> Option<f64> {
        match self {
            Self::GradientFlow(rule) => Some(rule.time_step),
            Self::Langevin(rule) => Some(rule.time_step),
            Self::LogLangevin(rule) => Some(rule.time_step),
            Self::Underdamped(rule) => Some(rule.time_step),
            _ => None,
        }
    }

    /// B of the rules that follow a stochastic gradient.
    pub fn batch_size(&self) -> Option<u64> {
        match self {
            Self::Sgd(rule) => Some(rule.batch_size),
            Self::Momentum(rule) => Some(rule.batch_size),
            Self::Rmsprop(rule) => Some(rule.batch_size),
            Self::Adam(rule) => Some(rule.batch_size),
            Self::Adaptive(rule) => Some(rule.batch_size),
            _ => None,
        }
    }

    /// What multiplies the learning rate from step to step.
    pub fn schedule(&self) -> Schedule {
        match self {
            Self::Sgd(rule) => rule.schedule.clone(),
            Self::Momentum(rule) => rule.schedule.clone(),
            Self::Rmsprop(rule) => rule.schedule.clone(),
            Self::Adam(rule) => rule.schedule.clone(),
            _ => Schedule::default(),
        }
    }

    /// Where the noise of an overdamped equation comes from.
    pub fn drive(&self) -> Option<Drive<'_>> {
        match self {
            Self::Langevin(rule) => Some(rule.drive()),
            Self::LogLangevin(rule) => Some(rule.drive()),
            _ => None,
        }
    }

    /// Writes defaults that depend on other keys, then checks every value; `noisy` says whether there is a
    /// `[noise]` table, `largest_curvature` is the largest eigenvalue of the Hessian at the landscape's minima.
    pub(crate) fn complete(
        &mut self,
        dimension: usize,
        noisy: bool,
        largest_curvature: Option<f64>,
    ) -> Result<(), Fault> {
        match self {
            Self::Sgd(rule) => rule.complete(dimension),
            Self::Momentum(rule) => rule.complete(dimension),
            Self::Rmsprop(rule) => rule.complete(dimension),
            Self::Adam(rule) => rule.complete(dimension),
            Self::Adaptive(rule) => rule.complete(largest_curvature),
            Self::GradientFlow(rule) => rule.complete(),
            Self::Langevin(rule) => rule.complete(dimension, noisy),
            Self::LogLangevin(rule) => rule.complete(dimension, noisy),
            Self::Underdamped(rule) => rule.complete(dimension),
        }
    }
}
