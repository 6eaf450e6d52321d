//! Differential equations, stochastic or not.

use super::PerCoordinate;
use crate::experiment::Distribution;
use crate::experiment::error::{Fault, not_negative, positive, require};
use crate::experiment::read::some_count;
use crate::experiment::schema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Gradient flow dθ/dt = −∇L, by the classical Runge–Kutta method of fourth order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GradientFlow {
    /// Δt of one step.
    pub time_step: f64,
}

/// Overdamped Langevin equation: with `temperature` dθ = −∇L dt + √(2T) dW; with `learning_rate` and a
/// `[noise]` table dθ = −∇L dt + √(ηC/B) dW (Itô).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Langevin {
    /// T: a number, or one per coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<PerCoordinate>,
    /// η of the gradient noise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// B of the gradient noise (default 1).
    #[serde(default, deserialize_with = "some_count", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::positive_count")]
    pub batch_size: Option<u64>,
    /// Δt of one step.
    pub time_step: f64,
    /// Shape of the noise of one step, where it is thermal: zero mean and unit variance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
    /// How a step is taken.
    #[serde(default)]
    pub scheme: Scheme,
}

/// Integration scheme of the overdamped Langevin equation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scheme {
    /// θ += −∇L Δt + √(2TΔt) ξ.
    #[default]
    EulerMaruyama,
    /// θ += −∇L Δt + √(2TΔt) (ξ + ξ')/2, ξ' the ξ of the step before (Leimkuhler & Matthews 2013).
    LeimkuhlerMatthews,
}

/// The overdamped Langevin equation after the random time change dτ = L dt: with `temperature`
/// dθ = −∇log L dτ + √(2T) dW; with `learning_rate` and a `[noise]` table of kind loss-hessian
/// dθ = −∇log L dτ + √(2ηH*/B) dW (Mori, Ziyin, Liu & Ueda 2022). Walkers carry t += Δτ/L.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LogLangevin {
    /// T: a number, or one per coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<PerCoordinate>,
    /// η of the gradient noise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learning_rate: Option<f64>,
    /// B of the gradient noise (default 1).
    #[serde(default, deserialize_with = "some_count", skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "schema::positive_count")]
    pub batch_size: Option<u64>,
    /// Δτ of one step.
    pub time_step: f64,
    /// Shape of the noise of one step, where it is thermal: zero mean and unit variance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<Distribution>,
}

/// Underdamped Langevin equation of unit mass: dθ = v dt, dv = −∇L dt − γ v dt + √(2γT) dW; v starts at 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Underdamped {
    /// T: a number, or one per coordinate.
    pub temperature: PerCoordinate,
    /// γ.
    pub friction: f64,
    /// Δt of one step.
    pub time_step: f64,
    /// How a step is taken.
    #[serde(default)]
    pub scheme: Splitting,
}

/// Splitting of the underdamped Langevin equation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Splitting {
    /// Half a kick, half a drift, friction and noise, half a drift, half a kick (Leimkuhler & Matthews 2013).
    #[default]
    Baoab,
}

/// Where an equation takes its noise from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drive<'a> {
    /// From a bath of temperature T.
    Temperature(&'a PerCoordinate),
    /// From the gradient noise C of the `[noise]` table, as ηC/B.
    GradientNoise {
        /// η.
        learning_rate: f64,
        /// B.
        batch_size: u64,
    },
}

fn drive(temperature: Option<&PerCoordinate>, learning_rate: Option<f64>, batch_size: Option<u64>) -> Drive<'_> {
    match temperature {
        Some(temperature) => Drive::Temperature(temperature),
        // Without either nothing moves it.
        None => {
            Drive::GradientNoise { learning_rate: learning_rate.unwrap_or(0.0), batch_size: batch_size.unwrap_or(1) }
        }
    }
}

/// Checks the keys of either drive and writes their defaults.
fn complete_drive(
    temperature: Option<&PerCoordinate>,
    learning_rate: Option<f64>,
    batch_size: &mut Option<u64>,
    distribution: &mut Option<Distribution>,
    dimension: usize,
    noisy: bool,
) -> Result<(), Fault> {
    match (temperature, learning_rate) {
        (Some(temperature), None) => {
            temperature.validate(dimension, "temperature", not_negative)?;
            require(batch_size.is_none(), "batch_size", "goes with `learning_rate` and a [noise] table only")?;
            distribution.get_or_insert_default().validate()?;
            require(!noisy, "kind", "takes its noise from `temperature`; remove the [noise] table")
        }
        (None, Some(rate)) => {
            positive(rate, "learning_rate")?;
            require(*batch_size.get_or_insert(1) >= 1, "batch_size", "must be at least 1")?;
            let message = "goes with `temperature` only; the [noise] table has a `distribution` of its own";
            require(distribution.is_none(), "distribution", message)?;
            require(noisy, "learning_rate", "needs a [noise] table, whose C gives the noise √(ηC/B) dW")
        }
        (Some(_), Some(_)) => {
            Err(Fault::new("learning_rate", "cannot go with `temperature`; noise comes from one of them"))
        }
        (None, None) => Err(Fault::new("temperature", "is missing; give it, or `learning_rate` and a [noise] table")),
    }
}

impl GradientFlow {
    pub(super) fn complete(&self) -> Result<(), Fault> {
        positive(self.time_step, "time_step")
    }
}

impl Langevin {
    /// Where its noise comes from.
    pub fn drive(&self) -> Drive<'_> {
        drive(self.temperature.as_ref(), self.learning_rate, self.batch_size)
    }

    pub(super) fn complete(&mut self, dimension: usize, noisy: bool) -> Result<(), Fault> {
        positive(self.time_step, "time_step")?;
        let (temperature, rate) = (self.temperature.as_ref(), self.learning_rate);
        complete_drive(temperature, rate, &mut self.batch_size, &mut self.distribution, dimension, noisy)?;
        let constant = self.scheme == Scheme::EulerMaruyama || self.temperature.is_some();
        require(constant, "scheme", "is made for noise of constant size, that of a `temperature`")
    }
}

impl LogLangevin {
    /// Where its noise comes from.
    pub fn drive(&self) -> Drive<'_> {
        drive(self.temperature.as_ref(), self.learning_rate, self.batch_size)
    }

    pub(super) fn complete(&mut self, dimension: usize, noisy: bool) -> Result<(), Fault> {
        positive(self.time_step, "time_step")?;
        let (temperature, rate) = (self.temperature.as_ref(), self.learning_rate);
        complete_drive(temperature, rate, &mut self.batch_size, &mut self.distribution, dimension, noisy)
    }
}

impl Underdamped {
    pub(super) fn complete(&self, dimension: usize) -> Result<(), Fault> {
        self.temperature.validate(dimension, "temperature", not_negative)?;
        positive(self.friction, "friction")?;
        positive(self.time_step, "time_step")
    }
}
