//! Rules that follow a stochastic gradient ĝ = ∇L + noise of covariance C/B.

use super::{PerCoordinate, Schedule, one};
use crate::experiment::error::{Fault, not_negative, positive, require};
use crate::experiment::read::count;
use crate::experiment::schema;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;

/// Stochastic gradient descent: θ −= η ĝ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sgd {
    /// η: a number, or one per coordinate.
    pub learning_rate: PerCoordinate,
    /// B: the gradient noise has covariance C/B.
    #[serde(default = "one", deserialize_with = "count")]
    #[schemars(schema_with = "schema::positive_count")]
    pub batch_size: u64,
    /// What multiplies the learning rate from step to step.
    #[serde(default, skip_serializing_if = "Schedule::is_constant")]
    pub schedule: Schedule,
}

/// Momentum: v = (1 − 1/N_g) v + η ĝ, then θ −= v; v starts at 0. Give N_g as `momentum_steps` or as
/// `momentum` = 1 − 1/N_g.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Momentum {
    /// η: a number, or one per coordinate.
    pub learning_rate: PerCoordinate,
    /// B: the gradient noise has covariance C/B.
    #[serde(default = "one", deserialize_with = "count")]
    #[schemars(schema_with = "schema::positive_count")]
    pub batch_size: u64,
    /// N_g: steps that the average reaches back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub momentum_steps: Option<f64>,
    /// β = 1 − 1/N_g.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub momentum: Option<f64>,
    /// What multiplies the learning rate from step to step.
    #[serde(default, skip_serializing_if = "Schedule::is_constant")]
    pub schedule: Schedule,
}

/// RMSProp: s = (1 − 1/N_s) s + ĝ²/N_s first, then θ −= η ĝ/√(s + ε); s starts at 0, and a coordinate with
/// s + ε = 0 takes no step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rmsprop {
    /// η: a number, or one per coordinate.
    pub learning_rate: PerCoordinate,
    /// B: the gradient noise has covariance C/B.
    #[serde(default = "one", deserialize_with = "count")]
    #[schemars(schema_with = "schema::positive_count")]
    pub batch_size: u64,
    /// N_s: steps that the average of squares reaches back.
    pub second_moment_steps: f64,
    /// ε.
    #[serde(default)]
    pub epsilon: f64,
    /// Whose square is averaged.
    #[serde(default)]
    pub second_moment: SecondMoment,
    /// What multiplies the learning rate from step to step.
    #[serde(default, skip_serializing_if = "Schedule::is_constant")]
    pub schedule: Schedule,
}

/// Whose square RMSProp averages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecondMoment {
    /// That of the batch's gradient, ĝ².
    #[default]
    Batch,
    /// Those of the gradients of the batch's examples: their mean.
    PerExample,
}

/// Adam: averages μ of ĝ and s of ĝ² with weights 1/min(t, N) at step t = 1, 2, …, which takes the bias of
/// their start out, then θ −= η μ/√(s + ε). Give N_g as `momentum_steps` or as `momentum` = 1 − 1/N_g.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Adam {
    /// η: a number, or one per coordinate.
    pub learning_rate: PerCoordinate,
    /// B: the gradient noise has covariance C/B.
    #[serde(default = "one", deserialize_with = "count")]
    #[schemars(schema_with = "schema::positive_count")]
    pub batch_size: u64,
    /// N_g: steps that the average of gradients reaches back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub momentum_steps: Option<f64>,
    /// β = 1 − 1/N_g.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub momentum: Option<f64>,
    /// N_s: steps that the average of squares reaches back.
    pub second_moment_steps: f64,
    /// ε.
    #[serde(default)]
    pub epsilon: f64,
    /// What multiplies the learning rate from step to step.
    #[serde(default, skip_serializing_if = "Schedule::is_constant")]
    pub schedule: Schedule,
}

/// The second-order rule whose learning rate follows from running averages of the gradient and its noise,
/// with a running estimate of the batch size B* that a step deserves (McAllester, lecture notes).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::without_default("cap"))]
pub struct Adaptive {
    /// B: the gradient noise has covariance C/B.
    #[serde(default = "one", deserialize_with = "count")]
    #[schemars(schema_with = "schema::positive_count")]
    pub batch_size: u64,
    /// K: steps before the first update, over which averages gather.
    #[serde(default = "hundred", deserialize_with = "count")]
    #[schemars(schema_with = "schema::positive_count")]
    pub warm_up: u64,
    /// λ_B.
    #[serde(default = "sixteen")]
    pub lambda_batch: f64,
    /// λ_η.
    #[serde(default = "thirty_second")]
    pub lambda_rate: f64,
    /// ε.
    #[serde(default = "tiny")]
    pub epsilon: f64,
    /// Largest learning rate, or false to do without (default 1/(2 λ), λ the largest eigenvalue of the Hessian
    /// at the minima).
    #[serde(default)]
    pub cap: Option<Cap>,
}

/// A largest learning rate, or none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cap {
    /// None: `false`.
    Off,
    /// As large.
    At(f64),
}

