//! Minibatch noise of the CPU engine: one step against a few lines of f64, and walks against closed forms.

mod batches;

use batches::{FIRST_WALKER, STEPS, batches};
use kramers::analysis::{Estimates, estimates};
use kramers::engine::Engine;
use kramers::engine::cpu::{CpuEngine, one_step};
use kramers::experiment::Setup;
use kramers::{Experiment, Plan};

/// f32 keeps 6·10⁻⁸; a step is a few dozen roundings of numbers about 1.
const TOLERANCE: f64 = 8e-6;

#[test]
fn every_batch_is_drawn_as_written() {
    for batch in batches() {
        let plan = batch.plan();
        for step in STEPS {
            let found = one_step(&plan, 0, FIRST_WALKER, step, &batch.states());
            let deviation = batch.deviation(&plan, step, 0, &found);
            assert!(deviation < TOLERANCE, "{}, step {step}: {deviation:.1e}", batch.name);
            let canary = batch.deviation(&plan, step, 1, &found);
            assert!(canary > TOLERANCE, "canary: {} passes for the batches of step {}", batch.name, step + 1);
        }
    }
}

/// The estimates of a one-cell experiment, and what it says.
fn measured(text: &str) -> (Estimates, Setup) {
    let experiment = Experiment::parse("batches", "batches.toml", text, &[]).unwrap_or_else(|e| panic!("{e}"));
    let plan = Plan::new(&experiment);
    let tally = CpuEngine::new().expect("threads").run(&plan, &plan.blocks(), &|_| {}).expect("a run");
    let setup = experiment.cells[0].setup.clone();
    (estimates(&setup, &tally.cell(0).collect::<Vec<_>>()), setup)
}

/// How many standard errors an estimate is from `value`.
fn z(found: &Estimates, name: &str, value: f64) -> f64 {
    (found[name].value.expect("estimated") - value) / found[name].std_error.expect("many blocks")
}

/// Mean and covariance of the gradients of batches at one place against those of all samples; without replacement
/// the share (N − B)/(N − 1) of the covariance is left. |z| < 4.5 for five numbers a kind, from 128 blocks: a false
/// alarm of 10⁻³ for fresh seeds; the seed is fixed.
#[test]
fn gradients_of_batches_have_their_mean_and_covariance() {
    let x = [0.3, -0.2];
    for batch in batches().iter().filter(|batch| batch.name != "gaussian") {
        let (found, setup) = measured(&format!(
            r#"
            {}
            dynamics = {{ kind = "sgd", learning_rate = 1.0, batch_size = {} }}
            ensemble = {{ walkers = 131072, steps = 1, start = [0.3, -0.2] }}
            "#,
            batch.tables(),
            batch.size
        ));
        let gradient = setup.landscape.gradient(&x);
        let of_one = setup.landscape.sample_covariance(&x).expect("samples");
        let size = f64::from(batch.size);
        let left = match setup.landscape.sample_count() {
            Some(n) if !batch.name.ends_with("with replacement") => (n as f64 - size) / (n as f64 - 1.0),
            _ => 1.0,
        };
        for i in 0..2 {
            let worst = z(&found, &format!("mean[{i}]"), x[i] - gradient[i]);
            assert!(worst.abs() < 4.5, "{}: mean {i} off by {worst} standard errors", batch.name);
            let wrong = z(&found, &format!("mean[{i}]"), x[i] - gradient[i] + 0.05);
            assert!(wrong.abs() > 4.5, "canary: mean {i} of {} passes with z = {wrong}", batch.name);
            for j in i..2 {
                let (name, covariance) = (format!("covariance[{i},{j}]"), of_one[(i, j)] * left / size);
                let worst = z(&found, &name, covariance);
                assert!(worst.abs() < 4.5, "{}: {name} off by {worst} standard errors", batch.name);
                let wrong = z(&found, &name, covariance + 0.1 * of_one.trace() * left / size);
                assert!(wrong.abs() > 4.5, "canary: {name} of {} passes with z = {wrong}", batch.name);
            }
        }
    }
}

