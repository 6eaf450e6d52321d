//! `[measure]`: what is measured, and when.

mod correlation;
mod covariances;
mod current;
mod first_passage;
mod fluctuation_dissipation;
mod histogram;
mod observable;
mod time_series;

pub use correlation::{Correlation, Lags, LagsTo};
pub use covariances::Covariances;
pub use current::{Current, CurrentGrid};
pub use first_passage::{After, Condition, Crossing, FirstPassage};
pub use fluctuation_dissipation::FluctuationDissipation;
pub use histogram::{AxisHistogram, BinnedAxis, Histogram, ObservableHistogram, PairHistogram, Variable};
pub use observable::Observable;
pub use time_series::{Spacing, TimeSeries};

use super::error::{Fault, require};
use super::landscape::Landscape;
use super::read::{one_or_many, positive_count};
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
    /// Histograms of coordinates, of the loss or of formulas of the state: one table or a list of them.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "super::schema::one_or_many::<Histogram>")]
    pub histogram: Vec<Histogram>,
    /// When a walker first meets a condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_passage: Option<FirstPassage>,
    /// The ensemble at chosen times of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_series: Option<TimeSeries>,
    /// Both sides of the fluctuation–dissipation relations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fluctuation_dissipation: Option<FluctuationDissipation>,
    /// Correlations in time, and spectra.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation: Option<Correlation>,
    /// The probability current.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<Current>,
}

impl Measure {
    /// Which covariances are measured in `dimension` coordinates.
    pub fn covariances(&self, dimension: usize) -> Covariances {
        self.covariance.unwrap_or_else(|| Covariances::usual(dimension))
    }

    /// Which covariances are measured at the points of a time series: those of moments, but beyond 16 coordinates
    /// variances alone.
    pub fn series_covariances(&self, dimension: usize) -> Covariances {
        match Covariances::usual(dimension) {
            Covariances::Full => self.covariances(dimension),
            Covariances::Variances => Covariances::Variances,
        }
    }

    /// Numbers that a block of so many walkers keeps of moments, histograms and time series, in `dimension` coordinates.
    pub(crate) fn numbers_kept(&self, dimension: usize, walkers: u64) -> u64 {
        let products = |which: Covariances| (0..dimension).map(|i| which.partners(i, dimension).len()).sum::<usize>();
        // Of the loss, both squared gradients, and the weights.
        let moments = (dimension + products(self.covariances(dimension)) + 4) as u64;
        let bins: u64 = self.histogram.iter().map(Histogram::bins).sum();
        let of_point = |series: &TimeSeries| {
            let products = products(self.series_covariances(dimension)) * (1 + usize::from(series.noise_covariance));
            // A place and a count for every bin that has a walker, with what their map takes.
            let counts =
                if series.quantiles.is_empty() { 0 } else { (dimension as u64 + 1) * 3 * walkers.min(1 << 12) };
            // Loss, squared gradient, three counts, and the lists.
            (dimension + products + 11) as u64 + counts
        };
        // Both sides of relations, and rotations; rows of windows; three numbers of a grid's bin; all pairs at a lag.
        let updates = 8 + (dimension * dimension) as u64 / 2;
        let windows = if self.fluctuation_dissipation.is_some() { 7 * 40 } else { 0 };
        let grid = self.current.as_ref().and_then(Current::grid).map_or(0, |grid| 3 * grid.bins[0] * grid.bins[1]);
        let signals = self.correlation.as_ref().map_or(0, |correlation| correlation.axes().len() as u64 + 1);
        let lags = self.correlation.as_ref().map_or(0, |correlation| correlation.lags().len() as u64);
        let correlations = lags * (signals * signals + 2 * signals + 2);
        let series = self.time_series.as_ref().map_or(0, |series| series.points * of_point(series));
        moments + bins + updates + windows + grid + correlations + series
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
        self.histogram.iter_mut().try_for_each(|h| h.complete(landscape))?;
        let all: u64 = self.histogram.iter().map(Histogram::bins).sum();
        require(all <= MAX_BINS, "histogram", &format!("may have at most {MAX_BINS} bins in all"))?;
        if let Some(passage) = &mut self.first_passage {
            passage.validate(dimension)?;
            if passage.axis.is_none() && (passage.above.is_some() || passage.below.is_some()) {
                passage.axis = Some(0);
            }
        }
        if let Some(series) = &self.time_series {
            series.validate(dimension, steps)?;
        }
        if let Some(relations) = &mut self.fluctuation_dissipation {
            relations.complete(dimension, steps)?;
        }
        if let Some(correlation) = &mut self.correlation {
            correlation.complete(dimension, landscape.has_loss(), self.every, steps)?;
        }
        if let Some(current) = &mut self.current {
            current.complete(dimension)?;
        }
        Ok(())
    }
}
