//! The discrete Lyapunov equation.

use nalgebra::DMatrix;

/// The stationary covariance of z' = A z + ζ: the solution Σ of the discrete Lyapunov equation
/// Σ = A Σ Aᵀ + Q, or none where A does not contract. By doubling (Smith 1968): 2^k terms of
/// Σ_j A^j Q A^jᵀ after k products.
pub fn stationary_covariance(map: &DMatrix<f64>, noise: &DMatrix<f64>) -> Option<DMatrix<f64>> {
    let (mut power, mut covariance) = (map.clone(), noise.clone());
    // A spectral radius of 1 − 2⁻⁵³ is the nearest to 1 that there is; 2⁶⁰ terms are enough for it.
    for _ in 0..60 {
        covariance += conjugate(&power, &covariance);
        power = &power * &power;
        let size = power.amax();
        if !size.is_finite() {
            return None;
        }
        if size < 1e-30 {
            return covariance.iter().all(|c| c.is_finite()).then_some(covariance);
        }
    }
    None
}

/// B M Bᵀ.
pub fn conjugate(b: &DMatrix<f64>, m: &DMatrix<f64>) -> DMatrix<f64> {
    b * m * b.transpose()
}
