//! Second moments of samples.

use super::Samples;
use nalgebra::{DMatrix, DVector};

/// Averages over samples (w, y), not about their means.
#[derive(Clone, Debug, PartialEq)]
pub struct SecondMoments {
    /// ⟨w wᵀ⟩.
    pub features: DMatrix<f64>,
    /// ⟨y w⟩.
    pub product: DVector<f64>,
    /// ⟨y²⟩.
    pub label: f64,
}

impl Samples {
    /// The second moments of all samples.
    pub fn second_moments(&self) -> SecondMoments {
        let (d, n) = (self.features, self.len() as f64);
        let (mut features, mut product, mut label) = (DMatrix::zeros(d, d), DVector::zeros(d), 0.0);
        for (w, y) in self.iter() {
            for i in 0..d {
                for j in 0..=i {
                    features[(i, j)] += w[i] * w[j];
                }
                product[i] += w[i] * y;
            }
            label += y * y;
        }
        features.fill_upper_triangle_with_lower_triangle();
        SecondMoments { features: features / n, product: product / n, label: label / n }
    }
}
