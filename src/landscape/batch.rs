//! Gradients of single samples: their covariance, the gradient noise of a batch of one.

use crate::experiment::{FiniteSum, Landscape, LeastSquares};
use crate::samples::Samples;
use nalgebra::{DMatrix, DVector};

impl Landscape {
    /// Cov ∇L_i(θ) over the samples (their number divides), of landscapes made of samples.
    pub fn sample_covariance(&self, theta: &[f64]) -> Option<DMatrix<f64>> {
        let theta = DVector::from_column_slice(theta);
        match self {
            Self::FiniteSum(l) => Some(of_terms(l, &theta)),
            Self::LeastSquares(l) => Some(match self.samples() {
                Some(samples) => of_samples(samples, &theta),
                None => of_normal(l, &theta),
            }),
            _ => None,
        }
    }
}

fn of_terms(terms: &FiniteSum, theta: &DVector<f64>) -> DMatrix<f64> {
    let gradient = |i: usize| DVector::from_column_slice(&terms.gradients[i]) + terms.hessian(i) * theta;
    covariance(theta.len(), (0..terms.gradients.len()).map(gradient))
}

/// ∇L_i = (w·θ − y) w.
fn of_samples(samples: &Samples, theta: &DVector<f64>) -> DMatrix<f64> {
    let gradient = |(w, y): (&[f64], f64)| {
        let w = DVector::from_column_slice(w);
        let residual = w.dot(theta) - y;
        w * residual
    };
    covariance(theta.len(), samples.iter().map(gradient))
}

/// Normal features of covariance H and label noise of variance σ²: (σ² + θᵀHθ) H + Hθ(Hθ)ᵀ, by Isserlis'
/// theorem.
fn of_normal(samples: &LeastSquares, theta: &DVector<f64>) -> DMatrix<f64> {
    let Some(synthetic) = &samples.synthetic else { return DMatrix::zeros(theta.len(), theta.len()) };
    let hessian = DMatrix::from_diagonal(&DVector::from_column_slice(&synthetic.spectrum));
    let slope = &hessian * theta;
    hessian * (synthetic.label_noise.powi(2) + theta.dot(&slope)) + &slope * slope.transpose()
}

fn covariance(dimension: usize, vectors: impl Iterator<Item = DVector<f64>>) -> DMatrix<f64> {
    let (mut count, mut mean) = (0.0, DVector::zeros(dimension));
    let mut sum = DMatrix::zeros(dimension, dimension);
    // Welford's recursion: about the mean so far, so that no digits are lost.
    for vector in vectors {
        count += 1.0;
        let before = &vector - &mean;
        mean += &before / count;
        sum += before * (vector - &mean).transpose();
    }
    sum / count
}
