//! Escape under noise of any law at small learning rates: the barrier of large deviations and what stands before it.

use super::collocation::NoiseLaw;
use super::ensemble::panel_nodes;
use super::kramers::Well;
use crate::landscape::Profile;
use std::f64::consts::{SQRT_2, TAU};

/// Panels of the way from the minimum to the saddle.
const PANELS: usize = 32;

/// Below this size of its argument a generating function is a series, where its closed form cancels.
const SMALL: f64 = 0.1;

/// The way from a minimum to the saddle of x' = x − η(U' + sξ) as η → 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Escape {
    /// W of the rate e^(−W/η): ∫p dx, with p ≠ 0 the root of ln E e^(−psξ) = pU' (Freidlin & Wentzell, Random
    /// Perturbations of Dynamical Systems, §5.3). Of normal noise p = 2U'/s², and W = 2ΔU/s².
    pub barrier: f64,
    /// ln of what multiplies Kramers' √(h_a |h_s|)/(2π) beside it; 0 for normal noise.
    ///
    /// Derived here. With H(x, p) = −pU' + ln E e^(−psξ) the stationary density is z(x) e^(−S/η), S' = p, and the
    /// next order of (the transition operator − 1) is H_p z' + [H_xp + ½p'(H_pp − H_p²)] z = 0, that is ln z =
    /// −ln |H_p| + ½∫p'(H_pp/H_p + H_p) dx. About minimum and saddle the noise is as if it were normal, so that the
    /// rate is Kramers' with this density's ratio of both.
    pub log_prefactor: f64,
}

impl Escape {
    /// With the deviation s of the gradient's noise; none where noise of bounded size does not get over the slope.
    pub fn new(profile: &Profile, law: &NoiseLaw, deviation: f64, from: Well) -> Option<Self> {
        let [left, saddle, right] = profile.wells()?;
        let minimum = if from == Well::Left { left } else { right };
        let (mut barrier, mut log_prefactor) = (0.0, 0.0);
        for node in panel_nodes(0.0, 1.0, PANELS) {
            let x = minimum + (saddle - minimum) * node.position;
            let dx = (saddle - minimum) * node.weight;
            let (slope, curvature) = (profile.slope(x), profile.curvature(x));
            let u = climbing(law, slope / deviation)?;
            let (mean, variance) = tilted(law, u);
            let p = -u / deviation;
            let (first, second) = (-slope - deviation * mean, deviation * deviation * variance);
            // H = 0 along the way: H_x + H_p p' = 0.
            let bend = p * curvature / first;
            barrier += p * dx;
            // The poles at the ends are those of U''/U' = (ln |U'|)'; H_p/U' → 1 there.
            log_prefactor += dx * (0.5 * bend * (second / first + first) - curvature / slope);
        }
        (barrier.is_finite() && log_prefactor.is_finite()).then_some(Self { barrier, log_prefactor })
    }

    /// The rate per unit time ηk.
    fn rate(&self, profile: &Profile, rate: f64, from: Well) -> Option<f64> {
        let [left, saddle, right] = profile.wells()?;
        let minimum = if from == Well::Left { left } else { right };
        let frequencies = (profile.curvature(minimum) * profile.curvature(saddle).abs()).sqrt();
        Some(frequencies / TAU * (self.log_prefactor - self.barrier / rate).exp())
    }
}

/// The escape rate per unit time ηk of x' = x − η(U' + sξ), with s the deviation of the gradient's noise, as η → 0.
pub fn freidlin_wentzell_rate(profile: &Profile, law: &NoiseLaw, rate: f64, deviation: f64, from: Well) -> Option<f64> {
    Escape::new(profile, law, deviation, from)?.rate(profile, rate, from)
}

