//! Walkers that lower their learning rates by themselves, walked by hand in f64: every sum since the rate was last
//! lowered is kept, and half-running averages are taken from the list.

use crate::numbers::in_two_dimensions;
use kramers::analysis::{Estimates, estimates};
use kramers::engine::Engine;
use kramers::{Experiment, Plan};

const SEED: u64 = 5;
const WALKERS: u32 = 192;
const STEPS: u32 = 3000;
const POINTS: u32 = 20;
const EVERY: u32 = 6;
const CENTRE: [f64; 2] = [0.1, -0.2];
const HESSIAN: [f64; 2] = [1.0, 2.0];
const RATE: f64 = 0.2;
const THRESHOLD: f64 = 0.05;
const KEEP: f64 = 0.6;

fn text(momentum: Option<f64>, precision: &str) -> String {
    let rule = momentum.map_or("kind = \"sgd\"".to_owned(), |beta| format!("kind = \"momentum\", momentum = {beta}"));
    format!(
        r#"
        seed = {SEED}
        precision = "{precision}"
        landscape = {{ kind = "quadratic", hessian = {HESSIAN:?} }}
        noise = {{ kind = "gaussian", covariance = 1.0 }}
        ensemble = {{ walkers = {WALKERS}, steps = {STEPS}, start = [1.0, 1.0] }}
        measure = {{ every = {STEPS}, time_series = {{ points = {POINTS} }} }}
        [dynamics]
        {}
        learning_rate = {RATE}
        [dynamics.schedule]
        kind = "fluctuation-dissipation"
        every = {EVERY}
        threshold = {THRESHOLD}
        reduction = {}
        centre = {CENTRE:?}
        "#,
        rule.replace(", ", "\n"),
        1.0 - KEEP
    )
}

/// The mean factor of the learning rates at the points of the time series, and the mean of x_0².
fn by_hand(momentum: f64, threshold: f64) -> Vec<f64> {
    let mut means = vec![0.0; POINTS as usize];
    for walker in 0..WALKERS {
        let (mut x, mut v, mut factor) = ([1.0, 1.0], [0.0, 0.0], 1.0);
        let mut sides: Vec<[f64; 2]> = Vec::new();
        for n in 1..=STEPS {
            let z = in_two_dimensions(SEED, walker, n - 1);
            let (mut left, mut right) = (0.0, 0.0);
            for i in 0..2 {
                let g = HESSIAN[i] * x[i] + z[i];
                v[i] = momentum * v[i] + RATE * factor * g;
                left += (x[i] - CENTRE[i]) * g;
                right += 0.5 * (1.0 + momentum) * v[i] * v[i] / (RATE * factor);
                x[i] -= v[i];
            }
            sides.push([left, right]);
            let steps = sides.len() as u32;
            // Every test up to 8 of them apart, then every second up to 16, every fourth up to 32, …
            let apart = EVERY * (steps.div_ceil(8 * EVERY).next_power_of_two()).max(1);
            if steps.is_multiple_of(apart) {
                let half = &sides[sides.len() / 2..];
                let sum = |side: usize| half.iter().map(|sides| sides[side]).sum::<f64>();
                if (sum(0) / sum(1) - 1.0).abs() < threshold {
                    factor *= KEEP;
                    sides.clear();
                }
            }
            if n.is_multiple_of(STEPS / POINTS) {
                means[(n / (STEPS / POINTS) - 1) as usize] += factor / f64::from(WALKERS);
            }
        }
    }
    means
}

/// The largest difference between the engine's mean factors and those by hand, of sgd and of momentum; and the same of
/// walkers by hand with another threshold.
pub fn differences(engine: &mut dyn Engine, precision: &str) -> Vec<(f64, f64)> {
    let one = |momentum: Option<f64>| {
        let text = text(momentum, precision);
        let experiment = Experiment::parse("own", "own.toml", &text, &[]).unwrap_or_else(|e| panic!("{e} in {text}"));
        let plan = Plan::new(&experiment);
        let tally = engine.run(&plan, &plan.blocks(), &|_| {}).expect("a run");
        let found: Estimates = estimates(&experiment.cells[0].setup, &tally.cell(0).collect::<Vec<_>>());
        let found = |k: usize| found[&format!("learning_rate_factor[{}]", (k as u32 + 1) * STEPS / POINTS)].value;
        let apart = |means: &[f64]| {
            let apart = means.iter().enumerate().map(|(k, mean)| (found(k).expect("a mean") - mean).abs());
            apart.fold(0.0, f64::max)
        };
        let means = by_hand(momentum.unwrap_or(0.0), THRESHOLD);
        let last = means[POINTS as usize - 1];
        assert!(means[0] < 1.0 && 0.0 < last && last < 0.5 * means[0], "rates fall: {means:?}");
        (apart(&means), apart(&by_hand(momentum.unwrap_or(0.0), 0.7 * THRESHOLD)))
    };
    [None, Some(0.8)].map(one).into()
}
