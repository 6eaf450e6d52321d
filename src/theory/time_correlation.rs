//! Correlations in time of the stationary state of linear rules, exact at the finite step.

use super::ensemble::{MeasuringTimes, SecondOrder};
use super::linear::{conjugate, hessian, stationary_covariance};
use super::matrix_power::power;
use super::predict::add;
use super::recursion::Recursion;
use super::updates::{Updates, is_gaussian};
use super::{Kind, Predictions, Source};
use crate::experiment::{Lags, Quadratic, Setup};
use crate::increment_spectrum::increment_spectrum;
use nalgebra::DMatrix;

const SOURCE: Source = Source::DiscreteLyapunov;

/// Most lags × numbers³ of the correlations of the loss: some tenths of a second.
const MAX_WORK: usize = 100_000_000;

/// A correlation that departs from powers of its first by less is one exponential.
const ROUNDING: f64 = 1e-9;

/// Adds correlations of coordinates and of the loss at the lags, their times and rates, and spectra of increments.
pub fn predict(setup: &Setup, landscape: &Quadratic, rule: &Recursion, start: &SecondOrder, all: &mut Predictions) {
    let Some(measured) = &setup.measure.correlation else { return };
    let Some(updates) = Updates::of(rule, start) else { return };
    let Some(covariance) = updates.settled(MeasuringTimes::of(setup).first) else { return };
    let (axes, lags) = (measured.axes(), measured.lags());
    if axes.iter().any(|i| covariance[(*i, *i)] <= 0.0) {
        return;
    }
    let deviation = |i: usize| covariance[(i, i)].sqrt();
    let coordinates = lagged(&updates.map, &covariance, axes, &lags);
    let mut exact = |name: String, value: f64| add(all, name, SOURCE, Kind::Exact, value);
    for (a, i) in axes.iter().enumerate() {
        for j in axes {
            for (lag, block) in lags.iter().zip(&coordinates) {
                exact(format!("correlation[{i},{j},{lag}]"), block[(a, *j)] / (deviation(*i) * deviation(*j)));
            }
        }
        if let Lags::To(_) = measured.lags {
            let own: Vec<f64> = coordinates.iter().map(|block| block[(a, *i)]).collect();
            for (k, value) in increment_spectrum(&own).into_iter().enumerate() {
                exact(format!("increment_spectrum[{i},{k}]"), value);
            }
        }
    }
    let per_step = setup.time_per_step();
    if let Some(per_step) = per_step {
        for i in axes {
            let (steps, exponential) = correlation_steps(&updates.map, &covariance, *i);
            let kind = if exponential.is_some() { Kind::Exact } else { Kind::Asymptotic };
            add(all, format!("correlation_time[{i}]"), SOURCE, kind, per_step * steps);
            if let Some(r) = exponential {
                add(all, format!("relaxation_rate[{i}]"), SOURCE, Kind::Exact, -r.ln() / per_step);
            }
        }
    }

    let m = covariance.nrows();
    if !is_gaussian(setup, rule) || lags.len() * m.pow(3) > MAX_WORK {
        return;
    }
    let mut curvature = DMatrix::zeros(m, m);
    let hessian = hessian(landscape);
    curvature.view_mut((0, 0), hessian.shape()).copy_from(&hessian);
    let losses = lagged_losses(&updates.map, &covariance, &curvature, &lags);
    if losses.first().is_none_or(|variance| *variance <= 0.0) {
        return;
    }
    for (lag, value) in lags.iter().zip(&losses) {
        add(all, format!("correlation[loss,loss,{lag}]"), SOURCE, Kind::Exact, value / losses[0]);
        // Odd in x.
        for i in axes {
            add(all, format!("correlation[{i},loss,{lag}]"), SOURCE, Kind::Exact, 0.0);
            add(all, format!("correlation[loss,{i},{lag}]"), SOURCE, Kind::Exact, 0.0);
        }
    }
    if let Some(per_step) = per_step
        && let Some(sum) = stationary_covariance(&updates.map.transpose(), &curvature)
    {
        // Σ_k Cov(L_0, L_k) = ½ tr(ΣHΣ Σ_k (Aᵀ)^k H A^k), k from 0.
        let total = 0.5 * conjugate(&covariance, &curvature).component_mul(&sum).sum();
        let first = lagged_losses(&updates.map, &covariance, &curvature, &(0..=2 * m as u64 + 2).collect::<Vec<_>>());
        let kind = if exponential(&first).is_some() { Kind::Exact } else { Kind::Asymptotic };
        add(all, "correlation_time[loss]", SOURCE, kind, per_step * (total / losses[0] - 0.5));
    }
}

