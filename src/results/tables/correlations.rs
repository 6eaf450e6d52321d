//! Correlations in time and spectra of increments as tables.

use super::Entry::{Integer, Number, Text};
use super::Rows;
use crate::analysis;
use crate::results::run::Results;

/// One row for every ordered pair of signals and every lag; i and j are numbers of coordinates, or "loss".
pub(super) fn correlations(results: &Results) -> Rows {
    let mut rows = Rows::default();
    for (k, cell) in results.experiment.cells.iter().enumerate() {
        for p in analysis::correlations(&cell.setup, &results.blocks(k)) {
            rows.push(
                k,
                &[
                    ("i", Text(Some(&p.i))),
                    ("j", Text(Some(&p.j))),
                    ("lag", Integer(Some(p.lag))),
                    ("time", Number(p.time)),
                    ("covariance", Number(p.covariance)),
                    ("correlation", Number(p.correlation.value)),
                    ("std_error", Number(p.correlation.std_error)),
                ],
            );
        }
    }
    rows
}

/// One row for every coordinate and frequency, in radians per step, with both nulls: what theory says of the chain, where
/// it does, and the flat spectrum of uncorrelated increments.
pub(super) fn spectra(results: &Results) -> Rows {
    let mut rows = Rows::default();
    for (k, cell) in results.experiment.cells.iter().enumerate() {
        for p in analysis::spectra(&cell.setup, &results.blocks(k)) {
            let exact = results.document.cells[k].exact(&format!("increment_spectrum[{},{}]", p.i, p.k));
            rows.push(
                k,
                &[
                    ("i", Integer(Some(p.i as u64))),
                    ("k", Integer(Some(p.k as u64))),
                    ("frequency", Number(Some(p.frequency))),
                    ("spectrum", Number(p.spectrum.value)),
                    ("std_error", Number(p.spectrum.std_error)),
                    ("exact", Number(exact)),
                    ("flat", Number(p.flat)),
                ],
            );
        }
    }
    rows
}
