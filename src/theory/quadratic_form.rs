//! Quadratic forms of a random vector: their means, and for a Gaussian vector their covariances.

use super::ensemble::SecondOrder;
use nalgebra::DMatrix;

/// An affine function of y as its coefficients in w = (1, y), by place.
pub type Affine = [(usize, f64)];

/// wᵀ M w with w = (1, y) and M symmetric.
#[derive(Clone, Debug, PartialEq)]
pub struct QuadraticForm {
    /// M.
    pub matrix: DMatrix<f64>,
}

impl QuadraticForm {
    /// 0 for every y of `size` numbers.
    pub fn zero(size: usize) -> Self {
        Self { matrix: DMatrix::zeros(1 + size, 1 + size) }
    }

    /// Adds the product of two affine functions.
    pub fn add(&mut self, a: &Affine, b: &Affine) {
        for (i, left) in a {
            for (j, right) in b {
                let half = 0.5 * left * right;
                self.matrix[(*i, *j)] += half;
                self.matrix[(*j, *i)] += half;
            }
        }
    }

    /// The mean, of E w wᵀ = `moments`.
    pub fn mean(&self, moments: &DMatrix<f64>) -> f64 {
        self.matrix.component_mul(moments).sum()
    }

    /// The covariance of this form of w with `other` of w', where y and y' are Gaussian of mean 0 with
    /// E w w'ᵀ = `moments`, and neither form has a constant: 2 tr(M E[w w'ᵀ] M' E[w' wᵀ]). Derived here from
    /// Isserlis' theorem (Biometrika 12, 134 (1918)), whose linear terms those with the 1 of w are.
    pub fn covariance(&self, other: &Self, moments: &DMatrix<f64>) -> f64 {
        2.0 * (&self.matrix * moments).component_mul(&(moments * &other.matrix)).sum()
    }
}

/// E w wᵀ of w = (1, y).
pub fn with_one(law: &SecondOrder) -> DMatrix<f64> {
    let n = law.mean.len();
    let mut moments = DMatrix::zeros(1 + n, 1 + n);
    moments[(0, 0)] = 1.0;
    moments.view_mut((1, 0), (n, 1)).copy_from(&law.mean);
    moments.view_mut((0, 1), (1, n)).copy_from(&law.mean.transpose());
    moments.view_mut((1, 1), (n, n)).copy_from(&law.square);
    moments
}

#[cfg(test)]
mod tests {
    use super::super::collocation::NoiseLaw;
    use super::*;
    use nalgebra::DVector;

    /// (y_1 + 2)(y_2 − y_1) and y_2² + 3y_1 of two pairs y, y' of correlated normal numbers, against the exact
    /// quadrature of polynomials.
    #[test]
    fn covariance_of_forms_is_that_by_quadrature() {
        let mut first = QuadraticForm::zero(2);
        first.add(&[(1, 1.0), (0, 2.0)], &[(2, 1.0), (1, -1.0)]);
        let mut second = QuadraticForm::zero(2);
        second.add(&[(2, 1.0)], &[(2, 1.0)]);
        second.add(&[(1, 3.0)], &[(0, 1.0)]);
        // y and y' from four independent numbers.
        let (root, later) = ([[1.0, 0.0], [0.5, 0.7]], [[0.4, -0.6, 0.3, 0.0], [0.1, 0.8, 0.2, 0.5]]);
        let mut cross = DMatrix::zeros(3, 3);
        cross[(0, 0)] = 1.0;
        for (i, j) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            cross[(1 + i, 1 + j)] = root[i][0] * later[j][0] + root[i][1] * later[j][1];
        }
        let atoms = NoiseLaw::Gaussian.gauss(4).expect("a rule");
        let mut sums = [0.0; 3];
        for (a, b) in atoms.iter().flat_map(|a| atoms.iter().map(move |b| (a, b))) {
            for (c, d) in atoms.iter().flat_map(|c| atoms.iter().map(move |d| (c, d))) {
                let xi = [a, b, c, d].map(|atom| atom.position);
                let weight: f64 = [a, b, c, d].iter().map(|atom| atom.weight).product();
                let y = root.map(|row| row[0] * xi[0] + row[1] * xi[1]);
                let next = later.map(|row| row.iter().zip(xi).map(|(r, x)| r * x).sum::<f64>());
                let values = [(y[0] + 2.0) * (y[1] - y[0]), next[1] * next[1] + 3.0 * next[0]];
                sums[0] += weight * values[0];
                sums[1] += weight * values[1];
                sums[2] += weight * values[0] * values[1];
            }
        }
        let expected = sums[2] - sums[0] * sums[1];
        let found = first.covariance(&second, &cross);
        assert!((found - expected).abs() < 1e-12, "{found} against {expected}");
        let square = DMatrix::from_row_slice(2, 2, &[1.0, 0.5, 0.5, 0.74]);
        let mean = first.mean(&with_one(&SecondOrder { mean: DVector::zeros(2), square }));
        assert!((mean - sums[0]).abs() < 1e-13, "{mean} against {}", sums[0]);
    }
}
