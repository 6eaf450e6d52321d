//! Escape rates along the lines that are fitted to them.

use super::title;
use crate::analysis::{Fit, FitKind, FitPoint};
use crate::results::document::{EstimateResult, written};
use crate::results::plot::{Figure, Series, Shape, Stroke};
use crate::results::run::Results;
use crate::theory::{Kind, Source};
use std::collections::BTreeMap;

/// Escape rates, on a logarithmic axis, against what they are fitted over: 1/T, the ratio c of losses, on a logarithmic
/// axis too, or n; with the fitted line and every theory.
pub(super) fn along(results: &Results, fit: &Fit) -> Figure {
    let cells = &results.document.cells;
    let rate = |cell: usize| -> Option<&EstimateResult> { cells.get(cell)?.estimates.get(fit.kind.estimate()) };
    let place = |point: &FitPoint| {
        let setup = &results.experiment.cells[point.cell].setup;
        match fit.kind {
            FitKind::PerInverseTemperature => setup.log_temperature().map(f64::recip),
            FitKind::PerDimension => setup.effective_dimension().map(|n| n as f64),
            FitKind::PowerLaw => Some(point.x.exp()),
            _ => Some(point.x),
        }
    };
    let (x_label, per) = match fit.kind {
        FitKind::PerInverseTemperature => ("1 / T", " ln c"),
        FitKind::PerDimension => ("directions that are not flat", " ln c"),
        FitKind::PowerLaw => ("loss to be passed / loss of the minimum", ""),
        _ => ("1 / T", ""),
    };
    let mut rates: Vec<_> = fit.points.iter().filter_map(|p| Some((place(p)?, p.x, rate(p.cell)?))).collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut theories: BTreeMap<Source, (Kind, Vec<(f64, f64)>)> = BTreeMap::new();
    for (at, _, rate) in &rates {
        for (source, prediction) in rate.predictions.iter().filter(|(_, p)| p.value > 0.0) {
            theories.entry(*source).or_insert((prediction.kind, Vec::new())).1.push((*at, prediction.value));
        }
    }
    let measured = rates.iter().filter_map(|(at, _, e)| Some((*at, e.value?, e.std_error.unwrap_or(0.0)))).collect();
    let mut series = Vec::new();
    for (k, (source, (kind, points))) in theories.into_iter().enumerate() {
        let label = written(&source).replace('_', " ").replace("kramers", "Kramers");
        let label = label.replace("freidlin wentzell", "Freidlin–Wentzell").replace("expect", "expected");
        let (label, stroke) = match kind {
            Kind::Exact => (format!("exact ({label})"), Stroke::Solid),
            Kind::LeadingOrder => (label, Stroke::Dashed),
            Kind::Asymptotic => (label, Stroke::Dotted),
        };
        series.push(Series { label, colour: k + 1, shape: Shape::Line { points, stroke } });
    }
    if let (Some(line), Some(first), Some(last)) = (&fit.line, rates.first(), rates.last()) {
        let points = [first, last].map(|(at, x, _)| (*at, (line.intercept + line.slope * x).exp())).to_vec();
        let label = format!("fitted, slope {:.3}{per}", line.slope);
        series.push(Series { label, colour: 0, shape: Shape::Line { points, stroke: Stroke::Dashed } });
    }
    series.push(Series { label: "measured".into(), colour: 0, shape: Shape::Markers(measured) });
    Figure {
        title: title(results, fit),
        x_label: x_label.into(),
        y_label: "escape rate (per unit time)".into(),
        log_x: fit.kind == FitKind::PowerLaw,
        log_y: true,
        y_range: None,
        series,
    }
}
