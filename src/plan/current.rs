//! The probability current of a kernel, and its numbers.

use super::relations::rates;
use crate::additive::{is_additive, step_covariance};
use crate::experiment::{Current, Setup};
use nalgebra::{DMatrix, DVector};

/// What is summed of the current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CurrentStage {
    /// The coordinates of the plane.
    pub axes: [u32; 2],
    /// Whether entropy production is summed, and by what matrix.
    pub entropy: EntropyStage,
    /// Bins of the grid along each axis, the second running fastest.
    pub grid: Option<[u32; 2]>,
}

/// The matrix of entropy production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntropyStage {
    /// Not summed.
    None,
    /// Diagonal.
    Diagonal,
    /// Full.
    Full,
}

impl CurrentStage {
    /// Of a cell, where the current is measured.
    pub(super) fn of(setup: &Setup) -> Option<Self> {
        let current = setup.measure.current.as_ref()?;
        let grid = current.grid().map(|grid| grid.bins.map(|bins| bins as u32));
        Some(Self { axes: current.axes.map(|axis| axis as u32), entropy: EntropyStage::of(setup), grid })
    }

    /// Number of the grid's bins.
    pub fn bins(&self) -> usize {
        self.grid.map_or(0, |[m, n]| m as usize * n as usize)
    }
}

impl EntropyStage {
    fn of(setup: &Setup) -> Self {
        match entropy_matrix(setup) {
            None => Self::None,
            Some(matrix) if is_diagonal(&matrix) => Self::Diagonal,
            Some(_) => Self::Full,
        }
    }
}

/// W for which ½ (∇L(θ) + ∇L(θ'))ᵀ W (θ' − θ) is the entropy that an update produces, per unit of time: the drift
/// F = −R∇L/τ against the inverse of the diffusion matrix D = Cov/(2τ), Cov the covariance of an update's noise,
/// R = diag(η_i) and τ the time of the update (Chaudhari & Soatto, ICLR 2018; Seifert, Rep. Prog. Phys. 75, 126001
/// (2012)). None where noise is not the same everywhere, or not in all directions, or remembers.
fn entropy_matrix(setup: &Setup) -> Option<DMatrix<f64>> {
    let time = setup.time_per_step().filter(|_| is_additive(setup))?;
    let inverse = step_covariance(setup).cholesky()?.inverse();
    // F = −R∇L/τ, D⁻¹ = 2τ Cov⁻¹, and 1/τ for the time.
    let drift = DMatrix::from_diagonal(&DVector::from_vec(rates(setup).0));
    Some(drift * inverse * (-2.0 / time))
}

fn is_diagonal(matrix: &DMatrix<f64>) -> bool {
    let d = matrix.nrows();
    (0..d).all(|i| (0..d).all(|j| i == j || matrix[(i, j)] == 0.0))
}

/// Where the half-line begins; W, its diagonal or row by row; then lower edge and bins per unit of both axes of the
/// grid. Nothing where the current is not measured.
pub(super) fn record(setup: &Setup) -> Vec<f64> {
    let Some(current) = &setup.measure.current else { return Vec::new() };
    let mut numbers = current.centre.to_vec();
    if let Some(matrix) = entropy_matrix(setup) {
        match EntropyStage::of(setup) {
            EntropyStage::Full => {
                numbers.extend(matrix.transpose().iter());
            }
            _ => numbers.extend(matrix.diagonal().iter()),
        }
    }
    numbers.extend(edges(current));
    numbers
}

fn edges(current: &Current) -> Vec<f64> {
    let Some(grid) = current.grid() else { return Vec::new() };
    let of = |([low, high], bins): ([f64; 2], u64)| [low, bins as f64 / (high - low)];
    grid.range.into_iter().zip(grid.bins).flat_map(of).collect()
}
