//! A quadratic loss.

use super::MAX_DIMENSION;
use crate::experiment::error::{Fault, finite, one_per_coordinate, require};
use nalgebra::{DMatrix, DVector};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// L = floor + ½ (θ − θ*)ᵀ H (θ − θ*).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = crate::experiment::schema::without_default("minimum"))]
pub struct Quadratic {
    /// H: its eigenvalues (diagonal), or a symmetric matrix; eigenvalues of any sign.
    pub hessian: Hessian,
    /// θ*, one number per coordinate (default 0).
    #[serde(default)]
    pub minimum: Vec<f64>,
    /// L(θ*).
    #[serde(default)]
    pub floor: f64,
}

/// A symmetric matrix, diagonal or full.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "must be a list of numbers (the diagonal) or a matrix (a list of rows)")]
pub enum Hessian {
    /// The diagonal.
    Diagonal(Vec<f64>),
    /// The rows.
    Full(Vec<Vec<f64>>),
}

impl Hessian {
    /// Number of rows.
    pub fn dimension(&self) -> usize {
        match self {
            Self::Diagonal(values) => values.len(),
            Self::Full(rows) => rows.len(),
        }
    }

    /// The matrix, row by row.
    pub fn rows(&self) -> Vec<Vec<f64>> {
        match self {
            Self::Full(rows) => rows.clone(),
            Self::Diagonal(values) => (0..values.len())
                .map(|i| {
                    let mut row = vec![0.0; values.len()];
                    row[i] = values[i];
                    row
                })
                .collect(),
        }
    }

    /// The matrix.
    pub fn matrix(&self) -> DMatrix<f64> {
        let rows = self.rows();
        DMatrix::from_fn(rows.len(), rows.len(), |i, j| rows[i][j])
    }

    fn of(matrix: &DMatrix<f64>) -> Self {
        let d = matrix.nrows();
        let diagonal = (0..d).all(|i| (0..i).all(|j| matrix[(i, j)] == 0.0));
        match diagonal {
            true => Self::Diagonal((0..d).map(|i| matrix[(i, i)]).collect()),
            false => Self::Full((0..d).map(|i| matrix.row(i).iter().copied().collect()).collect()),
        }
    }

    fn validate(&self) -> Result<(), Fault> {
        let d = self.dimension();
        require(d >= 1, "hessian", "must have at least one entry")?;
        require(d <= MAX_DIMENSION, "hessian", &format!("may have at most {MAX_DIMENSION} dimensions"))?;
        match self {
            Self::Diagonal(values) => finite(values, "hessian"),
            Self::Full(rows) => {
                let square = rows.iter().all(|row| row.len() == d);
                require(square, "hessian", "must be a square matrix")?;
                rows.iter().try_for_each(|row| finite(row, "hessian"))?;
                let symmetric = (0..d).all(|i| (0..i).all(|j| rows[i][j] == rows[j][i]));
                require(symmetric, "hessian", "must be a symmetric matrix")
            }
        }
    }
}

impl Quadratic {
    /// constant + g·θ + ½ θᵀHθ about its stationary point θ* = −H⁺g, H⁺ the pseudo-inverse; none where
    /// there is no stationary point, as g is not in the range of H.
    pub(super) fn about_stationary_point(hessian: &DMatrix<f64>, g: &DVector<f64>, constant: f64) -> Option<Self> {
        let eigen = hessian.clone().symmetric_eigen();
        let largest = eigen.eigenvalues.amax();
        let mut minimum = DVector::zeros(g.len());
        for (value, vector) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
            if value.abs() > 1e-12 * largest {
                minimum -= vector * (vector.dot(g) / value);
            }
        }
        let left = (hessian * &minimum + g).amax();
        (left <= 1e-9 * g.amax()).then(|| Self {
            hessian: Hessian::of(hessian),
            floor: constant + 0.5 * g.dot(&minimum),
            minimum: minimum.iter().copied().collect(),
        })
    }

    pub(super) fn complete(&mut self) -> Result<(), Fault> {
        self.hessian.validate()?;
        let d = self.hessian.dimension();
        if self.minimum.is_empty() {
            self.minimum = vec![0.0; d];
        }
        one_per_coordinate(&self.minimum, d, "minimum")?;
        finite(&self.minimum, "minimum")?;
        finite(&[self.floor], "floor")
    }
}
