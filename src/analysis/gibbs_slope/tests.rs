use super::super::synthetic::{SplitMix, references, setup};
use super::*;
use crate::tally::HistogramCounts;

/// Exact samples of the double well at T = 0.1, in `blocks` blocks of 2000 states.
fn sampled(bins: usize, blocks: u64, seed: u64) -> Estimate {
    let setup = setup(&format!(
        r#"
        landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
        dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.01 }}
        ensemble = {{ walkers = 8192, steps = 1000, start = [-1.0] }}
        measure.histogram = [
            {{ of = "loss", range = [0.0, 1.0] }},
            {{ axis = 0, range = [-1.5, 1.5], bins = {bins} }},
        ]
    "#
    ));
    let profile = &setup.landscape.profiles().expect("separable")[0];
    let mut random = SplitMix(seed);
    let mut tallies = Vec::new();
    for _ in 0..blocks {
        let mut counts = HistogramCounts { bins: vec![0; bins], outside: 0 };
        for _ in 0..2000 {
            let x = random.gibbs(|x| profile.value(x), 0.0, 0.1, -3.0, 3.0);
            match ((x + 1.5) / 3.0 * bins as f64).floor() {
                k if k >= 0.0 && (k as usize) < bins => counts.bins[k as usize] += 1,
                _ => counts.outside += 1,
            }
        }
        let loss = HistogramCounts { bins: vec![0; 100], outside: 2000 };
        tallies.push(BlockTally { walkers: 2000, histograms: vec![loss, counts], ..BlockTally::default() });
    }
    let mut all = Estimates::new();
    estimate(&setup, &references(&tallies), &mut all);
    all.remove("gibbs_temperature_slope").expect("an estimate")
}

/// Within 4 σ of the truth for wide, common and very narrow bins (false-alarm rate 6·10⁻⁵ each; fixed
/// seed), and more than 4 σ from a temperature wrong by 5 % (canary).
#[test]
fn gibbs_samples_give_their_temperature() {
    for bins in [12, 100, 3000] {
        let found = sampled(bins, 100, 5);
        let (value, error) = (found.value.expect("a value"), found.std_error.expect("an error"));
        assert!(((value - 0.1) / error).abs() < 4.0, "{bins} bins: {found:?}");
        assert!(((value - 0.105) / error).abs() > 4.0, "canary, {bins} bins: {found:?}");
        let (chi, freedom) = (found.chi_squared.expect("χ²"), found.degrees_of_freedom.expect("freedom") as f64);
        assert!((chi - freedom).abs() < 5.0 * (2.0 * freedom).sqrt(), "{bins} bins: χ² {chi} of {freedom}");
    }
}

#[test]
fn few_blocks_still_serve() {
    for blocks in [1, 2, 5] {
        let found = sampled(60, blocks, 6);
        let value = found.value.expect("a value");
        assert!((value - 0.1).abs() < 0.05 / (blocks as f64).sqrt(), "{blocks} blocks: {found:?}");
        assert_eq!(found.std_error.is_some(), blocks > 1, "{found:?}");
    }
}

#[test]
fn two_bins_are_too_few() {
    let found = sampled(2, 20, 7);
    assert_eq!(found.value, None);
    assert!(found.reason.is_some(), "{found:?}");
}

/// Small counts, 32 blocks and 400 bins, in 60 runs: the mean z is 0 ± 0.13, and within 0.8 as the weights
/// allow some bias (false-alarm rate below 10⁻⁴; fixed seeds). A temperature wrong by 4 % is not (canary).
#[test]
fn small_counts_do_not_tilt_the_line() {
    let runs: Vec<Estimate> = (0..60).map(|run| sampled(400, 32, 1000 + run)).collect();
    let z = |truth: f64| -> Vec<f64> {
        let one = |e: &Estimate| (e.value.expect("a value") - truth) / e.std_error.expect("an error");
        runs.iter().map(one).collect()
    };
    let mean = |z: &[f64]| z.iter().sum::<f64>() / 60.0;
    let right = z(0.1);
    let spread = mean(&right.iter().map(|z| z * z).collect::<Vec<_>>()).sqrt();
    println!("mean z {}, root mean square {spread}", mean(&right));
    assert!(mean(&right).abs() < 0.8 && (0.7..1.4).contains(&spread), "{}, {spread}", mean(&right));
    assert!(mean(&z(0.104)).abs() > 0.8, "canary");
}
