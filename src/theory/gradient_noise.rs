//! Noise of stochastic gradients whose covariance is at most quadratic in the position, so that its mean
//! over the walkers follows from their first two moments.

use super::ensemble::SecondOrder;
use nalgebra::{DMatrix, DVector};

/// The loss of one sample, g·x + ½ xᵀ H x, with x the distance from a point where the mean loss is
/// stationary.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// g.
    pub gradient: DVector<f64>,
    /// H.
    pub hessian: DMatrix<f64>,
}

/// How a batch is taken from the samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Draw {
    /// Each of the batch is any of the samples.
    WithReplacement,
    /// The batch is a subset of the samples, drawn anew at every step.
    WithoutReplacement,
}

/// The noise of a stochastic gradient, of mean 0 and covariance C(x), by E C(x) as a linear function of
/// (1, E x, vec E x xᵀ).
#[derive(Clone, Debug, PartialEq)]
pub struct GradientNoise {
    dimension: usize,
    /// vec E C = coefficients · (1, E x, vec E x xᵀ).
    coefficients: DMatrix<f64>,
}

impl GradientNoise {
    /// C, everywhere the same.
    pub fn additive(covariance: &DMatrix<f64>) -> Self {
        let mut noise = Self::none(covariance.nrows());
        noise.add_constant(covariance);
        noise
    }

    /// Batches of `batch` samples: C(x) = f Cov_i(g_i + H_i x)/B, with f = 1 with replacement and
    /// (N − B)/(N − 1) without (the variance of the mean of a random subset: Cochran, Sampling Techniques,
    /// theorem 2.2). The samples must not be empty.
    pub fn minibatch(samples: &[Sample], batch: f64, draw: Draw) -> Self {
        let (n, d) = (samples.len() as f64, samples[0].gradient.len());
        let mut mean = Sample { gradient: DVector::zeros(d), hessian: DMatrix::zeros(d, d) };
        for sample in samples {
            mean.gradient += &sample.gradient / n;
            mean.hessian += &sample.hessian / n;
        }
        let subset = match draw {
            Draw::WithReplacement => 1.0,
            Draw::WithoutReplacement if n > batch => (n - batch) / (n - 1.0),
            Draw::WithoutReplacement => 0.0,
        };
        let mut noise = Self::none(d);
        for sample in samples {
            let (gradient, hessian) = (&sample.gradient - &mean.gradient, &sample.hessian - &mean.hessian);
            noise.add_outer(subset / (batch * n), &hessian, &gradient);
        }
        noise
    }

    /// Least squares on new samples at every step, features w ~ N(0, H) and labels of noise ε ~ N(0, σ²):
    /// C(x) = ((σ² + xᵀHx) H + H x xᵀ H)/B, as E (w·x)² w wᵀ = (xᵀHx) H + 2 H x xᵀ H (Isserlis, Biometrika
    /// 12, 134 (1918)).
    pub fn gaussian_regression(hessian: &DMatrix<f64>, label_noise: f64, batch: f64) -> Self {
        let mut noise = Self::additive(&(hessian * (label_noise * label_noise / batch)));
        noise.add_form(hessian, &(hessian / batch));
        noise.add_outer(1.0 / batch, hessian, &DVector::zeros(hessian.nrows()));
        noise
    }

    /// C(x) = 2 L(x) H/B with L(x) = floor + ½ xᵀ H x (Mori, Ziyin, Liu & Ueda, ICML 2022).
    pub fn loss_hessian(hessian: &DMatrix<f64>, floor: f64, batch: f64) -> Self {
        let mut noise = Self::additive(&(hessian * (2.0 * floor / batch)));
        noise.add_form(hessian, &(hessian / batch));
        noise
    }

    /// E C(x) over walkers of these moments.
    pub fn mean_covariance(&self, law: &SecondOrder) -> DMatrix<f64> {
        let d = self.dimension;
        DMatrix::from_column_slice(d, d, (&self.coefficients * stacked(law)).as_slice())
    }

    /// C(0).
    pub fn at_rest(&self) -> DMatrix<f64> {
        let d = self.dimension;
        DMatrix::from_column_slice(d, d, self.coefficients.column(0).clone_owned().as_slice())
    }

    /// The dimension of x.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    pub(super) fn coefficients(&self) -> &DMatrix<f64> {
        &self.coefficients
    }

    fn none(d: usize) -> Self {
        Self { dimension: d, coefficients: DMatrix::zeros(d * d, 1 + d + d * d) }
    }

    fn add_constant(&mut self, covariance: &DMatrix<f64>) {
        let mut constant = self.coefficients.column_mut(0);
        constant += DVector::from_column_slice(covariance.as_slice());
    }

    /// Adds w (K x + b)(K x + b)ᵀ, by vec(P X Qᵀ) = (Q ⊗ P) vec X.
    fn add_outer(&mut self, weight: f64, k: &DMatrix<f64>, b: &DVector<f64>) {
        let d = self.dimension;
        self.add_constant(&(b * b.transpose() * weight));
        let mut linear = self.coefficients.columns_mut(1, d);
        linear += (b.kronecker(k) + k.kronecker(b)) * weight;
        let mut quadratic = self.coefficients.columns_mut(1 + d, d * d);
        quadratic += k.kronecker(k) * weight;
    }

    /// Adds (xᵀ F x) P.
    fn add_form(&mut self, form: &DMatrix<f64>, p: &DMatrix<f64>) {
        let d = self.dimension;
        let mut quadratic = self.coefficients.columns_mut(1 + d, d * d);
        quadratic += DVector::from_column_slice(p.as_slice()) * DVector::from_column_slice(form.as_slice()).transpose();
    }
}

