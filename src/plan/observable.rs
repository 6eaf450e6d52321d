//! Formulas of the state that are binned.

use crate::experiment::Histogram;
use crate::formula::Routine;

/// The program of a formula of the state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObservableStage {
    /// Its operations, with one output.
    pub routine: Routine,
    /// Number of its uniforms, which are in [`Record::observables`](super::Record::observables).
    pub uniforms: usize,
}

impl ObservableStage {
    /// Of a histogram, where it bins a formula, with its uniforms.
    pub(super) fn of(histogram: &Histogram) -> Option<(Self, Vec<f64>)> {
        let (routine, uniforms) = histogram.formula()?.routine();
        Some((Self { routine, uniforms: uniforms.len() }, uniforms))
    }
}
