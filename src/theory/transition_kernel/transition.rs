//! The law of one step of a chain on the line.

use super::grid::{Grid, normal_between};
use crate::landscape::Profile;
use std::fmt::Debug;

/// One step x → x' of a chain on the line: normal, unless its rows and probabilities say otherwise.
pub trait Transition: Debug + Send + Sync {
    /// The landscape of the walk.
    fn profile(&self) -> &Profile;

    /// E x'.
    fn next(&self, x: f64) -> f64;

    /// Standard deviation of x'.
    fn deviation(&self, x: f64) -> f64;

    /// Over what width the law of x' changes, with x' or with x, as a smooth function of x between `low` and `high`:
    /// a standard deviation s, or s/|g'| where g = E x' changes by more than x.
    fn scale(&self, low: f64, high: f64) -> Box<dyn Fn(f64) -> f64 + '_>;

    /// Where walkers are in the stationary state, but for a negligible share, as the step goes to zero; none where they
    /// do not stay anywhere.
    fn support(&self) -> Option<(f64, f64)>;

    /// P(low < x' < high).
    fn between(&self, x: f64, low: f64, high: f64) -> f64 {
        let (mean, deviation) = (self.next(x), self.deviation(x));
        normal_between((low - mean) / deviation, (high - mean) / deviation)
    }

    /// Probabilities to reach the nodes of `grid`: the first one within reach, and those of the nodes from there on.
    fn row(&self, grid: &Grid, x: f64) -> (usize, Vec<f64>) {
        grid.normal(self.next(x), self.deviation(x))
    }
}
