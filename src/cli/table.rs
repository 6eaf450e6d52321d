//! The table on stdout: what was measured beside what theory says.

pub(super) use super::grid::{Align, Grid};
use super::late_passages;
use super::number::{significant, with_error};
use kramers::Experiment;
use kramers::results::{CellResult, Document, EstimateResult, PredictionResult, written};
use kramers::theory::{Kind, Source};
use std::collections::BTreeMap;

/// Estimates in the order of interest; the others come after, by name.
const ORDER: [&str; 13] = [
    "escape_rate",
    "mean_first_passage_time",
    "relaxation_rate",
    "growth_rate",
    "jump_learning_rate",
    "gibbs_temperature",
    "gibbs_temperature_slope",
    "alpha",
    "loss",
    "gradient_norm_squared",
    "well_occupation[right]",
    "mean[0]",
    "covariance[0,0]",
];

/// Estimates of a sweep that have a table each.
const MOST_TABLES: usize = 3;

/// Estimates of a single cell that have a row each.
const MOST_ESTIMATES: usize = 16;

/// Cells of a sweep that have a row each.
const MOST_CELLS: usize = 64;

/// Rows of what is known of the cells' landscapes.
const MOST_ROWS: usize = 48;

/// The document as text of at most about 100 columns. `keys` are the swept keys in the order wanted;
/// `all` leaves no estimate out.
pub(super) fn of(document: &Document, keys: &[String], all: bool) -> String {
    let mut text = format!("{}\n", document.title);
    let (mut names, predicted) = interesting(document);
    if predicted > 0 && !keys.is_empty() && !all {
        names.truncate(predicted);
    }
    let most = match (all, keys.is_empty()) {
        (true, _) => usize::MAX,
        (false, true) => MOST_ESTIMATES,
        (false, false) => MOST_TABLES,
    };
    let shown = &names[..names.len().min(most)];
    if keys.is_empty() {
        text += &format!("\n{}", single(&document.cells, shown));
    } else {
        for name in shown {
            text += &format!("\n{name}\n{}", swept(&document.cells, name, keys));
        }
        if document.cells.len() > MOST_CELLS {
            text += &format!("  … {} cells in all\n", document.cells.len());
        }
    }
    if !document.fits.is_empty() {
        text += &format!("\n{}", fits(document));
    }
    let late = late_passages::line(document);
    if !late.is_empty() {
        text += &format!("\n{late}");
    }
    let total = document.cells.iter().flat_map(|cell| cell.estimates.keys()).collect::<std::collections::BTreeSet<_>>();
    if let Some(more) = total.len().checked_sub(shown.len()).filter(|n| *n > 0) {
        text += &format!("\nresults.json has {more} more estimate{}.\n", if more == 1 { "" } else { "s" });
    }
    text
}

/// Names of estimates, those that the author has expectations of first, then others with predictions, each in
/// the order of interest; and how many have predictions.
fn interesting(document: &Document) -> (Vec<String>, usize) {
    const UNPREDICTED: u8 = 2;
    let mut ranks: BTreeMap<&String, u8> = BTreeMap::new();
    for (name, estimate) in document.cells.iter().flat_map(|cell| &cell.estimates) {
        let sources = estimate.predictions.keys();
        let rank = sources.map(|source| u8::from(*source != Source::Expect)).min().unwrap_or(UNPREDICTED);
        ranks.entry(name).and_modify(|least| *least = rank.min(*least)).or_insert(rank);
    }
    let mut names: Vec<(u8, usize, &String)> = ranks
        .into_iter()
        .map(|(name, rank)| (rank, ORDER.iter().position(|o| o == name).unwrap_or(ORDER.len()), name))
        .collect();
    names.sort();
    let with_predictions = names.iter().filter(|(rank, _, _)| *rank < UNPREDICTED).count();
    // In a sweep the mean passage time says what the rate says; alone it is a welcome second row.
    let rate = names.iter().any(|(_, _, name)| *name == "escape_rate") && document.cells.len() > 1;
    let twice = |name: &str| rate && name == "mean_first_passage_time";
    let (later, first): (Vec<_>, Vec<_>) = names.into_iter().map(|(_, _, name)| name.clone()).partition(|n| twice(n));
    let moved = later.len();
    (first.into_iter().chain(later).collect(), with_predictions.saturating_sub(moved))
}

