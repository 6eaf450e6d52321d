//! The landscape of a kernel, and its numbers.

use super::relations::has_curvature;
use crate::experiment::{DoubleWell, Hessian, Landscape, Quadratic, Setup};
use crate::formula::Program;
use std::sync::Arc;

/// The landscape.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LandscapeStage {
    /// Quadratic with a diagonal Hessian; samples have one on average.
    QuadraticDiagonal,
    /// Quadratic with a full Hessian; samples have one on average.
    QuadraticFull,
    /// Double well along x_0, quadratic across.
    DoubleWell,
    /// A formula, or formulas of a force.
    Formula(Arc<Program>),
}

impl LandscapeStage {
    /// Of a cell.
    pub(super) fn of(setup: &Setup) -> Self {
        match (&setup.landscape, setup.landscape.quadratic()) {
            (Landscape::Formula(l), _) => Self::Formula(Arc::new(l.program(has_curvature(setup)).0)),
            (Landscape::Force(l), _) => Self::Formula(Arc::new(l.program().0)),
            (_, Some(quadratic)) => match quadratic.hessian {
                Hessian::Diagonal(_) => Self::QuadraticDiagonal,
                Hessian::Full(_) => Self::QuadraticFull,
            },
            (Landscape::DoubleWell(_), None) => Self::DoubleWell,
            (_, None) => unreachable!("reading works out the quadratic of samples"),
        }
    }
}

/// `quadratic`: Hessian (diagonal, or row by row), minimum.
/// `double-well`: cubic = 4 barrier/separation⁴, linear = −4 barrier/separation², tilt, barrier,
/// 1/separation², then the transverse curvatures. Formulas: the values of what depends on parameters alone.
pub(super) fn record(setup: &Setup) -> Vec<f64> {
    match (&setup.landscape, setup.landscape.quadratic()) {
        (Landscape::Formula(l), _) => l.program(has_curvature(setup)).1,
        (Landscape::Force(l), _) => l.program().1,
        (_, Some(l)) => quadratic(l),
        (Landscape::DoubleWell(l), None) => double_well(l),
        (_, None) => unreachable!("reading works out the quadratic of samples"),
    }
}

fn quadratic(l: &Quadratic) -> Vec<f64> {
    let hessian = match &l.hessian {
        Hessian::Diagonal(values) => values.clone(),
        Hessian::Full(rows) => rows.concat(),
    };
    [hessian, l.minimum.clone()].concat()
}

fn double_well(l: &DoubleWell) -> Vec<f64> {
    let inverse_square = 1.0 / (l.separation * l.separation);
    let linear = 4.0 * l.barrier * inverse_square;
    let along = [linear * inverse_square, -linear, l.tilt, l.barrier, inverse_square];
    along.into_iter().chain(l.transverse.iter().copied()).collect()
}
