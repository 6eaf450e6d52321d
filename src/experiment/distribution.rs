//! `distribution`: the shape of the noise of one step.

use super::error::{Fault, require};
use super::read::nearest;
use crate::random::TwoPoint;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::{Deserialize, Deserializer, Error as _};
use toml::Value;

/// Shape of the noise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Distribution {
    /// Normal.
    #[default]
    Gaussian,
    /// ±1 with probability ½ each.
    Rademacher,
    /// Uniform on [−√3, √3].
    Uniform,
    /// Density exp(−√2 |x|)/√2: heavier tails than the normal ones, kurtosis 6.
    Laplace,
    /// Exponential, less its mean: density exp(−(x + 1)) from −1 on. Skewness 2.
    Exponential,
    /// √((1−p)/p) with probability p, else −√(p/(1−p)). Skewness (1−2p)/√(p(1−p)).
    TwoPoint(#[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 1))] f64),
    /// ±√3 with probability 1/6 each, else 0: sixteen numbers for the random words of four normal ones.
    /// Its first five moments are the normal ones, so that means of smooth functions differ by the square
    /// of the step (weak order 2; Kloeden & Platen 1992, section 14.2), and means and covariances of
    /// linear rules not at all. Not for first passages, rates and tails: steps of one size overshoot a
    /// threshold otherwise (the mean first-passage time over the barrier (x² − 1)²/4 at T = 0.15 and
    /// Δt = 0.01 grows by 2 %), and are bounded.
    ThreePoint,
}

/// Those that are a name alone.
const NAMED: [(&str, Distribution); 6] = [
    ("gaussian", Distribution::Gaussian),
    ("rademacher", Distribution::Rademacher),
    ("uniform", Distribution::Uniform),
    ("laplace", Distribution::Laplace),
    ("exponential", Distribution::Exponential),
    ("three-point", Distribution::ThreePoint),
];

impl<'de> Deserialize<'de> for Distribution {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = NAMED.map(|(name, _)| name);
        let wrong = |hint: String| {
            let names = names.map(|name| format!("\"{name}\"")).join(", ");
            D::Error::custom(format!("expected {names} or {{ two-point = p }}{hint}"))
        };
        match Value::deserialize(deserializer)? {
            Value::String(name) => {
                let named = NAMED.into_iter().find(|(known, _)| *known == name);
                named.map(|(_, distribution)| distribution).ok_or_else(|| wrong(nearest(&name, &names)))
            }
            Value::Table(table) if table.len() == 1 => match table.get("two-point") {
                Some(Value::Float(p)) => Ok(Self::TwoPoint(*p)),
                Some(Value::Integer(p)) => Ok(Self::TwoPoint(*p as f64)),
                _ => Err(wrong(String::new())),
            },
            _ => Err(wrong(String::new())),
        }
    }
}

impl Distribution {
    pub(super) fn validate(self) -> Result<(), Fault> {
        let Self::TwoPoint(p) = self else { return Ok(()) };
        let allowed = TwoPoint::LEAST..=1.0 - TwoPoint::LEAST;
        let message = "must be above 0 and below 1, by 2^-32 or more: the probability of the positive value";
        require(allowed.contains(&p), "two-point", message).map_err(|fault| fault.under("distribution"))
    }
}
