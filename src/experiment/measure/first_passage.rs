//! First passages: the condition, and what happens to a walker that has met it.

use crate::experiment::error::{Fault, finite, require};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When a walker first meets a condition, and what happens to it then. Exactly one of the conditions
/// `axis` with `above` or `below`, `loss_above`, `radius_above` is given; a walker has passed when the
/// state after an update meets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstPassage {
    /// The coordinate of `above` or `below`, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<usize>,
    /// Passed when the coordinate is above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// Passed when the coordinate is below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Passed when the loss is above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_above: Option<f64>,
    /// Passed when |θ|, the distance from the origin, is above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius_above: Option<f64>,
    /// What happens to a walker that has passed.
    #[serde(default)]
    pub after: After,
    /// How a passage is seen.
    #[serde(default)]
    pub crossing: Crossing,
}

/// What happens to a walker that has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum After {
    /// It goes back to its start, during burn-in too.
    #[default]
    Restart,
    /// It is frozen and no longer measured.
    Absorb,
    /// It goes on; only its first passage is recorded.
    Continue,
}

/// How a passage is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Crossing {
    /// Looked for after every update.
    #[default]
    Discrete,
    /// And between updates, where the path is taken for a Brownian bridge: as an equation in continuous time passes.
    Bridge,
}

/// The condition of a first passage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// θ_axis > threshold.
    Above(usize, f64),
    /// θ_axis < threshold.
    Below(usize, f64),
    /// L(θ) > threshold.
    LossAbove(f64),
    /// |θ| > threshold.
    RadiusAbove(f64),
}

impl FirstPassage {
    /// The condition.
    ///
    /// # Panics
    /// Where no condition is given, which reading an experiment refuses.
    pub fn condition(&self) -> Condition {
        match self {
            Self { above: Some(x), .. } => Condition::Above(self.axis.unwrap_or(0), *x),
            Self { below: Some(x), .. } => Condition::Below(self.axis.unwrap_or(0), *x),
            Self { loss_above: Some(l), .. } => Condition::LossAbove(*l),
            Self { radius_above: Some(r), .. } => Condition::RadiusAbove(*r),
            _ => unreachable!("reading refuses a first passage without a condition"),
        }
    }

    pub(super) fn validate(&self, dimension: usize) -> Result<(), Fault> {
        let key = |name: &str| format!("first_passage.{name}");
        let given = [
            ("above", self.above),
            ("below", self.below),
            ("loss_above", self.loss_above),
            ("radius_above", self.radius_above),
        ];
        let mut given = given.iter().filter_map(|(name, value)| value.map(|v| (*name, v)));
        let Some((name, value)) = given.next() else {
            return Err(Fault::new(
                "first_passage",
                "needs a condition: `axis` with `above` or `below`, or `loss_above`, or `radius_above`",
            ));
        };
        if let Some((second, _)) = given.next() {
            return Err(Fault::new(key(second), format!("only one condition is allowed, and `{name}` is given")));
        }
        finite(&[value], &key(name))?;
        let along_axis = name == "above" || name == "below";
        match self.axis {
            Some(axis) => {
                require(along_axis, &key("axis"), "goes with `above` or `below` only")?;
                require(
                    axis < dimension,
                    &key("axis"),
                    &format!("must be below {dimension}, the number of coordinates"),
                )
            }
            None if along_axis && dimension > 1 => {
                Err(Fault::new("first_passage", format!("`{name}` needs an `axis`")))
            }
            None => Ok(()),
        }
    }
}
