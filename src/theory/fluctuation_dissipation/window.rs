//! Variances over windows of time in the stationary state of a linear rule z' = A z + ζ with Gaussian noise.

use crate::theory::linear::LinearRule;
use crate::theory::matrix_power::power;
use crate::theory::quadratic_form::QuadraticForm;
use nalgebra::DMatrix;

/// E w wᵀ of w = (1, z, z') in the stationary state of this covariance.
pub fn stationary_moments(map: &DMatrix<f64>, covariance: &DMatrix<f64>) -> DMatrix<f64> {
    let m = map.nrows();
    let cross = covariance * map.transpose();
    let mut moments = DMatrix::zeros(1 + 2 * m, 1 + 2 * m);
    moments[(0, 0)] = 1.0;
    moments.view_mut((1, 1), (m, m)).copy_from(covariance);
    moments.view_mut((1, 1 + m), (m, m)).copy_from(&cross);
    moments.view_mut((1 + m, 1), (m, m)).copy_from(&cross.transpose());
    moments.view_mut((1 + m, 1 + m), (m, m)).copy_from(covariance);
    moments
}

/// Variance of the mean over `length` updates of a form f of (z, z'), without a constant. With w_k of the k-th update,
/// P = E[w_0 (1, z_1)ᵀ] and E[w_k | z_k] = B (1, z_k),
///
/// ```text
/// Cov(f_0, f_k) = 2 tr(PᵀMP (Aᵀ)^(k−1) BᵀMB A^(k−1)),  k ≥ 1
/// ```
///
/// derived here, and its sum over all pairs of updates is one over powers of A.
pub fn window_variance(form: &QuadraticForm, map: &DMatrix<f64>, covariance: &DMatrix<f64>, length: u64) -> f64 {
    let m = map.nrows();
    let moments = stationary_moments(map, covariance);
    let alone = form.covariance(form, &moments);
    let mut onward = DMatrix::zeros(1 + 2 * m, 1 + m);
    onward.column_mut(0).copy_from(&moments.column(0));
    onward.columns_mut(1, m).copy_from(&moments.columns(1 + m, m));
    let mut expected = DMatrix::zeros(1 + 2 * m, 1 + m);
    expected.view_mut((0, 0), (1 + m, 1 + m)).fill_with_identity();
    expected.view_mut((1 + m, 1), (m, m)).copy_from(map);
    let mut transposed = DMatrix::identity(1 + m, 1 + m);
    transposed.view_mut((1, 1), (m, m)).copy_from(&map.transpose());
    let backward = LinearRule { map: transposed, noise: expected.tr_mul(&form.matrix) * &expected };
    // Σ_k (T − k) over lags k < T.
    let pairs = backward.accumulated(length - 1).1;
    let together = 2.0 * (onward.tr_mul(&form.matrix) * &onward).component_mul(&pairs).sum();
    let n = length as f64;
    (n * alone + 2.0 * together) / (n * n)
}

/// Var(G(z_0) − G(z_n)) of a form of z without a constant: what is left of a sum over n updates whose terms are
/// differences of G.
pub fn difference_variance(form: &QuadraticForm, map: &DMatrix<f64>, covariance: &DMatrix<f64>, n: u64) -> f64 {
    let with_one = |block: &DMatrix<f64>| {
        let mut moments = DMatrix::identity(1 + block.nrows(), 1 + block.nrows());
        moments.view_mut((1, 1), block.shape()).copy_from(block);
        moments
    };
    let later = with_one(&(covariance * power(map, n).transpose()));
    2.0 * (form.covariance(form, &with_one(covariance)) - form.covariance(form, &later))
}