/// E[z_i z'ᵀ], i the `axes`, of z and the state z' so many steps later.
fn lagged(map: &DMatrix<f64>, covariance: &DMatrix<f64>, axes: &[usize], lags: &[u64]) -> Vec<DMatrix<f64>> {
    let mut steps = (1, map.transpose());
    let mut block = covariance.select_rows(axes);
    let mut last = 0;
    let mut all = Vec::with_capacity(lags.len());
    for lag in lags {
        let gap = lag - last;
        if gap > 0 {
            if gap != steps.0 {
                steps = (gap, power(map, gap).transpose());
            }
            block = &block * &steps.1;
        }
        last = *lag;
        all.push(block.clone());
    }
    all
}

/// Cov(½ zᵀHz, ½ z'ᵀHz') = ½ tr(H E[z z'ᵀ] H E[z' zᵀ]) of Gaussian states (Isserlis, Biometrika 12, 134 (1918)).
fn lagged_losses(map: &DMatrix<f64>, covariance: &DMatrix<f64>, hessian: &DMatrix<f64>, lags: &[u64]) -> Vec<f64> {
    let every: Vec<usize> = (0..map.nrows()).collect();
    let blocks = lagged(map, covariance, &every, lags);
    blocks.iter().map(|block| 0.5 * (hessian * block).component_mul(&(block * hessian)).sum()).collect()
}

/// ½ + Σ_k r_k of coordinate i over lags k ≥ 1, in steps; and r_1 where r_k = r_1^k.
fn correlation_steps(map: &DMatrix<f64>, covariance: &DMatrix<f64>, i: usize) -> (f64, Option<f64>) {
    let m = map.nrows();
    let all: Vec<u64> = (0..=m as u64 + 2).collect();
    let own: Vec<f64> = lagged(map, covariance, &[i], &all).iter().map(|block| block[(0, i)]).collect();
    // Σ_k≥0 A^k = (I − A)⁻¹.
    let column = covariance.column(i).clone_owned();
    let total = (DMatrix::identity(m, m) - map).lu().solve(&column).map_or(f64::NAN, |sum| sum[i]);
    (total / own[0] - 0.5, exponential(&own))
}

/// r_1 of covariances at lags 0, 1, … in proportion to r_1^k.
fn exponential(covariances: &[f64]) -> Option<f64> {
    let r = covariances[1] / covariances[0];
    let one = |(k, c): (usize, &f64)| (c / covariances[0] - r.powi(k as i32)).abs() <= ROUNDING;
    (r > 0.0 && r < 1.0 && covariances.iter().enumerate().all(one)).then_some(r)
}

#[cfg(test)]
mod tests {
    use super::super::predict::predict;
    use super::super::predict::tests::{setup, value};
    use super::*;

    fn predictions(landscape: &str, noise: &str, dynamics: &str, lags: &str) -> Predictions {
        predict(&setup(&format!(
            r#"
            landscape = {{ {landscape} }}
            noise = {{ {noise} }}
            dynamics = {{ {dynamics} }}
            ensemble = {{ walkers = 600, start = [0.0], burn_in = 5000, steps = 6000 }}
            measure = {{ correlation = {{ lags = {lags} }} }}
            "#
        )))
    }

    const QUADRATIC: &str = r#"kind = "quadratic", hessian = [1.0], floor = 0.5"#;
    const GAUSSIAN: &str = r#"kind = "gaussian", covariance = 1.0"#;

    fn kind(all: &Predictions, name: &str) -> Kind {
        all[name][0].kind
    }

