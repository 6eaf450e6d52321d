//! Against numbers by an independent program in f64, closed forms, and the kernel of normal noise.

use super::*;
use crate::experiment::DoubleWell;
use crate::landscape::Profile;
use crate::theory::TransitionKernel;

/// x' = x − η(x³ − x + s ξ).
fn double_well(eta: f64, s: f64, tilt: f64) -> Coordinate {
    let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt, floor: 0.0, transverse: vec![] };
    Coordinate { profile: Profile::DoubleWell(well), rate: eta, deviation: eta * s }
}

fn harmonic(eta: f64, s: f64) -> Coordinate {
    let profile = Profile::Quadratic { curvature: 1.0, minimum: 0.5 };
    Coordinate { profile, rate: eta, deviation: eta * s }
}

fn at(position: f64) -> [Atom; 1] {
    [Atom { position, weight: 1.0 }]
}

fn laws() -> [NoiseLaw; 7] {
    [
        NoiseLaw::Gaussian,
        NoiseLaw::Uniform,
        NoiseLaw::rademacher(),
        NoiseLaw::Laplace,
        NoiseLaw::two_point(0.2),
        NoiseLaw::Exponential,
        NoiseLaw::three_point(),
    ]
}

fn kernel(coordinate: &Coordinate, law: &NoiseLaw) -> CollocationKernel {
    CollocationKernel::new(coordinate, law, &at(-1.0)).expect("confined")
}

/// The shape of the noise changes the rate at the same variance by up to nine times.
#[test]
fn relaxation_rates_of_the_laws() {
    let table = [
        (0.1, 1.0, [2.87587259e-3, 2.35560505e-3, 2.01246119e-3, 4.20328694e-3, 3.63427591e-3, 5.89624746e-3]),
        (0.05, 1.0, [1.99038918e-5, 1.31327537e-5, 9.4812160e-6, 4.51527990e-5, 6.2491628e-5, 1.80965455e-4]),
        (0.05, 2f64.sqrt(), [2.81827625e-3, 2.55929022e-3, 2.38704425e-3, 3.47391331e-3, 3.14909800e-3, 4.40960919e-3]),
    ];
    for (eta, s, rates) in table {
        for (law, expected) in laws().into_iter().zip(rates) {
            let rate = kernel(&double_well(eta, s, 0.0), &law).relaxation_rate().expect("real") / eta;
            assert!((rate / expected - 1.0f64).abs() < 2e-8, "η = {eta}, s = {s}, {law:?}: {rate} against {expected}");
        }
    }
}

/// Where noise is normal the chain on a uniform grid is another way to the same numbers.
#[test]
fn normal_noise_agrees_with_the_transition_kernel() {
    for (eta, s, tilt) in [(0.1, 1.0, 0.0), (0.05, 2.0, 0.05), (0.2, 1.0, 0.0), (0.01, 20f64.sqrt(), 0.0)] {
        let coordinate = double_well(eta, s, tilt);
        let start = [Atom { position: -1.5, weight: 0.75 }, Atom { position: 0.4, weight: 0.25 }];
        let grid = TransitionKernel::on_line(&coordinate, &start).expect("confined");
        let kernel = CollocationKernel::new(&coordinate, &NoiseLaw::Gaussian, &start).expect("confined");
        let rates = [kernel.relaxation_rate(), grid.relaxation_rate()].map(|rate| rate.expect("real"));
        assert!((rates[0] / rates[1] - 1.0).abs() < 1e-9, "rates {rates:?} at η = {eta}");
        let profile = &coordinate.profile;
        let functions: [&dyn Fn(f64) -> f64; 4] =
            [&|x| x, &|x| x * x, &|x| profile.value(x), &|x| profile.slope(x).powi(2)];
        for times in
            [None, Some((0, 1, 1)), Some((1, 1, 1)), Some((3, 7, 300)), Some((2000, 1, 1)), Some((1000, 50, 1000))]
        {
            let times = times.map(|(first, every, count)| MeasuringTimes { first, every, count });
            for (k, f) in functions.iter().enumerate() {
                let [found, expected] = match times {
                    None => [kernel.stationary().mean(f), grid.stationary().expect("whole line").mean(f)],
                    Some(times) => {
                        let law = grid.pooled(&start, times, 1.0).expect("quick");
                        [kernel.pooled(&start, times).expect("inside").mean(f), law.mean(f)]
                    }
                };
                assert!((found - expected).abs() < 2e-11, "η = {eta}, {times:?}, f_{k}: {found} against {expected}");
            }
        }
    }
}

