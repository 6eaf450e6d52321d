//! What a repetition of a rare passage counted.

use serde::{Deserialize, Serialize};

/// A repetition of a rare passage: how often walkers left the basin, and the share of ways from there that pass.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RarePassages {
    /// Times that a walker left the basin, in the measured steps.
    pub exits: u64,
    /// Walker-steps in which they might have.
    pub steps_at_risk: u64,
    /// An unbiased estimate of the share of exits that passages follow upon.
    pub probability: f64,
    /// Levels, or rounds of splitting, that were gone through.
    pub levels: u32,
    /// Updates of all walkers, on their ways too.
    pub walker_steps: u64,
}

impl RarePassages {
    /// An unbiased estimate of the passages in the steps at risk.
    pub fn passages(&self) -> f64 {
        self.exits as f64 * self.probability
    }
}
