//! Critical points and barriers of the cells of an experiment: tables for `predict`, and their part of its document.

use super::number::significant;
use super::table::{Align, of_cells};
use kramers::Experiment;
use kramers::experiment::{Landscape, Start};
use kramers::landscape::Relief;
use kramers::landscape::critical_points::CriticalPoint;
use kramers::theory::{Barrier, barriers};
use serde_json::{Map, Value, json};

/// What the landscape of a cell is like.
#[derive(PartialEq)]
pub(super) struct Cell {
    points: Vec<CriticalPoint>,
    barriers: Vec<Barrier>,
}

/// The cells of an experiment, none where there is a force without a loss.
pub(super) fn of(experiment: &Experiment) -> Vec<Option<Cell>> {
    // Cells of a sweep often share their landscape.
    let mut known: Vec<(&Landscape, &Start, Option<Relief>)> = Vec::new();
    let setups = experiment.cells.iter().map(|cell| &cell.setup);
    setups
        .map(|setup| {
            let (landscape, start) = (&setup.landscape, &setup.ensemble.start);
            let same = |(l, s, _): &&(&Landscape, &Start, _)| *l == landscape && *s == start;
            if known.iter().rev().find(same).is_none() {
                known.push((landscape, start, landscape.relief(&start.corners())));
            }
            let relief = known.iter().rev().find(same)?.2.as_ref()?;
            Some(Cell { points: relief.points.clone(), barriers: barriers(setup, relief) })
        })
        .collect()
}

/// Adds what is known of a cell to its part of the document.
pub(super) fn document(cell: &Cell, document: &mut Map<String, Value>) {
    let point = |p: &CriticalPoint| {
        json!({
            "position": p.position, "loss": p.loss, "kind": kind(p), "index": p.index, "eigenvalues": p.eigenvalues,
        })
    };
    let barrier =
        |b: &Barrier| json!({ "from": b.from, "over": b.over, "to": b.to, "height": b.height, "rate": b.rate });
    document.insert("critical_points".to_owned(), cell.points.iter().map(point).collect());
    document.insert("barriers".to_owned(), cell.barriers.iter().map(barrier).collect());
}

/// Tables of all cells, of each thing once where it is the same in all of them; empty where there is nothing.
pub(super) fn tables(experiment: &Experiment, cells: &[Option<Cell>]) -> String {
    let heads = [
        ("point", Align::Right),
        ("kind", Align::Left),
        ("loss", Align::Right),
        ("position", Align::Left),
        ("eigenvalues", Align::Left),
    ];
    let points = of_cells(experiment, cells, &heads, |cell| {
        let row = |(k, p): (usize, &CriticalPoint)| {
            vec![k.to_string(), kind(p), significant(p.loss, 8), list(&p.position), list(&p.eigenvalues)]
        };
        cell.points.iter().enumerate().map(row).collect()
    });
    let heads = ["from", "over", "to", "barrier", "Eyring–Kramers rate"].map(|head| (head, Align::Right));
    let barriers = of_cells(experiment, cells, &heads, |cell| {
        let or_none = |text: Option<String>| text.unwrap_or_else(|| "–".to_owned());
        let row = |b: &Barrier| {
            let (to, rate) = (b.to.map(|to| to.to_string()), b.rate.map(|rate| significant(rate, 6)));
            let ends = [b.from.to_string(), b.over.to_string(), or_none(to)];
            ends.into_iter().chain([significant(b.height, 8), or_none(rate)]).collect()
        };
        cell.barriers.iter().map(row).collect()
    });
    [("Critical points", points), ("Barriers, between points", barriers)]
        .into_iter()
        .filter(|(_, table)| !table.is_empty())
        .map(|(head, table)| format!("\n{head}\n{table}"))
        .collect()
}

/// What a point is.
fn kind(point: &CriticalPoint) -> String {
    match point.index {
        _ if point.is_degenerate() => "degenerate".to_owned(),
        0 => "minimum".to_owned(),
        index if index == point.position.len() => "maximum".to_owned(),
        index => format!("saddle of index {index}"),
    }
}

/// The first few of many.
pub(super) fn list(numbers: &[f64]) -> String {
    const MOST: usize = 4;
    let first = numbers.iter().take(MOST).map(|x| significant(*x, 6));
    first.chain((numbers.len() > MOST).then(|| "…".to_owned())).collect::<Vec<_>>().join(", ")
}
