//! Against closed forms, the kernel of one coordinate, and walkers moved one by one.

use super::*;
use crate::theory::predict;
use crate::theory::predict::tests::{setup, value};
use crate::theory::predict::walkers::Normals;

/// I_(−1/2) = √(2/πz) cosh z, I_(1/2) = √(2/πz) sinh z, I_(3/2) = √(2/πz)(cosh z − sinh z/z), and I_4(z) = I_0(z) − …,
/// from the recurrence I_(ν−1) − I_(ν+1) = 2ν I_ν/z, on both sides of where the expansion takes over.
#[test]
fn bessel_functions() {
    let scaled = |order: f64, z: f64| (ln_bessel(order, z) + order * z.ln()).exp();
    for z in [0.01, 1.0, 25.0, 29.9, 30.3, 33.0, 100.0, 590.0, 610.0, 1e5_f64] {
        let [up, down] = [1.0, (-2.0 * z).exp()];
        let unit = (2.0 / (std::f64::consts::PI * z)).sqrt();
        let (cosh, sinh) = (0.5 * (up + down), -0.5 * (-2.0 * z).exp_m1());
        let mut forms = vec![(-0.5, cosh), (0.5, sinh)];
        if z > 0.5 {
            forms.push((1.5, cosh - sinh / z));
        }
        for (order, form) in forms {
            let found = scaled(order, z);
            assert!((found / (unit * form) - 1.0).abs() < 1e-12, "ν = {order}, z = {z}: {found}, not {}", unit * form);
        }
        for order in [1.0, 4.0, 11.5, 30.0] {
            let [below, here, above] = [order - 1.0, order, order + 1.0].map(|order| scaled(order, z));
            assert!(
                ((below - above) / (2.0 * order / z * here) - 1.0).abs() < 1e-13 * (10.0 + z),
                "ν = {order}, z = {z}"
            );
        }
    }
    // I_0(1), by its series 1 + 1/4 + 1/64 + 1/2304 + ….
    assert!((scaled(0.0, 1.0) - 1.266_065_877_752_008_4 / std::f64::consts::E).abs() < 1e-15);
}

/// Probabilities sum to one, and E sinh² x' = q² sinh² x + n s² cosh² x.
#[test]
fn steps_lead_somewhere_with_the_right_second_moment() {
    for (dimension, rate, batch) in [(1, 0.3, 1.0), (2, 1.6, 4.0), (3, 0.6, 1.0), (10, 0.05, 1.0), (50, 0.04, 1.0)] {
        let system = LossJump { dimension, curvature: 1.0, batch, ratio: 9.0 };
        let step = Step::new(&system, rate);
        let starts = [0.0, 0.02, 0.7, 3.0].map(|position| Atom { position, weight: 1.0 });
        let grid = step.grid(9.0);
        for (atom, (first, probabilities)) in starts.iter().zip(step.rows(&starts, &grid)) {
            let moment = |f: &dyn Fn(f64) -> f64| -> f64 {
                probabilities.iter().zip(&grid[first..]).map(|(p, node)| p * f(node.position)).sum()
            };
            let expected = (step.shrink * atom.position.sinh()).powi(2)
                + dimension as f64 * (step.width * atom.position.cosh()).powi(2);
            let (all, second) = (moment(&|_| 1.0), moment(&|x| x.sinh().powi(2)));
            assert!((all - 1.0).abs() < 1e-8, "n = {dimension}, x = {}: {all}", atom.position);
            assert!((second / expected - 1.0).abs() < 1e-8, "n = {dimension}: {second}, not {expected}");
        }
    }
}

/// In one dimension, at a constant rate, the mean time is that of the kernel of θ itself.
#[test]
fn one_coordinate_has_the_times_of_its_kernel() {
    for (rate, batch, loss) in [(0.3, 1, 3.0), (0.8, 4, 2.0)] {
        let setup = setup(&format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [2.0], floor = 0.5 }}
            noise = {{ kind = "loss-hessian" }}
            dynamics = {{ kind = "sgd", learning_rate = {rate}, batch_size = {batch} }}
            ensemble = {{ walkers = 1000, start = [0.2], steps = 100_000 }}
            measure.first_passage = {{ loss_above = {loss}, after = "absorb" }}
            "#
        ));
        let expected = value(&predict(&setup), "mean_first_passage_time", Source::TransitionKernel) / rate;
        let system = LossJump { dimension: 1, curvature: 2.0, batch: batch as f64, ratio: 2.0 * loss };
        let start = [Atom { position: 0.2 * 2f64.sqrt(), weight: 1.0 }];
        let (mean, left) = system.mean_step(&start, |_| rate, 1000, 100_000).expect("short");
        assert!(left < 1e-12 && (mean / expected - 1.0).abs() < 1e-7, "{mean}, not {expected}; {left} left");
    }
}