/// <x²>, <U> and, for s = 1, <U'²>.
#[test]
fn stationary_moments_of_the_double_well() {
    let moments = |eta: f64, temperature: f64| {
        let coordinate = double_well(eta, (2.0 * temperature / eta).sqrt(), 0.0);
        let law = kernel(&coordinate, &NoiseLaw::Gaussian).stationary();
        let profile = coordinate.profile;
        [law.mean(|x| x * x), law.mean(|x| profile.value(x)), law.mean(|x| profile.slope(x).powi(2))]
    };
    let table = [
        (0.05, 0.01, 0.93625952, 0.02854952),
        (0.05, 0.2, 0.92240886, 0.03483519),
        (0.1, 0.05, 0.86564568, 0.05966306),
        (0.2, 0.1, 0.81367167, 0.10100547),
    ];
    for (t, eta, square, loss) in table {
        let [x2, u, _] = moments(eta, t);
        assert!((x2 - square).abs() < 6e-9, "T = {t}, η = {eta}: <x²> = {x2} against {square}");
        assert!((u - loss).abs() < 6e-9, "T = {t}, η = {eta}: <U> = {u} against {loss}");
    }
    for (eta, expected) in [(0.05, 0.0505865491), (0.1, 0.1018622568), (0.2, 0.2188413214)] {
        let [.., slope] = moments(eta, 0.5 * eta);
        assert!((slope / expected - 1.0).abs() < 5e-9, "η = {eta}: <U'²> = {slope} against {expected}");
    }
}

/// x' − x₀ = q (x − x₀) − η s ξ: cumulants (−ηs)ⁿ κ_n/(1 − qⁿ) at rest, times 1 − q^(nk) after k steps.
#[test]
fn cumulants_of_the_harmonic_chain() {
    let cumulants = [(0.0, 0.0), (0.0, -1.2), (0.0, -2.0), (0.0, 3.0), (1.5, 0.25), (2.0, 6.0), (0.0, 0.0)];
    for (law, (skewness, excess)) in laws().into_iter().zip(cumulants) {
        for (eta, s) in [(0.1f64, 1.0f64), (0.5, 1.0), (0.01, 4.0)] {
            let q = 1.0 - eta;
            let kernel = kernel(&harmonic(eta, s), &law);
            let check = |law: Quadrature, steps: f64, what: &str| {
                let mean = law.mean(|x| x);
                let central = |n: i32| law.mean(|x| (x - mean).powi(n));
                let found = [mean, central(2), central(3), central(4) - 3.0 * central(2).powi(2)];
                let cumulant =
                    |n: i32, k: f64| (-eta * s).powi(n) * k * (1.0 - q.powf(steps * f64::from(n))) / (1.0 - q.powi(n));
                let mean = 0.5 - 1.5 * q.powf(steps);
                let expected = [mean, cumulant(2, 1.0), cumulant(3, skewness), cumulant(4, excess)];
                let scale = cumulant(2, 1.0).sqrt();
                for n in 0..4 {
                    let error = (found[n] - expected[n]) / scale.powi(n as i32 + 1);
                    assert!(
                        error.abs() < 1e-8,
                        "cumulant {} {what}, η = {eta}, {law:?}: {found:?} against {expected:?}",
                        n + 1
                    );
                }
            };
            check(kernel.stationary(), f64::INFINITY, "at rest");
            for k in [1, 5, 100_000] {
                let times = MeasuringTimes { first: k, every: 1, count: 1 };
                check(kernel.pooled(&at(-1.0), times).expect("inside"), k as f64, "after some steps");
            }
            let rate = kernel.relaxation_rate().expect("real");
            // At η = ½ laws of a few values are singular, and eigenvalues less well conditioned.
            let tolerance = if eta < 0.5 { 1e-11 } else { 2e-6 };
            assert!((rate / -q.ln() - 1.0).abs() < tolerance, "relaxation {rate} at η = {eta}");
        }
    }
    let law = kernel(&harmonic(0.1, 1.0), &NoiseLaw::rademacher()).stationary();
    let variance = law.mean(|x| (x - 0.5).powi(2));
    let excess = law.mean(|x| (x - 0.5).powi(4)) / (variance * variance) - 3.0;
    assert!((excess + 0.209945).abs() < 5e-7, "excess kurtosis {excess}");
}

