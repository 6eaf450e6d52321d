//! Predictions of runs without noise: the map itself in f64, step by step, and the gradient flow that it is near.

use super::ensemble::{MeasuringTimes, start_points};
use super::predict::add;
use super::{Kind, Predictions, Source, double_well_flow};
use crate::experiment::{Dynamics, Landscape, Setup};
use nalgebra::{DMatrix, DVector};

/// Most steps × points that are followed: some ten milliseconds.
const MAX_STEPS: u64 = 50_000;

/// A twin of a walker starts this much of its size away, and both must stay within so many times that: a map
/// that spreads them more makes as much of the rounding of a walk.
const TWIN: f64 = 1e-7;
const MOST_SPREAD: f64 = 30.0;

/// Adds the moments of a run without noise that is not linear, and where the gradient flow leads.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    if !setup.is_deterministic() {
        return;
    }
    if !all.contains_key("mean[0]")
        && let Some(sums) = Sums::of(setup)
    {
        sums.predict(all);
    }
    if let Some(x) = flow(setup) {
        add(all, "mean[0]", Source::ClosedFormFlow, Kind::LeadingOrder, x);
    }
}

/// Where the gradient flow of a double well is when walkers are measured, once.
fn flow(setup: &Setup) -> Option<f64> {
    let Landscape::DoubleWell(well) = &setup.landscape else { return None };
    let [(start, _)] = start_points(&setup.ensemble)?[..] else { return None };
    let times = MeasuringTimes::of(setup);
    let descends = matches!(setup.dynamics, Dynamics::Sgd(_) | Dynamics::GradientFlow(_));
    let time = setup.time_after(times.last())?;
    (descends && well.tilt == 0.0 && times.count == 1)
        .then(|| double_well_flow(well.barrier, well.separation, start[0], time))
}

/// Averages over points and measuring times.
struct Sums {
    mean: DVector<f64>,
    square: DMatrix<f64>,
    loss: f64,
    gradient_norm_squared: f64,
}

impl Sums {
    /// None for rules that are not followed here, and where walkers are lost or rounding matters.
    fn of(setup: &Setup) -> Option<Self> {
        let d = setup.dimension();
        let times = MeasuringTimes::of(setup);
        let points = start_points(&setup.ensemble)?;
        if times.last().saturating_mul(points.len() as u64) > MAX_STEPS {
            return None;
        }
        let mut sums =
            Self { mean: DVector::zeros(d), square: DMatrix::zeros(d, d), loss: 0.0, gradient_norm_squared: 0.0 };
        for (start, share) in points {
            let away = |x: &f64| x + TWIN * (1.0 + x.abs());
            let mut walker = Walker::new(start.to_vec());
            let mut twin = Walker::new(start.iter().map(away).collect());
            for n in 1..=times.last() {
                walker.step(setup, n)?;
                twin.step(setup, n)?;
                let apart = |(x, y): (&f64, &f64)| (x - y).abs() / (TWIN * (1.0 + x.abs()));
                let spread = walker.x.iter().zip(&twin.x).map(apart).fold(0.0, f64::max);
                let kept = walker.x.iter().all(|x| x.abs() <= setup.ensemble.bounds);
                if !(kept && spread <= MOST_SPREAD) {
                    return None;
                }
                if n >= times.first && (n - times.first).is_multiple_of(times.every) {
                    sums.add(setup, &walker.x, share / times.count as f64);
                }
            }
        }
        Some(sums)
    }

    fn add(&mut self, setup: &Setup, x: &[f64], weight: f64) {
        self.loss += weight * setup.landscape.loss(x);
        self.gradient_norm_squared += weight * setup.landscape.gradient(x).iter().map(|g| g * g).sum::<f64>();
        let x = DVector::from_column_slice(x);
        self.square += weight * &x * x.transpose();
        self.mean += weight * x;
    }

    fn predict(&self, all: &mut Predictions) {
        const SOURCE: Source = Source::IteratedMap;
        let covariance = &self.square - &self.mean * self.mean.transpose();
        for i in 0..self.mean.len() {
            add(all, format!("mean[{i}]"), SOURCE, Kind::Exact, self.mean[i]);
            for j in i..self.mean.len() {
                add(all, format!("covariance[{i},{j}]"), SOURCE, Kind::Exact, covariance[(i, j)]);
            }
        }
        add(all, "loss", SOURCE, Kind::Exact, self.loss);
        add(all, "gradient_norm_squared", SOURCE, Kind::Exact, self.gradient_norm_squared);
    }
}

/// A walker, with v or μ and with s where the rule has them.
struct Walker {
    x: Vec<f64>,
    first: Vec<f64>,
    second: Vec<f64>,
}

impl Walker {
    fn new(x: Vec<f64>) -> Self {
        let zeros = vec![0.0; x.len()];
        Self { x, first: zeros.clone(), second: zeros }
    }

    /// Update `n`, from 1 on; none for a rule that is not followed here.
    fn step(&mut self, setup: &Setup, n: u64) -> Option<()> {
        let d = self.x.len();
        let factor = setup.dynamics.schedule().factor(n - 1);
        let rates = || setup.step_sizes().into_iter().map(|rate| rate * factor);
        let gradient = |x: &[f64]| setup.landscape.gradient(x);
        let g = gradient(&self.x);
        match &setup.dynamics {
            Dynamics::Sgd(_) => (0..d).zip(rates()).for_each(|(i, rate)| self.x[i] -= rate * g[i]),
            Dynamics::Momentum(rule) => {
                let steps = rule.averaging_steps();
                for (i, effective) in (0..d).zip(rates()) {
                    self.first[i] += effective / steps * g[i] - self.first[i] / steps;
                    self.x[i] -= self.first[i];
                }
            }
            Dynamics::Rmsprop(rule) => {
                for (i, rate) in (0..d).zip(rates()) {
                    self.second[i] += (g[i] * g[i] - self.second[i]) / rule.second_moment_steps;
                    self.x[i] -= rate * over_root(g[i], self.second[i] + rule.epsilon);
                }
            }
            Dynamics::Adam(rule) => {
                let share = |steps: f64| 1.0 / steps.min(n as f64);
                let shares = [rule.averaging_steps(), rule.second_moment_steps].map(share);
                for (i, rate) in (0..d).zip(rates()) {
                    self.first[i] += (g[i] - self.first[i]) * shares[0];
                    self.second[i] += (g[i] * g[i] - self.second[i]) * shares[1];
                    self.x[i] -= rate * over_root(self.first[i], self.second[i] + rule.epsilon);
                }
            }
            Dynamics::GradientFlow(rule) => {
                let along = |x: &[f64], g: &[f64], t: f64| -> Vec<f64> {
                    x.iter().zip(g).map(|(x, g)| x - t * rule.time_step * g).collect()
                };
                let b = gradient(&along(&self.x, &g, 0.5));
                let c = gradient(&along(&self.x, &b, 0.5));
                let e = gradient(&along(&self.x, &c, 1.0));
                let sum: Vec<f64> = (0..d).map(|i| (g[i] + 2.0 * b[i] + 2.0 * c[i] + e[i]) / 6.0).collect();
                self.x = along(&self.x, &sum, 1.0);
            }
            _ => return None,
        }
        Some(())
    }
}

/// a/√b, 0 where b is.
fn over_root(a: f64, b: f64) -> f64 {
    if b > 0.0 { a / b.sqrt() } else { 0.0 }
}