/// Columns of the swept keys, by their last name where that is not ambiguous.
pub(super) fn parameter_columns(keys: &[String]) -> Vec<(String, Align)> {
    let last = |key: &str| key.rsplit('.').next().unwrap_or(key).to_owned();
    let head = |key: &String| {
        let short = last(key);
        let ambiguous = keys.iter().filter(|other| last(other) == short).count() > 1;
        if ambiguous { key.clone() } else { short }
    };
    keys.iter().map(|key| (head(key), Align::Right)).collect()
}

/// A table with rows for every cell that has something, once where they are the same in all of them; empty without rows.
pub(super) fn of_cells<C>(
    experiment: &Experiment,
    cells: &[Option<C>],
    heads: &[(&str, Align)],
    rows: impl Fn(&C) -> Vec<Vec<String>>,
) -> String {
    let rows: Vec<Vec<Vec<String>>> = cells.iter().map(|cell| cell.as_ref().map_or_else(Vec::new, &rows)).collect();
    let swept = rows.windows(2).any(|pair| pair[0] != pair[1]);
    let keys = if swept { experiment.sweep.keys() } else { Vec::new() };
    let mut grid = Grid::new(parameter_columns(&keys));
    heads.iter().for_each(|(head, align)| grid.column(*head, *align));
    let shown = if swept { rows.len() } else { rows.len().min(1) };
    let all = experiment.cells.iter().zip(&rows).take(shown).flat_map(|(cell, rows)| {
        let parameters: Vec<String> = cell.parameters.iter().map(|(_, value)| value.to_string()).collect();
        let parameters = if swept { parameters } else { Vec::new() };
        rows.iter().map(move |row| parameters.iter().chain(row).cloned().collect::<Vec<String>>())
    });
    let all: Vec<Vec<String>> = all.collect();
    let left = all.len().saturating_sub(MOST_ROWS);
    all.into_iter().take(MOST_ROWS).for_each(|row| grid.row(row));
    match (grid.is_empty(), left) {
        (true, _) => String::new(),
        (false, 0) => grid.to_string(),
        (false, _) => format!("{grid}  … {left} rows more; --json has all\n"),
    }
}

/// Sources that predict `name` anywhere, exact ones first.
fn sources(cells: &[CellResult], name: &str) -> Vec<(Source, Kind)> {
    let mut found: Vec<(Source, Kind)> = cells
        .iter()
        .filter_map(|cell| cell.estimates.get(name))
        .flat_map(|e| e.predictions.iter().map(|(source, p)| (*source, p.kind)))
        .collect();
    found.sort_by_key(|(source, kind)| (*kind != Kind::Exact, *source));
    found.dedup();
    found
}

/// One estimate, a row a cell.
fn swept(cells: &[CellResult], name: &str, keys: &[String]) -> Grid {
    let sources = sources(cells, name);
    let mut grid = Grid::new(parameter_columns(keys));
    grid.column("measured", Align::Right);
    for (source, kind) in &sources {
        grid.column(head(*source, *kind), Align::Right);
        if *kind == Kind::Exact {
            grid.column("z", Align::Right);
        }
    }
    for cell in cells.iter().take(MOST_CELLS) {
        let value = |key: &String| cell.parameters.get(key).map_or_else(String::new, parameter);
        let mut row: Vec<String> = keys.iter().map(value).collect();
        let estimate = cell.estimates.get(name);
        row.push(estimate.map_or_else(|| "–".to_owned(), measured));
        for (source, kind) in &sources {
            let prediction = estimate.and_then(|e| e.predictions.get(source)).filter(|p| p.kind == *kind);
            row.push(prediction.map_or_else(|| "–".to_owned(), |p| significant(p.value, 6)));
            if *kind == Kind::Exact {
                row.push(prediction.map_or_else(|| "–".to_owned(), z));
            }
        }
        grid.row(row);
    }
    grid
}

