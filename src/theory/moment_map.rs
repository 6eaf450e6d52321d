//! Linear rules whose noise depends on where the walker is: exact first and second moments where its
//! covariance is at most quadratic in the state.

use super::ensemble::{MeasuringTimes, SecondOrder};
use super::gradient_noise::{GradientNoise, stacked};
use super::matrix_power::{power, power_sum};
use nalgebra::{DMatrix, DVector};

/// What a step of z' = A z + J n(x) does to the moments of z, with n the noise of a stochastic gradient at
/// x, the first coordinates of z: linear in (1, E z, vec E z zᵀ) as
///
/// ```text
/// E z' = A E z,    E z'z'ᵀ = A E[z zᵀ] Aᵀ + J E[C(x)] Jᵀ
/// ```
///
/// Derived here: the cross terms vanish as E[n | z] = 0.
#[derive(Clone, Debug, PartialEq)]
pub struct MomentMap {
    dimension: usize,
    matrix: DMatrix<f64>,
}

impl MomentMap {
    /// Of the step z' = A z + J n(x).
    pub fn new(map: &DMatrix<f64>, injection: &DMatrix<f64>, noise: &GradientNoise) -> Self {
        let (dimension, d) = (map.nrows(), noise.dimension());
        let size = 1 + dimension + dimension * dimension;
        let mut matrix = DMatrix::zeros(size, size);
        matrix[(0, 0)] = 1.0;
        matrix.view_mut((1, 1), (dimension, dimension)).copy_from(map);
        let squares = 1 + dimension;
        matrix
            .view_mut((squares, squares), (dimension * dimension, dimension * dimension))
            .copy_from(&map.kronecker(map));
        // Column by column of C's coefficients, each a moment of x that is one of z too.
        let noise = injection.kronecker(injection) * noise.coefficients();
        for (column, coefficients) in noise.column_iter().enumerate() {
            let moment = match column.checked_sub(1 + d) {
                Some(pair) => squares + pair % d + pair / d * dimension,
                None => column,
            };
            let mut target = matrix.view_mut((squares, moment), (dimension * dimension, 1));
            target += coefficients;
        }
        Self { dimension, matrix }
    }

    /// Numbers in z.
    pub fn dimension(&self) -> usize {
        self.dimension
    }

    /// A of E[z' | z] = A z.
    pub fn mean_map(&self) -> DMatrix<f64> {
        self.matrix.view((1, 1), (self.dimension, self.dimension)).clone_owned()
    }

    /// Moments after `n` steps from those of the start.
    pub fn after(&self, start: &SecondOrder, n: u64) -> SecondOrder {
        self.law(&(power(&self.matrix, n) * stacked(start)))
    }

    /// Moments pooled over the measuring times: their average.
    pub fn pooled(&self, start: &SecondOrder, times: MeasuringTimes) -> SecondOrder {
        let first = power(&self.matrix, times.first) * stacked(start);
        let sum = power_sum(&power(&self.matrix, times.every), &first, times.count);
        self.law(&(sum / times.count as f64))
    }

    /// This step followed by `next`.
    pub fn then(&self, next: &Self) -> Self {
        Self { dimension: self.dimension, matrix: &next.matrix * &self.matrix }
    }

    /// The moments that every start tends to, or none where second moments grow without end.
    pub fn stationary(&self) -> Option<SecondOrder> {
        let mut matrix = self.matrix.clone();
        let rest = matrix.nrows() - 1;
        // A spectral radius of 1 − 2⁻⁵³ is the nearest to 1 that there is; 2⁶⁰ steps are enough for it.
        for _ in 0..60 {
            matrix = &matrix * &matrix;
            let size = matrix.columns(1, rest).amax();
            if !size.is_finite() {
                return None;
            }
            if size < 1e-30 {
                let law = self.law(&matrix.column(0).clone_owned());
                return law.square.iter().all(|m| m.is_finite()).then_some(law);
            }
        }
        None
    }

