//! Correlations in time, on the CPU engine: sums of pairs against stored paths, and estimates against closed forms.

mod lags;

use kramers::analysis::{Estimates, estimates};
use kramers::engine::Engine;
use kramers::engine::cpu::CpuEngine;
use kramers::results::z_score;
use kramers::{Experiment, Plan};
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// In the engine's sums coordinates are those of the path; the loss is rounded to f32.
#[test]
fn pairs_of_states_are_summed_as_over_stored_paths() {
    let mut engine = CpuEngine::new().expect("threads");
    for (name, measure) in lags::WALKS {
        let (deviation, canary) = lags::deviations(&mut engine, name, measure).expect("a run");
        assert!(deviation < 2e-6, "{name}: off by {deviation:.1e}");
        assert!(canary > 1e-3, "{name}: the sums of the next shorter lag are off by {canary:.1e} alone");
    }
}

fn measure(text: &str) -> Estimates {
    let experiment = Experiment::parse("test", "test.toml", text, &[]).expect("a valid experiment");
    let plan = Plan::new(&experiment);
    let tally = CpuEngine::new().expect("threads").run(&plan, &plan.blocks(), &|_| {}).expect("a run");
    estimates(&experiment.cells[0].setup, &tally.cell(0).collect::<Vec<_>>())
}

/// The largest |z| of estimates against what is `expected` of them, and of which.
fn worst(found: &Estimates, expected: &BTreeMap<String, f64>) -> (f64, String) {
    let z = |(name, value): (&String, &f64)| {
        let estimate = &found[name];
        let measured = estimate.value.unwrap_or_else(|| panic!("{name}: {estimate:?}"));
        let z = z_score(measured, estimate.std_error.expect("blocks"), estimate.blocks, *value);
        (z.map_or(f64::INFINITY, f64::abs), format!("{name} = {measured} for {value}"))
    };
    expected.iter().map(z).max_by(|a, b| a.0.total_cmp(&b.0)).expect("something is expected")
}

const RATE: f64 = 0.1;
const STEPS: i32 = 150;
const LONGEST: i32 = 50;

/// θ' = qθ + ηξ, q = 1 − η, V = η/(2 − η), from its stationary state on: r(k) = q^k, that of the loss ½θ² is its
/// square, and the loss and θ are not correlated. With a time η a step, τ = ½ η (1 + q)/(1 − q), and Σ q^{2k} for
/// the loss. The mean over n steps has the variance V/n (1 + 2 Σ_{k<n} (1 − k/n) q^k). The spectrum is term by term the
/// expected periodogram of increments.
fn autoregression(rate: f64) -> BTreeMap<String, f64> {
    let q = 1.0 - rate;
    let variance = rate / (2.0 - rate);
    let mut all = BTreeMap::new();
    for k in 1..=LONGEST {
        all.insert(format!("correlation[0,0,{k}]"), q.powi(k));
        all.insert(format!("correlation[loss,loss,{k}]"), q.powi(2 * k));
        all.insert(format!("correlation[0,loss,{k}]"), 0.0);
        all.insert(format!("correlation[loss,0,{k}]"), 0.0);
    }
    all.insert("correlation_time[0]".into(), RATE * (0.5 + q / (1.0 - q)));
    all.insert("correlation_time[loss]".into(), RATE * (0.5 + q * q / (1.0 - q * q)));
    all.insert("relaxation_rate[0]".into(), -q.ln() / RATE);
    let n = f64::from(STEPS);
    let of_mean = (1..STEPS).map(|k| 2.0 * (1.0 - f64::from(k) / n) * q.powi(k)).sum::<f64>();
    all.insert("effective_sample_size[0]".into(), f64::from(1 << 14) * n / (1.0 + of_mean));
    let gamma = |m: i32| variance * q.powi(m.abs());
    for k in 0..=LONGEST {
        let omega = PI * f64::from(k) / f64::from(LONGEST);
        let pairs = (0..LONGEST).flat_map(|a| (0..LONGEST).map(move |b| a - b));
        let term = |m: i32| (2.0 * gamma(m) - gamma(m - 1) - gamma(m + 1)) * (omega * f64::from(m)).cos();
        all.insert(format!("increment_spectrum[0,{k}]"), pairs.map(term).sum::<f64>() / f64::from(LONGEST));
    }
    all
}

/// 255 numbers, of which many hang together: a right program with another seed has a |z| above 4.5 once in 600 runs.
#[test]
fn an_autoregression_has_its_correlations() {
    let deviation = (RATE / (2.0 - RATE)).sqrt();
    let found = measure(&format!(
        r#"
        seed = 17
        landscape = {{ kind = "quadratic", hessian = [1.0] }}
        noise = {{ kind = "gaussian", covariance = 1.0 }}
        dynamics = {{ kind = "sgd", learning_rate = {RATE} }}
        ensemble = {{ walkers = 16384, steps = {STEPS}, start = {{ normal = {{ mean = [0.0], std = [{deviation}] }} }} }}
        measure.correlation = {{ lags = {{ to = {LONGEST} }} }}
        "#
    ));
    for signal in ["0", "loss"] {
        let own = &found[&format!("correlation[{signal},{signal},0]")];
        assert_eq!((own.value, own.std_error), (Some(1.0), Some(0.0)), "of {signal} with itself");
    }
    let (z, which) = worst(&found, &autoregression(RATE));
    assert!(z < 4.5, "z = {z:.2}: {which}");
    let (z, _) = worst(&found, &autoregression(1.01 * RATE));
    assert!(z > 4.5, "canary: a rate wrong by 1 % passes with z = {z:.2}");
}

/// Momentum μ = 0.9 with rate 0.02: r(k) = (1 + μ − ηh) r(k−1) − μ r(k−2), r(1) = (1 + μ − ηh)/(1 + μ), whose numbers
/// at 10 and 20 steps are from an independent program; time is that of an N = 10 times larger rate.
#[test]
fn momentum_oscillates() {
    let found = measure(
        r#"
        seed = 19
        landscape = { kind = "quadratic", hessian = [1.0] }
        noise = { kind = "gaussian", covariance = 1.0 }
        dynamics = { kind = "momentum", learning_rate = 0.02, momentum_steps = 10 }
        ensemble = { walkers = 16384, burn_in = 400, steps = 400, start = [0.0] }
        measure = { every = 4, correlation = { lags = { to = 200 } } }
        "#,
    );
    let mut r = vec![1.0f64, 1.88 / 1.9];
    for k in 2..=2000 {
        r.push(1.88 * r[k - 1] - 0.9 * r[k - 2]);
    }
    assert!((r[10] - 0.3497802).abs() < 1e-7 && (r[20] + 0.2598358).abs() < 1e-7, "{} and {}", r[10], r[20]);
    let mut expected = BTreeMap::from([1, 5, 10, 20, 50].map(|k| (format!("correlation[0,0,{k}]"), r[k])));
    // What the window leaves out of the sum is a fiftieth of its error.
    expected.insert("correlation_time[0]".into(), 0.2 * (0.5 + r[1..].iter().sum::<f64>()));
    let (z, which) = worst(&found, &expected);
    assert!(z < 4.5, "z = {z:.2}: {which}");
}
