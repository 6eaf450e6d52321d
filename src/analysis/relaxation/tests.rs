use super::super::synthetic::{SplitMix, references, setup};
use super::*;
use crate::tally::SeriesPoint;

fn well(temperature: f64, time_step: f64, steps: u64, points: u64) -> Setup {
    setup(&format!(
        r#"
        landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
        dynamics = {{ kind = "langevin", temperature = {temperature}, time_step = {time_step} }}
        ensemble = {{ walkers = 6400, steps = {steps}, start = [-1.0] }}
        measure.time_series.points = {points}
    "#
    ))
}

/// One block with the given share on the right at every point of the time series.
fn block(share: &[f64], walkers: f64) -> BlockTally {
    let point =
        |p: &f64| SeriesPoint { count: walkers as u64, right: (walkers * p).round() as u64, ..SeriesPoint::default() };
    BlockTally { walkers: walkers as u64, series: share.iter().map(point).collect(), ..BlockTally::default() }
}

fn found(setup: &Setup, blocks: &[BlockTally]) -> Estimate {
    let mut all = Estimates::new();
    estimate(setup, &references(blocks), &mut all);
    all.remove("relaxation_rate").expect("an estimate")
}

#[test]
fn noiseless_decay_is_recovered() {
    for rate in [0.01, 0.05, 0.4] {
        let setup = well(0.1, 0.1, 1000, 200);
        let times: Vec<f64> = setup.series_steps().iter().map(|n| *n as f64 * 0.1).collect();
        let share: Vec<f64> = times.iter().map(|t| 0.47 - 0.4 * (-rate * t).exp()).collect();
        let blocks = vec![block(&share, 1e15); 3];
        let value = found(&setup, &blocks).value.expect("a value");
        assert!((value / rate - 1.0).abs() < 1e-6, "{value}, not {rate}");
    }
}

/// Walkers that jump between two states at the rates 0.03 and 0.02 per unit time. The rate is within
/// 4 σ of their sum (false-alarm rate 6·10⁻⁵; fixed seed) and not of a sum wrong by 15 % (canary).
#[test]
fn noisy_decay_is_recovered_within_its_error() {
    let setup = well(0.1, 0.1, 1000, 100);
    let mut random = SplitMix(11);
    let blocks: Vec<_> = (0..64)
        .map(|_| {
            let mut share = vec![0.0; 100];
            for _ in 0..200 {
                let mut right = false;
                for point in &mut share {
                    // Over one unit of time: e^{−0.05} of the distance from equilibrium is left.
                    let keep = (-0.05f64).exp();
                    let p = 0.6 + (f64::from(u8::from(right)) - 0.6) * keep;
                    right = random.uniform() < p;
                    *point += f64::from(u8::from(right)) / 200.0;
                }
            }
            block(&share, 200.0)
        })
        .collect();
    let e = found(&setup, &blocks);
    let z = |truth: f64| (e.value.expect("a value") - truth) / e.std_error.expect("an error");
    assert!(z(0.05).abs() < 4.0, "{e:?}");
    assert!(z(0.0575).abs() > 4.0, "canary: {e:?}");
}

/// The exact chain of the double well on a grid: p_right(t) from the start at −1, and λ from its decay
/// at times long past those of the fit. What is left of the motion inside the well moves λ by less
/// than 0.03 %; without the wait it moves it by more (canary).
#[test]
fn motion_inside_the_well_is_waited_for() {
    for (temperature, steps) in [(0.1, 2000), (0.05, 10_000)] {
        let dt = 0.05;
        let setup = well(temperature, dt, steps, 200);
        let profile = &setup.landscape.profiles().expect("separable")[0];
        let spread = (2.0 * temperature * dt).sqrt();
        let h = spread / 1.4;
        let half = (2.2 / h).ceil() as i64;
        let x: Vec<f64> = (-half..=half).map(|k| k as f64 * h).collect();
        let kernel: Vec<Vec<f64>> = x
            .iter()
            .map(|x0| {
                let centre = x0 - dt * profile.slope(*x0);
                let row: Vec<f64> = x.iter().map(|x| (-0.5 * ((x - centre) / spread).powi(2)).exp()).collect();
                let sum: f64 = row.iter().sum();
                row.into_iter().map(|p| p / sum).collect()
            })
            .collect();
        let mut density = vec![0.0; x.len()];
        density[x.iter().position(|x| *x >= -1.0).expect("on the grid")] = 1.0;
        let mut right = Vec::new();
        for _ in 0..2 * steps {
            let mut next = vec![0.0; x.len()];
            for (p, row) in density.iter().zip(&kernel) {
                next.iter_mut().zip(row).for_each(|(n, q)| *n += p * q);
            }
            density = next;
            // The grid is symmetric about its middle point, which is shared between the sides.
            let middle = x.len() / 2;
            right.push(density[middle + 1..].iter().sum::<f64>() + 0.5 * density[middle]);
        }
        // By symmetry p_∞ = ½.
        let (early, late) = (steps as usize / 5, steps as usize / 2);
        let exact = ((0.5 - right[early]) / (0.5 - right[late])).ln() / ((late - early) as f64 * dt);
        let every = steps as usize / 200;
        let share: Vec<f64> = right.iter().skip(every - 1).step_by(every).take(200).copied().collect();
        let value = found(&setup, &[block(&share, 1e15), block(&share, 1e15)]).value.expect("a value");
        let bias = value / exact - 1.0;
        println!("T = {temperature}: bias {bias:e}");
        assert!(bias.abs() < 3e-4, "T = {temperature}: {value}, not {exact}");

        let times: Vec<f64> = (1..=200).map(|k| (k * every) as f64 * dt).collect();
        let at_once = share.iter().map(|p| 1e15 * p).chain([1e15; 200]).collect();
        let biased = rate(&BlockSums::new(vec![1.0], vec![at_once]), times).value.expect("a value") / exact - 1.0;
        println!("T = {temperature}: bias without the wait {biased:e}");
        assert!(biased.abs() > 3e-4, "canary, T = {temperature}: {biased:e}");
    }
}

#[test]
fn what_the_data_do_not_determine_has_a_reason() {
    let setup = well(0.1, 0.1, 1000, 100);
    let times: Vec<f64> = setup.series_steps().iter().map(|n| *n as f64 * 0.1).collect();
    let mut random = SplitMix(12);
    let mut noisy = |p: &dyn Fn(f64) -> f64| -> Vec<BlockTally> {
        let mut one = || {
            let share = |t: &f64| p(*t) + 0.01 * random.normal();
            block(&times.iter().map(share).collect::<Vec<_>>(), 1000.0)
        };
        (0..20).map(|_| one()).collect()
    };
    for (case, blocks) in [
        ("at equilibrium", noisy(&|_| 0.5)),
        ("far too slow", noisy(&|t| 0.5 - 0.4 * (-1e-4 * t).exp())),
        ("too slow", noisy(&|t| 0.5 - 0.4 * (-0.002 * t).exp())),
    ] {
        let found = found(&setup, &blocks);
        assert_eq!(found.value, None, "{case}: {found:?}");
        assert!(found.reason.is_some(), "{case}: {found:?}");
    }
    let short = well(0.1, 0.001, 1000, 100);
    let found = found(&short, &[block(&[0.0; 100], 1000.0)]);
    assert!(found.reason.as_ref().is_some_and(|r| r.contains("0 points")), "{found:?}");
}
