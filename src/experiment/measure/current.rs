//! The probability current: in which plane, about which point, on which grid.

use super::histogram::MAX_BINS;
use crate::experiment::error::{Fault, finite, require};
use crate::experiment::read::counts;
use crate::experiment::schema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The probability current of two coordinates, from the updates that lead to measured states: its circulation, its flux
/// through a half-line, and, with a `range`, the current itself on a grid. The rotation of every pair of coordinates
/// whose covariance is measured, and the entropy production, come with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Current {
    /// The coordinates of the plane, from 0.
    pub axes: [usize; 2],
    /// Where the half-line of the flux begins, from which it runs along the first axis to +∞.
    pub centre: [f64; 2],
    /// Lower and upper edge of the grid along each axis.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<[[f64; 2]; 2]>,
    /// Number of the grid's bins along each axis (default 20 and 20).
    #[serde(deserialize_with = "counts", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "schema::counts")]
    pub bins: Vec<u64>,
}

impl Default for Current {
    fn default() -> Self {
        Self { axes: [0, 1], centre: [0.0; 2], range: None, bins: Vec::new() }
    }
}

/// The grid of a current.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurrentGrid {
    /// Lower and upper edge along each axis.
    pub range: [[f64; 2]; 2],
    /// Number of bins along each axis; the second runs fastest.
    pub bins: [u64; 2],
}

impl Current {
    /// The grid, where there is one.
    pub fn grid(&self) -> Option<CurrentGrid> {
        let bins = [self.bins.first().copied()?, self.bins.get(1).copied()?];
        Some(CurrentGrid { range: self.range?, bins })
    }

    /// Writes the default of `bins`, then checks every value.
    pub(super) fn complete(&mut self, dimension: usize) -> Result<(), Fault> {
        require(dimension > 1, "current", "needs at least two coordinates")?;
        let message = format!("must be two different coordinates below {dimension}, the number of coordinates");
        let [a, b] = self.axes;
        require(a < dimension && b < dimension && a != b, "current.axes", &message)?;
        finite(&self.centre, "current.centre")?;
        let Some(range) = self.range else {
            return require(self.bins.is_empty(), "current.bins", "needs a `range` for its grid");
        };
        finite(range.as_flattened(), "current.range")?;
        let ascending = range.iter().all(|[low, high]| low < high);
        require(ascending, "current.range", "must be [[low, high], [low, high]] with low < high")?;
        if self.bins.is_empty() {
            self.bins = vec![20, 20];
        }
        let total = self.bins.iter().try_fold(1u64, |product, bins| product.checked_mul(*bins));
        let within = self.bins.len() == 2 && total.is_some_and(|total| (1..=MAX_BINS).contains(&total));
        require(within, "current.bins", &format!("must be two numbers, between 1 and {MAX_BINS} bins together"))
    }
}
