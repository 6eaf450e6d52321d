//! The time series of a kernel.

use crate::experiment::Setup;
use crate::tally::{Products, SeriesLayout};

/// A time series: when, and which sums.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SeriesStage {
    /// The measured steps, from 1, of its points, in ascending order.
    pub steps: Vec<u32>,
    /// Places of the sums of a point.
    pub layout: SeriesLayout,
}

impl SeriesStage {
    /// Of a cell, where there is one.
    pub(super) fn of(setup: &Setup) -> Option<Self> {
        let layout = series_layout(setup)?;
        let narrow = |n: u64| u32::try_from(n).expect("reading an experiment keeps steps below 2^32");
        Some(Self { steps: setup.series_steps().into_iter().map(narrow).collect(), layout })
    }
}

/// Places of the sums at a point of a cell's time series, where there is one.
pub fn series_layout(setup: &Setup) -> Option<SeriesLayout> {
    let series = setup.measure.time_series.as_ref()?;
    let dimension = setup.dimension();
    let products = Products { dimension, which: setup.measure.series_covariances(dimension) };
    let quantiles = !series.quantiles.is_empty();
    let own_rates = setup.dynamics.schedule().is_own();
    let log_distance = setup.has_vanishing_noise();
    Some(SeriesLayout { products, noise_covariance: series.noise_covariance, quantiles, log_distance, own_rates })
}