/// (1, E z, vec E z zᵀ).
pub(super) fn stacked(law: &SecondOrder) -> DVector<f64> {
    let all = [1.0].into_iter().chain(law.mean.iter().copied()).chain(law.square.iter().copied());
    DVector::from_iterator(1 + law.mean.len() + law.square.len(), all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(x: &[f64]) -> SecondOrder {
        let mean = DVector::from_row_slice(x);
        SecondOrder { square: &mean * mean.transpose(), mean }
    }

    /// Three samples in two dimensions.
    fn samples() -> Vec<Sample> {
        [([1.0, -0.5], [2.0, 0.3, 1.0]), ([-0.6, 0.9], [0.5, -0.2, 1.5]), ([0.3, 0.4], [1.0, 0.0, 0.2])]
            .map(|(g, h)| Sample {
                gradient: DVector::from_row_slice(&g),
                hessian: DMatrix::from_row_slice(2, 2, &[h[0], h[1], h[1], h[2]]),
            })
            .to_vec()
    }

    /// By listing every batch of two of three samples.
    #[test]
    fn covariance_of_a_batch_is_that_over_all_batches() {
        let samples = samples();
        let law = at(&[0.7, -1.1]);
        let gradients: Vec<_> = samples.iter().map(|s| &s.gradient + &s.hessian * &law.mean).collect();
        for draw in [Draw::WithReplacement, Draw::WithoutReplacement] {
            let pairs: Vec<_> = (0..3)
                .flat_map(|i| (0..3).map(move |j| (i, j)))
                .filter(|(i, j)| draw == Draw::WithReplacement || i != j)
                .map(|(i, j)| (&gradients[i] + &gradients[j]) / 2.0)
                .collect();
            let n = pairs.len() as f64;
            let mean: DVector<f64> = pairs.iter().sum::<DVector<f64>>() / n;
            let expected = pairs.iter().map(|g| (g - &mean) * (g - &mean).transpose()).sum::<DMatrix<f64>>() / n;
            let found = GradientNoise::minibatch(&samples, 2.0, draw).mean_covariance(&law);
            assert!((&found - &expected).amax() < 1e-14, "{draw:?}: {found} against {expected}");
        }
        let all = GradientNoise::minibatch(&samples, 3.0, Draw::WithoutReplacement);
        assert_eq!(all.mean_covariance(&law).amax(), 0.0, "the batch of all samples has no noise");
    }

    /// Regression at one point, by Gauss–Hermite quadrature of degree 5 over two features and ±σ labels.
    #[test]
    fn gaussian_regression_by_quadrature() {
        let spectrum: [f64; 2] = [1.5, 0.4];
        let (x, sigma, batch) = ([0.7, -1.1], 0.6, 3.0);
        // Three nodes are exact to degree 5 in each feature.
        let rule = [(-(3f64.sqrt()), 1.0 / 6.0), (0.0, 2.0 / 3.0), (3f64.sqrt(), 1.0 / 6.0)];
        let (mut mean, mut square) = (DVector::zeros(2), DMatrix::zeros(2, 2));
        for (a, p) in rule {
            for (b, q) in rule {
                for label in [-sigma, sigma] {
                    let w = DVector::from_row_slice(&[a * spectrum[0].sqrt(), b * spectrum[1].sqrt()]);
                    let gradient = &w * (w[0] * x[0] + w[1] * x[1] - label);
                    square += &gradient * gradient.transpose() * (0.5 * p * q);
                    mean += gradient * (0.5 * p * q);
                }
            }
        }
        let expected = (square - &mean * mean.transpose()) / batch;
        let hessian = DMatrix::from_diagonal(&DVector::from_row_slice(&spectrum));
        let found = GradientNoise::gaussian_regression(&hessian, sigma, batch).mean_covariance(&at(&x));
        assert!((&found - &expected).amax() < 1e-14, "{found} against {expected}");
        // The noise ∝ L misses the term H x xᵀ H.
        let decoupled = GradientNoise::loss_hessian(&hessian, 0.5 * sigma * sigma, batch).mean_covariance(&at(&x));
        let hx = &hessian * DVector::from_row_slice(&x);
        assert!((found - decoupled - &hx * hx.transpose() / batch).amax() < 1e-14);
    }
}
