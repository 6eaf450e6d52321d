//! Free energies and eigenvalues of the noise along the run, with theory beside.

use super::correlations::{explain, measured, name, theory};
use super::{MOST_CELLS, join, label};
use crate::analysis::{self, TimePoint};
use crate::results::plot::{Figure, Series, Shape, Stroke};
use crate::results::run::Results;
use crate::theory::Source;

/// Temperatures above the least free energy that are shown: the last stretch, where that of a loss may rise.
const LAST_STRETCH: f64 = 0.15;

/// Eigenvalues that have curves.
const MOST_EIGENVALUES: usize = 6;

/// The free energies of Φ and of the loss, on their last stretch.
pub(super) fn free_energies(results: &Results) -> Vec<(String, Figure)> {
    let labels = ["free_energy", "loss_free_energy"].map(str::to_owned);
    let of = |k: usize| {
        let points = points(results, k);
        let values = || points.iter().flat_map(|p| labels.iter().filter_map(|label| p.get(label)?.value));
        let least = values().fold(f64::INFINITY, f64::min);
        let series = curves(results, k, &points, &labels, least + LAST_STRETCH, None);
        figure(results, k, "free energy / T", false, series)
    };
    cells(results).map(|k| (name(results, "free-energy", k), of(k))).collect()
}

/// The eigenvalues of the noise's covariance, and what they would be if loss and gradient were decoupled.
pub(super) fn noise_eigenvalues(results: &Results) -> Vec<(String, Figure)> {
    let labels: Vec<String> = (0..MOST_EIGENVALUES).map(|k| format!("noise_covariance_eigenvalue[{k}]")).collect();
    let of = |k: usize| {
        let series = curves(results, k, &points(results, k), &labels, f64::INFINITY, Some(Source::Decoupled));
        figure(results, k, "eigenvalues of the noise covariance", true, series)
    };
    cells(results).map(|k| (name(results, "noise-covariance", k), of(k))).collect()
}

fn cells(results: &Results) -> impl Iterator<Item = usize> {
    0..results.experiment.cells.len().min(MOST_CELLS)
}

fn points(results: &Results, k: usize) -> Vec<TimePoint> {
    analysis::time_series(&results.experiment.cells[k].setup, &results.blocks(k))
}

/// What is measured up to `highest`, the exact predictions, and those of another source.
fn curves(
    results: &Results,
    k: usize,
    points: &[TimePoint],
    labels: &[String],
    highest: f64,
    other: Option<Source>,
) -> Vec<Series> {
    let cell = &results.document.cells[k];
    let mut series = Vec::new();
    for (colour, label) in labels.iter().enumerate() {
        let at = |point: &TimePoint| {
            let quantity = point.quantities.iter().find(|quantity| quantity.label() == *label)?;
            let value = quantity.estimate.value.filter(|value| *value <= highest)?;
            Some((quantity.at(point.step), (point.time, value, quantity.estimate.std_error)))
        };
        let found: Vec<_> = points.iter().filter_map(at).collect();
        let predicted = |of: &dyn Fn(&str) -> Option<f64>| -> Vec<(f64, f64)> {
            found.iter().filter_map(|(name, (time, ..))| Some((*time, of(name)?))).collect()
        };
        let line = predicted(&|name| cell.exact(name));
        let beside = predicted(&|name| Some(cell.estimates.get(name)?.predictions.get(&other?)?.value));
        series.extend(measured(label.replace('_', " "), colour, found.iter().map(|(_, point)| *point).collect()));
        series.extend(theory(line));
        if !beside.is_empty() {
            let shape = Shape::Line { points: beside, stroke: Stroke::Dotted };
            series.push(Series { label: String::new(), colour, shape });
        }
    }
    explain(&mut series, Stroke::Dashed, "exact");
    explain(&mut series, Stroke::Dotted, "decoupled");
    series
}

fn figure(results: &Results, k: usize, y_label: &str, logarithmic: bool, series: Vec<Series>) -> Figure {
    Figure {
        title: join(&results.experiment.title, &label(&results.experiment.cells[k])),
        x_label: "time t".into(),
        y_label: y_label.into(),
        log_x: logarithmic,
        log_y: logarithmic,
        y_range: None,
        series,
    }
}
