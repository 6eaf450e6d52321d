//! Against numbers by an independent program in f64, and walkers moved one by one.

use super::*;
use crate::theory::predict::predict;
use crate::theory::predict::tests::{setup, value};
use crate::theory::predict::walkers::Normals;
use crate::theory::{Kind, Source, TransitionKernel};

fn at(position: f64) -> [Atom; 1] {
    [Atom { position, weight: 1.0 }]
}

/// η = 0.1, h = σ = 1, B = 1: from 0 until L > cL*, in time.
#[test]
fn passage_over_thresholds_of_the_loss() {
    let step = Regression::new(0.1, 1.0, 1.0, 1);
    for (c, expected, digits) in [
        (1.2, 6.4348, 1e-5),
        (1.5, 78.423, 1e-5),
        (1.8, 794.09, 1e-5),
        (2.1, 6088.9, 1e-5),
        (2.5, 47918.0, 3e-5),
        (3.0, 280178.0, 4e-5),
        (4.0, 3.2575e6, 1e-4),
        (6.0, 9.35e7, 6e-4),
    ] {
        let radius = f64::sqrt(c - 1.0);
        let kernel = TransitionKernel::within(&step, &[(-radius, radius)], &at(0.0)).expect("bounded");
        let time: f64 = 0.1 * kernel.mean_passage_steps(&[0.0])[0];
        assert!((time / expected - 1.0f64).abs() < digits, "c = {c}: {time} against {expected}");
    }
}

fn text(measure: &str) -> String {
    format!(
        r#"
        landscape = {{ kind = "least-squares", synthetic = {{ samples = "fresh", features = 1, spectrum = [2.0], label_noise = 0.5 }} }}
        noise = {{ kind = "minibatch" }}
        dynamics = {{ kind = "sgd", learning_rate = 0.15, batch_size = 3 }}
        ensemble = {{ walkers = 1000, start = [0.1], burn_in = 500, steps = 5000 }}
        measure = {{ first_passage = {{ {measure} }} }}
        "#
    )
}

/// Passages per unit of time of walkers of a learning rate that restart from 0.1, sample by sample, in 40 blocks.
fn passages(rate: f64, has_passed: &dyn Fn(f64) -> bool) -> (f64, f64) {
    const BLOCKS: usize = 40;
    const STEPS: usize = 60_000;
    let mut normals = Normals(7);
    let rates: Vec<f64> = (0..BLOCKS)
        .map(|_| {
            let (mut x, mut passed) = (0.1, 0.0);
            for n in 0..STEPS + 100 {
                let gradient = |_| {
                    let (w, y) = (2f64.sqrt() * normals.next(), 0.5 * normals.next());
                    w * (w * x - y) / 3.0
                };
                x -= rate * (0..3).map(gradient).sum::<f64>();
                if has_passed(x) {
                    x = 0.1;
                    passed += if n >= 100 { 1.0 } else { 0.0 };
                }
            }
            passed / (STEPS as f64 * 0.15)
        })
        .collect();
    let mean = rates.iter().sum::<f64>() / BLOCKS as f64;
    let variance = rates.iter().map(|r| (r - mean).powi(2)).sum::<f64>() / (BLOCKS - 1) as f64;
    (mean, (variance / BLOCKS as f64).sqrt())
}

/// |t| > 5 with 39 degrees of freedom has a chance of 10⁻⁵. The canary: a learning rate 5 % off.
#[test]
fn passages_of_walkers_moved_one_by_one() {
    // L = ½(0.25 + 2x²).
    let conditions: [(&str, &dyn Fn(f64) -> bool); 3] = [
        ("loss_above = 0.285", &|x| 0.125 + x * x > 0.285),
        ("radius_above = 0.4", &|x| x.abs() > 0.4),
        ("axis = 0, above = 0.35", &|x| x > 0.35),
    ];
    for (measure, has_passed) in conditions {
        let all = predict(&setup(&text(measure)));
        let exact = value(&all, "escape_rate", Source::TransitionKernel);
        assert!(all["escape_rate"].iter().all(|p| p.kind == Kind::Exact), "{all:?}");
        let score = |rate: f64| {
            let (mean, error) = passages(rate, has_passed);
            (mean - exact) / error
        };
        let (right, wrong) = (score(0.15), score(0.1575));
        assert!(right.abs() < 5.0 && wrong.abs() > 5.0, "{measure}: {right}, {wrong} off {exact}");
    }
}
