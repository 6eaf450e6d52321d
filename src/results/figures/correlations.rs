//! Correlations against lag, and spectra of increments, with theory beside.

use super::{MOST_CELLS, join, label, subscript};
use crate::analysis::{self, CorrelationPoint};
use crate::results::plot::{Figure, Series, Shape, Stroke};
use crate::results::run::Results;

/// Signals of a cell that have curves: more could not be told apart.
const MOST_SIGNALS: usize = 5;

/// Points that are drawn one by one; more become a line.
const MOST_MARKERS: usize = 128;

/// Correlations of every signal with itself, and of the first two coordinates with each other.
pub(super) fn correlations(results: &Results) -> Vec<(String, Figure)> {
    let cells = results.experiment.cells.iter().enumerate().take(MOST_CELLS);
    cells.map(|(k, _)| (name(results, "correlation", k), correlation(results, k))).collect()
}

fn correlation(results: &Results, k: usize) -> Figure {
    let points = analysis::correlations(&results.experiment.cells[k].setup, &results.blocks(k));
    let timed = points.iter().all(|p| p.time.is_some());
    let mut series = Vec::new();
    let drawn = points.chunk_by(|a, b| (&a.i, &a.j) == (&b.i, &b.j)).filter(|pair| is_drawn(&points, &pair[0]));
    for (colour, pair) in drawn.take(MOST_SIGNALS + 2).enumerate() {
        let CorrelationPoint { i, j, .. } = &pair[0];
        let at = |p: &CorrelationPoint| if timed { p.time.unwrap_or_default() } else { p.lag as f64 };
        let exact = |p: &CorrelationPoint| results.document.cells[k].exact(&format!("correlation[{i},{j},{}]", p.lag));
        let points = pair.iter().filter_map(|p| Some((at(p), p.correlation.value?, p.correlation.std_error)));
        let names = if i == j { symbol(i) } else { format!("{} then {}", symbol(i), symbol(j)) };
        series.extend(measured(names, colour, points.collect()));
        series.extend(theory(pair.iter().filter_map(|p| Some((at(p), exact(p)?))).collect()));
    }
    explain(&mut series, Stroke::Dashed, "exact");
    Figure {
        title: join(&results.experiment.title, &label(&results.experiment.cells[k])),
        x_label: if timed { "lag (time)" } else { "lag (steps)" }.into(),
        y_label: "correlation".into(),
        log_x: false,
        log_y: false,
        y_range: None,
        series,
    }
}

/// Whether a pair is one signal with itself, or the first two coordinates.
fn is_drawn(points: &[CorrelationPoint], pair: &CorrelationPoint) -> bool {
    let mut coordinates: Vec<&str> = points.iter().map(|p| p.i.as_str()).filter(|i| *i != "loss").collect();
    coordinates.dedup();
    coordinates.truncate(2);
    pair.i == pair.j || [&pair.i, &pair.j].into_iter().all(|i| coordinates.contains(&i.as_str()))
}

/// The spectra of the increments of the coordinates: measured, exact, and flat.
pub(super) fn spectra(results: &Results) -> Vec<(String, Figure)> {
    let cells = results.experiment.cells.iter().enumerate().take(MOST_CELLS);
    cells.map(|(k, _)| (name(results, "increment-spectrum", k), spectrum(results, k))).collect()
}

fn spectrum(results: &Results, k: usize) -> Figure {
    let points = analysis::spectra(&results.experiment.cells[k].setup, &results.blocks(k));
    let mut series = Vec::new();
    for (colour, of_axis) in points.chunk_by(|a, b| a.i == b.i).take(MOST_SIGNALS).enumerate() {
        let exact =
            |k_of: usize| results.document.cells[k].exact(&format!("increment_spectrum[{},{k_of}]", of_axis[0].i));
        let points = of_axis.iter().filter_map(|p| Some((p.frequency, p.spectrum.value?, p.spectrum.std_error)));
        series.extend(measured(symbol(&of_axis[0].i.to_string()), colour, points.collect()));
        series.extend(theory(of_axis.iter().filter_map(|p| Some((p.frequency, exact(p.k)?))).collect()));
        let flat: Vec<(f64, f64)> = of_axis.iter().filter_map(|p| Some((p.frequency, p.flat?))).collect();
        let shape = Shape::Line { points: flat, stroke: Stroke::Dotted };
        series.push(Series { label: String::new(), colour, shape });
    }
    explain(&mut series, Stroke::Dashed, "exact");
    explain(&mut series, Stroke::Dotted, "flat (uncorrelated)");
    Figure {
        title: join(&results.experiment.title, &label(&results.experiment.cells[k])),
        x_label: "frequency (radians per step)".into(),
        y_label: "spectrum of increments".into(),
        log_x: false,
        log_y: false,
        y_range: None,
        series,
    }
}

/// What was measured, with error bars or, of many points, as a line; nothing without points.
pub(super) fn measured(label: String, colour: usize, points: Vec<(f64, f64, Option<f64>)>) -> Option<Series> {
    let shape = if points.len() > MOST_MARKERS {
        Shape::Line { points: points.iter().map(|(x, y, _)| (*x, *y)).collect(), stroke: Stroke::Solid }
    } else {
        Shape::Markers(points.iter().map(|(x, y, e)| (*x, *y, e.unwrap_or(0.0))).collect())
    };
    (!points.is_empty()).then_some(Series { label, colour, shape })
}

/// Black, so that it shows on markers of any colour.
pub(super) fn theory(points: Vec<(f64, f64)>) -> Option<Series> {
    let is_there = !points.is_empty();
    let shape = Shape::Line { points, stroke: Stroke::Dashed };
    is_there.then(|| Series { label: String::new(), colour: 6, shape })
}

/// One entry in the legend explains all lines of a stroke.
pub(super) fn explain(series: &mut [Series], stroke: Stroke, label: &str) {
    let of_stroke = |s: &&mut Series| matches!(&s.shape, Shape::Line { stroke: found, .. } if *found == stroke);
    if let Some(last) = series.iter_mut().filter(of_stroke).last() {
        label.clone_into(&mut last.label);
    }
}

fn symbol(signal: &str) -> String {
    signal.parse().map_or_else(|_| "loss L".to_owned(), |i| format!("x{}", subscript(i)))
}

pub(super) fn name(results: &Results, figure: &str, k: usize) -> String {
    if results.experiment.cells.len() > 1 { format!("{figure}-cell-{k}") } else { figure.to_owned() }
}
