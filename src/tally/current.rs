//! The probability current on a grid.

use serde::{Deserialize, Serialize};

/// Updates by the bin of their middle, the second axis running fastest, and how far they went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurrentGrid {
    /// Updates in each bin.
    pub count: Vec<u64>,
    /// Σ(θ' − θ) along the first axis of the updates in each bin.
    pub first: Vec<f64>,
    /// Σ(θ' − θ) along the second.
    pub second: Vec<f64>,
    /// Displacements too large for fixed-point sums, as in [`super::Moments`].
    pub overflows: u64,
}

impl CurrentGrid {
    /// A grid of so many bins.
    pub fn new(bins: usize) -> Self {
        Self { count: vec![0; bins], first: vec![0.0; bins], second: vec![0.0; bins], overflows: 0 }
    }

    /// Adds further updates.
    pub fn add(&mut self, other: &Self) {
        self.overflows += other.overflows;
        for (mine, theirs) in self.count.iter_mut().zip(&other.count) {
            *mine += theirs;
        }
        let sums = self.first.iter_mut().chain(&mut self.second);
        for (mine, theirs) in sums.zip(other.first.iter().chain(&other.second)) {
            *mine += theirs;
        }
    }
}