    fn law(&self, stacked: &DVector<f64>) -> SecondOrder {
        let d = self.dimension;
        SecondOrder {
            mean: stacked.rows(1, d).clone_owned(),
            square: DMatrix::from_column_slice(d, d, &stacked.as_slice()[1 + d..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::gradient_noise::{Draw, Sample};
    use super::super::gradient_rule::GradientRule;
    use super::super::linear::conjugate;
    use super::*;

    fn scalar(value: f64) -> DMatrix<f64> {
        DMatrix::from_element(1, 1, value)
    }

    fn sgd(hessian: &DMatrix<f64>, rate: f64, noise: &GradientNoise) -> MomentMap {
        let d = hessian.nrows();
        GradientRule::sgd(&(DMatrix::identity(d, d) * rate)).moments(hessian, noise)
    }

    /// V = (ησ²/B)/(2 − η − η(d + 1)/B), isotropic features (Ziyin, Liu, Mori & Ueda, ICLR 2022, theorem 2).
    #[test]
    fn variance_of_gaussian_regression() {
        for (d, batch, rate, sigma) in [(1, 4.0, 0.3, 1.0), (1, 1.0, 0.1, 0.5), (3, 2.0, 0.2, 1.0), (5, 8.0, 0.4, 2.0)]
        {
            let hessian = DMatrix::identity(d, d);
            let noise = GradientNoise::gaussian_regression(&hessian, sigma, batch);
            let law = sgd(&hessian, rate, &noise).stationary().expect("stable");
            let v = rate * sigma * sigma / batch / (2.0 - rate - rate * (d as f64 + 1.0) / batch);
            assert!((law.square - hessian * v).amax() < 1e-14, "d = {d}: not {v}");
        }
        let hessian = scalar(1.0);
        let noise = |batch| GradientNoise::gaussian_regression(&hessian, 1.0, batch);
        let v = sgd(&hessian, 0.3, &noise(4.0)).stationary().expect("stable").square[0];
        assert!((v - 0.0483870968).abs() < 5.1e-11, "{v}");
        // The variance is finite below η = 2/(1 + 2/B).
        assert!(sgd(&hessian, 0.66, &noise(1.0)).stationary().is_some());
        assert_eq!(sgd(&hessian, 0.67, &noise(1.0)).stationary(), None);
    }

    /// V = 2ηL*/(B(2 − ηh − nηh/B)) with n equal curvatures: derived here, M' = (1 − ηh)² M + (η²h/B)(2L* + n h M).
    #[test]
    fn variance_where_noise_grows_with_the_loss() {
        for (n, h, floor, batch, rate) in [(1, 1.0, 0.25, 1.0, 0.1), (1, 2.0, 0.5, 4.0, 0.3), (4, 1.5, 0.1, 3.0, 0.2)] {
            let hessian = DMatrix::identity(n, n) * h;
            let noise = GradientNoise::loss_hessian(&hessian, floor, batch);
            let law = sgd(&hessian, rate, &noise).stationary().expect("stable");
            let v = 2.0 * rate * floor / (batch * (2.0 - rate * h - n as f64 * rate * h / batch));
            assert!((law.square[(0, 0)] - v).abs() < 1e-14, "n = {n}: {} against {v}", law.square[(0, 0)]);
        }
    }

    fn four_samples() -> Vec<Sample> {
        [
            ([1.0, -0.5], [2.0, 0.3, 1.0]),
            ([-0.6, 0.9], [0.5, -0.2, 1.5]),
            ([0.3, 0.4], [1.0, 0.0, 0.2]),
            ([-0.7, -0.8], [1.5, 0.4, 0.8]),
        ]
        .map(|(g, h)| Sample {
            gradient: DVector::from_row_slice(&g),
            hessian: DMatrix::from_row_slice(2, 2, &[h[0], h[1], h[1], h[2]]),
        })
        .to_vec()
    }

    fn mean_hessian(samples: &[Sample]) -> DMatrix<f64> {
        samples.iter().map(|s| &s.hessian).sum::<DMatrix<f64>>() / samples.len() as f64
    }

    /// (L(η) − L*)/η of SGD on four samples, one a step, from an independent program; L(η) − L* =
    /// (η/4) E|g_i + H_i x|² (McAllester, TTIC 31230, 2018), so that the limit is E|g_i|²/4 = 0.2375.
    #[test]
    fn converged_loss_of_four_samples() {
        let samples = four_samples();
        let hessian = mean_hessian(&samples);
        let noise = GradientNoise::minibatch(&samples, 1.0, Draw::WithReplacement);
        for (rate, expected) in [(0.01, 0.23909222), (0.1, 0.25449087), (0.3, 0.29750299), (0.5, 0.35950831)] {
            let law = sgd(&hessian, rate, &noise).stationary().expect("stable");
            let slope = 0.5 * (&hessian * &law.square).trace() / rate;
            assert!((slope - expected).abs() < 5.1e-9, "{slope} at {rate}");
            let gradient = (noise.mean_covariance(&law) + conjugate(&hessian, &law.square)).trace();
            assert!((slope - 0.25 * gradient).abs() < 1e-14, "{slope} against a quarter of {gradient}");
        }
        let slope = 0.5 * (&hessian * sgd(&hessian, 1e-6, &noise).stationary().expect("stable").square).trace() / 1e-6;
        assert!((slope - 0.2375).abs() < 1e-6, "{slope}");
    }

    /// Moments by following every sequence of samples.
    #[test]
    fn moments_are_those_over_all_sequences() {
        let samples = four_samples();
        let hessian = mean_hessian(&samples);
        let noise = GradientNoise::minibatch(&samples, 1.0, Draw::WithReplacement);
        let (rate, retention) = (0.2, 0.6);
        let rule = GradientRule::momentum(&(DMatrix::identity(2, 2) * rate), retention).moments(&hessian, &noise);
        let mut walkers = vec![(DVector::from_row_slice(&[0.9, -0.4]), DVector::zeros(2))];
        for _ in 0..4 {
            let step = |(x, v): &(DVector<f64>, DVector<f64>), s: &Sample| {
                let v = v * retention + (&s.gradient + &s.hessian * x) * rate;
                (x - &v, v)
            };
            walkers = walkers.iter().flat_map(|w| samples.iter().map(|s| step(w, s)).collect::<Vec<_>>()).collect();
        }
        let start = DVector::from_row_slice(&[0.9, -0.4, 0.0, 0.0]);
        let found = rule.after(&SecondOrder { square: &start * start.transpose(), mean: start }, 4);
        let n = walkers.len() as f64;
        for (i, j) in [(0, 0), (0, 1), (1, 1)] {
            let product = walkers.iter().map(|(x, _)| x[i] * x[j]).sum::<f64>() / n;
            assert!((found.square[(i, j)] - product).abs() < 1e-14, "E x_{i} x_{j}");
            let product = walkers.iter().map(|(x, v)| x[i] * v[j]).sum::<f64>() / n;
            assert!((found.square[(i, 2 + j)] - product).abs() < 1e-14, "E x_{i} v_{j}");
        }
        assert!((found.mean[1] - walkers.iter().map(|(x, _)| x[1]).sum::<f64>() / n).abs() < 1e-14);
    }

    #[test]
    fn pooled_moments_are_the_average_over_the_measuring_times() {
        let hessian = DMatrix::from_row_slice(2, 2, &[1.0, 0.2, 0.2, 0.5]);
        let rule = sgd(&hessian, 0.3, &GradientNoise::gaussian_regression(&hessian, 1.0, 2.0));
        let start = SecondOrder { mean: DVector::from_row_slice(&[1.0, 2.0]), square: DMatrix::identity(2, 2) * 5.0 };
        let times = MeasuringTimes { first: 3, every: 4, count: 11 };
        let pooled = rule.pooled(&start, times);
        let each = (0..11).map(|k| rule.after(&start, 3 + 4 * k));
        let (mean, square) = each.fold((DVector::zeros(2), DMatrix::zeros(2, 2)), |(mean, square), law| {
            (mean + law.mean / 11.0, square + law.square / 11.0)
        });
        assert!((pooled.mean - mean).amax() < 1e-14 && (pooled.square - square).amax() < 1e-14);
        let twice = rule.then(&rule).after(&start, 1);
        assert!((twice.square - rule.after(&start, 2).square).amax() < 1e-14);
    }
}
