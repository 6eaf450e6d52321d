use super::super::synthetic::{SplitMix, references, setup};
use super::*;
use crate::gaussian::Gaussian;
use crate::tally::SeriesPoint;
use nalgebra::{DMatrix, DVector};

fn of(all: &TimePoint, label: &str) -> (f64, f64) {
    let estimate = all.get(label).unwrap_or_else(|| panic!("no {label} in {all:?}"));
    (estimate.value.expect("a value"), estimate.std_error.expect("an error"))
}

#[test]
fn the_time_series_counts_from_the_start_of_the_walk() {
    let setup = setup(
        r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, floor = 2.0, transverse = [1.0] }
        dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.5 }
        ensemble = { walkers = 128, burn_in = 4, steps = 10, start = [-1.0, 0.0] }
        measure = { time_series = { points = 2 } }
        "#,
    );
    let of_point = |right, overflows, sums| SeriesPoint { count: 64, right, overflows, sums, counts: Vec::new() };
    let of_block = |x: f64, right, overflows| BlockTally {
        walkers: 64,
        series: vec![
            // Positions, squares, loss, squared gradient.
            of_point(right, 0, vec![64.0 * x, 0.0, 64.0, 0.0, 0.0, 6.4, 128.0]),
            of_point(right, overflows, vec![0.0; 7]),
        ],
        ..BlockTally::default()
    };
    let series = time_series(&setup, &references(&[of_block(-1.0, 0, 1), of_block(-0.5, 16, 0)]));
    assert_eq!((series[0].time, series[1].time), (4.5, 7.0), "after steps 4 + 5 and 4 + 10 of 0.5");
    assert_eq!((series[0].step, series[1].step), (5, 10));
    assert_eq!(of(&series[0], "mean[0]"), (-0.75, 0.25));
    assert!((of(&series[0], "covariance[0,0]").0 - (1.0 - 0.5625)).abs() < 1e-15);
    assert!((of(&series[0], "loss").0 - 2.1).abs() < 1e-15);
    assert_eq!(of(&series[0], "gradient_norm_squared").0, 2.0);
    assert_eq!(of(&series[0], "well_occupation[right]"), (0.125, 0.125));
    let overflown = series[1].get("mean[0]").expect("named");
    assert!(overflown.value.is_none() && overflown.reason.is_some(), "{overflown:?}");
    assert_eq!(of(&series[1], "well_occupation[right]").0, 0.125, "counts do not overflow");

    let mut all = Estimates::new();
    estimate(&setup, &references(&[of_block(-1.0, 0, 0), of_block(-0.5, 16, 0)]), &mut all);
    assert_eq!(all["mean[0,5]"].value, Some(-0.75));
    assert_eq!(all["loss[5]"].blocks, 2);
    assert_eq!(all["well_occupation[right,10]"].value, Some(0.125));
}

/// Normal walkers of covariance A Aᵀ and noise of 4 A Aᵀ, A = [[1, 0], [0.5, 2]]: eigenvalues (5.25 ± √(5.25² − 16))/2.
/// Fourteen estimates within 4 σ: false-alarm rate 9·10⁻⁴ (the seed is fixed). The canaries, off by 15 % and
/// more, are beyond it.
#[test]
fn spectra_of_normal_walkers_are_those_of_their_covariance() {
    let setup = setup(
        r#"
        landscape = { kind = "quadratic", hessian = [1.0, 1.0] }
        noise = { kind = "gaussian", covariance = 1.0 }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 12800, steps = 10, start = [0.0, 0.0] }
        measure = { time_series = { points = 1, noise_covariance = true } }
        "#,
    );
    let layout = series_layout(&setup).expect("a time series");
    let mut random = SplitMix(5);
    let mut of_block = || {
        let mut point = SeriesPoint { count: 100, ..SeriesPoint::new(layout) };
        for _ in 0..100 {
            let mut pair = || {
                let (a, b) = (random.normal(), random.normal());
                [a, 0.5 * a + 2.0 * b]
            };
            let (x, n) = (pair(), pair());
            for (i, j) in layout.products.pairs() {
                point.sums[layout.product(i, j)] += x[i] * x[j];
                point.sums[layout.noise_product(i, j)] += 4.0 * n[i] * n[j];
            }
            (0..2).for_each(|i| point.sums[layout.position(i)] += x[i]);
        }
        BlockTally { walkers: 100, series: vec![point], ..BlockTally::default() }
    };
    let blocks: Vec<BlockTally> = (0..128).map(|_| of_block()).collect();
    let series = time_series(&setup, &references(&blocks));
    let root = (5.25f64 * 5.25 - 16.0).sqrt();
    let (large, small) = (0.5 * (5.25 + root), 0.5 * (5.25 - root));
    let (p, q) = (large / 5.25, small / 5.25);
    let rank = (-p * p.ln() - q * q.ln()).exp();
    let ratio = 1.0 / (p * p + q * q);
    let expected = [
        ("covariance_eigenvalue[0]", large),
        ("covariance_eigenvalue[1]", small),
        ("covariance_eigenvalue_mean", 0.5 * (large + small)),
        ("covariance_eigenvalue_spread", 0.5 * (large - small)),
        ("effective_rank", rank),
        ("participation_ratio", ratio),
        ("covariance[0,1]", 0.5),
    ];
    for (label, value) in expected {
        let scale = if label.contains("rank") || label.contains("ratio") { 1.0 } else { 4.0 };
        let of_noise = format!("noise_{label}");
        for (label, value) in [(label, value), (of_noise.as_str(), scale * value)] {
            let (found, error) = of(&series[0], label);
            let z = (found - value) / error;
            assert!(z.abs() < 4.0, "{label}: {found} ± {error}, not {value}");
            let canary = if label.contains("[0,1]") { 0.5 } else { 0.15 };
            assert!((z + canary * value / error).abs() > 4.0, "canary: {label} {found} ± {error}");
        }
    }
}

