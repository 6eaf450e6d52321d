//! Whether 95 % intervals hold the truth 95 times in a hundred, over many synthetic runs.

use super::synthetic::{SplitMix, block, references, setup};
use super::{Measurement, estimates, hazard};
use crate::experiment::Setup;
use crate::tally::{BlockTally, LogBins, Passages};

const REPLICAS: usize = 400;
const STEPS: u32 = 200;
const HAZARD: f64 = 0.005;

/// A run of 1000 walkers in 16 blocks, the last of them short, with independent normal states and
/// geometric passage times.
fn run(setup: &Setup, random: &mut SplitMix) -> Vec<BlockTally> {
    let walkers = |block: u64| if block == 15 { 40 } else { 64 };
    let one = |walkers: u64| {
        let states: Vec<_> = (0..walkers)
            .map(|_| {
                let (a, b) = (random.normal(), random.normal());
                vec![0.3 + a, 0.6 * a + 0.8 * b]
            })
            .collect();
        let mut passages = Passages::new(STEPS);
        for _ in 0..walkers {
            let n = random.geometric(HAZARD);
            passages.steps_at_risk += u64::from(n.min(STEPS));
            let bins = if n <= STEPS { &mut passages.durations } else { &mut passages.censored };
            bins[LogBins::index(n.min(STEPS))] += 1;
            passages.count += u64::from(n <= STEPS);
        }
        BlockTally { passages: Some(passages), ..block(setup, &states, &[0.0, 0.0], |_| false) }
    };
    (0..16).map(walkers).map(one).collect()
}

fn setup_of_run() -> Setup {
    setup(&format!(
        r#"
        landscape = {{ kind = "quadratic", hessian = [1.0, 1.0] }}
        dynamics = {{ kind = "langevin", temperature = 1.0, time_step = 0.1 }}
        ensemble = {{ walkers = 1000, steps = {STEPS}, start = [0.0, 0.0] }}
        measure.first_passage = {{ radius_above = 5.0, after = "absorb" }}
    "#
    ))
}

/// Share of runs whose interval of ± 2.131 `scale` standard errors (Student's t at 15 degrees of freedom) holds
/// the truth, for every estimate.
fn coverage(truths: &[(&str, f64)], scale: f64) -> Vec<f64> {
    let setup = setup_of_run();
    let mut random = SplitMix(20);
    let mut held = vec![0; truths.len()];
    for _ in 0..REPLICAS {
        let blocks = run(&setup, &mut random);
        let all = estimates(&setup, &references(&blocks));
        for (held, (name, truth)) in held.iter_mut().zip(truths) {
            let e = &all[*name];
            let distance = (e.value.expect("a value") - truth).abs() / e.std_error.expect("an error");
            *held += usize::from(distance < 2.131 * scale);
        }
    }
    held.into_iter().map(|n| n as f64 / REPLICAS as f64).collect()
}

/// The share is binomial, 0.95 ± 0.011: outside 0.95 ± 0.04 by chance in 2·10⁻⁴ of cases for each estimate
/// (the seed is fixed). Half the standard error, or a truth off by a standard deviation of the
/// estimate, is found out (canaries).
#[test]
fn intervals_cover() {
    let truths = [
        ("mean[0]", 0.3),
        ("covariance[0,0]", 1.0),
        ("covariance[0,1]", 0.6),
        ("escape_rate", HAZARD / 0.1),
        ("mean_first_passage_time", 0.1 / HAZARD),
        ("survival_rate", -(-HAZARD).ln_1p() / 0.1),
    ];
    for ((name, _), share) in truths.iter().zip(coverage(&truths, 1.0)) {
        println!("{name}: {share}");
        assert!((share - 0.95).abs() <= 0.04, "{name}: {share}");
    }
    for ((name, _), share) in truths.iter().zip(coverage(&truths, 0.5)) {
        assert!((share - 0.95).abs() > 0.04, "canary, half the error of {name}: {share}");
    }
    let wrong = [("mean[0]", 0.3 + 1000f64.powf(-0.5)), ("escape_rate", 1.04 * HAZARD / 0.1)];
    for ((name, _), share) in wrong.iter().zip(coverage(&wrong, 1.0)) {
        assert!((share - 0.95).abs() > 0.04, "canary, wrong truth of {name}: {share}");
    }
}

/// Hazards in spans of 25 passages and more: of 5758 intervals 0.95 ± 0.003 would hold the truth if blocks had normal
/// sums, which those of few passages are not quite; hence ± 0.03 (the seed is fixed). Half the standard error, or a
/// hazard wrong by a fifth, is found out (canaries).
#[test]
fn intervals_of_hazards_cover() {
    let (setup, mut random) = (setup_of_run(), SplitMix(21));
    let found: Vec<_> =
        (0..REPLICAS).flat_map(|_| hazard(&setup, &references(&run(&setup, &mut random)))).map(|s| s.hazard).collect();
    let share = |truth: f64, scale: f64| {
        let holds = |hazard: &&Measurement| {
            let (value, error) = (hazard.value.expect("a value"), hazard.std_error.expect("an error"));
            (value - truth).abs() < 2.131 * scale * error
        };
        found.iter().filter(holds).count() as f64 / found.len() as f64
    };
    let [right, half, wrong] = [(1.0, 1.0), (1.0, 0.5), (1.2, 1.0)].map(|(of, scale)| share(of * HAZARD / 0.1, scale));
    println!("{} hazards: {right}; canaries: {half}, {wrong}", found.len());
    assert!(found.len() > 1000 && (right - 0.95).abs() < 0.03, "{right} of {}", found.len());
    assert!(half < 0.9 && wrong < 0.9, "canaries: {half}, {wrong}");
}
