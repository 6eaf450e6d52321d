//! Whether fourth moments are finite under noise that grows with the distance from the minimum.
//!
//! Its stationary law has tails of a power. Without a fourth moment the mean of squares has no finite variance: its
//! error bar means nothing, and in a run of any length it is mostly far below its expectation. A prediction of second
//! moments is then a limit that walkers come to slowly, not what a z-score may be taken against.
//!
//! In y = R^(−1/2) x, with R the learning rates, a step is y' = M y + ζ with symmetric M. As ‖My‖⁴ = (yᵀM²y)² ≤ yᵀM⁴y
//! for ‖y‖ = 1, fourth moments are finite where E M⁴ < 1: derived here; in one dimension no less will do.

use super::collocation::NoiseLaw;
use super::ensemble::Atom;
use super::linear::hessian;
use crate::experiment::{Distribution, Drive, Dynamics, Noise, Quadratic, Setup};
use nalgebra::{DMatrix, DVector};

/// Most nodes of a cubature over features: five to a dimension.
const MAX_NODES: usize = 20_000;

/// What rounding may add to a factor of 1, in directions that nothing moves in.
const ROUNDING: f64 = 1e-12;

/// Whether fourth moments are known to be finite under the setup's noise, which depends on the position. `hessians`
/// are those of the samples, where there are batches of them. With momentum it is not known.
pub fn is_finite(setup: &Setup, landscape: &Quadratic, hessians: Option<Vec<DMatrix<f64>>>) -> bool {
    let hessian = hessian(landscape);
    match (&setup.dynamics, &setup.noise, setup.dynamics.drive()) {
        (Dynamics::Sgd(rule), Some(noise), _) => {
            let rates = rule.learning_rate.values(setup.dimension());
            let roots = DMatrix::from_diagonal(&DVector::from_vec(rates).map(f64::sqrt));
            let scaled = |hessian: &DMatrix<f64>| &roots * hessian * &roots;
            let batch = rule.batch_size as f64;
            let factor = match (noise, hessians) {
                (Noise::LossHessian(_), _) if setup.distribution() == Distribution::Gaussian => {
                    growing_noise_factor(&scaled(&hessian), batch)
                }
                (Noise::Minibatch(_), Some(all)) => {
                    let share = 1.0 / all.len() as f64;
                    let all: Vec<_> = all.iter().map(|hessian| (share, scaled(hessian))).collect();
                    batch_factor(&all, batch)
                }
                (Noise::Minibatch(_), None) => {
                    gaussian_features(&scaled(&hessian)).map_or(f64::INFINITY, |all| batch_factor(&all, batch))
                }
                _ => f64::INFINITY,
            };
            factor <= 1.0 + ROUNDING
        }
        (Dynamics::Langevin(rule), Some(Noise::LossHessian(_)), Some(Drive::GradientNoise { learning_rate, .. })) => {
            // Noise of variance ηΔt of each sample is that of batches of BΔt/η at the rate Δt.
            let batch = setup.dynamics.drive().map_or(1, |drive| match drive {
                Drive::GradientNoise { batch_size, .. } => batch_size,
                Drive::Temperature(_) => 1,
            });
            let batch = batch as f64 * rule.time_step / learning_rate;
            setup.distribution() == Distribution::Gaussian
                && growing_noise_factor(&(hessian * rule.time_step), batch) <= 1.0 + ROUNDING
        }
        _ => false,
    }
}

/// Of y' = (1 − G) y + ζ, ζ normal of covariance (yᵀGy) G/B far out, with eigenvalues g of G and |1 − G| the largest
/// |1 − g|: at most max (1 − g)⁴ + g [2 |1 − G|² tr G + 4 max g(1 − g)² + max g ((tr G)² + 2 tr G²)/B]/B.
fn growing_noise_factor(g: &DMatrix<f64>, batch: f64) -> f64 {
    let eigenvalues = g.symmetric_eigenvalues();
    let largest = |f: &dyn Fn(f64) -> f64| eigenvalues.iter().map(|g| f(*g)).fold(0.0, f64::max);
    let sum = eigenvalues.sum();
    let fourth = largest(&|g| g) * (sum * sum + 2.0 * eigenvalues.norm_squared()) / batch;
    let noise = 2.0 * largest(&|g| (1.0 - g).powi(2)) * sum + 4.0 * largest(&|g| g * (1.0 - g).powi(2)) + fourth;
    largest(&|g| (1.0 - g).powi(4) + g * noise / batch)
}

