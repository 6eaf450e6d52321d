//! Amplitudes of noise from its covariance.

use crate::experiment::Setup;
use nalgebra::DMatrix;

/// H(θ*) of loss-hessian noise, row by row.
pub(super) fn start_hessian(setup: &Setup) -> Vec<Vec<f64>> {
    let hessian = setup.start_hessian().unwrap_or_else(|| DMatrix::zeros(setup.dimension(), setup.dimension()));
    hessian.row_iter().map(|row| row.iter().copied().collect()).collect()
}

/// Whether H(θ*) of loss-hessian noise is diagonal.
pub(super) fn is_diagonal(setup: &Setup) -> bool {
    setup.start_hessian().is_some_and(|hessian| {
        let d = hessian.nrows();
        (0..d).all(|i| (0..i).all(|j| hessian[(i, j)] == 0.0))
    })
}

/// √(scale · C_ii); a variance that rounding made negative is none.
pub(super) fn deviations(covariance: &[Vec<f64>], scale: f64) -> Vec<f64> {
    covariance.iter().enumerate().map(|(i, row)| (row[i].max(0.0) * scale).sqrt()).collect()
}

/// The lower Cholesky factor of scale · C.
pub(super) fn factor(covariance: &[Vec<f64>], scale: f64) -> Vec<f64> {
    cholesky(covariance).into_iter().map(|x| x * scale.sqrt()).collect()
}

/// The lower Cholesky factor, row by row (d × d, zeros above the diagonal), of a positive semidefinite
/// matrix: a pivot that vanishes within rounding gives a column of zeros.
fn cholesky(rows: &[Vec<f64>]) -> Vec<f64> {
    let d = rows.len();
    let largest = (0..d).map(|i| rows[i][i]).fold(0.0, f64::max);
    let mut factor = vec![0.0; d * d];
    for j in 0..d {
        let dot = |factor: &[f64], i: usize| (0..j).map(|k| factor[i * d + k] * factor[j * d + k]).sum::<f64>();
        let pivot = rows[j][j] - dot(&factor, j);
        if pivot <= 1e-12 * largest {
            continue;
        }
        let root = pivot.sqrt();
        for i in j..d {
            factor[i * d + j] = (rows[i][j] - dot(&factor, i)) / root;
        }
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_of_semidefinite_matrices_multiplies_back() {
        let cases = [
            vec![vec![4.0, 2.0], vec![2.0, 3.0]],
            vec![vec![1.0, 1.0], vec![1.0, 1.0]],
            vec![vec![0.0, 0.0, 0.0], vec![0.0, 2.0, -2.0], vec![0.0, -2.0, 2.0]],
        ];
        for rows in cases {
            let d = rows.len();
            let factor = cholesky(&rows);
            for i in 0..d {
                for j in 0..d {
                    let product: f64 = (0..d).map(|k| factor[i * d + k] * factor[j * d + k]).sum();
                    assert!((product - rows[i][j]).abs() < 1e-12, "entry {i},{j} of {rows:?}");
                }
            }
        }
    }
}
