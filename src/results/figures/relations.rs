//! Figures of fluctuation–dissipation relations.

use super::{short, title};
use crate::analysis::Fit;
use crate::results::document::{CellResult, EstimateResult};
use crate::results::plot::{Figure, Series, Shape, Stroke};
use crate::results::run::Results;
use crate::theory::{Kind, Source};

/// Cells by a swept number.
type Points<'r> = Vec<(f64, &'r CellResult)>;

/// The fits of FDR2 that have figures: other swept numbers have their first values, as batch sizes and strengths of noise
/// are but another scale, and what is swept of the measuring its first, as it changes nothing. Of what else is swept,
/// such as whole Hessians, every value counts.
pub(super) fn typical<'r>(fits: impl Iterator<Item = &'r Fit> + Clone) -> Vec<&'r Fit> {
    let is_scale = |(key, value): &(&String, &serde_json::Value)| value.is_number() || key.starts_with("measure.");
    let Some(first) = fits.clone().next() else { return Vec::new() };
    fits.filter(|fit| fit.at.iter().filter(is_scale).all(|(key, value)| first.at.get(key) == Some(value))).collect()
}

/// ⟨|∇L|²⟩/η against the learning rate η, of all cells that differ in nothing else, with the fitted line, and its end
/// at η = 0 where the landscape is taken for quadratic.
pub(super) fn fdr2(results: &Results, fit: &Fit) -> Figure {
    let (name, cells) = (fit.kind.estimate(), &results.document.cells);
    let of = |cell: &CellResult| Some((cell.parameters.get(&fit.over)?.as_f64()?, cell.estimates.get(name)?.clone()));
    let is_of_fit = |cell: &&CellResult| fit.at.iter().all(|(key, value)| cell.parameters.get(key) == Some(value));
    let mut all: Vec<(f64, EstimateResult)> = cells.iter().filter(is_of_fit).filter_map(of).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let measured = all.iter().filter_map(|(x, e)| Some((*x, e.value? / x, e.std_error.unwrap_or(0.0) / x)));
    let exact = all.iter().filter_map(|(x, e)| Some((*x, exact(e)? / x)));
    let mut series = vec![Series { label: "measured".into(), colour: 0, shape: Shape::Markers(measured.collect()) }];
    series.extend(line("exact", 1, Stroke::Solid, exact.collect()));
    if let (Some(fitted), Some(last)) = (&fit.line, fit.points.last()) {
        let ends = [0.0, last.x].map(|x| (x, fitted.intercept + fitted.slope * x));
        series.extend(line("fitted", 0, Stroke::Dashed, ends.to_vec()));
    }
    let mut limit = results.document.fits.iter().filter(|f| f.name == fit.name && f.at == fit.at);
    if let (Some(harmonic), Some(last)) = (limit.find_map(|f| f.predictions.get(&Source::Harmonic)), all.last()) {
        series.extend(line("½ Tr HC", 6, Stroke::Dotted, vec![(0.0, harmonic.value), (last.0, harmonic.value)]));
    }
    Figure {
        title: title(results, fit),
        x_label: "learning rate η".into(),
        y_label: "⟨|∇L|²⟩ / η".into(),
        log_x: false,
        log_y: false,
        y_range: None,
        series,
    }
}

/// For every swept number its figures: how far the sides of FDR1 are apart in one window, as a standard deviation over the
/// mean, against it, a curve a window, beside the left side of a single update. Other swept numbers have their first
/// values; of what is swept and no number, every value has a figure of its own.
pub(super) fn mismatches(results: &Results) -> Vec<(String, Figure)> {
    let (cells, keys) = (&results.document.cells, results.experiment.sweep.keys());
    let relations =
        results.experiment.cells.first().and_then(|cell| cell.setup.measure.fluctuation_dissipation.as_ref());
    let Some(relations) = relations.filter(|relations| !relations.windows.is_empty()) else { return Vec::new() };
    let mut figures = Vec::new();
    for key in &keys {
        let others = |cell: &CellResult| {
            let number = |key: &String| cell.parameters.get(key).is_some_and(serde_json::Value::is_number);
            let (numbers, rest): (Vec<&String>, Vec<&String>) =
                keys.iter().filter(|k| *k != key).partition(|k| number(k));
            let first = |k: &&String| cell.parameters.get(*k) == cells[0].parameters.get(*k);
            let rest = rest.iter().filter_map(|k| cell.parameters.get(*k).cloned()).collect::<Vec<_>>();
            numbers.iter().all(first).then_some(rest)
        };
        let mut groups: Vec<(Vec<serde_json::Value>, Points)> = Vec::new();
        for cell in cells {
            let Some((x, others)) = cell.parameters.get(key).and_then(|x| x.as_f64()).zip(others(cell)) else {
                continue;
            };
            match groups.iter_mut().find(|(of, _)| *of == others) {
                Some((_, points)) => points.push((x, cell)),
                None => groups.push((others, vec![(x, cell)])),
            }
        }
        groups.retain(|(_, points)| points.len() > 1);
        let several = groups.len() > 1;
        for (k, (_, mut points)) in groups.into_iter().enumerate() {
            points.sort_by(|a, b| a.0.total_cmp(&b.0));
            let place = if several { format!("-{k}") } else { String::new() };
            let name = format!("fdr1-mismatch-{}{place}", short(key));
            figures.push((name, mismatch(key, &points, &relations.windows)));
        }
    }
    figures
}

