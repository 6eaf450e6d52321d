//! Walkers moved one by one, and sums over their updates and of products of their states.

use super::super::walkers::Normals;
use crate::experiment::{Dynamics, Setup};
use crate::theory::reduction::step_covariance;
use nalgebra::{DMatrix, DVector};
use std::collections::BTreeMap;

/// Sums with the numbers of their terms, by name.
pub type Sums = BTreeMap<String, (f64, f64)>;

fn add(sums: &mut Sums, name: impl Into<String>, value: f64) {
    let sum = sums.entry(name.into()).or_default();
    sum.0 += value;
    sum.1 += 1.0;
}

/// The update rule of a setup, with normal noise.
pub struct Walk<'s> {
    setup: &'s Setup,
    root: DMatrix<f64>,
    rates: Vec<f64>,
}

impl<'s> Walk<'s> {
    pub fn new(setup: &'s Setup) -> Self {
        let d = setup.dimension();
        let noise = match &setup.dynamics {
            Dynamics::Momentum(_) => {
                DMatrix::from_fn(d, d, |i, j| setup.constant_noise().expect("constant").rows(d)[i][j])
            }
            Dynamics::Underdamped(_) => DMatrix::identity(d, d),
            _ => step_covariance(setup),
        };
        let root = noise.cholesky().expect("noise in every direction").l();
        let rates = setup.dynamics.learning_rate().map(|rate| rate.values(d));
        let rates = rates.unwrap_or_else(|| vec![setup.dynamics.time_step().expect("a step"); d]);
        Self { setup, root, rates }
    }

    /// Moves (x, v); returns what the first relation has beside θ − c, and its right side.
    fn step(&self, x: &mut [f64], v: &mut [f64], normals: &mut Normals) -> (Vec<f64>, f64) {
        let d = x.len();
        let kick = &self.root * DVector::from_fn(d, |_, _| normals.next());
        let gradient = |x: &[f64]| self.setup.landscape.gradient(x);
        match &self.setup.dynamics {
            Dynamics::Momentum(rule) => {
                let beta = 1.0 - 1.0 / rule.averaging_steps();
                let noisy: Vec<f64> = gradient(x).iter().zip(kick.iter()).map(|(g, n)| g + n).collect();
                let mut right = 0.0;
                for i in 0..d {
                    v[i] = beta * v[i] + self.rates[i] * noisy[i];
                    x[i] -= v[i];
                    right += 0.5 * (1.0 + beta) * v[i] * v[i] / self.rates[i];
                }
                (noisy, right)
            }
            dynamics => {
                let before = x.to_vec();
                let slope = gradient(x);
                if let Dynamics::Underdamped(rule) = dynamics {
                    let (dt, t) = (rule.time_step, rule.temperature.values(d));
                    let c = (-rule.friction * dt).exp();
                    for i in 0..d {
                        v[i] -= 0.5 * dt * slope[i];
                        x[i] += 0.5 * dt * v[i];
                        v[i] = c * v[i] + ((1.0 - c * c) * t[i]).sqrt() * kick[i];
                        x[i] += 0.5 * dt * v[i];
                    }
                    for (v, g) in v.iter_mut().zip(gradient(x)) {
                        *v -= 0.5 * dt * g;
                    }
                } else {
                    for i in 0..d {
                        x[i] += kick[i] - self.rates[i] * slope[i];
                    }
                }
                let u: Vec<f64> = (0..d).map(|i| (before[i] - x[i]) / self.rates[i]).collect();
                let right = u.iter().zip(&self.rates).map(|(u, rate)| 0.5 * rate * u * u).sum();
                (u, right)
            }
        }
    }
}

