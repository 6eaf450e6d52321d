//! The numbers of the document and the raw tallies as tidy tables.

mod correlations;

use super::document::written;
use super::parquet::{Column, Table};
use super::run::Results;
use crate::analysis;
use crate::plan::Plan;
use crate::tally::{BlockTally, CurrentSums, MomentLayout};

/// The tables with their names. One with no rows is left out.
pub(super) fn tables(results: &Results) -> Vec<(&'static str, Table)> {
    let all = [
        ("estimates", estimates(results)),
        ("histograms", histograms(results)),
        ("passages", passages(results)),
        ("time_series", time_series(results)),
        ("correlations", correlations::correlations(results)),
        ("spectra", correlations::spectra(results)),
        ("current", current(results)),
        ("blocks", blocks(results)),
    ];
    all.into_iter().filter_map(|(name, rows)| Some((name, rows.table(results)?))).collect()
}

/// Rows of a table as they are collected: the cell, then named columns.
#[derive(Default)]
struct Rows {
    cells: Vec<usize>,
    columns: Vec<(&'static str, Column)>,
}

/// One value of a row.
enum Entry<'a> {
    Integer(Option<u64>),
    Number(Option<f64>),
    Text(Option<&'a str>),
}

impl Rows {
    fn push(&mut self, cell: usize, entries: &[(&'static str, Entry<'_>)]) {
        if self.columns.is_empty() {
            self.columns = entries.iter().map(|(name, entry)| (*name, entry.column())).collect();
        }
        self.cells.push(cell);
        for ((_, column), (_, entry)) in self.columns.iter_mut().zip(entries) {
            match (column, entry) {
                // Counts of a run stay below 2^63: 2^32 walkers of fewer than 2^31 measurements each.
                (Column::Integer(values), Entry::Integer(n)) => values.push(n.map(|n| n as i64)),
                (Column::Number(values), Entry::Number(x)) => values.push(x.filter(|x| x.is_finite())),
                (Column::Text(values), Entry::Text(text)) => values.push(text.map(str::to_owned)),
                _ => unreachable!("a column's entries are of one kind"),
            }
        }
    }

    /// The table, with the cell and the swept parameters in front.
    fn table(self, results: &Results) -> Option<Table> {
        if self.cells.is_empty() {
            return None;
        }
        let cells = self.cells.iter().map(|k| Some(*k as i64)).collect();
        let mut columns = vec![("cell".to_owned(), Column::Integer(cells))];
        for key in results.experiment.sweep.keys() {
            let values: Vec<_> = results
                .document
                .cells
                .iter()
                .map(|cell| cell.parameters.get(&key).cloned().unwrap_or_default())
                .collect();
            let numeric = values.iter().all(serde_json::Value::is_number);
            let text = |v: &serde_json::Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
            let column = match numeric {
                true => Column::Number(self.cells.iter().map(|k| values[*k].as_f64()).collect()),
                false => Column::Text(self.cells.iter().map(|k| Some(text(&values[*k]))).collect()),
            };
            columns.push((key, column));
        }
        columns.extend(self.columns.into_iter().map(|(name, column)| (name.to_owned(), column)));
        Some(Table::new(columns))
    }
}

impl Entry<'_> {
    fn column(&self) -> Column {
        match self {
            Self::Integer(_) => Column::Integer(Vec::new()),
            Self::Number(_) => Column::Number(Vec::new()),
            Self::Text(_) => Column::Text(Vec::new()),
        }
    }
}

/// One row for every estimate and prediction; an estimate without prediction has one row.
fn estimates(results: &Results) -> Rows {
    use Entry::{Integer, Number, Text};
    let mut rows = Rows::default();
    for (k, cell) in results.document.cells.iter().enumerate() {
        for (name, e) in &cell.estimates {
            let mut predictions: Vec<_> = e.predictions.iter().map(Some).collect();
            if predictions.is_empty() {
                predictions.push(None);
            }
            for prediction in predictions {
                let p = prediction.map(|(_, p)| p);
                let (source, kind) = (prediction.map(|(s, _)| written(s)), p.map(|p| written(&p.kind)));
                rows.push(
                    k,
                    &[
                        ("estimate", Text(Some(name))),
                        ("value", Number(e.value)),
                        ("std_error", Number(e.std_error)),
                        ("blocks", Integer(Some(e.blocks as u64))),
                        ("prediction", Text(source.as_deref())),
                        ("predicted", Number(p.map(|p| p.value))),
                        ("kind", Text(kind.as_deref())),
                        ("z", Number(p.and_then(|p| p.z))),
                        ("ratio", Number(p.and_then(|p| p.ratio))),
                    ],
                );
            }
        }
    }
    rows
}

/// One row a bin; `low_1` and `high_1` are of the second axis, where there is one.
fn histograms(results: &Results) -> Rows {
    use Entry::{Integer, Number};
    let mut rows = Rows::default();
    for (k, cell) in results.experiment.cells.iter().enumerate() {
        for (h, bins) in analysis::histogram(&cell.setup, &results.blocks(k)).iter().enumerate() {
            for bin in bins {
                rows.push(
                    k,
                    &[
                        ("histogram", Integer(Some(h as u64))),
                        ("low", Number(Some(bin.first[0]))),
                        ("high", Number(Some(bin.first[1]))),
                        ("low_1", Number(bin.second.map(|edges| edges[0]))),
                        ("high_1", Number(bin.second.map(|edges| edges[1]))),
                        ("count", Integer(Some(bin.count))),
                        ("density", Number(bin.density.value)),
                        ("std_error", Number(bin.density.std_error)),
                    ],
                );
            }
        }
    }
    rows
}