/// Samples of 40 normal walkers, 20 000 of them: free energies of their moments are off by the bias that is derived for
/// them, and scatter as it is, to a tenth (second order in 1/N, and chance below it). Canary: without the bias.
#[test]
fn free_energies_of_samples_are_biased_as_derived() {
    const N: usize = 40;
    let setup = setup(
        r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]] }
        noise = { kind = "gaussian", covariance = [1.0, 4.0] }
        dynamics = { kind = "sgd", learning_rate = 0.05 }
        ensemble = { walkers = 12800, steps = 10, start = [0.0, 0.0] }
        "#,
    );
    let energies = FreeEnergies::of(&setup).expect("stationary");
    let law = Gaussian {
        mean: DVector::from_row_slice(&[0.1, 0.2]),
        covariance: DMatrix::from_row_slice(2, 2, &[0.09, 0.03, 0.03, 0.05]),
    };
    let (exact, biases) = (energies.of_law(&law), energies.bias_of_sample(&law, N as f64));
    let root = law.covariance.clone().cholesky().expect("regular").l();
    let mut random = SplitMix(9);
    let mut sums = [[0.0; 2]; 3];
    const SAMPLES: usize = 20_000;
    for _ in 0..SAMPLES {
        let walkers: Vec<DVector<f64>> =
            (0..N).map(|_| &law.mean + &root * DVector::from_fn(2, |_, _| random.normal())).collect();
        let mean = walkers.iter().sum::<DVector<f64>>() / N as f64;
        let square = walkers.iter().map(|x| x * x.transpose()).sum::<DMatrix<f64>>() / N as f64;
        let sample = Gaussian { covariance: square - &mean * mean.transpose(), mean };
        for ((sums, found), exact) in sums.iter_mut().zip(energies.of_law(&sample)).zip(exact) {
            sums[0] += found - exact;
            sums[1] += (found - exact).powi(2);
        }
    }
    for ((name, sums), bias) in FreeEnergies::NAMES.iter().zip(sums).zip(biases) {
        let mean = sums[0] / SAMPLES as f64;
        let deviation = (sums[1] / SAMPLES as f64 - mean * mean).sqrt();
        // 10/4N for two coordinates.
        let error = 10.0 / (4.0 * N as f64) / bias;
        assert!((deviation / error - 1.0).abs() < 0.1, "{name}: {deviation} against {error}");
        assert!((mean / deviation / bias - 1.0).abs() < 0.15, "{name}: {} against {bias}", mean / deviation);
        assert!(mean / deviation > 8.0 / (SAMPLES as f64).sqrt(), "canary: {name}: {mean} of {deviation}");
    }
}

/// Walkers of another law than the stationary one have its free energies: six estimates within 4 σ, a false-alarm rate of
/// 4·10⁻⁴ (the seed is fixed). The canaries, of a law a tenth wider in variance, are beyond.
#[test]
fn free_energies_are_those_of_the_walkers_law() {
    for (hessian, start) in [("[[1.0, 0.5], [0.5, 1.0]]", "[3.0, 1.0]"), ("[1.0]", "[1.0]")] {
        let d = start.split(',').count();
        let setup = setup(&format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = {hessian} }}
            dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.1 }}
            ensemble = {{ walkers = 12800, steps = 10, start = {start} }}
            measure = {{ time_series = {{ points = 1 }} }}
            "#
        ));
        let energies = FreeEnergies::of(&setup).expect("stationary");
        let layout = series_layout(&setup).expect("a time series");
        let mut random = SplitMix(6);
        let mut of_block = || {
            let mut point = SeriesPoint { count: 100, ..SeriesPoint::new(layout) };
            for _ in 0..100 {
                let x: Vec<f64> = (0..d).map(|i| 0.5 + (1.0 + i as f64) * random.normal()).collect();
                for (i, j) in layout.products.pairs() {
                    point.sums[layout.product(i, j)] += x[i] * x[j];
                }
                (0..d).for_each(|i| point.sums[layout.position(i)] += x[i]);
            }
            BlockTally { walkers: 100, series: vec![point], ..BlockTally::default() }
        };
        let blocks: Vec<BlockTally> = (0..128).map(|_| of_block()).collect();
        let series = time_series(&setup, &references(&blocks));
        let law = |scale: f64| Gaussian {
            mean: DVector::from_element(d, 0.5),
            covariance: DMatrix::from_diagonal(&DVector::from_fn(d, |i, _| scale * (1.0 + i as f64).powi(2))),
        };
        let expected = energies.of_law(&law(1.0)).into_iter().zip(energies.of_law(&law(1.1)));
        for (label, (value, wrong)) in FreeEnergies::NAMES.iter().zip(expected) {
            let (found, error) = of(&series[0], label);
            assert!((found - value).abs() < 4.0 * error, "{label}: {found} ± {error}, not {value}");
            assert!((found - wrong).abs() > 4.0 * error, "canary: {label}: {found} ± {error}");
        }
    }
}
