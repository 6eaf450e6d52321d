//! The figures of a results directory.

mod along_run;
mod correlations;
mod growth;
mod passages;
mod rates;
mod relations;

use super::density;
use super::plot::{Field, Figure, Series, Shape, Stroke};
use super::run::Results;
use crate::analysis::{self, CurrentBin, Fit, FitKind, HistogramBin};
use crate::experiment::{Cell, Histogram, Variable};

/// Cells that have histogram figures of their own; of a larger sweep, the tables have all.
const MOST_CELLS: usize = 16;

/// Bars of a histogram's figure: more could not be told apart, and theory is worked out for each.
const MOST_BARS: usize = 512;

/// Cells that share a figure of curves, evenly taken from a larger sweep.
const MOST_CURVES: usize = 7;

/// The figures as SVG documents, with their names.
pub(super) fn figures(results: &Results) -> Vec<(String, String)> {
    let mut all = histograms(results);
    let of_kind = |kind| results.fits.iter().filter(move |fit| fit.kind == kind);
    for (name, kind) in [
        ("arrhenius", FitKind::Arrhenius),
        ("power-law", FitKind::PowerLaw),
        ("inverse-temperature", FitKind::PerInverseTemperature),
        ("dimension", FitKind::PerDimension),
    ] {
        all.extend(fits(results, name, of_kind(kind).collect(), rates::along));
    }
    all.extend(fits(results, "fdr2", relations::typical(of_kind(FitKind::Fdr2Slope)), relations::fdr2));
    all.extend(growth::rates(results, &of_kind(FitKind::CriticalRate).collect::<Vec<_>>()));
    all.extend(relations::mismatches(results));
    all.extend(correlations::correlations(results));
    all.extend(correlations::spectra(results));
    all.extend(along_run::free_energies(results));
    all.extend(along_run::noise_eigenvalues(results));
    all.push(("survival".to_owned(), passages::survival(results)));
    all.push(("hazard".to_owned(), passages::hazard(results)));
    all.push(("time-series".to_owned(), time_series(results)));
    let drawn = all.into_iter().filter_map(|(name, figure)| Some((name, figure.to_svg()?)));
    drawn.chain(currents(results)).collect()
}

/// A figure for every one of these fits.
fn fits(results: &Results, name: &str, fits: Vec<&Fit>, draw: fn(&Results, &Fit) -> Figure) -> Vec<(String, Figure)> {
    let named = |k: usize| if fits.len() == 1 { name.to_owned() } else { format!("{name}-{k}") };
    fits.iter().enumerate().map(|(k, fit)| (named(k), draw(results, fit))).collect()
}

/// The current as arrows over the density, a figure a cell.
fn currents(results: &Results) -> Vec<(String, String)> {
    let cells = &results.experiment.cells;
    let one = |(k, cell): (usize, &Cell)| {
        let current = cell.setup.measure.current.as_ref()?;
        let bins = analysis::current(&cell.setup, &results.blocks(k));
        let middle = |edges: [f64; 2]| 0.5 * (edges[0] + edges[1]);
        let columns = current.grid()?.bins[1] as usize;
        let value = |bin: &CurrentBin, axis: usize| bin.current[axis].value.unwrap_or(0.0);
        let field = Field {
            title: join(&results.experiment.title, &label(cell)),
            x_label: format!("x{}", subscript(current.axes[0])),
            y_label: format!("x{}", subscript(current.axes[1])),
            x: bins.iter().step_by(columns).map(|bin| middle(bin.first)).collect(),
            y: bins.iter().take(columns).map(|bin| middle(bin.second)).collect(),
            density: (0..columns)
                .map(|j| bins.iter().skip(j).step_by(columns).map(|bin| bin.density.value.unwrap_or(0.0)).collect())
                .collect(),
            arrows: bins
                .iter()
                .map(|bin| [middle(bin.first), middle(bin.second), value(bin, 0), value(bin, 1)])
                .collect(),
        };
        let name = if cells.len() > 1 { format!("current-cell-{k}") } else { "current".to_owned() };
        Some((name, field.to_svg()?))
    };
    cells.iter().enumerate().take(MOST_CELLS).filter_map(one).collect()
}