/// The estimates of a single cell, a row each: the exact prediction, or the best that there is.
fn single(cells: &[CellResult], names: &[String]) -> Grid {
    let mut grid = Grid::default();
    for (name, align) in [
        ("estimate", Align::Left),
        ("measured", Align::Right),
        ("predicted", Align::Right),
        ("z", Align::Right),
        ("by", Align::Left),
    ] {
        grid.column(name, align);
    }
    for cell in cells {
        for (name, estimate) in names.iter().filter_map(|name| cell.estimates.get_key_value(name)) {
            let mut first = [name.clone(), measured(estimate)];
            if estimate.predictions.is_empty() {
                grid.row(first.into_iter().collect());
                continue;
            }
            let of = sources(cells, name);
            for (source, p) in of.iter().filter_map(|(source, _)| Some((source, estimate.predictions.get(source)?))) {
                let z = if p.kind == Kind::Exact { z(p) } else { String::new() };
                let kind = if p.kind == Kind::Exact { "exact".to_owned() } else { written(&p.kind) };
                let by = format!("{}, {kind}", written(source).replace('_', " "));
                grid.row(first.into_iter().chain([significant(p.value, 6), z, by]).collect());
                first = [String::new(), String::new()];
            }
        }
    }
    grid
}

fn fits(document: &Document) -> Grid {
    let mut grid = Grid::default();
    for (name, align) in [
        ("fit", Align::Left),
        ("measured", Align::Right),
        ("χ²", Align::Right),
        ("predicted", Align::Right),
        ("z", Align::Right),
        ("by", Align::Left),
    ] {
        grid.column(name, align);
    }
    for fit in &document.fits {
        let at = fit.at.iter().map(|(key, value)| format!(", {key} = {}", parameter(value)));
        let name = format!("{}{}", fit.name, at.collect::<String>());
        let value = match fit.value {
            Some(value) => with_error(value, fit.std_error),
            None => fit.reason.clone().unwrap_or_else(|| "–".to_owned()),
        };
        // What is no line or curve shows by it; where it falls between the cells is then a matter of their weights.
        let of = |(chi, n): (f64, usize)| if n > 0 { format!("{} of {n}", significant(chi, 3)) } else { String::new() };
        let chi_squared = fit.chi_squared.zip(fit.degrees_of_freedom).map(of).unwrap_or_default();
        let mut first = [name, value, chi_squared];
        if fit.predictions.is_empty() {
            grid.row(first.into_iter().collect());
            continue;
        }
        for (source, p) in &fit.predictions {
            let z = if p.kind == Kind::Exact { z(p) } else { String::new() };
            let name = match p.kind {
                Kind::Exact => written(source).replace('_', " "),
                kind => head(*source, kind),
            };
            let by = format!("{name}, {}", written(&p.kind));
            grid.row(first.into_iter().chain([significant(p.value, 6), z, by]).collect());
            first = Default::default();
        }
    }
    grid
}

/// How a source heads its column.
fn head(source: Source, kind: Kind) -> String {
    match (source, kind) {
        (Source::Expect, _) => "expected".to_owned(),
        (Source::MeanFirstPassageIntegral, _) => "continuum".to_owned(),
        (Source::Kramers, _) => "Kramers".to_owned(),
        (Source::KramersCorrected, _) => "corrected".to_owned(),
        (Source::KramersTurnover, _) => "turnover".to_owned(),
        (Source::FreidlinWentzell, _) => "Freidlin–Wentzell".to_owned(),
        (Source::Gibbs, _) => "Gibbs".to_owned(),
        (_, Kind::Exact) => "exact".to_owned(),
        (source, _) => written(&source).replace('_', " "),
    }
}

fn measured(estimate: &EstimateResult) -> String {
    match (estimate.value, estimate.upper_limit) {
        (Some(value), _) => with_error(value, estimate.std_error),
        (None, Some(limit)) => format!("< {} (95 %)", significant(limit, 2)),
        (None, None) => "–".to_owned(),
    }
}

fn z(prediction: &PredictionResult) -> String {
    prediction.z.map_or_else(|| "–".to_owned(), |z| format!("{z:+.1}"))
}

/// The value of a swept key; a table by its kind and then the other keys, a list of many equal numbers as one of them.
fn parameter(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Object(table) => {
            let kind = table.get("kind").map(parameter);
            let others = table.iter().filter(|(key, _)| *key != "kind");
            let others = others.map(|(key, value)| format!("{key} {}", parameter(value)));
            kind.into_iter().chain(others).collect::<Vec<_>>().join(", ")
        }
        serde_json::Value::Array(list) if list.len() > 2 && list.iter().all(|entry| *entry == list[0]) => {
            format!("{} × {}", list.len(), parameter(&list[0]))
        }
        _ => value.to_string(),
    }
}
