//! `[dynamics]`: the update rule.

use super::Distribution;
use super::error::{Fault, not_negative, positive, require};
use super::read::count;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a walker moves in one step.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Dynamics {
    /// Stochastic gradient descent: θ −= η ĝ.
    Sgd(Sgd),
    /// Overdamped Langevin equation: dθ = −∇L dt + √(2T) dW.
    Langevin(Langevin),
}

/// Stochastic gradient descent: θ −= η ĝ, with ĝ = ∇L + noise of covariance C/B.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sgd {
    /// η: a number, or one per coordinate.
    pub learning_rate: PerCoordinate,
    /// B: the gradient noise has covariance C/B.
    #[serde(default = "one", deserialize_with = "count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    pub batch_size: u64,
}

/// Overdamped Langevin equation: dθ = −∇L dt + √(2T) dW.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Langevin {
    /// T: a number, or one per coordinate.
    pub temperature: PerCoordinate,
    /// Δt of one step.
    pub time_step: f64,
    /// Shape of the noise of one step: zero mean and unit variance.
    #[serde(default)]
    pub distribution: Distribution,
    /// How a step is taken.
    #[serde(default)]
    pub scheme: Scheme,
}

/// Integration scheme of the Langevin equation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// θ += −∇L Δt + √(2TΔt) ξ.
    #[default]
    EulerMaruyama,
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
            super::error::one_per_coordinate(values, dimension, key)?;
        }
        self.values(dimension).into_iter().try_for_each(|v| check(v, key))
    }
}

impl Dynamics {
    /// The kinds, as they are written.
    pub(crate) const KINDS: &'static [&'static str] = &["sgd", "langevin"];

    /// Checks every value; `noisy` says whether there is a `[noise]` table.
    pub(crate) fn complete(&mut self, dimension: usize, noisy: bool) -> Result<(), Fault> {
        match self {
            Self::Sgd(rule) => {
                rule.learning_rate.validate(dimension, "learning_rate", positive)?;
                require(rule.batch_size >= 1, "batch_size", "must be at least 1")
            }
            Self::Langevin(rule) => {
                rule.temperature.validate(dimension, "temperature", not_negative)?;
                positive(rule.time_step, "time_step")?;
                require(
                    !noisy,
                    "kind",
                    "takes its noise from `temperature`; remove the [noise] table, which is for `sgd`",
                )
            }
        }
    }
}
