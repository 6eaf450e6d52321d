//! Ensemble sums at one time of the time series.

use serde::{Deserialize, Serialize};

/// Sums over the walkers of a block at one time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesPoint {
    /// Walkers measured: those neither lost nor absorbed.
    pub count: u64,
    /// Those of a double well with x_0 above the saddle.
    pub right: u64,
    /// Values too large for fixed-point sums, as in [`super::Moments`].
    pub overflows: u64,
    /// Σ(θ_i − c_i) for every coordinate, then Σ(L − floor).
    pub sums: Vec<f64>,
}

impl SeriesPoint {
    /// Adds sums over further walkers.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.right += other.right;
        self.overflows += other.overflows;
        for (mine, theirs) in self.sums.iter_mut().zip(&other.sums) {
            *mine += theirs;
        }
    }
}