/// Linear regression on fresh w, ε ~ N(0, 1): with a the mean of w² over the batch, x is multiplied by 1 − ηa and
/// gains noise of variance η²a/B, so that V = (η²/B)/(2η − η²⟨a²⟩), ⟨a²⟩ = 1 + 2/B (derived here). |z| < 4: a false
/// alarm of 10⁻⁴ for a fresh seed; the seed is fixed.
#[test]
fn fresh_regression_has_its_variance() {
    let (found, _) = measured(
        r#"
        seed = 3
        landscape = { kind = "least-squares", synthetic = { samples = "fresh", features = 1, label_noise = 1.0 } }
        noise = { kind = "minibatch" }
        dynamics = { kind = "sgd", learning_rate = 0.3, batch_size = 4 }
        ensemble = { walkers = 16384, burn_in = 60, steps = 400, start = [0.0] }
        measure = { every = 10 }
        "#,
    );
    let variance = |moment: f64| (0.09 / 4.0) / (0.6 - 0.09 * moment);
    assert!((variance(1.5) - 0.0483870968).abs() < 1e-10);
    let right = z(&found, "covariance[0,0]", variance(1.5));
    assert!(right.abs() < 4.0, "z = {right}");
    let wrong = z(&found, "covariance[0,0]", variance(1.0));
    assert!(wrong.abs() > 4.0, "canary: features of one size pass with z = {wrong}");
}

/// Epochs of N = 20 samples of one Hessian h = 1 in batches of 5, η = 0.1, against fresh subsets: with q = 1 − η and
/// M = 4 batches V at the ends of epochs is η²s²(M/(M − 1))[S₂ − S₁²/M]/(1 − q^(2M)), S_p = Σ q^(pk), as the noises of
/// an epoch sum to 0 (derived here); that of subsets is ηs²/(2 − η). |z| < 4 each: a false alarm of 10⁻⁴ for fresh
/// seeds.
#[test]
fn epochs_have_less_variance_than_subsets() {
    let signs: Vec<&str> = (0..20).map(|i| if i % 2 == 0 { "[1.0]" } else { "[-1.0]" }).collect();
    let (signs, hessians) = (signs.join(", "), vec!["[[1.0]]"; 20].join(", "));
    let found = |sampling: &str, every: u32| {
        measured(&format!(
            r#"
            seed = 5
            landscape = {{ kind = "finite-sum", gradients = [{signs}], hessians = [{hessians}] }}
            noise = {{ kind = "minibatch", sampling = "{sampling}" }}
            dynamics = {{ kind = "sgd", learning_rate = 0.1, batch_size = 5 }}
            ensemble = {{ walkers = 16384, burn_in = 80, steps = 160, start = [0.0] }}
            measure = {{ every = {every} }}
            "#
        ))
        .0
    };
    let (q, noise) = (0.9f64, 0.2 * 15.0 / 19.0);
    let sum = |power: i32| (0..4).map(|k| q.powi(power * k)).sum::<f64>();
    let epoch = |factor: f64| 0.01 * noise * factor * (sum(2) - sum(1).powi(2) / 4.0) / (1.0 - q.powi(8));
    let subsets = 0.1 * noise / 1.9;
    let ends = found("epoch", 4);
    let right = z(&ends, "covariance[0,0]", epoch(4.0 / 3.0));
    assert!(right.abs() < 4.0, "ends of epochs: z = {right}");
    let wrong = z(&ends, "covariance[0,0]", 1.05 * epoch(4.0 / 3.0));
    assert!(wrong.abs() > 4.0, "canary: 5 % more pass with z = {wrong}");
    let right = z(&found("without-replacement", 8), "covariance[0,0]", subsets);
    assert!(right.abs() < 4.0, "subsets: z = {right}");
}
