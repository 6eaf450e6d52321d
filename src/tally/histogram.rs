//! Counts of a histogram.

use serde::{Deserialize, Serialize};

/// Counts of measured states by bin; of two axes, the second runs fastest.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistogramCounts {
    /// States in each bin.
    pub bins: Vec<u64>,
    /// States outside the range.
    pub outside: u64,
}

impl HistogramCounts {
    /// Adds counts of further states.
    pub fn add(&mut self, other: &Self) {
        self.outside += other.outside;
        for (mine, theirs) in self.bins.iter_mut().zip(&other.bins) {
            *mine += theirs;
        }
    }
}