/// The largest eigenvalue of a bound of E M⁴ for M = 1 − Ŝ, Ŝ the mean of B independent samples S of these weights:
/// with N = S − E S and A = 1 − E S the terms of (A − N̂)⁴ in which no N is alone. E N N' N N' ≤ E N N' N' N for
/// independent N, N', as E (NN' − N'N)(NN' − N'N)ᵀ ≥ 0. Batches without replacement have no more, for ‖My‖⁴ is convex
/// in Ŝ (Hoeffding, J. Am. Stat. Assoc. 58, 13 (1963), theorem 4).
fn batch_factor(samples: &[(f64, DMatrix<f64>)], batch: f64) -> f64 {
    let Some((_, first)) = samples.first() else { return f64::INFINITY };
    let d = first.nrows();
    let (zero, identity) = (DMatrix::zeros(d, d), DMatrix::identity(d, d));
    let mean = samples.iter().fold(zero.clone(), |sum, (weight, s)| sum + s * *weight);
    let centred: Vec<_> = samples.iter().map(|(weight, s)| (*weight, s - &mean)).collect();
    let average = |f: &dyn Fn(&DMatrix<f64>) -> DMatrix<f64>| {
        centred.iter().fold(zero.clone(), |sum, (weight, n)| sum + f(n) * *weight)
    };
    let around = |x: &DMatrix<f64>| average(&|n| n * x * n);
    let a = &identity - &mean;
    let a2 = &a * &a;
    let (nn, nan) = (around(&identity), around(&a));
    let two = &nn * &a2 + &nan * &a + around(&a2) + &a * &nn * &a + &a * &nan + &a2 * &nn;
    let three = average(&|n| {
        let square = n * n;
        let cube = &square * n;
        &cube * &a + &square * &a * n + n * &a * &square + &a * cube
    });
    let four = average(&|n| n * n * n * n);
    let pairs = &nn * &nn + around(&nn) * 2.0;
    let cubed = batch.powi(3);
    let all = &a2 * &a2 + two / batch - three / (batch * batch) + four / cubed + pairs * ((batch - 1.0) / cubed);
    ((&all + all.transpose()) * 0.5).symmetric_eigenvalues().max()
}

/// w wᵀ for w ~ N(0, H), by a product of five Hermite nodes to a dimension: right for polynomials up to the ninth
/// degree of w. None where there are too many.
fn gaussian_features(hessian: &DMatrix<f64>) -> Option<Vec<(f64, DMatrix<f64>)>> {
    let rule = NoiseLaw::Gaussian.gauss(5)?;
    let d = hessian.nrows();
    rule.len().checked_pow(d as u32).filter(|nodes| *nodes <= MAX_NODES)?;
    let eigen = hessian.clone().symmetric_eigen();
    let mut all = vec![(1.0, DVector::zeros(d))];
    for (value, axis) in eigen.eigenvalues.iter().zip(eigen.eigenvectors.column_iter()) {
        let along = axis * value.max(0.0).sqrt();
        let with = |(weight, w): &(f64, DVector<f64>), atom: &Atom| (weight * atom.weight, w + &along * atom.position);
        all = all.iter().flat_map(|so_far| rule.iter().map(move |atom| with(so_far, atom))).collect();
    }
    Some(all.into_iter().map(|(weight, w)| (weight, &w * w.transpose())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalar(value: f64) -> DMatrix<f64> {
        DMatrix::from_element(1, 1, value)
    }

    /// E(1 − ηQ)⁴ with Q the mean of B squares, E Q^k = Π_(j<k) (1 + 2j/B); and (1 − g)⁴ + 6(1 − g)²g²/B + 3g⁴/B².
    #[test]
    fn one_dimension_in_closed_form() {
        for (rate, b) in [(0.3f64, 1.0f64), (0.62, 1.0), (0.3, 4.0), (1.2, 7.0)] {
            let q: Vec<f64> = (0..=4).map(|k| (0..k).map(|j| 1.0 + 2.0 * f64::from(j) / b).product()).collect();
            let expected =
                1.0 - 4.0 * rate + 6.0 * rate.powi(2) * q[2] - 4.0 * rate.powi(3) * q[3] + rate.powi(4) * q[4];
            let found = batch_factor(&gaussian_features(&scalar(rate)).expect("five nodes"), b);
            assert!((found / expected - 1.0).abs() < 1e-9, "η = {rate}, B = {b}: {found}, not {expected}");
            let a = 1.0 - rate;
            let grown = a.powi(4) + 6.0 * (a * rate).powi(2) / b + 3.0 * rate.powi(4) / (b * b);
            assert!((growing_noise_factor(&scalar(rate), b) - grown).abs() < 1e-13, "g = {rate}, B = {b}");
        }
    }

    /// By listing all pairs of three samples: no less than E M⁴, and that where samples commute.
    #[test]
    fn bound_holds_for_batches_in_two_dimensions() {
        let symmetric = |a, b, c| DMatrix::from_row_slice(2, 2, &[a, b, b, c]);
        let general = [symmetric(0.4, 0.1, 0.2), symmetric(1.5, -0.6, 0.3), symmetric(0.1, 0.0, 0.9)];
        let commuting = [symmetric(0.4, 0.0, 0.2), symmetric(1.5, 0.0, 0.3), symmetric(0.1, 0.0, 0.9)];
        for (samples, exact) in [(general, false), (commuting, true)] {
            let mut expected = DMatrix::zeros(2, 2);
            for a in &samples {
                for b in &samples {
                    let m = DMatrix::identity(2, 2) - (a + b) * 0.5;
                    expected += &m * &m * &m * &m / 9.0;
                }
            }
            let expected = expected.symmetric_eigenvalues().max();
            let found = batch_factor(&samples.map(|s| (1.0 / 3.0, s)), 2.0);
            assert!(found > expected - 1e-14 && found < 1.05 * expected, "{found} for {expected}");
            assert!(!exact || (found - expected).abs() < 1e-14, "{found} for {expected}");
        }
    }
}