fn mismatch(key: &str, points: &Points, windows: &[u64]) -> Figure {
    let mut series = Vec::new();
    let mut add = |colour: usize, label: String, measured: Vec<(f64, f64, f64)>, exact: Vec<(f64, f64)>| {
        series.push(Series { label, colour, shape: Shape::Markers(measured) });
        // One entry in the legend explains all lines.
        series.extend(line(if colour == 0 { "exact" } else { "" }, colour, Stroke::Solid, exact));
    };
    let of = |cell: &CellResult, name: &str| cell.estimates.get(name).cloned();
    let single = |cell: &CellResult| Some((of(cell, "fdr1_left_variance")?, of(cell, "fdr1_right")?));
    let pairs = points.iter().filter_map(|(x, cell)| Some((*x, single(cell)?)));
    let measured = pairs.clone().filter_map(|(x, (variance, mean))| {
        let (v, y) = (variance.value?, variance.value?.sqrt() / mean.value?);
        Some((x, y, 0.5 * y * variance.std_error? / v))
    });
    let predicted = pairs.clone().filter_map(|(x, (v, mean))| Some((x, exact(&v)?.sqrt() / exact(&mean)?)));
    add(0, "left side, one update".into(), measured.collect(), predicted.collect());
    for (k, length) in windows.iter().enumerate() {
        let name = format!("fdr1_mismatch_deviation[{length}]");
        let found = points.iter().filter_map(|(x, cell)| Some((*x, of(cell, &name)?)));
        let measured = found.clone().filter_map(|(x, e)| Some((x, e.value?, e.std_error?)));
        let predicted = found.clone().filter_map(|(x, e)| Some((x, exact(&e)?)));
        add(k + 1, format!("mismatch, {length} updates"), measured.collect(), predicted.collect());
    }
    let at = points[0].1.parameters.iter().filter(|(k, _)| *k != key).map(|(k, v)| format!("{} = {v}", short(k)));
    Figure {
        title: at.collect::<Vec<_>>().join(", "),
        x_label: short(key).into(),
        y_label: "standard deviation / mean".into(),
        log_x: points.iter().all(|(x, _)| *x > 0.0),
        log_y: true,
        y_range: None,
        series,
    }
}

/// What theory says of an estimate exactly.
fn exact(estimate: &EstimateResult) -> Option<f64> {
    estimate.predictions.values().find(|p| p.kind == Kind::Exact).map(|p| p.value)
}

/// None without points.
fn line(label: &str, colour: usize, stroke: Stroke, points: Vec<(f64, f64)>) -> Option<Series> {
    let drawn = !points.is_empty();
    drawn.then(|| Series { label: label.into(), colour, shape: Shape::Line { points, stroke } })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fits_that_differ_in_scale_or_in_the_measuring_have_one_figure() {
        let fit = |batch_size: u32, centre: f64, hessian: [f64; 2]| {
            let at = [
                ("dynamics.batch_size", json!(batch_size)),
                ("measure.fluctuation_dissipation.centre", json!([centre])),
                ("landscape.hessian", json!(hessian)),
            ];
            Fit { at: at.map(|(key, value)| (key.to_owned(), value)).into(), ..Fit::default() }
        };
        let mut all = Vec::new();
        for hessian in [[1.0, 2.0], [1.0, 3.0]] {
            for (batch_size, centre) in [(4, 0.0), (4, 2.0), (16, 0.0), (16, 2.0)] {
                all.push(fit(batch_size, centre, hessian));
            }
        }
        assert_eq!(typical(all.iter()), [&all[0], &all[4]]);
        assert!(typical(all[..0].iter()).is_empty());
    }
}
