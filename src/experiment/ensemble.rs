//! `[ensemble]`: how many walkers, from where, for how long.

use super::error::{Fault, finite, not_negative, one_per_coordinate, positive, require};
use super::read::count;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The walkers of one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ensemble {
    /// Number of independent walkers in each cell.
    #[serde(deserialize_with = "count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    pub walkers: u64,
    /// Steps before measuring.
    #[serde(default, deserialize_with = "count")]
    #[schemars(schema_with = "super::schema::count")]
    pub burn_in: u64,
    /// Measured steps.
    #[serde(deserialize_with = "count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    pub steps: u64,
    /// |θ_i| beyond which a walker is lost.
    #[serde(default = "million")]
    pub bounds: f64,
    /// Share of lost walkers beyond which the run fails.
    #[serde(default)]
    pub lost_tolerance: f64,
    /// Where the walkers start.
    pub start: Start,
}

/// Where the walkers start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    deny_unknown_fields,
    expecting = "must be a point [x, …], { points = [[…], …] }, { normal = { mean, std } } or { uniform = { low, high } }"
)]
pub enum Start {
    /// All at one point.
    Point(Vec<f64>),
    /// Walker i at point i mod n.
    Points {
        /// The points.
        points: Vec<Vec<f64>>,
    },
    /// Normally distributed, coordinates independent.
    Normal {
        /// Its parameters.
        normal: Normal,
    },
    /// Uniformly distributed in a box.
    Uniform {
        /// The box.
        uniform: Uniform,
    },
}

/// A normal distribution with independent coordinates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Normal {
    /// Mean of every coordinate.
    pub mean: Vec<f64>,
    /// Standard deviation of every coordinate.
    pub std: Vec<f64>,
}

/// A box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Uniform {
    /// Lower corner.
    pub low: Vec<f64>,
    /// Upper corner.
    pub high: Vec<f64>,
}

fn million() -> f64 {
    1e6
}

impl Start {
    /// The points of a start that has no randomness.
    pub fn points(&self) -> Option<Vec<Vec<f64>>> {
        match self {
            Self::Point(point) => Some(vec![point.clone()]),
            Self::Points { points } => Some(points.clone()),
            Self::Normal { .. } | Self::Uniform { .. } => None,
        }
    }

    /// The first point, the mean, or the middle of the box.
    pub fn first_point(&self) -> Vec<f64> {
        match self {
            Self::Point(point) => point.clone(),
            Self::Points { points } => points[0].clone(),
            Self::Normal { normal } => normal.mean.clone(),
            Self::Uniform { uniform } => {
                uniform.low.iter().zip(&uniform.high).map(|(low, high)| 0.5 * (low + high)).collect()
            }
        }
    }

    /// The points, the mean or the corners of the box.
    pub fn corners(&self) -> Vec<Vec<f64>> {
        match self {
            Self::Point(point) => vec![point.clone()],
            Self::Points { points } => points.clone(),
            Self::Normal { normal } => vec![normal.mean.clone()],
            Self::Uniform { uniform } => vec![uniform.low.clone(), uniform.high.clone()],
        }
    }

    fn validate(&self, dimension: usize) -> Result<(), Fault> {
        let place = |values: &[f64], key: &str| {
            one_per_coordinate(values, dimension, key)?;
            finite(values, key)
        };
        match self {
            Self::Point(point) => place(point, "start"),
            Self::Points { points } => {
                require(!points.is_empty(), "start.points", "must hold at least one point")?;
                points.iter().try_for_each(|point| place(point, "start.points"))
            }
            Self::Normal { normal } => {
                place(&normal.mean, "start.normal.mean")?;
                place(&normal.std, "start.normal.std")?;
                normal.std.iter().try_for_each(|s| not_negative(*s, "start.normal.std"))
            }
            Self::Uniform { uniform } => {
                place(&uniform.low, "start.uniform.low")?;
                place(&uniform.high, "start.uniform.high")?;
                let ordered = uniform.low.iter().zip(&uniform.high).all(|(low, high)| low <= high);
                require(ordered, "start.uniform.high", "must not be below start.uniform.low")
            }
        }
    }
}

impl Ensemble {
    /// Updates of a walker over the whole run.
    pub fn total_steps(&self) -> u64 {
        self.burn_in + self.steps
    }

    pub(crate) fn complete(&mut self, dimension: usize) -> Result<(), Fault> {
        let walkers = 1..=1u64 << 32;
        require(walkers.contains(&self.walkers), "walkers", "must be between 1 and 2^32")?;
        require(self.steps >= 1, "steps", "must be at least 1")?;
        require(
            self.burn_in.checked_add(self.steps).is_some_and(|n| n < 1 << 32),
            "steps",
            "burn_in + steps must be below 2^32",
        )?;
        positive(self.bounds, "bounds")?;
        require(self.bounds <= 1e18, "bounds", "must be at most 1e18, so that squares stay within f32")?;
        require((0.0..=1.0).contains(&self.lost_tolerance), "lost_tolerance", "must be a share between 0 and 1")?;
        self.start.validate(dimension)?;
        let farthest = self.start.corners().iter().flatten().fold(0.0, |far: f64, x| far.max(x.abs()));
        require(farthest <= self.bounds, "start", "must be within ensemble.bounds, or walkers are lost at once")
    }
}
