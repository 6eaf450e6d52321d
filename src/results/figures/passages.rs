//! First passages by age: survival and hazard.

use super::correlations::{explain, measured, theory};
use super::{chosen, label};
use crate::analysis::{self, HazardSpan};
use crate::results::density::CURVE_POINTS;
use crate::results::plot::{Figure, Series, Shape, Stroke};
use crate::results::run::Results;
use crate::theory::{self, Kind};
use std::iter::once;

/// Hazards of cells that differ by as much share a logarithmic axis.
const DECADE: f64 = 10.0;

/// Share of walkers that have not passed, with exp(−t/MFPT) beside it.
pub(super) fn survival(results: &Results) -> Figure {
    let mut series = Vec::new();
    let mut least = 1.0f64;
    let chosen = chosen(results.experiment.cells.len());
    for (colour, k) in chosen.iter().enumerate() {
        let cell = &results.experiment.cells[*k];
        let points: Vec<(f64, f64)> =
            analysis::survival(&cell.setup, &results.blocks(*k)).iter().map(|p| (p.time, p.survival)).collect();
        let Some((last, _)) = points.last().copied() else { continue };
        let estimate = results.document.cells[*k].estimates.get("mean_first_passage_time").and_then(|e| e.value);
        least = points.iter().map(|p| p.1).filter(|s| *s > 1e-5).fold(least, f64::min);
        let name = if chosen.len() == 1 { "measured".to_owned() } else { label(cell) };
        series.push(Series { label: name, colour, shape: Shape::Line { points, stroke: Stroke::Solid } });
        if let Some(mean) = estimate {
            let at = |j: usize| last * j as f64 / CURVE_POINTS as f64;
            let points = (0..=CURVE_POINTS).map(|j| (at(j), (-at(j) / mean).exp())).collect();
            // One entry in the legend explains all dotted lines.
            let label = if colour + 1 == chosen.len() { "exp(−t / MFPT)".to_owned() } else { String::new() };
            series.push(Series { label, colour, shape: Shape::Line { points, stroke: Stroke::Dotted } });
        }
    }
    // A logarithmic axis of less than a decade would have no ticks to read it by.
    let log_y = least < 0.2;
    Figure {
        title: results.experiment.title.clone(),
        x_label: "time t since the start or restart".into(),
        y_label: "share of walkers that have not passed".into(),
        log_x: false,
        log_y,
        y_range: Some(if log_y { (0.8 * least, 1.1) } else { (least - 0.05, 1.02) }),
        series,
    }
}

/// Passages per unit of time at risk against age, each cell with what theory expects of every span of ages, or with its
/// predicted escape rate.
pub(super) fn hazard(results: &Results) -> Figure {
    let (mut series, mut last) = (Vec::new(), Vec::new());
    let mut highest = 0.0f64;
    let chosen = chosen(results.experiment.cells.len());
    for (colour, k) in chosen.iter().enumerate() {
        let cell = &results.experiment.cells[*k];
        let spans = analysis::hazard(&cell.setup, &results.blocks(*k));
        let point = |span: &HazardSpan| Some((span.time, span.hazard.value?, span.hazard.std_error));
        let points: Vec<_> = spans.iter().filter_map(point).collect();
        let Some((_, plateau, _)) = points.last() else { continue };
        last.push(*plateau);
        highest = points.iter().map(|(_, y, error)| y + error.unwrap_or(0.0)).fold(highest, f64::max);
        let name = if chosen.len() == 1 { "measured".to_owned() } else { label(cell) };
        series.extend(measured(name, colour, points));
        let ages: Vec<u64> = once(0).chain(spans.iter().map(|span| span.steps[1])).collect();
        match theory::hazard(&cell.setup, &ages) {
            Some(expected) => series.extend(theory(spans.iter().map(|span| span.time).zip(expected).collect())),
            None => series.extend(predicted_rate(results, *k).map(|rate| {
                let points = spans.iter().map(|span| (span.time, rate)).collect();
                Series { label: String::new(), colour, shape: Shape::Line { points, stroke: Stroke::Dotted } }
            })),
        }
    }
    explain(&mut series, Stroke::Dashed, "exact");
    explain(&mut series, Stroke::Dotted, "predicted escape rate");
    let log_y = last.iter().any(|a| last.iter().any(|b| *a > DECADE * b));
    Figure {
        title: results.experiment.title.clone(),
        x_label: "time t since the start or restart".into(),
        y_label: "passages per unit of time at risk".into(),
        log_x: true,
        log_y,
        y_range: (!log_y).then_some((0.0, 1.08 * highest)),
        series,
    }
}

/// The escape rate that theory predicts best.
fn predicted_rate(results: &Results, k: usize) -> Option<f64> {
    let predictions = &results.document.cells[k].estimates.get("escape_rate")?.predictions;
    let of_kind = |kind| predictions.values().find(|p| p.kind == kind).map(|p| p.value);
    [Kind::Exact, Kind::LeadingOrder, Kind::Asymptotic].into_iter().find_map(of_kind)
}
