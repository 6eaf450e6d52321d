//! Analysis: from a tally to estimates with standard errors; pure functions.
//!
//! Every estimate is a function of summed statistics. Its value is that function of the sums over all
//! blocks of a cell, taken in block order; its standard error is the [`jackknife()`] over those blocks,
//! which are independent because walkers are.

mod correlation;
mod correlation_time;
#[cfg(test)]
mod coverage;
mod current;
mod curves;
mod escape;
mod fits;
mod gibbs;
mod gibbs_slope;
mod growth_rate;
mod jackknife;
mod jump_rate;
mod ks_distance;
mod line;
mod moments;
mod quantiles;
mod rare;
mod relations;
mod relaxation;
mod root;
mod survival;
#[cfg(test)]
mod synthetic;
mod tails;
mod time_series;

pub use correlation::{CorrelationPoint, SpectrumPoint, correlations, spectra};
pub use current::{CurrentBin, current};
pub use curves::{HazardSpan, HistogramBin, SurvivalPoint, hazard, histogram, survival};
pub use fits::{Fit, FitKind, FitPoint, fits};
pub use jackknife::{Measurement, jackknife};
pub use ks_distance::ks_distance;
pub use line::{LineFit, weighted_line};
pub use time_series::{Quantity, TimePoint, time_series};

use crate::experiment::Setup;
use crate::tally::BlockTally;
use serde::Serialize;
use std::collections::BTreeMap;

/// One estimated number. What cannot be estimated has no value, and a reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The estimate.
    pub value: Option<f64>,
    /// Its standard error, from independent blocks of walkers; none for a single block.
    pub std_error: Option<f64>,
    /// Number of blocks behind it.
    pub blocks: usize,
    /// χ² of the fit behind it, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chi_squared: Option<f64>,
    /// Degrees of freedom of that χ².
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degrees_of_freedom: Option<usize>,
    /// Chance that χ² is larger though what is fitted holds, where χ² follows its law: of `survival_rate`, whose late
    /// passages are not exponential where it is tiny.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Upper limit at 95 % confidence, where there is one and no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upper_limit: Option<f64>,
}

impl Estimate {
    /// What could not be estimated from `blocks` blocks, and why.
    fn missing(blocks: usize, reason: impl Into<String>) -> Self {
        Self { blocks, reason: Some(reason.into()), ..Self::default() }
    }

    /// What sums of `blocks` blocks with `overflows` values too large for them would have told.
    fn overflowed(blocks: usize, overflows: u64) -> Self {
        Self::missing(
            blocks,
            format!(
                "{overflows} measured values were too large for the GPU engine's sums: walkers went far from where \
                 they were expected; run with --device cpu"
            ),
        )
    }
}

/// The estimates of a cell, by name.
pub type Estimates = BTreeMap<String, Estimate>;

/// All estimates of one cell from its blocks, in block order; none without blocks.
pub fn estimates(setup: &Setup, blocks: &[&BlockTally]) -> Estimates {
    let mut all = Estimates::new();
    if blocks.is_empty() {
        return all;
    }
    if setup.rare.is_some() {
        rare::estimate(setup, blocks, &mut all);
        return all;
    }
    moments::estimate(setup, blocks, &mut all);
    if !setup.takes_walkers_out() {
        gibbs::estimate(setup, blocks, &mut all);
        gibbs_slope::estimate(setup, blocks, &mut all);
        relaxation::estimate(setup, blocks, &mut all);
    }
    escape::estimate(setup, blocks, &mut all);
    jump_rate::estimate(setup, blocks, &mut all);
    relations::estimate(setup, blocks, &mut all);
    current::estimate(setup, blocks, &mut all);
    correlation::estimate(setup, blocks, &mut all);
    time_series::estimate(setup, blocks, &mut all);
    growth_rate::estimate(setup, blocks, &mut all);
    tails::estimate(setup, blocks, &mut all);
    all
}

/// Weights of the blocks: their walkers.
fn weights(blocks: &[&BlockTally]) -> Vec<f64> {
    blocks.iter().map(|block| block.walkers as f64).collect()
}