/// At ηh > 1 the slowest motion alternates, as qⁿ with q < 0.
#[test]
fn alternating_relaxation_has_no_rate() {
    for eta in [1.3, 1.7, 1.95] {
        let kernel = kernel(&harmonic(eta, 1.0), &NoiseLaw::Gaussian);
        assert_eq!(kernel.relaxation_rate(), None, "η = {eta}");
        let variance = kernel.stationary().mean(|x| (x - 0.5).powi(2));
        assert!((variance / (eta / (2.0 - eta)) - 1.0).abs() < 1e-9, "variance {variance} at η = {eta}");
    }
}

/// At ηh = ½ noise of ±1 makes the law even over [x₀ − 2ηs, x₀ + 2ηs] (a Bernoulli convolution).
#[test]
fn half_steps_of_one_size_are_binary_digits() {
    let law = kernel(&harmonic(0.5, 1.0), &NoiseLaw::rademacher()).stationary();
    for n in [2, 4, 6, 8] {
        let moment = law.mean(|x| (x - 0.5).powi(n));
        assert!((moment - 1.0 / f64::from(n + 1)).abs() < 1e-10, "moment {n}: {moment}");
    }
}

#[test]
fn a_chain_that_is_not_confined_or_too_cold_has_no_kernel() {
    for law in laws() {
        let none = |coordinate: Coordinate| CollocationKernel::new(&coordinate, &law, &at(-1.0)).is_none();
        let saddle = Profile::Quadratic { curvature: -1.0, minimum: 0.0 };
        assert!(none(Coordinate { profile: saddle, rate: 0.1, deviation: 0.1 }), "{law:?} on a saddle");
        assert!(none(harmonic(0.1, 0.0)), "{law:?} without noise");
        assert!(none(double_well(0.005, 1.0, 0.0)), "{law:?} over a barrier of 100 T");
        assert!(none(Coordinate { rate: 0.0, ..harmonic(0.1, 1.0) }), "{law:?} without drift");
        assert!(none(harmonic(3.0, 1.0)), "{law:?} thrown ever further");
        assert!(none(double_well(0.8, 2.0, 0.0)), "{law:?} thrown over the walls");
    }
    // At η = 0.3 normal noise leads walkers out, noise of finite support does not.
    for (law, confined) in [(NoiseLaw::Gaussian, false), (NoiseLaw::rademacher(), true), (NoiseLaw::Uniform, true)] {
        let kernel = CollocationKernel::new(&double_well(0.3, 1.0, 0.0), &law, &at(-1.0));
        assert_eq!(kernel.is_some(), confined, "{law:?}");
        let once = MeasuringTimes { first: 1, every: 1, count: 1 };
        let far_away = kernel.and_then(|kernel| kernel.pooled(&at(20.0), once));
        assert!(far_away.is_none(), "{law:?} from beyond the domain");
    }
}
