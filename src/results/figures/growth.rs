//! Growth of the distance from a minimum over the learning rate, and where it sets in.

use super::correlations::{explain, measured};
use super::{chosen, join, short, title};
use crate::analysis::Fit;
use crate::results::document::{CellResult, EstimateResult};
use crate::results::plot::{Figure, Series, Shape, Stroke};
use crate::results::run::Results;
use crate::theory::Source;

/// Growth rates against the learning rate, with the rates of theory and the fitted zero; of several fits in one figure,
/// against the learning rate as a share of the critical one. None without fits.
pub(super) fn rates(results: &Results, fits: &[&Fit]) -> Option<(String, Figure)> {
    let mut series = Vec::new();
    for (colour, k) in chosen(fits.len()).into_iter().enumerate() {
        let fit = fits[k];
        let (name, unit) = match fits.len() {
            1 => ("measured".to_owned(), Some(1.0)),
            _ => (label(results, fit), critical(results, fit)),
        };
        if let Some(unit) = unit {
            series.extend(curves(results, fit, colour, name, unit));
        }
    }
    let points = series.iter().flat_map(|series| match &series.shape {
        Shape::Markers(points) => points.iter().map(|(x, ..)| *x).collect(),
        _ => Vec::new(),
    });
    let (low, high) = points.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| (low.min(x), high.max(x)));
    series.insert(
        0,
        Series { label: String::new(), colour: 6, shape: line(vec![(low, 0.0), (high, 0.0)], Stroke::Solid) },
    );
    explain(&mut series[1..], Stroke::Solid, "exact");
    explain(&mut series, Stroke::Dotted, "diffusion");
    explain(&mut series, Stroke::Dashed, "fitted zero");
    let one = fits.first().filter(|_| fits.len() == 1);
    let figure = Figure {
        title: one.map_or_else(|| join(&results.experiment.title, ""), |fit| title(results, fit)),
        x_label: if one.is_some() { "learning rate η" } else { "learning rate / critical learning rate" }.into(),
        y_label: "growth rate (per unit time)".into(),
        log_x: false,
        log_y: false,
        y_range: None,
        series,
    };
    (low <= high).then(|| ("growth-rate".to_owned(), figure))
}

/// What is measured in the cells of a fit, the rates of theory, and the zero.
fn curves(results: &Results, fit: &Fit, colour: usize, name: String, unit: f64) -> Vec<Series> {
    let of = |cell: &CellResult| {
        let estimate = cell.estimates.get(fit.kind.estimate())?.clone();
        Some((cell.parameters.get(&fit.over)?.as_f64()? / unit, estimate))
    };
    let is_of_fit = |cell: &&CellResult| fit.at.iter().all(|(key, value)| cell.parameters.get(key) == Some(value));
    let cells = results.document.cells.iter().filter(is_of_fit);
    let mut rates: Vec<(f64, EstimateResult)> = cells.filter_map(of).collect();
    rates.sort_by(|a, b| a.0.total_cmp(&b.0));
    let found: Vec<_> = rates.iter().filter_map(|(x, e)| Some((*x, e.value?, e.std_error))).collect();
    let size = found.iter().map(|(_, y, _)| y.abs()).fold(0.0, f64::max);
    let mut series: Vec<Series> = measured(name, colour, found).into_iter().collect();
    for (source, stroke) in
        [(Source::LyapunovExponent, Stroke::Solid), (Source::GeometricBrownianMotion, Stroke::Dotted)]
    {
        let points: Vec<_> = rates.iter().filter_map(|(x, e)| Some((*x, e.predictions.get(&source)?.value))).collect();
        if !points.is_empty() {
            series.push(Series { label: String::new(), colour, shape: line(points, stroke) });
        }
    }
    series.extend(fit.value.map(|zero| {
        let ends = vec![(zero / unit, -0.3 * size), (zero / unit, 0.3 * size)];
        Series { label: String::new(), colour, shape: line(ends, Stroke::Dashed) }
    }));
    series
}

fn line(points: Vec<(f64, f64)>, stroke: Stroke) -> Shape {
    Shape::Line { points, stroke }
}

/// The critical learning rate of theory, else the fitted one.
fn critical(results: &Results, fit: &Fit) -> Option<f64> {
    let of_fit = results.document.fits.iter().find(|found| found.name == fit.name && found.cells == fit.cells)?;
    of_fit.predictions.get(&Source::LyapunovExponent).map(|p| p.value).or(fit.value)
}

/// What a fit is at, with the number of coordinates in place of lists.
fn label(results: &Results, fit: &Fit) -> String {
    let (lists, numbers): (Vec<_>, Vec<_>) = fit.at.iter().partition(|(_, value)| value.is_array());
    let numbers = numbers.iter().map(|(key, value)| format!("{} = {value}", short(key))).collect::<Vec<_>>().join(", ");
    let cell = fit.cells.first().filter(|_| !lists.is_empty()).map(|cell| &results.experiment.cells[*cell].setup);
    join(&cell.map_or_else(String::new, |setup| format!("n = {}", setup.dimension())), &numbers)
}
