//! Growth of the distance from a minimum at L = 0, where noise that grows with the loss vanishes, and the learning rate
//! at which it sets in.

use super::ensemble::panel_nodes;
use super::linear::hessian;
use super::predict::add;
use super::{Kind, Predictions, Source};
use crate::experiment::{Distribution, Drive, Dynamics, Noise, Quadratic, Scheme, Setup};
use nalgebra::DMatrix;
use statrs::function::gamma::{digamma, ln_gamma};

/// Deviations from its mean beyond which a Poisson number has less than 10⁻¹⁵.
const FARTHEST: f64 = 8.5;

/// Half of the noncentrality beyond which E ln χ² is an expansion in its inverse.
const LARGE: f64 = 1e6;

/// E ln ‖q e + s ξ‖ for a unit vector e and a standard normal ξ of n coordinates: growth of ln ‖θ‖ in a step
/// θ' = qθ + s‖θ‖ξ. ‖q e + s ξ‖²/s² is of the noncentral χ² of n degrees of freedom with noncentrality δ = (q/s)²,
/// a mixture of χ² of n + 2j with the Poisson weights of mean δ/2, and E ln χ²_n = ψ(n/2) + ln 2 (Johnson, Kotz &
/// Balakrishnan, Continuous Univariate Distributions, vol. 2, ch. 29).
pub fn step_growth(factor: f64, deviation: f64, dimension: usize) -> f64 {
    let mean = 0.5 * (factor / deviation).powi(2);
    let half = 0.5 * dimension as f64;
    if mean > LARGE {
        // ln δ + (n − 2)/δ − (n − 2)(n − 4)/(2δ²) + …: exp(Δ/2) of ln r², the heat kernel, at r² = δ.
        let b = half - 1.0;
        return factor.abs().ln() + 0.5 * (b / mean - 0.5 * b * (b - 1.0) / (mean * mean));
    }
    if mean == 0.0 {
        return deviation.ln() + 0.5 * (digamma(half) + 2f64.ln());
    }
    let reach = FARTHEST * (mean.sqrt() + FARTHEST);
    let first = (mean - reach).max(0.0).floor() as u64;
    let last = (mean + reach).ceil() as u64;
    let weight = |j: f64| (j * mean.ln() - mean - ln_gamma(j + 1.0)).exp();
    let (mut sum, mut norm) = (0.0, 0.0);
    for j in first..=last {
        let w = weight(j as f64);
        norm += w;
        sum += w * digamma(half + j as f64);
    }
    deviation.ln() + 0.5 * (sum / norm + 2f64.ln())
}

/// d E ln ‖θ − θ*‖/dt, t = ηk, of SGD on L = ½h‖θ − θ*‖² in n coordinates with noise of covariance 2Lh/B: θ' =
/// (1 − ηh)θ + (ηh/√B)‖θ‖ξ.
pub fn growth_rate(rate: f64, curvature: f64, batch: f64, dimension: usize) -> f64 {
    let eta = rate * curvature;
    step_growth(1.0 - eta, eta / batch.sqrt(), dimension) / rate
}

/// The same of dθ = −hθ dt + h√(η/B) ‖θ‖ dW, a geometric Brownian motion of ‖θ‖: −h + (n − 2)ηh²/(2B), by Itô's
/// formula. It is zero at η = 2B/((n − 2)h) (Mori, Ziyin, Liu & Ueda, ICML 2022).
pub fn diffusion_growth_rate(rate: f64, curvature: f64, batch: f64, dimension: usize) -> f64 {
    -curvature + 0.5 * (dimension as f64 - 2.0) * rate * curvature * curvature / batch
}

/// The learning rate beyond which SGD leaves the minimum: the zero of [`growth_rate`].
pub fn critical_learning_rate(dimension: usize, curvature: f64, batch: f64) -> f64 {
    zero(|eta| growth_rate(eta, 1.0, batch, dimension)) / curvature
}

/// That of the diffusion, [`diffusion_growth_rate`]; none in one dimension and two, where it never grows.
pub fn diffusion_critical_learning_rate(dimension: usize, curvature: f64, batch: f64) -> Option<f64> {
    (dimension > 2).then(|| 2.0 * batch / ((dimension as f64 - 2.0) * curvature))
}

/// E ln |1 − ηhQ/B| per unit time ηk, with Q of the χ² of B degrees of freedom: the growth of |θ| in linear regression
/// on batches of B fresh normal samples of one feature of variance h, without label noise.
pub fn regression_growth_rate(rate: f64, curvature: f64, batch: u64) -> f64 {
    let b = batch as f64;
    let a = (rate * curvature / b).sqrt();
    // In y = √Q, of the χ distribution, whose spread is less than one about √B.
    let log_density = |y: f64| (b - 1.0) * y.ln() - 0.5 * y * y - (0.5 * b - 1.0) * 2f64.ln() - ln_gamma(0.5 * b);
    let growth = |y: f64| {
        let multiplier = (1.0 - a * y) * (1.0 + a * y);
        if multiplier == 0.0 { 0.0 } else { log_density(y).exp() * multiplier.abs().ln() }
    };
    let (near, far) = ((b.sqrt() - FARTHEST).max(0.0), b.sqrt() + FARTHEST);
    let singular = a.recip().clamp(near, far);
    let pieces = [(near, singular), (singular, far)].into_iter().filter(|(low, high)| low < high);
    pieces.map(|(low, high)| between_singular(low, high, growth)).sum::<f64>() / rate
}

