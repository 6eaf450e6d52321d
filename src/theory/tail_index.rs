//! Power-law tails of linear rules x' = a x + b with random a.

use super::ensemble::panel_nodes;
use super::loss_driven::{Clock, LossDriven};
use super::motion::Motion;
use super::predict::add;
use super::regression::Regression;
use super::transition_kernel::{Transition, TransitionKernel};
use super::{Atom, Kind, Predictions, Source};
use crate::experiment::{Distribution, Quadratic, Setup};
use crate::loss_exponent::loss_exponent;
use statrs::function::gamma::ln_gamma;

/// Largest index that is looked for.
const LARGEST: f64 = 1e5;

/// Halvings of panels towards the place where a = 0.
const HALVINGS: i32 = 12;

/// β > 0 with E|a|^β = 1, so that P(|x| > X) ∝ X^−β in the stationary state (H. Kesten, Acta Math. 131, 207 (1973)), from
/// β → ln E|a|^β. None where E ln|a| ≥ 0, that is where there is no stationary state, or where |a| hardly exceeds 1.
fn kesten_index(log_moment: impl Fn(f64) -> f64) -> Option<f64> {
    // ln E|a|^β is convex, 0 at β = 0.
    let mut low = 1e-3;
    if log_moment(low) >= 0.0 {
        return None;
    }
    let mut high = 2.0 * low;
    while log_moment(high) < 0.0 {
        (low, high) = (high, 2.0 * high);
        if high > LARGEST {
            return None;
        }
    }
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if log_moment(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(0.5 * (low + high))
}

/// ln ∫ exp(f) over [low, high] of f with a singularity at `kink`, on panels narrower than one.
fn log_integral(low: f64, high: f64, kink: f64, f: impl Fn(f64) -> f64) -> f64 {
    let mut edges: Vec<f64> =
        (0..=HALVINGS).flat_map(|k| [-1.0, 1.0].map(|side| kink + side * 0.5f64.powi(k))).collect();
    let even = (high - low).ceil() as usize;
    edges.extend((0..=even).map(|k| low + (high - low) * k as f64 / even as f64));
    edges.push(kink);
    edges.retain(|x| (low..=high).contains(x));
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    let atoms: Vec<Atom> = edges.windows(2).flat_map(|panel| panel_nodes(panel[0], panel[1], 2)).collect();
    let logs: Vec<f64> = atoms.iter().map(|atom| f(atom.position)).collect();
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    largest + atoms.iter().zip(&logs).map(|(atom, log)| atom.weight * (log - largest).exp()).sum::<f64>().ln()
}

/// The tail index of SGD on least squares with fresh normal samples of one feature: a = 1 − ηh Q/B, Q ~ χ²_B.
pub fn regression_tail_index(rate: f64, curvature: f64, batch: u64) -> Option<f64> {
    let batch = batch as f64;
    let shrinkage = rate * curvature / batch;
    let log_norm = (1.0 - 0.5 * batch) * std::f64::consts::LN_2 - ln_gamma(0.5 * batch);
    kesten_index(|beta| {
        let log_density = |v: f64| log_norm + (batch - 1.0) * v.ln() - 0.5 * v * v;
        let far = (batch + 2.0 * beta).sqrt() + 12.0;
        log_integral(0.0, far, shrinkage.sqrt().recip(), |v| {
            log_density(v) + beta * (1.0 - shrinkage * v * v).abs().ln()
        })
    })
}

/// The tail index of x' = a x + … with normal a: SGD on ½hx² with noise proportional to the loss has mean 1 − ηh and
/// deviation ηh/√B.
pub fn normal_tail_index(mean: f64, deviation: f64) -> Option<f64> {
    let log_norm = -0.5 * std::f64::consts::TAU.ln();
    kesten_index(|beta| {
        // The largest of exp(−ξ²/2) |a|^β is within about √β of 0.
        let far = beta.sqrt() + 12.0;
        log_integral(-far, far, -mean / deviation, |xi| {
            log_norm - 0.5 * xi * xi + beta * (mean + deviation * xi).abs().ln()
        })
    })
}

/// ⟨ln(L/L*)⟩ in the stationary state of SGD on least squares.
pub(super) fn regression_mean_log(step: &Regression) -> Option<f64> {
    let origin = [Atom { position: 0.0, weight: 1.0 }];
    let support = step.support()?;
    let kernel = TransitionKernel::within(&step.with_tails(), &[support], &origin)?;
    Some(kernel.long_run_mean(|x| (x / step.noise_width()).powi(2).ln_1p()))
}

/// ⟨ln(L/L*)⟩ in the stationary state of a coordinate with one minimum under noise that grows with the loss.
pub(super) fn loss_driven_mean_log(along: &LossDriven) -> Option<f64> {
    let minimum = *along.profile.minima().first()?;
    let kernel = TransitionKernel::on_line(along, &[Atom { position: minimum, weight: 1.0 }])?;
    Some(kernel.stationary()?.mean(|x| (along.loss(x) / along.loss(minimum)).ln()))
}

/// Adds the tail index of x and the exponent of the loss in the stationary state of one coordinate in a quadratic
/// landscape.
pub fn predict(setup: &Setup, landscape: &Quadratic, all: &mut Predictions) {
    let hessian = landscape.hessian.matrix();
    let ([h], Some(motion)) = (hessian.as_slice(), Motion::of(setup, 0)) else { return };
    if setup.distribution() != Distribution::Gaussian {
        return;
    }
    let (index, mean_log) = match &motion {
        Motion::Additive(_) => return,
        Motion::LossDriven(along) if along.clock == Clock::Loss => return,
        Motion::LossDriven(along) => {
            // √(2TrL) ξ is √(Trh) x ξ far out.
            let index = normal_tail_index(1.0 - along.rate * h, (along.temperature * along.rate * h).sqrt());
            (index, loss_driven_mean_log(along))
        }
        Motion::Regression(step) => {
            (regression_tail_index(step.rate, *h, step.batch_size()), regression_mean_log(step))
        }
    };
    if let Some(index) = index {
        add(all, "tail_exponent[0]", Source::Kesten, Kind::Asymptotic, index);
    }
    if let Some(exponent) = mean_log.and_then(|mean| loss_exponent(mean, 1)) {
        add(all, "loss_tail_exponent", Source::TransitionKernel, Kind::Asymptotic, exponent);
    }
}

#[cfg(test)]
mod tests;