/// Sums over one walker's measured steps, variances about the predicted means.
pub fn measure(walk: &Walk, exact: &dyn Fn(&str) -> f64, normals: &mut Normals, sums: &mut Sums) {
    let setup = walk.setup;
    let d = setup.dimension();
    let quadratic = setup.landscape.quadratic();
    let (mut x, mut v) = (setup.ensemble.start.first_point(), vec![0.0; d]);
    for _ in 0..setup.ensemble.burn_in {
        walk.step(&mut x, &mut v, normals);
    }
    let relations = setup.measure.fluctuation_dissipation.as_ref();
    let current = setup.measure.current.as_ref();
    let tau = walk.setup.dynamics.learning_rate().map_or(Some(walk.rates[0]), |rate| rate.shared()).unwrap_or(1.0);
    let per_step = setup.time_per_step().expect("constant");
    let steps = setup.ensemble.steps;
    let mut sides = Vec::new();
    let mut path = vec![x.clone()];
    let precision = step_covariance(setup).try_inverse();
    for n in 1..=steps {
        let before = x.clone();
        let (u, right) = walk.step(&mut x, &mut v, normals);
        path.push(x.clone());
        let step: Vec<f64> = (0..d).map(|i| before[i] - x[i]).collect();
        let [slope, after] = [&before, &x].map(|x| setup.landscape.gradient(x));
        if let Some(relations) = relations {
            let centre = relations.centre();
            let left: f64 = (0..d).map(|i| (before[i] - centre[i]) * u[i]).sum();
            sides.push([left, right]);
            if n % setup.measure.every == 0 {
                for (side, value) in [("left", left), ("right", right)] {
                    add(sums, format!("fdr1_{side}"), value);
                    let deviation = value - exact(&format!("fdr1_{side}"));
                    add(sums, format!("fdr1_{side}_variance"), deviation * deviation);
                }
                add(sums, "nqm1_right", 0.5 * right);
                add(sums, "nqm1_left", setup.landscape.loss(&x) - setup.landscape.floor());
                add(sums, "fdr2_left", slope.iter().zip(&step).map(|(g, s)| g * s).sum::<f64>() / tau);
                if quadratic.is_some() {
                    let bend: f64 = (0..d).map(|i| (slope[i] - after[i]) * step[i]).sum();
                    add(sums, "fdr2_right", 0.5 * bend / tau);
                }
            }
        }
        if let Some(current) = current
            && n % setup.measure.every == 0
        {
            for (i, j) in (0..d).flat_map(|i| (i + 1..d).map(move |j| (i, j))) {
                add(sums, format!("rotation[{i},{j}]"), before[i] * x[j] - before[j] * x[i]);
            }
            let [a, b] = current.axes;
            add(sums, "circulation", (before[a] * x[b] - before[b] * x[a]) / per_step);
            let height = [before[b] - current.centre[1], x[b] - current.centre[1]];
            let share = height[0] / (height[0] - height[1]);
            let crosses =
                (height[0] < 0.0) != (height[1] < 0.0) && before[a] + share * (x[a] - before[a]) > current.centre[0];
            let sign = if height[1] > height[0] { 1.0 } else { -1.0 };
            add(sums, "flux", if crosses { sign / per_step } else { 0.0 });
            if let Some(precision) = &precision {
                let force = DVector::from_fn(d, |i, _| -0.5 * walk.rates[i] * (slope[i] + after[i]));
                let moved = DVector::from_fn(d, |i, _| -step[i]);
                add(sums, "entropy_production", 2.0 * (force.transpose() * precision * moved)[0] / per_step);
            }
        }
    }
    windows(setup, &sides, exact, sums);
    correlations(setup, &path[1..], exact, sums);
}

fn windows(setup: &Setup, sides: &[[f64; 2]], exact: &dyn Fn(&str) -> f64, sums: &mut Sums) {
    let Some(relations) = &setup.measure.fluctuation_dissipation else { return };
    for (from, to) in relations.half_running(setup.ensemble.steps) {
        for [left, right] in &sides[from as usize..to as usize] {
            add(sums, format!("half_left[{to}]"), *left);
            add(sums, format!("half_right[{to}]"), *right);
        }
    }
    for length in &relations.windows {
        for window in sides.chunks_exact(*length as usize) {
            let [left, right] = [0, 1].map(|k| window.iter().map(|s| s[k]).sum::<f64>() / *length as f64);
            let named = [("window_left", left), ("window_right", right), ("mismatch", left - right)];
            for (name, value) in named {
                let deviation = value - exact(&format!("fdr1_{name}[{length}]"));
                add(sums, format!("fdr1_{name}[{length}]"), value);
                add(sums, format!("fdr1_{name}_variance[{length}]"), deviation * deviation);
            }
        }
    }
}

/// Products of signals about their predicted means.
fn correlations(setup: &Setup, path: &[Vec<f64>], exact: &dyn Fn(&str) -> f64, sums: &mut Sums) {
    let Some(correlation) = &setup.measure.correlation else { return };
    let loss = exact("loss");
    let mut signals = vec![("loss".to_owned(), path.iter().map(|x| setup.landscape.loss(x) - loss).collect())];
    for i in correlation.axes() {
        let mean = exact(&format!("mean[{i}]"));
        signals.push((i.to_string(), path.iter().map(|x| x[*i] - mean).collect::<Vec<f64>>()));
    }
    for (a, first) in &signals {
        for (b, second) in &signals {
            for lag in correlation.lags() {
                for (now, later) in first.iter().zip(&second[lag as usize..]) {
                    add(sums, format!("product[{a},{b},{lag}]"), now * later);
                }
            }
        }
    }
    // The periodogram of increments over the longest lag.
    let w = correlation.longest() as usize;
    for i in correlation.axes() {
        for piece in path.chunks_exact(w + 1) {
            for k in [0, 1, w / 2, w] {
                let omega = std::f64::consts::PI * k as f64 / w as f64;
                let wave = |(n, pair): (usize, &[Vec<f64>])| {
                    let (sin, cos) = (omega * n as f64).sin_cos();
                    [cos, sin].map(|part| part * (pair[1][*i] - pair[0][*i]))
                };
                let [re, im] = piece
                    .windows(2)
                    .enumerate()
                    .map(wave)
                    .fold([0.0; 2], |sum, part| [sum[0] + part[0], sum[1] + part[1]]);
                add(sums, format!("increment_spectrum[{i},{k}]"), (re * re + im * im) / w as f64);
            }
        }
    }
}
