//! Correlations in time: of which coordinates, at which lags.

use crate::experiment::error::{Fault, require};
use crate::experiment::read::{count, counts};
use crate::experiment::schema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most coordinates whose correlations with each other are measured where nothing is asked for.
const USUAL_AXES: usize = 4;

/// Most numbers of past states that a walker carries.
const MOST_NUMBERS: u64 = 1 << 12;

/// Most correlations of two signals at one lag, of all lags together.
const MOST_CORRELATIONS: u64 = 1 << 15;

/// Auto- and cross-correlations of coordinates and of the loss at given lags. Time origins are the measured states,
/// every `measure.every` steps; a walker carries those of the longest lag's past.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Correlation {
    /// The lags, in steps: a list, or all up to one. Lag 0 is always among them. From all up to one follows the
    /// spectrum of increments too.
    pub lags: Lags,
    /// The coordinates (default all, or the first four).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axes: Option<Vec<usize>>,
}

/// Lags of a correlation, in steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "must be a list of whole numbers or { to = N }")]
pub enum Lags {
    /// These, in ascending order.
    List(
        #[serde(deserialize_with = "counts")]
        #[schemars(schema_with = "schema::counts")]
        Vec<u64>,
    ),
    /// 0, 1, … up to one.
    To(LagsTo),
}

/// All lags up to one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LagsTo {
    /// The longest.
    #[serde(deserialize_with = "count")]
    #[schemars(schema_with = "schema::positive_count")]
    pub to: u64,
}

impl Correlation {
    /// The lags, in ascending order from 0 on.
    pub fn lags(&self) -> Vec<u64> {
        match &self.lags {
            Lags::List(lags) => std::iter::once(0).chain(lags.iter().copied().filter(|lag| *lag > 0)).collect(),
            Lags::To(LagsTo { to }) => (0..=*to).collect(),
        }
    }

    /// The coordinates, once their default is written.
    pub fn axes(&self) -> &[usize] {
        self.axes.as_deref().unwrap_or_default()
    }

    /// The longest lag.
    pub fn longest(&self) -> u64 {
        self.lags().last().copied().unwrap_or_default()
    }

    /// Writes the default of `axes`, then checks every value.
    pub(super) fn complete(&mut self, dimension: usize, has_loss: bool, every: u64, steps: u64) -> Result<(), Fault> {
        let axes = self.axes.get_or_insert_with(|| (0..dimension.min(USUAL_AXES)).collect());
        let key = "correlation.axes";
        let message = format!("must be below {dimension}, the number of coordinates");
        require(axes.iter().all(|axis| *axis < dimension), key, &message)?;
        require(axes.is_sorted_by(|a, b| a < b) && !axes.is_empty(), key, "must be in ascending order, at least one")?;
        let signals = axes.len() as u64 + u64::from(has_loss);
        let key = "correlation.lags";
        if let Lags::List(lags) = &self.lags {
            require(
                lags.is_sorted_by(|a, b| a < b) && !lags.is_empty(),
                key,
                "must be in ascending order, at least one",
            )?;
        }
        let longest = match &self.lags {
            Lags::List(lags) => lags.last().copied().unwrap_or_default(),
            Lags::To(LagsTo { to }) => *to,
        };
        require(longest < steps, key, &format!("must be below ensemble.steps = {steps}"))?;
        let numbers = signals.saturating_mul(longest / every + 1);
        let message = format!(
            "up to {longest} with a time origin every {every} steps make a walker carry {numbers} numbers; the most is \
             {MOST_NUMBERS}: raise measure.every or name fewer axes"
        );
        require(numbers <= MOST_NUMBERS, key, &message)?;
        let lags = match &self.lags {
            Lags::List(lags) => lags.len() as u64 + 1,
            Lags::To(LagsTo { to }) => to.saturating_add(1),
        };
        let correlations = (signals * signals).saturating_mul(lags);
        let message = format!("makes {correlations} correlations; the most is {MOST_CORRELATIONS}");
        require(correlations <= MOST_CORRELATIONS, key, &message)
    }
}
