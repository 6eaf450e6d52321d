//! The results document: what stands in `results.json`.

use super::provenance::Provenance;
use crate::engine::Device;
use crate::theory::{Kind, Source};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Version of the document's format.
const FORMAT: u32 = 1;

/// All estimates with errors, predictions and z-scores, and fits over the sweep. Only `version`,
/// `device`, `seconds` and `provenance` may differ between two runs of one experiment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Version of this format: 1.
    pub format: u32,
    /// The experiment's title.
    pub title: String,
    /// Key of the random number generator.
    pub seed: u64,
    /// Version of kramers.
    pub version: String,
    /// What the walkers ran on.
    pub device: Device,
    /// Wall-clock seconds that the walkers took; of shards, their sum.
    pub seconds: f64,
    /// How the document came about.
    pub provenance: Provenance,
    /// Updates of all walkers.
    pub walker_steps: u64,
    /// One for each point of the sweep, in order.
    pub cells: Vec<CellResult>,
    /// Fits over the sweep.
    pub fits: Vec<FitResult>,
}

/// What was found in one cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CellResult {
    /// The swept keys and their values here.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// Time that passes in one update; null where it varies.
    pub time_per_step: Option<f64>,
    /// Walkers that left the numbers.
    pub lost: Lost,
    /// The estimates, by name.
    pub estimates: BTreeMap<String, EstimateResult>,
}

/// Walkers that became non-finite or went beyond the bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// How many.
    pub count: u64,
    /// The update (from 1, burn-in included) after which the first was lost.
    pub first_step: Option<u32>,
}

/// One estimate beside its predictions.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EstimateResult {
    /// The estimate; null where there is none.
    pub value: Option<f64>,
    /// Its standard error, from independent blocks of walkers; null for a single block.
    pub std_error: Option<f64>,
    /// Number of blocks behind it.
    pub blocks: usize,
    /// χ² of the fit behind it, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chi_squared: Option<f64>,
    /// Degrees of freedom of that χ².
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub degrees_of_freedom: Option<usize>,
    /// Chance that χ² is larger though what is fitted holds. Of `survival_rate`: late passages are not exponential
    /// where it is tiny.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// Why there is no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Upper limit at 95 % confidence, where there is one and no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upper_limit: Option<f64>,
    /// What theory says, by source.
    pub predictions: BTreeMap<Source, PredictionResult>,
}

/// A prediction held against an estimate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictionResult {
    /// The predicted value.
    pub value: f64,
    /// How it relates to what is measured.
    pub kind: Kind,
    /// Of an exact prediction, (measured − predicted)/error as a normal deviate; absent where there is
    /// no error bar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z: Option<f64>,
    /// What took the place of the standard error in `z`: the rounding of a run without noise, where it is more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounding: Option<f64>,
    /// Of any other, measured/predicted; absent where nothing was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ratio: Option<f64>,
}

/// A fit over one key of the sweep.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FitResult {
    /// What is fitted.
    pub name: String,
    /// The swept key that it runs over.
    pub over: String,
    /// Values of the other swept keys.
    pub at: BTreeMap<String, serde_json::Value>,
    /// Places of its cells in the sweep.
    pub cells: Vec<usize>,
    /// The fitted number; null where there is none.
    pub value: Option<f64>,
    /// Its standard error.
    pub std_error: Option<f64>,
    /// Sum of squared residuals over their errors.
    pub chi_squared: Option<f64>,
    /// Points less parameters.
    pub degrees_of_freedom: Option<usize>,
    /// Why there is no value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What theory says, by source.
    pub predictions: BTreeMap<Source, PredictionResult>,
    /// Slopes between cells that are neighbours along the line, of a power law, which holds in a limit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_slopes: Vec<LocalSlope>,
}

/// The slope between two cells of a fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LocalSlope {
    /// Their places in the sweep.
    pub cells: Vec<usize>,
    /// The slope.
    pub value: Option<f64>,
    /// Its standard error.
    pub std_error: Option<f64>,
    /// What theory says of the two cells, by source.
    pub predictions: BTreeMap<Source, PredictionResult>,
}

impl CellResult {
    /// What theory says exactly of the estimate `name`.
    pub(super) fn exact(&self, name: &str) -> Option<f64> {
        let predictions = &self.estimates.get(name)?.predictions;
        predictions.values().find(|p| p.kind == Kind::Exact).map(|p| p.value)
    }
}

impl Document {
    pub(super) fn format() -> u32 {
        FORMAT
    }

    /// The document as it stands in `results.json`, with a newline at the end.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(self).expect("a document holds nothing that JSON cannot");
        text.push('\n');
        text
    }

    /// Every exact prediction of estimates and fits, with where it stands; z is none where it could not
    /// be worked out.
    pub fn exact(&self) -> Vec<Exact<'_>> {
        fn of<'d>(
            place: Place,
            name: &'d str,
            (value, std_error): (Option<f64>, Option<f64>),
            predictions: &'d BTreeMap<Source, PredictionResult>,
        ) -> impl Iterator<Item = Exact<'d>> {
            let exact = predictions.iter().filter(|(_, p)| p.kind == Kind::Exact);
            exact.map(move |(source, p)| {
                let (predicted, z) = (p.value, p.z);
                Exact { place, name, source: *source, value, std_error, predicted, z }
            })
        }
        let cells = self.cells.iter().enumerate().flat_map(|(k, cell)| {
            cell.estimates
                .iter()
                .flat_map(move |(name, e)| of(Place::Cell(k), name, (e.value, e.std_error), &e.predictions))
        });
        let fits = self
            .fits
            .iter()
            .enumerate()
            .flat_map(|(k, fit)| of(Place::Fit(k), &fit.name, (fit.value, fit.std_error), &fit.predictions));
        cells.chain(fits).collect()
    }
}

/// An exact prediction, with where it stands in the document.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exact<'d> {
    /// The cell or fit.
    pub place: Place,
    /// The estimate or fit.
    pub name: &'d str,
    /// Where the prediction comes from.
    pub source: Source,
    /// What is measured; none where it could not be.
    pub value: Option<f64>,
    /// Its standard error; none where there is a single block.
    pub std_error: Option<f64>,
    /// What is predicted.
    pub predicted: f64,
    /// How far off the measurement is.
    pub z: Option<f64>,
}

/// A place in the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In [`Document::cells`].
    Cell(usize),
    /// In [`Document::fits`].
    Fit(usize),
}

/// A source or kind as it is written in the document, such as `transition_kernel` or `leading-order`.
pub fn written(name: &impl Serialize) -> String {
    match serde_json::to_value(name) {
        Ok(serde_json::Value::String(text)) => text,
        _ => String::new(),
    }
}