fn ramped(every: u64, rest: &str) -> Setup {
    setup(&format!(
        r#"
        landscape = {{ kind = "quadratic", hessian = [2.0, 2.0, 2.0, 2.0], floor = 0.5, minimum = [1.0, 0.0, 0.0, 0.0] }}
        noise = {{ kind = "loss-hessian" }}
        ensemble = {{ walkers = 1000, steps = 1000, {rest} }}
        measure.first_passage = {{ loss_above = 50.0, after = "absorb" }}
        [dynamics]
        kind = "sgd"
        learning_rate = 0.1
        batch_size = 2
        schedule = {{ kind = "ramp", every = {every}, factor = 1.05 }}
        "#
    ))
}

/// Walkers in four dimensions, moved one by one on a ramp of five updates a stage: the mean update of their jumps within
/// 4 σ (6·10⁻⁵ for a fresh seed). Canary: six updates a stage.
#[test]
fn walkers_on_a_ramp_jump_at_the_predicted_update() {
    const WALKERS: u32 = 20_000;
    let mut normals = Normals(7);
    let (mut sum, mut squares) = (0.0, 0.0);
    for _ in 0..WALKERS {
        let mut theta = [-0.3, 0.1, 0.0, 0.4];
        let mut n = 0;
        loop {
            let rate = 0.1 * 1.05f64.powi(n / 5);
            let loss = 0.5 + theta.iter().map(|x| x * x).sum::<f64>();
            for x in &mut theta {
                *x += -2.0 * rate * *x + rate * (2.0 * loss).sqrt() * normals.next();
            }
            n += 1;
            if 0.5 + theta.iter().map(|x| x * x).sum::<f64>() > 50.0 {
                break;
            }
        }
        sum += f64::from(n);
        squares += f64::from(n * n);
    }
    let mean = sum / f64::from(WALKERS);
    let error = ((squares / f64::from(WALKERS) - mean * mean) / f64::from(WALKERS)).sqrt();
    let predicted = |every| {
        let found = value(
            &predict(&ramped(every, "start = [0.7, 0.1, 0.0, 0.4]")),
            "jump_learning_rate",
            Source::TransitionKernel,
        );
        let every = every as f64;
        0.5 * (every + 1.0) + every * (found / 0.1).ln() / 1.05f64.ln()
    };
    let z = |every| (mean - predicted(every)) / error;
    assert!(z(5).abs() < 4.0, "{mean} ± {error}, not {}", predicted(5));
    assert!(z(6).abs() > 4.0, "canary: {mean} ± {error} and {}", predicted(6));
}

#[test]
fn what_is_not_known_is_not_predicted() {
    let sources = |setup: &Setup| -> Vec<Source> {
        predict(setup).remove("jump_learning_rate").unwrap_or_default().iter().map(|p| p.source).collect()
    };
    let limits = [Source::LyapunovExponent, Source::GeometricBrownianMotion];
    let start = "start = [0.7, 0.1, 0.0, 0.4]";
    assert_eq!(sources(&ramped(5, start))[..], [&[Source::TransitionKernel][..], &limits[..]].concat());
    assert_eq!(sources(&ramped(5, &format!("{start}, burn_in = 10"))), limits);
    // A thousand updates of sixty a stage end at a rate of 0.22, with most walkers left.
    assert_eq!(sources(&ramped(60, start)), limits);
    assert_eq!(
        sources(&ramped(5, "start = { uniform = { low = [0.0, 0.0, 0.0, 0.0], high = [1.0, 1.0, 1.0, 1.0] } }")),
        limits
    );
    let mut bare = ramped(5, start);
    let crate::experiment::Landscape::Quadratic(landscape) = &mut bare.landscape else { panic!("a quadratic") };
    landscape.floor = 0.0;
    assert_eq!(sources(&bare), limits);
    let mut still = ramped(5, start);
    still.measure.first_passage = None;
    assert!(sources(&still).is_empty());
}
