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
        let constant = Ramp { rate, every: 1000, factor: 1.0, threshold: loss };
        let Jump { update, left, .. } = system.on(&constant, &start, 100_000).expect("short");
        assert!(left < 1e-12 && (update / expected - 1.0).abs() < 1e-7, "{update}, not {expected}; {left} left");
    }
}

fn ramped(every: u64, factor: f64, rest: &str) -> Setup {
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
        schedule = {{ kind = "ramp", every = {every}, factor = {factor} }}
        "#
    ))
}

/// L* = ½, of which walkers are at √0.26 from the minimum.
const FOUR: LossJump = LossJump { dimension: 4, curvature: 2.0, batch: 2.0, ratio: 100.0 };

const START: [Atom; 1] = [Atom { position: 0.721_110_255_092_797_9, weight: 1.0 }];

/// Updates in which the losses of walkers in four dimensions jump, moved one by one.
fn updates(every: u64, factor: f64, walkers: u32) -> Vec<u64> {
    let mut normals = Normals(7);
    let mut walk = || {
        let mut theta = [-0.3, 0.1, 0.0, 0.4];
        let mut n = 0;
        loop {
            let rate = 0.1 * factor.powf((n / every) as f64);
            let loss = 0.5 + theta.iter().map(|x| x * x).sum::<f64>();
            for x in &mut theta {
                *x += -2.0 * rate * *x + rate * (2.0 * loss).sqrt() * normals.next();
            }
            n += 1;
            if 0.5 + theta.iter().map(|x| x * x).sum::<f64>() > 50.0 {
                return n;
            }
        }
    };
    (0..walkers).map(|_| walk()).collect()
}

/// On a fine ramp and on a coarse one: the mean update of the jumps and the mean logarithm of the rate then in force within
/// 4 σ (6·10⁻⁵ for a fresh seed). Canaries: stages longer by a fifth; the rate of the smooth ramp, where it is coarse.
#[test]
fn walkers_jump_at_the_predicted_update_and_rate() {
    const WALKERS: u32 = 20_000;
    for (every, factor) in [(5, 1.05), (100, 1.5)] {
        let ramp = |every| Ramp { rate: 0.1, every, factor, threshold: 50.0 };
        let found = updates(every, factor, WALKERS);
        let z = |value: &dyn Fn(u64) -> f64, predicted: f64| {
            let n = f64::from(WALKERS);
            let mean = found.iter().map(|n| value(*n)).sum::<f64>() / n;
            let variance = found.iter().map(|n| (value(*n) - mean).powi(2)).sum::<f64>() / n;
            (mean - predicted) / (variance / n).sqrt()
        };
        let log = |n: u64| ramp(every).stage((n - 1) / every).ln();
        let of = |every| FOUR.on(&ramp(every), &START, 5000).expect("short");
        let (right, slow) = (of(every), of(every + every / 5));
        let [update, rate] = [z(&|n| n as f64, right.update), z(&log, right.log_rate)];
        assert!(update.abs() < 4.0 && rate.abs() < 4.0, "every {every}: {update} and {rate} errors off {right:?}");
        let canary = z(&|n| n as f64, slow.update);
        assert!(canary.abs() > 4.0, "canary: every {every}: {canary} errors off {slow:?}");
        let smooth = z(&log, ramp(every).at(right.update).ln());
        assert!(every == 5 || smooth.abs() > 4.0, "canary: {smooth} errors off the smooth ramp");
        let predicted = value(
            &predict(&ramped(every, factor, "start = [0.7, 0.1, 0.0, 0.4]")),
            "jump_learning_rate",
            Source::TransitionKernel,
        );
        assert!((predicted / ramp(every).at(right.update) - 1.0).abs() < 1e-9, "{predicted}, not of {right:?}");
    }
}

/// Where the jumps spread over a stage or more the smooth ramp at their mean update has the rate in force to within a tenth
/// of a stage. Canary: where they do not, it has not.
#[test]
fn the_smooth_ramp_is_as_near_as_it_says() {
    for (factor, wide) in [(1.03, true), (1.05, true), (1.5, false)] {
        let ramp = Ramp { rate: 0.1, every: 100, factor, threshold: 50.0 };
        let jump = FOUR.on(&ramp, &START, 10_000).expect("short");
        let found = updates(100, factor, 2000);
        let square = found.iter().map(|n| (*n as f64 - jump.update).powi(2)).sum::<f64>() / 2000.0;
        let stages = (jump.log_rate - ramp.at(jump.update).ln()) / factor.ln();
        let told = format!("{stages} of a stage at {factor}, over {} updates", square.sqrt());
        assert_eq!((square > 1e4, stages.abs() < 0.1), (wide, wide), "{told}");
    }
}

const TEN: LossJump = LossJump { dimension: 10, curvature: 1.0, batch: 1.0, ratio: 100.0 };