/// Histograms of one axis, each with the exact density and the Gibbs density over it, where there is one.
fn histograms(results: &Results) -> Vec<(String, Figure)> {
    let mut figures = Vec::new();
    let cells = &results.experiment.cells;
    for (k, cell) in cells.iter().enumerate().take(MOST_CELLS) {
        let counted = analysis::histogram(&cell.setup, &results.blocks(k));
        for (h, (histogram, bins)) in cell.setup.measure.histogram.iter().zip(&counted).enumerate() {
            let axes = histogram.axes();
            let [axis] = axes.as_slice() else { continue };
            let (edges, heights) = bars(bins);
            let bars = Shape::Bars { edges: edges.clone(), heights };
            let mut series = vec![Series { label: "measured".into(), colour: 0, shape: bars }];
            if let Variable::Coordinate(i) = axis.variable {
                series.extend(density::exact(&cell.setup, i, &edges).map(|points| Series {
                    label: "exact".into(),
                    colour: 1,
                    shape: Shape::Line { points, stroke: Stroke::Solid },
                }));
                series.extend(density::gibbs(&cell.setup, i, axis.low, axis.high).map(|points| Series {
                    label: "Gibbs exp(−L/T)".into(),
                    colour: 6,
                    shape: Shape::Line { points, stroke: Stroke::Dashed },
                }));
            }
            let variable = match (axis.variable, histogram) {
                (Variable::Coordinate(i), _) => format!("x{}", subscript(i)),
                (Variable::Formula, Histogram::Observable(h)) => String::from(h.of.clone()),
                _ => "loss L".to_owned(),
            };
            let title = join(&results.experiment.title, &label(cell));
            let mut name = "histogram".to_owned();
            if cell.setup.measure.histogram.len() > 1 {
                name += &format!("-{h}");
            }
            if cells.len() > 1 {
                name += &format!("-cell-{k}");
            }
            let y_label = "probability density".to_owned();
            figures.push((
                name,
                Figure { title, x_label: variable, y_label, log_x: false, log_y: false, y_range: None, series },
            ));
        }
    }
    figures
}

/// Edges and heights of a histogram's bars: neighbouring bins are joined where there are more than
/// [`MOST_BARS`].
fn bars(bins: &[HistogramBin]) -> (Vec<f64>, Vec<f64>) {
    let joined = bins.chunks(bins.len().div_ceil(MOST_BARS).max(1));
    let width = |b: &HistogramBin| b.first[1] - b.first[0];
    let height = |bins: &[HistogramBin]| {
        let share: f64 = bins.iter().map(|b| b.density.value.unwrap_or(0.0) * width(b)).sum();
        share / bins.iter().map(width).sum::<f64>()
    };
    let first = joined.clone().filter_map(|bins| Some(bins.first()?.first[0]));
    let edges = first.chain(bins.last().map(|b| b.first[1])).collect();
    (edges, joined.map(height).collect())
}

/// The experiment's title with the values of other swept keys than a fit's own.
fn title(results: &Results, fit: &Fit) -> String {
    let at = fit.at.iter().map(|(key, value)| format!("{} = {value}", short(key)));
    join(&results.experiment.title, &at.collect::<Vec<_>>().join(", "))
}

/// Share of walkers in the right well along the run.
fn time_series(results: &Results) -> Figure {
    let mut series = Vec::new();
    for (colour, k) in chosen(results.experiment.cells.len()).into_iter().enumerate() {
        let cell = &results.experiment.cells[k];
        let points: Vec<(f64, f64)> = analysis::time_series(&cell.setup, &results.blocks(k))
            .iter()
            .filter_map(|p| Some((p.time, p.get("well_occupation[right]")?.value?)))
            .collect();
        if !points.is_empty() {
            let name = if cell.parameters.is_empty() { "right well".to_owned() } else { label(cell) };
            series.push(Series { label: name, colour, shape: Shape::Line { points, stroke: Stroke::Solid } });
        }
    }
    Figure {
        title: results.experiment.title.clone(),
        x_label: "time t".into(),
        y_label: "share of walkers in the right well".into(),
        log_x: false,
        log_y: false,
        y_range: None,
        series,
    }
}

/// Cells to show together: all, or evenly spaced ones with the first and the last.
fn chosen(cells: usize) -> Vec<usize> {
    let n = cells.min(MOST_CURVES);
    (0..n).map(|k| if n == 1 { 0 } else { k * (cells - 1) / (n - 1) }).collect()
}

/// The swept parameters of a cell: `temperature = 0.1`.
fn label(cell: &Cell) -> String {
    cell.parameters.iter().map(|(key, value)| format!("{} = {value}", short(key))).collect::<Vec<_>>().join(", ")
}

fn short(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

fn join(title: &str, detail: &str) -> String {
    match (title.is_empty(), detail.is_empty()) {
        (false, false) => format!("{title}, {detail}"),
        _ => format!("{title}{detail}"),
    }
}

fn subscript(i: usize) -> String {
    const DIGITS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];
    i.to_string().chars().filter_map(|c| c.to_digit(10)).map(|d| DIGITS[d as usize]).collect()
}
