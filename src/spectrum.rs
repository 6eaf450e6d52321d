//! The spectrum of a covariance, measured or predicted.

use nalgebra::{DMatrix, SymmetricEigen};

/// Eigenvalues λ_0 ≥ λ_1 ≥ … of a symmetric matrix that is not negative but for rounding.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spectrum {
    pub eigenvalues: Vec<f64>,
}

impl Spectrum {
    /// Of a symmetric matrix; none where an entry is no number.
    pub(crate) fn of(matrix: DMatrix<f64>) -> Option<Self> {
        if matrix.iter().any(|x| !x.is_finite()) {
            return None;
        }
        let mut eigenvalues: Vec<f64> = SymmetricEigen::new(matrix).eigenvalues.iter().copied().collect();
        eigenvalues.sort_by(|a, b| b.total_cmp(a));
        Some(Self { eigenvalues })
    }

    /// Their mean.
    pub(crate) fn mean(&self) -> f64 {
        self.eigenvalues.iter().sum::<f64>() / self.eigenvalues.len() as f64
    }

    /// Their standard deviation.
    pub(crate) fn spread(&self) -> f64 {
        let mean = self.mean();
        let squares: f64 = self.eigenvalues.iter().map(|x| (x - mean).powi(2)).sum();
        (squares / self.eigenvalues.len() as f64).sqrt()
    }

    /// exp(−Σ p_k ln p_k) with the shares p_k = λ_k/Σ λ (O. Roy and M. Vetterli, EUSIPCO 2007); 0 where all vanish.
    pub(crate) fn effective_rank(&self) -> f64 {
        let shares = self.shares();
        if shares.is_empty() { 0.0 } else { shares.iter().map(|p| -p * p.ln()).sum::<f64>().exp() }
    }

    /// 1/Σ p_k²; 0 where all vanish.
    pub(crate) fn participation_ratio(&self) -> f64 {
        let shares = self.shares();
        if shares.is_empty() { 0.0 } else { 1.0 / shares.iter().map(|p| p * p).sum::<f64>() }
    }

    /// Those of positive eigenvalues: one that is 0 is found on either side of it.
    fn shares(&self) -> Vec<f64> {
        let positive: Vec<f64> = self.eigenvalues.iter().copied().filter(|x| *x > 0.0).collect();
        let sum: f64 = positive.iter().sum();
        positive.into_iter().map(|x| x / sum).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nalgebra::DVector;

    fn of(diagonal: &[f64]) -> Spectrum {
        Spectrum::of(DMatrix::from_diagonal(&DVector::from_row_slice(diagonal))).expect("numbers")
    }

    #[test]
    fn ranks_count_equal_eigenvalues() {
        for (diagonal, rank) in [(&[2.0, 2.0, 2.0][..], 3.0), (&[1.0, 0.0, 1.0, 0.0], 2.0), (&[0.0, 0.0], 0.0)] {
            let found = of(diagonal);
            assert!((found.effective_rank() - rank).abs() < 1e-14, "{found:?}");
            assert!((found.participation_ratio() - rank).abs() < 1e-14, "{found:?}");
        }
        // Shares 1/2, 1/4, 1/4: entropy 1.5 ln 2.
        assert!((of(&[1.0, 2.0, 1.0]).effective_rank() - 2f64.powf(1.5)).abs() < 1e-14);
        assert!((of(&[1.0, 2.0, 1.0]).participation_ratio() - 8.0 / 3.0).abs() < 1e-14);
    }

    #[test]
    fn eigenvalues_come_from_the_largest() {
        let found = Spectrum::of(DMatrix::from_row_slice(2, 2, &[2.0, 1.0, 1.0, 2.0])).expect("numbers");
        assert!((found.eigenvalues[0] - 3.0).abs() < 1e-14 && (found.eigenvalues[1] - 1.0).abs() < 1e-14);
        assert!((found.mean() - 2.0).abs() < 1e-14 && (found.spread() - 1.0).abs() < 1e-14);
        assert_eq!(Spectrum::of(DMatrix::from_element(2, 2, f64::NAN)), None);
    }
}