impl Serialize for Cap {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_bool(false),
            Self::At(rate) => serializer.serialize_f64(*rate),
        }
    }
}

impl<'de> Deserialize<'de> for Cap {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::Boolean(false) => Ok(Self::Off),
            toml::Value::Float(rate) => Ok(Self::At(rate)),
            toml::Value::Integer(rate) => Ok(Self::At(rate as f64)),
            _ => Err(D::Error::custom("expected a number, or false to do without")),
        }
    }
}

impl JsonSchema for Cap {
    fn schema_name() -> Cow<'static, str> {
        "Cap".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "type": "number", "exclusiveMinimum": 0 }, { "const": false }] })
    }
}

fn hundred() -> u64 {
    100
}

fn sixteen() -> f64 {
    16.0
}

fn thirty_second() -> f64 {
    1.0 / 32.0
}

fn tiny() -> f64 {
    1e-12
}

/// Exactly one of N_g and β, within range.
pub(super) fn averaging(momentum_steps: Option<f64>, momentum: Option<f64>) -> Result<(), Fault> {
    match (momentum_steps, momentum) {
        (Some(steps), None) => length(steps, "momentum_steps"),
        (None, Some(beta)) => require((0.0..1.0).contains(&beta), "momentum", "must be at least 0 and below 1"),
        (Some(_), Some(_)) => Err(Fault::new("momentum", "cannot go with `momentum_steps`; give one of them")),
        (None, None) => Err(Fault::new("momentum_steps", "is missing; give it or `momentum`")),
    }
}

/// N_g = 1/(1 − β).
pub(super) fn averaging_steps(momentum_steps: Option<f64>, momentum: Option<f64>) -> f64 {
    momentum_steps.unwrap_or_else(|| 1.0 / (1.0 - momentum.unwrap_or(0.0)))
}

fn length(steps: f64, key: &str) -> Result<(), Fault> {
    require(steps.is_finite() && steps >= 1.0, key, "must be at least 1 step")
}

/// Checks what rules with averages of squares share.
fn squares(second_moment_steps: f64, epsilon: f64, schedule: &Schedule) -> Result<(), Fault> {
    let message = "cannot be \"fluctuation-dissipation\" for this rule: the relation is that of sgd and momentum";
    require(!schedule.is_own(), "schedule.kind", message)?;
    length(second_moment_steps, "second_moment_steps")?;
    not_negative(epsilon, "epsilon")
}

/// Checks what these rules share.
fn common(rate: &PerCoordinate, batch_size: u64, schedule: &Schedule, dimension: usize) -> Result<(), Fault> {
    rate.validate(dimension, "learning_rate", positive)?;
    require(batch_size >= 1, "batch_size", "must be at least 1")?;
    schedule.validate().map_err(|f| f.under("schedule"))
}

impl Sgd {
    pub(super) fn complete(&self, dimension: usize) -> Result<(), Fault> {
        common(&self.learning_rate, self.batch_size, &self.schedule, dimension)
    }
}

impl Momentum {
    /// N_g.
    pub fn averaging_steps(&self) -> f64 {
        averaging_steps(self.momentum_steps, self.momentum)
    }

    pub(super) fn complete(&self, dimension: usize) -> Result<(), Fault> {
        common(&self.learning_rate, self.batch_size, &self.schedule, dimension)?;
        averaging(self.momentum_steps, self.momentum)
    }
}

impl Rmsprop {
    pub(super) fn complete(&self, dimension: usize) -> Result<(), Fault> {
        common(&self.learning_rate, self.batch_size, &self.schedule, dimension)?;
        squares(self.second_moment_steps, self.epsilon, &self.schedule)
    }
}

impl Adam {
    /// N_g.
    pub fn averaging_steps(&self) -> f64 {
        averaging_steps(self.momentum_steps, self.momentum)
    }

    pub(super) fn complete(&self, dimension: usize) -> Result<(), Fault> {
        common(&self.learning_rate, self.batch_size, &self.schedule, dimension)?;
        averaging(self.momentum_steps, self.momentum)?;
        squares(self.second_moment_steps, self.epsilon, &self.schedule)
    }
}

impl Adaptive {
    /// `largest_curvature`: the largest eigenvalue of the Hessian at the minima, where there are minima.
    pub(super) fn complete(&mut self, largest_curvature: Option<f64>) -> Result<(), Fault> {
        require(self.batch_size >= 1, "batch_size", "must be at least 1")?;
        require(self.warm_up >= 1, "warm_up", "must be at least 1")?;
        positive(self.lambda_batch, "lambda_batch")?;
        positive(self.lambda_rate, "lambda_rate")?;
        not_negative(self.epsilon, "epsilon")?;
        let cap = self.cap.or_else(|| largest_curvature.map(|curvature| Cap::At(0.5 / curvature)));
        self.cap = Some(cap.ok_or_else(|| {
            let message = "is missing; its default is 1/(2λ), λ the largest eigenvalue of the Hessian at a minimum, \
                           which this landscape does not have";
            Fault::new("cap", message)
        })?);
        match self.cap {
            Some(Cap::At(rate)) => positive(rate, "cap"),
            _ => Ok(()),
        }
    }
}
