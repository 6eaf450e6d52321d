//! Formulas of the state, besides those of the landscape.

use crate::experiment::Histogram;
use crate::formula::{self, Routine};

/// The program of a formula of the state.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ObservableStage {
    /// Its operations, with one output.
    pub routine: Routine,
    /// Number of its uniforms, which are in the record.
    pub uniforms: usize,
}

impl ObservableStage {
    /// Of a histogram, where it bins a formula, with its uniforms.
    pub(super) fn of(histogram: &Histogram) -> Option<(Self, Vec<f64>)> {
        histogram.formula().map(Self::of_formula)
    }

    /// Of a formula, with its uniforms.
    pub(super) fn of_formula(formula: &formula::Observable) -> (Self, Vec<f64>) {
        let (routine, uniforms) = formula.routine();
        (Self { routine, uniforms: uniforms.len() }, uniforms)
    }
}