/// u ≠ 0 with K(u) + uℓ = 0, where K(u) = ln E e^(uξ): K(u)/u grows with u. None where it stays on one side of −ℓ.
fn climbing(law: &NoiseLaw, slope: f64) -> Option<f64> {
    let sign = -slope.signum();
    let limit = match law {
        NoiseLaw::Laplace => SQRT_2,
        NoiseLaw::Exponential if sign > 0.0 => 1.0,
        _ => f64::INFINITY,
    };
    // In v = |u|: K/v grows from 0.
    let excess = |v: f64| cumulant_generating_function(law, sign * v) / v - slope.abs();
    let (mut low, mut high) = (0.0, (2.0 * slope.abs()).min(0.5 * limit));
    while excess(high) < 0.0 {
        low = high;
        high = (2.0 * high).min(0.5 * (high + limit));
        if high > 1e9 || limit - high < 1e-15 {
            return None;
        }
    }
    for _ in 0..70 {
        let middle = 0.5 * (low + high);
        if excess(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(sign * 0.5 * (low + high))
}

/// K(u) = ln E e^(uξ).
fn cumulant_generating_function(law: &NoiseLaw, u: f64) -> f64 {
    match law {
        NoiseLaw::Gaussian => 0.5 * u * u,
        NoiseLaw::Uniform => {
            let v = 3f64.sqrt() * u.abs();
            if v < SMALL {
                let w = v * v;
                w / 6.0 - w * w / 180.0 + w * w * w / 2835.0
            } else {
                // ln(sinh v/v).
                v + (-(-2.0 * v).exp_m1() / (2.0 * v)).ln()
            }
        }
        NoiseLaw::Laplace => -(-0.5 * u * u).ln_1p(),
        NoiseLaw::Exponential => -u - (-u).ln_1p(),
        NoiseLaw::Discrete(atoms) => {
            let largest = atoms.iter().map(|atom| u * atom.position).fold(f64::NEG_INFINITY, f64::max);
            if largest < SMALL {
                // The mean is 0.
                let above_one = |y: f64| y.exp_m1() - y;
                atoms.iter().map(|atom| atom.weight * above_one(u * atom.position)).sum::<f64>().ln_1p()
            } else {
                largest + atoms.iter().map(|atom| atom.weight * (u * atom.position - largest).exp()).sum::<f64>().ln()
            }
        }
    }
}

/// K' and K'': mean and variance of ξ under the density tilted by e^(uξ).
fn tilted(law: &NoiseLaw, u: f64) -> (f64, f64) {
    match law {
        NoiseLaw::Gaussian => (u, 1.0),
        NoiseLaw::Uniform => {
            let v = 3f64.sqrt() * u;
            let w = v * v;
            let (mean, variance) = if v.abs() < SMALL {
                let mean = v * (1.0 / 3.0 - w / 45.0 + 2.0 * w * w / 945.0);
                (mean, 1.0 / 3.0 - w / 15.0 + 2.0 * w * w / 189.0)
            } else {
                (v.tanh().recip() - v.recip(), w.recip() - v.sinh().powi(-2))
            };
            (3f64.sqrt() * mean, 3.0 * variance)
        }
        NoiseLaw::Laplace => {
            let rest = 1.0 - 0.5 * u * u;
            (u / rest, (1.0 + 0.5 * u * u) / (rest * rest))
        }
        NoiseLaw::Exponential => (u / (1.0 - u), (1.0 - u).powi(-2)),
        NoiseLaw::Discrete(atoms) => {
            let largest = atoms.iter().map(|atom| u * atom.position).fold(f64::NEG_INFINITY, f64::max);
            let weights: Vec<f64> =
                atoms.iter().map(|atom| atom.weight * (u * atom.position - largest).exp()).collect();
            let norm: f64 = weights.iter().sum();
            let moment = |f: &dyn Fn(f64) -> f64| {
                atoms.iter().zip(&weights).map(|(atom, w)| w * f(atom.position)).sum::<f64>() / norm
            };
            let mean = moment(&|x| x);
            (mean, moment(&|x| (x - mean).powi(2)))
        }
    }
}

#[cfg(test)]
mod tests;