    /// q^k and q^2k, whose sums are geometric, for noise of one covariance; under noise that grows with the loss q^k
    /// still, but not the squares' that of a Gaussian.
    #[test]
    fn one_coordinate_of_sgd_is_one_exponential() {
        let sgd = r#"kind = "sgd", learning_rate = 0.1"#;
        let (q, source) = (0.9f64, Source::DiscreteLyapunov);
        let all = predictions(QUADRATIC, GAUSSIAN, sgd, "[1, 7, 300]");
        for k in [0, 1, 7, 300] {
            let found = value(&all, &format!("correlation[0,0,{k}]"), source);
            assert!((found - q.powi(k)).abs() < 1e-13, "r_{k} = {found}");
            let found = value(&all, &format!("correlation[loss,loss,{k}]"), source);
            assert!((found - q.powi(2 * k)).abs() < 1e-13, "r_{k} = {found} of the loss");
        }
        for (signal, q) in [("0", q), ("loss", q * q)] {
            let name = format!("correlation_time[{signal}]");
            assert!((value(&all, &name, source) - 0.1 * (0.5 + q / (1.0 - q))).abs() < 1e-12, "{name}");
            assert_eq!(kind(&all, &name), Kind::Exact);
        }
        assert!((value(&all, "relaxation_rate[0]", source) + 0.9f64.ln() / 0.1).abs() < 1e-12);
        let growing = predictions(QUADRATIC, r#"kind = "loss-hessian""#, sgd, "{ to = 5 }");
        assert!((value(&growing, "correlation[0,0,5]", source) - q.powi(5)).abs() < 1e-12);
        assert!(!growing.contains_key("correlation[loss,loss,5]"));
        // High-pass.
        assert!(
            value(&growing, "increment_spectrum[0,5]", source) > value(&growing, "increment_spectrum[0,0]", source)
        );
    }

    /// AR(2), from an independent program: η' = 0.2, N = 10.
    #[test]
    fn momentum_oscillates() {
        let rule = r#"kind = "momentum", learning_rate = 0.02, momentum_steps = 10.0"#;
        let all = predictions(QUADRATIC, GAUSSIAN, rule, "[1, 5, 10, 20, 50]");
        for (k, expected) in [(1, 0.9894737), (5, 0.7849291), (10, 0.3497802), (20, -0.2598358), (50, 0.0764228)] {
            let found = value(&all, &format!("correlation[0,0,{k}]"), Source::DiscreteLyapunov);
            assert!((found - expected).abs() < 5.1e-8, "r_{k} = {found}");
        }
        assert!(!all.contains_key("relaxation_rate[0]"), "no exponential");
        let by_sum = |name: &str, r: &dyn Fn(usize) -> f64| {
            assert_eq!(kind(&all, name), Kind::Asymptotic);
            let sum: f64 = (1..2000).map(r).sum();
            let found = value(&all, name, Source::DiscreteLyapunov);
            assert!((found - 0.2 * (0.5 + sum)).abs() < 1e-10, "{name} = {found} against {}", 0.2 * (0.5 + sum));
        };
        let mut r = vec![1.0, (1.9 - 0.02) / 1.9];
        (2..2000).for_each(|k| r.push((1.9 - 0.02) * r[k - 1] - 0.9 * r[k - 2]));
        by_sum("correlation_time[0]", &|k| r[k]);
        by_sum("correlation_time[loss]", &|k| r[k] * r[k]);
    }

    #[test]
    fn walkers_on_their_way_have_no_stationary_correlation() {
        let text = r#"
            landscape = { kind = "quadratic", hessian = [1.0] }
            dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.01 }
            ensemble = { walkers = 600, start = [0.0], burn_in = 100, steps = 600 }
            measure = { correlation = { lags = [3] } }
        "#;
        assert!(!predict(&setup(text)).contains_key("correlation[0,0,3]"));
        assert!(predict(&setup(&text.replace("burn_in = 100", "burn_in = 1000"))).contains_key("correlation[0,0,3]"));
    }
}
