//! Sums over values of one kind.

use serde::{Deserialize, Serialize};

/// Sums over values of one kind, such as those of windows of one length.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sums {
    /// Number of values.
    pub count: u64,
    /// Values too large for fixed-point sums, as in [`super::Moments`].
    pub overflows: u64,
    /// The sums.
    pub sums: Vec<f64>,
}

impl Sums {
    /// `length` sums over nothing.
    pub fn new(length: usize) -> Self {
        Self { sums: vec![0.0; length], ..Self::default() }
    }

    /// Adds sums over further values.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.overflows += other.overflows;
        for (mine, theirs) in self.sums.iter_mut().zip(&other.sums) {
            *mine += theirs;
        }
    }
}

/// Number of sums over the pairs of states at one lag, of so many signals: those of each signal at the time origin, then
/// of each at the later state, then of their products row by row, a row for each signal at the origin.
pub fn lag_sums(signals: usize) -> usize {
    signals * (2 + signals)
}

/// Number of sums over the windows of one length. With R a walker's mean of the relation's right side over a window,
/// and M that of left minus right: ΣR, ΣR², ΣM, ΣM², ΣMR.
pub const WINDOW_SUMS: usize = 5;