/// The survival curve and the hazard with the counts behind them, one row for every range of durations.
fn passages(results: &Results) -> Rows {
    use Entry::{Integer, Number};
    let mut rows = Rows::default();
    for (k, cell) in results.experiment.cells.iter().enumerate() {
        for p in analysis::survival(&cell.setup, &results.blocks(k)) {
            rows.push(
                k,
                &[
                    ("time", Number(Some(p.time))),
                    ("at_risk", Integer(Some(p.at_risk))),
                    ("passed", Integer(Some(p.passed))),
                    ("censored", Integer(Some(p.censored))),
                    ("survival", Number(Some(p.survival))),
                    ("std_error", Number(p.std_error)),
                    ("hazard", Number(p.hazard.value)),
                    ("hazard_std_error", Number(p.hazard.std_error)),
                ],
            );
        }
    }
    rows
}

/// One row for every time and every estimate at it.
fn time_series(results: &Results) -> Rows {
    use Entry::{Integer, Number, Text};
    let mut rows = Rows::default();
    for (k, cell) in results.experiment.cells.iter().enumerate() {
        for p in analysis::time_series(&cell.setup, &results.blocks(k)) {
            for quantity in &p.quantities {
                rows.push(
                    k,
                    &[
                        ("time", Number(Some(p.time))),
                        ("step", Integer(Some(p.step))),
                        ("walkers", Integer(Some(p.count))),
                        ("quantity", Text(Some(&quantity.label()))),
                        ("value", Number(quantity.estimate.value)),
                        ("std_error", Number(quantity.estimate.std_error)),
                    ],
                );
            }
        }
    }
    rows
}

/// The current on its grid, one row a bin: probability per unit of time and length along both axes.
fn current(results: &Results) -> Rows {
    use Entry::{Integer, Number};
    let mut rows = Rows::default();
    for (k, cell) in results.experiment.cells.iter().enumerate() {
        for bin in analysis::current(&cell.setup, &results.blocks(k)) {
            rows.push(
                k,
                &[
                    ("low", Number(Some(bin.first[0]))),
                    ("high", Number(Some(bin.first[1]))),
                    ("low_1", Number(Some(bin.second[0]))),
                    ("high_1", Number(Some(bin.second[1]))),
                    ("count", Integer(Some(bin.count))),
                    ("density", Number(bin.density.value)),
                    ("density_std_error", Number(bin.density.std_error)),
                    ("current", Number(bin.current[0].value)),
                    ("current_std_error", Number(bin.current[0].std_error)),
                    ("current_1", Number(bin.current[1].value)),
                    ("current_1_std_error", Number(bin.current[1].std_error)),
                ],
            );
        }
    }
    rows
}

/// The raw sums of every block, one row a statistic.
fn blocks(results: &Results) -> Rows {
    use Entry::{Integer, Number, Text};
    let mut rows = Rows::default();
    let plan = Plan::new(&results.experiment);
    for (id, block) in &results.tally.blocks {
        let setup = &results.experiment.cells[id.cell as usize].setup;
        let axes = setup.measure.current.as_ref().map_or([0, 1], |current| current.axes);
        let names = statistic_names(plan.kernel(id.cell).moment_layout(), axes);
        let has_loss = setup.landscape.has_loss();
        let sums = names.into_iter().zip(block.moments.sums.iter().copied());
        let sums = sums.filter(|(name, _)| has_loss || name != SUM_OF_LOSSES);
        for (name, value) in counts(block).into_iter().chain(sums) {
            rows.push(
                id.cell as usize,
                &[
                    ("block", Integer(Some(u64::from(id.block)))),
                    ("statistic", Text(Some(&name))),
                    ("value", Number(Some(value))),
                ],
            );
        }
    }
    rows
}

fn counts(block: &BlockTally) -> Vec<(String, f64)> {
    let passages = block.passages.as_ref().map(|p| [("passages", p.count), ("steps_at_risk", p.steps_at_risk)]);
    let always = [
        ("walkers", block.walkers),
        ("lost", block.lost.count),
        ("states", block.moments.count),
        ("states_right", block.moments.right),
    ];
    always.into_iter().chain(passages.into_iter().flatten()).map(|(name, n)| (name.to_owned(), n as f64)).collect()
}

/// There is none of a force.
const SUM_OF_LOSSES: &str = "sum_loss";

/// Names of the sums in the order of their places; positions are taken from the reference point of the
/// cell (the minimum of a quadratic, 0 of a double well), the loss without its floor.
fn statistic_names(layout: MomentLayout, axes: [usize; 2]) -> Vec<String> {
    let d = layout.dimension;
    let mut names: Vec<String> = (0..d).map(|i| format!("sum_position[{i}]")).collect();
    names.extend((0..d).flat_map(|i| layout.partners(i).map(move |j| format!("sum_product[{i},{j}]"))));
    names.extend([SUM_OF_LOSSES.to_owned(), "sum_gradient_norm_squared".to_owned()]);
    names.extend(layout.stochastic_gradient.then(|| "sum_stochastic_gradient_norm_squared".to_owned()));
    names.extend(layout.weight().map(|_| "sum_weight".to_owned()));
    let sides = ["fdr1_left", "fdr1_right", "fdr1_left_squared", "fdr1_right_squared", "fdr2_left", "fdr2_right"];
    names.extend(sides[..layout.flux() - layout.relations()].iter().map(|side| format!("sum_{side}")));
    if layout.currents != CurrentSums::None {
        names.push("sum_crossings".to_owned());
        names.extend(layout.rotations(axes).into_iter().map(|(i, j)| format!("sum_rotation[{i},{j}]")));
        names.extend(layout.entropy().map(|_| "sum_entropy".to_owned()));
    }
    names
}
