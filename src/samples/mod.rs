//! Samples (w, y) of least squares: features and a label, read from a file or made of normal numbers.

mod file;
mod moments;
mod synthetic;

pub use moments::SecondMoments;

use std::sync::Arc;

/// Samples (w, y), w ∈ R^d.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    features: usize,
    rows: Arc<[f64]>,
}

impl Samples {
    /// Number of features d.
    pub fn features(&self) -> usize {
        self.features
    }

    /// The samples, d + 1 numbers each: w_1, …, w_d, y.
    pub fn rows(&self) -> &[f64] {
        &self.rows
    }

    /// The same, shared.
    pub fn shared_rows(&self) -> Arc<[f64]> {
        Arc::clone(&self.rows)
    }

    /// w and y of every sample.
    pub fn iter(&self) -> impl Iterator<Item = (&[f64], f64)> {
        self.rows.chunks_exact(self.features + 1).map(|row| (&row[..self.features], row[self.features]))
    }

    /// Number of samples.
    pub fn len(&self) -> usize {
        self.rows.len() / (self.features + 1)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