const CENTRE: [Atom; 1] = [Atom { position: 0.0, weight: 1.0 }];

/// From 0.001 as from 0.03 with no stage skipped; to begin too late is noticed.
#[test]
fn skipped_stages_leave_no_trace() {
    let slow = |rate| Ramp { rate, every: 16, factor: 1.01, threshold: 100.0 };
    // From a rate of the same ramp.
    let skipped = slow(0.03 * 1.01f64.powi(-340));
    let found = TEN.on(&skipped, &CENTRE, 100_000).expect("quick");
    let whole = TEN.follow(0, 0, &slow(0.03), &CENTRE, 100_000, &mut 0.0).expect("quick");
    assert!((found.log_rate - whole.log_rate).abs() < 1e-8, "{found:?}, not {whole:?}");
    assert!((found.update - whole.update - 16.0 * 340.0).abs() < 1e-4, "{found:?}, not {whole:?}");
    let late = TEN.follow(500, 0, &skipped, &CENTRE, 100_000, &mut 0.0);
    assert!(matches!(late, Err(Failure::Late(_))), "{late:?} from {}", skipped.stage(500));
    // To ten thousand times the loss.
    let far = LossJump { ratio: 1e4, ..TEN };
    let [a, b, c] = [0.001, 0.01, 0.1].map(|rate| far.on(&slow(rate), &CENTRE, 100_000).expect("quick").log_rate.exp());
    assert!((a / b - 1.0).abs() < 1e-6 && (a / c - 1.0).abs() < 1e-6, "{a}, {b} and {c}");
    assert!((a - 0.227984).abs() < 1e-6, "{a}");
}

/// Five updates for one per cent to a hundred times the loss, and no fewer, jump at the critical rate, 0.2127.
#[test]
fn one_speed_jumps_at_the_critical_rate() {
    let of = |every| {
        let ramp = Ramp { rate: 0.05, every, factor: 1.01, threshold: 100.0 };
        TEN.on(&ramp, &CENTRE, 100_000).expect("quick").log_rate.exp()
    };
    let critical = critical_learning_rate(10, 1.0, 1.0);
    assert!((of(5) / critical - 1.0).abs() < 0.005 && (of(5) - 0.21192).abs() < 1e-5, "{}", of(5));
    assert!(of(4) > 1.01 * critical && of(6) < 0.99 * critical, "canary: {} and {}", of(4), of(6));
}

/// Neither time nor memory is spent where it would not do.
#[test]
fn what_takes_too_long_is_not_begun() {
    let ramp = Ramp { rate: 1e-9, every: 1, factor: 1.05, threshold: 100.0 };
    let mut terms = 0.0;
    assert_eq!(TEN.follow(0, 0, &ramp, &CENTRE, 1000, &mut terms), Err(Failure::Long));
    assert_eq!(TEN.follow(0, 400, &Ramp { rate: 0.001, ..ramp }, &CENTRE, 1000, &mut terms), Err(Failure::Long));
    assert_eq!(terms, 0.0);
    assert_eq!(LossJump { ratio: f64::INFINITY, ..TEN }.on(&ramp, &CENTRE, 1000), None);
    assert_eq!(LossJump { curvature: f64::MIN_POSITIVE, ..TEN }.on(&ramp, &CENTRE, 1000), None);
}

#[test]
fn what_is_not_known_is_not_predicted() {
    let sources = |setup: &Setup| -> Vec<Source> {
        predict(setup).remove("jump_learning_rate").unwrap_or_default().iter().map(|p| p.source).collect()
    };
    let limits = [Source::LyapunovExponent, Source::GeometricBrownianMotion];
    let start = "start = [0.7, 0.1, 0.0, 0.4]";
    assert_eq!(sources(&ramped(5, 1.05, start))[..], [&[Source::TransitionKernel][..], &limits[..]].concat());
    assert_eq!(sources(&ramped(5, 1.05, &format!("{start}, burn_in = 10"))), limits);
    // A thousand updates of sixty a stage end at a rate of 0.22, with most walkers left.
    assert_eq!(sources(&ramped(60, 1.05, start)), limits);
    assert_eq!(
        sources(&ramped(5, 1.05, "start = { uniform = { low = [0.0, 0.0, 0.0, 0.0], high = [1.0, 1.0, 1.0, 1.0] } }")),
        limits
    );
    let mut bare = ramped(5, 1.05, start);
    let crate::experiment::Landscape::Quadratic(landscape) = &mut bare.landscape else { panic!("a quadratic") };
    landscape.floor = 0.0;
    assert_eq!(sources(&bare), limits);
    let mut still = ramped(5, 1.05, start);
    still.measure.first_passage.as_mut().expect("a passage").loss_above = Some(0.5);
    assert!(sources(&still).is_empty());
    still.measure.first_passage = None;
    assert!(sources(&still).is_empty());
}