/// The learning rate beyond which that regression has no stationary law: the zero of [`regression_growth_rate`].
pub fn regression_critical_learning_rate(curvature: f64, batch: u64) -> f64 {
    zero(|eta| regression_growth_rate(eta, 1.0, batch)) / curvature
}

/// ∫f over [low, high], f smooth but for logarithms at the ends, in t with dx ∝ t³(1 − t)³ dt, where it is smoother.
fn between_singular(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    let place = |t: f64| t.powi(4) * (35.0 - t * (84.0 - t * (70.0 - 20.0 * t)));
    let slope = |t: f64| 140.0 * (t * (1.0 - t)).powi(3);
    let width = high - low;
    let term = |t: f64| {
        // Near an end from that end, so that no digits of the distance are lost.
        let x = if t < 0.5 { low + width * place(t) } else { high - width * place(1.0 - t) };
        slope(t) * f(x)
    };
    width * panel_nodes(0.0, 1.0, 24).iter().map(|node| node.weight * term(node.position)).sum::<f64>()
}

/// The zero of what is negative at small rates and positive at large ones, h = 1.
fn zero(growth: impl Fn(f64) -> f64) -> f64 {
    let mut high = 1e-3;
    while growth(high) < 0.0 && high < 1e9 {
        high *= 2.0;
    }
    let mut low = 0.5 * high;
    while growth(low) > 0.0 && low > 1e-9 {
        low *= 0.5;
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if growth(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    0.5 * (low + high)
}

/// h of a landscape that is curved so in all directions.
pub fn round_curvature(landscape: &Quadratic) -> Option<f64> {
    let hessian = hessian(landscape);
    let (n, h) = (hessian.nrows(), hessian[(0, 0)]);
    (h > 0.0 && hessian == DMatrix::from_diagonal_element(n, n, h)).then_some(h)
}

/// Whether normal noise grows with the loss.
pub fn grows_with_the_loss(setup: &Setup) -> bool {
    matches!(setup.noise, Some(Noise::LossHessian(_))) && setup.distribution() == Distribution::Gaussian
}

/// What is known of the learning rate beyond which SGD leaves a minimum with the same curvature in all directions, or,
/// where its loss is not zero, beyond which nothing keeps walkers that are far from it: at the finite step, and of the
/// diffusion. It is the same along a schedule.
pub fn critical_learning_rates(setup: &Setup) -> Vec<(Source, f64)> {
    let Dynamics::Sgd(rule) = &setup.dynamics else { return Vec::new() };
    let h = setup.landscape.quadratic().and_then(round_curvature).filter(|_| rule.learning_rate.shared().is_some());
    let (Some(h), n, batch) = (h, setup.dimension(), rule.batch_size as f64) else { return Vec::new() };
    if grows_with_the_loss(setup) {
        let diffusion = diffusion_critical_learning_rate(n, h, batch);
        let exact = (Source::LyapunovExponent, critical_learning_rate(n, h, batch));
        return [exact].into_iter().chain(diffusion.map(|rate| (Source::GeometricBrownianMotion, rate))).collect();
    }
    let regression = setup.landscape.is_fresh() && n == 1;
    let exact = || (Source::LyapunovExponent, regression_critical_learning_rate(h, rule.batch_size));
    regression.then(exact).into_iter().collect()
}

/// Adds the growth of ln ‖θ − θ*‖ about a minimum at L = 0 with the same curvature in all directions.
pub fn predict(setup: &Setup, landscape: &Quadratic, all: &mut Predictions) {
    let n = setup.dimension();
    let Some(h) = round_curvature(landscape).filter(|_| landscape.floor == 0.0) else { return };
    let Some((time_step, rate, batch)) = steps(setup) else { return };
    let mut growth = |source, kind, value| add(all, "growth_rate", source, kind, value);
    if grows_with_the_loss(setup) {
        let deviation = h * (rate * time_step / batch as f64).sqrt();
        let exact = step_growth(1.0 - time_step * h, deviation, n) / time_step;
        growth(Source::LyapunovExponent, Kind::Exact, exact);
        let diffusion = diffusion_growth_rate(rate, h, batch as f64, n);
        growth(Source::GeometricBrownianMotion, Kind::LeadingOrder, diffusion);
    } else if setup.landscape.is_fresh() && n == 1 {
        growth(Source::LyapunovExponent, Kind::Exact, regression_growth_rate(rate, h, batch));
    }
}

/// Time step, learning rate and batch size of SGD and of Euler's steps of the Itô equation.
fn steps(setup: &Setup) -> Option<(f64, f64, u64)> {
    match (&setup.dynamics, setup.dynamics.drive()) {
        (Dynamics::Sgd(rule), _) if rule.schedule.is_constant() => {
            let rate = rule.learning_rate.shared()?;
            Some((rate, rate, rule.batch_size))
        }
        (Dynamics::Langevin(rule), Some(Drive::GradientNoise { learning_rate, batch_size }))
            if rule.scheme == Scheme::EulerMaruyama =>
        {
            Some((rule.time_step, learning_rate, batch_size))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
