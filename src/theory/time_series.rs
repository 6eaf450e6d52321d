//! Predictions along the run: the moments of the ensemble after chosen numbers of steps, and of the gradient noise.

use super::batch_noise::BatchNoise;
use super::ensemble::SecondOrder;
use super::linear::hessian;
use super::predict::add;
use super::recursion::Recursion;
use super::{Kind, Predictions, Source};
use crate::experiment::{Covariances, Landscape, Noise, Quadratic, Setup};
use crate::free_energy::FreeEnergies;
use crate::gaussian::Gaussian;
use crate::spectrum::Spectrum;
use nalgebra::DMatrix;

const SOURCE: Source = Source::DiscreteLyapunov;

/// Bias of an estimate, in its standard errors, above which its prediction is that of many walkers.
const MOST_BIAS: f64 = 0.1;

/// Adds what the estimates at the points of a time series should be, where they have names: moments of the ensemble
/// and of the noise by `rule` from `start`, the spectra of their covariances, and free energies.
pub(super) fn predict(
    setup: &Setup,
    landscape: &Quadratic,
    noise: &BatchNoise,
    rule: &Recursion,
    start: &SecondOrder,
    all: &mut Predictions,
) {
    let Some(series) = &setup.measure.time_series else { return };
    let steps = series.named_steps(setup.ensemble.steps);
    let d = setup.dimension();
    let products = setup.measure.series_covariances(d);
    let pairs = || (0..d).flat_map(|i| products.partners(i, d).map(move |j| (i, j)));
    let spectra = d > 1 && products == Covariances::Full;
    let updates: Vec<u64> = steps.iter().map(|n| setup.ensemble.burn_in + n).collect();
    let laws = rule.along(start, &updates);
    let hessian = hessian(landscape);
    let energies = FreeEnergies::of(setup).filter(|_| products == Covariances::Full || d == 1);
    for (n, law) in steps.iter().zip(&laws) {
        let covariance = law.covariance();
        for i in 0..d {
            add(all, format!("mean[{i},{n}]"), SOURCE, Kind::Exact, law.mean[i] + landscape.minimum[i]);
        }
        for (i, j) in pairs() {
            add(all, format!("covariance[{i},{j},{n}]"), SOURCE, Kind::Exact, covariance[(i, j)]);
        }
        add(all, format!("loss[{n}]"), SOURCE, Kind::Exact, mean_loss(landscape, &hessian, law));
        let squared = (&hessian * &hessian).component_mul(&law.square).sum();
        add(all, format!("gradient_norm_squared[{n}]"), SOURCE, Kind::Exact, squared);
        if let Some(energies) = &energies {
            let law = Gaussian { mean: law.mean.clone(), covariance: covariance.clone() };
            free_energies(setup, energies, *n, &law, all);
        }
        if spectra {
            add_spectrum(setup, "", *n, covariance, all);
        }
    }
    if !series.noise_covariance {
        return;
    }
    let before: Vec<u64> = updates.iter().map(|n| n - 1).collect();
    for (n, law) in steps.iter().zip(rule.along(start, &before)) {
        if let Some(covariance) = noise.mean_covariance(&law) {
            for (i, j) in pairs() {
                add(all, format!("noise_covariance[{i},{j},{n}]"), SOURCE, Kind::Exact, covariance[(i, j)]);
            }
            if spectra {
                add_spectrum(setup, "noise_", *n, covariance, all);
            }
        }
        if spectra {
            decoupled(setup, *n, mean_loss(landscape, &hessian, &law), &hessian, all);
        }
    }
}

/// Free energies, which are least at the stationary law, where a sample is never quite.
fn free_energies(setup: &Setup, energies: &FreeEnergies, n: u64, law: &Gaussian, all: &mut Predictions) {
    let bias = energies.bias_of_sample(law, setup.ensemble.walkers as f64);
    for ((name, value), bias) in FreeEnergies::NAMES.into_iter().zip(energies.of_law(law)).zip(bias) {
        let kind = if bias < MOST_BIAS { Kind::Exact } else { Kind::Asymptotic };
        add(all, format!("{name}[{n}]"), SOURCE, kind, value);
    }
}

/// ⟨L⟩.
fn mean_loss(landscape: &Quadratic, hessian: &DMatrix<f64>, law: &SecondOrder) -> f64 {
    landscape.floor + 0.5 * hessian.component_mul(&law.square).sum()
}

/// Eigenvalues, and what follows from all of them. An eigenvalue of a sample of N walkers is off, on average, by
/// (λ_k/N) Σ_j λ_j/(λ_k − λ_j), and scatters by λ_k √(2/N), where walkers are normal (D. N. Lawley, Biometrika 43, 128
/// (1956)): near others, its prediction holds for many walkers only.
fn add_spectrum(setup: &Setup, of: &str, n: u64, covariance: DMatrix<f64>, all: &mut Predictions) {
    let Some(spectrum) = Spectrum::of(covariance) else { return };
    let eigenvalues = &spectrum.eigenvalues;
    let walkers = setup.ensemble.walkers as f64;
    for (k, value) in eigenvalues.iter().enumerate() {
        let others = eigenvalues.iter().enumerate().filter(|(j, _)| *j != k);
        let pull: f64 = others.map(|(_, other)| other / (value - other)).sum();
        let kind = if pull.abs() < MOST_BIAS * (2.0 * walkers).sqrt() { Kind::Exact } else { Kind::Asymptotic };
        add(all, format!("{of}covariance_eigenvalue[{k},{n}]"), SOURCE, kind, *value);
    }
    // Where all eigenvalues vanish a sample has none to share either.
    if eigenvalues[0] > 0.0 {
        add(all, format!("{of}covariance_eigenvalue_mean[{n}]"), SOURCE, Kind::Exact, spectrum.mean());
        add(all, format!("{of}effective_rank[{n}]"), SOURCE, Kind::Asymptotic, spectrum.effective_rank());
    }
}

/// The eigenvalues 2⟨L⟩h_k/B of the noise of batches of least squares, loss and gradient being decoupled (Mori, Ziyin,
/// Liu & Ueda, ICML 2022). For normal features the covariance has the term ∇L ∇Lᵀ/B besides (derived in
/// [`GradientNoise::gaussian_regression`](super::GradientNoise::gaussian_regression)).
fn decoupled(setup: &Setup, n: u64, loss: f64, hessian: &DMatrix<f64>, all: &mut Predictions) {
    let batches = matches!((&setup.landscape, &setup.noise), (Landscape::LeastSquares(_), Some(Noise::Minibatch(_))));
    let Some(batch) = setup.dynamics.batch_size().filter(|_| batches) else { return };
    let Some(curvatures) = Spectrum::of(hessian.clone()) else { return };
    for (k, h) in curvatures.eigenvalues.iter().enumerate() {
        let value = 2.0 * loss * h / batch as f64;
        let name = format!("noise_covariance_eigenvalue[{k},{n}]");
        add(all, name, Source::Decoupled, Kind::Asymptotic, value);
    }
}

#[cfg(test)]
mod tests;
