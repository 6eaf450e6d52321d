//! Which covariances are measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Most coordinates whose covariances are all measured where nothing is asked for.
const MOST_IN_FULL: usize = 16;

/// Which covariances are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Covariances {
    /// Those of all pairs of coordinates.
    Full,
    /// The variance of every coordinate.
    Variances,
}

impl Covariances {
    /// What is measured in `dimension` coordinates where nothing is asked for.
    pub fn usual(dimension: usize) -> Self {
        if dimension <= MOST_IN_FULL { Self::Full } else { Self::Variances }
    }

    /// The coordinates j ≥ i whose covariance with coordinate i of `dimension` is measured.
    pub fn partners(self, i: usize, dimension: usize) -> Range<usize> {
        match self {
            Self::Full => i..dimension,
            Self::Variances => i..i + 1,
        }
    }
}
