//! `[measure]`: what is measured, and when.

mod covariances;
mod first_passage;
mod histogram;

pub use covariances::Covariances;
pub use first_passage::{After, Condition, Crossing, FirstPassage};
pub use histogram::{AxisHistogram, BinnedAxis, Histogram, LossHistogram, Observable, PairHistogram, Variable};

use super::error::{Fault, require};
use super::landscape::Landscape;
use super::read::{count, one_or_many, positive_count};
use histogram::MAX_BINS;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is measured. Means, covariances, loss and squared gradient are always.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(transform = super::schema::without_default("every"))]
pub struct Measure {
    /// Measure after every K-th update past the burn-in (default max(1, steps/1000)).
    #[serde(deserialize_with = "positive_count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    pub every: u64,
    /// The covariances of all pairs of coordinates, or variances alone (default "full" to 16 coordinates,
    /// "variances" beyond).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covariance: Option<Covariances>,
    /// Histograms of coordinates or of the loss: one table or a list of them.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "super::schema::one_or_many::<Histogram>")]
    pub histogram: Vec<Histogram>,
    /// When a walker first meets a condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_passage: Option<FirstPassage>,
    /// Ensemble means and well populations along the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_series: Option<TimeSeries>,
}

/// Ensemble means and well populations at evenly spaced times of the measured steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeSeries {
    /// Number of times; point j = 1, 2, …, n is after measured step ⌈j steps / n⌉.
    #[serde(deserialize_with = "count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    pub points: u64,
}

impl Measure {
    /// Which covariances are measured in `dimension` coordinates.
    pub fn covariances(&self, dimension: usize) -> Covariances {
        self.covariance.unwrap_or_else(|| Covariances::usual(dimension))
    }

    /// Numbers that a block keeps of moments, histograms and time series, in `dimension` coordinates.
    pub(crate) fn numbers_kept(&self, dimension: usize) -> u64 {
        let covariances = self.covariances(dimension);
        let products: usize = (0..dimension).map(|i| covariances.partners(i, dimension).len()).sum();
        // Of the loss, both squared gradients, and the weights.
        let moments = (dimension + products + 4) as u64;
        let bins: u64 = self.histogram.iter().map(Histogram::bins).sum();
        // A point of the time series has three counts, a sum a coordinate, that of the loss, and its list.
        moments + bins + self.time_series.as_ref().map_or(0, |s| s.points * (dimension as u64 + 7))
    }

    /// Writes defaults that depend on other keys, then checks every value.
    pub(crate) fn complete(&mut self, landscape: &Landscape, steps: u64) -> Result<(), Fault> {
        let dimension = landscape.dimension();
        if self.every == 0 {
            self.every = (steps / 1000).max(1);
        }
        self.covariance = Some(self.covariances(dimension));
        require(
            self.every <= steps,
            "every",
            &format!("must be at most ensemble.steps = {steps}, or nothing is measured"),
        )?;
        self.histogram.iter().try_for_each(|h| h.validate(dimension))?;
        let all: u64 = self.histogram.iter().map(Histogram::bins).sum();
        require(all <= MAX_BINS, "histogram", &format!("may have at most {MAX_BINS} bins in all"))?;
        if let Some(passage) = &mut self.first_passage {
            passage.validate(dimension)?;
            if passage.axis.is_none() && (passage.above.is_some() || passage.below.is_some()) {
                passage.axis = Some(0);
            }
        }
        if let Some(series) = &self.time_series {
            require(
                (1..=steps.min(100_000)).contains(&series.points),
                "time_series.points",
                "must be at least 1 and at most ensemble.steps and 100000",
            )?;
        }
        Ok(())
    }
}
