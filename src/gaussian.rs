//! Gaussian laws: entropy, free energy, divergence.

use crate::lyapunov::conjugate;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;

/// A Gaussian law.
#[derive(Clone, Debug, PartialEq)]
pub struct Gaussian {
    /// Its mean.
    pub mean: DVector<f64>,
    /// Its covariance.
    pub covariance: DMatrix<f64>,
}

impl Gaussian {
    /// ½ ln((2πe)^d det Σ), the entropy; −∞ where Σ is singular.
    pub fn entropy(&self) -> f64 {
        0.5 * (self.mean.len() as f64 * (1.0 + (2.0 * PI).ln()) + log_determinant(&self.covariance))
    }

    /// ⟨½ xᵀWx⟩ less the entropy: the free energy in the potential ½ xᵀWx, in units of the temperature.
    pub fn free_energy(&self, curvature: &DMatrix<f64>) -> f64 {
        let square = &self.covariance + &self.mean * self.mean.transpose();
        0.5 * curvature.component_mul(&square).sum() - self.entropy()
    }

    /// The Kullback–Leibler divergence of this law from `other`, ∫ p ln(p/q); none where that is degenerate.
    pub fn divergence(&self, other: &Self) -> Option<f64> {
        let inverse = other.covariance.clone().cholesky()?.inverse();
        let apart = &self.mean - &other.mean;
        let spread = (&inverse * &self.covariance).trace() - self.mean.len() as f64;
        let determinants = log_determinant(&other.covariance) - log_determinant(&self.covariance);
        Some(0.5 * (spread + apart.dot(&(&inverse * &apart)) + determinants))
    }

    /// The law after a step z' = A z + ζ with Gaussian ζ of covariance Q.
    pub fn after(&self, map: &DMatrix<f64>, noise: &DMatrix<f64>) -> Self {
        Self { mean: map * &self.mean, covariance: conjugate(map, &self.covariance) + noise }
    }
}

/// ln det of a covariance; −∞ where it is singular.
pub fn log_determinant(matrix: &DMatrix<f64>) -> f64 {
    let root = matrix.clone().cholesky();
    root.map_or(f64::NEG_INFINITY, |root| 2.0 * root.l_dirty().diagonal().iter().map(|x| x.ln()).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// p ln p and p ln(p/q) by the trapezoidal rule.
    #[test]
    fn entropy_and_divergence_are_their_integrals() {
        let law = |mean: f64, variance: f64| Gaussian {
            mean: DVector::from_element(1, mean),
            covariance: DMatrix::from_element(1, 1, variance),
        };
        let (p, q) = (law(0.3, 0.5), law(-0.2, 1.3));
        let log = |law: &Gaussian, x: f64| {
            -0.5 * ((x - law.mean[0]).powi(2) / law.covariance[0] + (2.0 * PI * law.covariance[0]).ln())
        };
        let sum = |f: &dyn Fn(f64) -> f64| {
            (-2000..2000).map(|k| f64::from(k) * 0.01).map(|x| 0.01 * log(&p, x).exp() * f(x)).sum::<f64>()
        };
        assert!((p.entropy() + sum(&|x| log(&p, x))).abs() < 1e-12);
        let divergence = p.divergence(&q).expect("regular");
        assert!((divergence - sum(&|x| log(&p, x) - log(&q, x))).abs() < 1e-12, "{divergence}");
        assert_eq!(law(0.0, 0.0).entropy(), f64::NEG_INFINITY);
    }
}
