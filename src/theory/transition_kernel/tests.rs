//! Against numbers by an independent program in f64 (kernel on a uniform grid, and Chebyshev collocation).

use super::*;
use crate::experiment::DoubleWell;
use crate::landscape::Profile;
use crate::theory::ensemble::MeasuringTimes;
use crate::theory::reduction::Coordinate;

/// x' = x − η(x³ − x) + √(2Tη) ξ.
fn double_well(temperature: f64, eta: f64) -> Coordinate {
    let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] };
    let deviation = (2.0 * temperature * eta).sqrt();
    Coordinate { profile: Profile::DoubleWell(well), rate: eta, deviation }
}

fn at(position: f64) -> [Atom; 1] {
    [Atom { position, weight: 1.0 }]
}

fn on_line(temperature: f64, eta: f64) -> TransitionKernel {
    TransitionKernel::on_line(&double_well(temperature, eta), &at(-1.0)).expect("confined")
}

/// P(x > 0) after `n` steps from −1.
fn right_after(kernel: &TransitionKernel, n: u64) -> f64 {
    let before = MeasuringTimes { first: n - 1, every: 1, count: 1 };
    kernel.pooled(&at(-1.0), before, 1.0).expect("quick").next_between(0.0, f64::INFINITY)
}

#[test]
fn relaxation_rates() {
    let table = [
        (0.05, 0.2, 3.05547057e-3),
        (0.05, 0.1, 2.87587259e-3),
        (0.05, 0.05, 2.81827625e-3),
        (0.05, 0.02, 2.79131552e-3),
        (0.05, 0.01, 2.78346004e-3),
        (0.1, 0.2, 3.70736377e-2),
        (0.1, 0.1, 3.48295498e-2),
        (0.1, 0.05, 3.41046483e-2),
        (0.1, 0.02, 3.37517241e-2),
        (0.1, 0.01, 3.36457883e-2),
        (0.2, 0.1, 0.141587561),
        (0.2, 0.01, 0.135323615),
    ];
    for (t, eta, expected) in table {
        let rate = on_line(t, eta).relaxation_rate().expect("real") / eta;
        assert!((rate / expected - 1.0f64).abs() < 4e-9, "T = {t}, η = {eta}: {rate} against {expected}");
    }
}

#[test]
fn populations_on_the_way_to_equilibrium() {
    let table: [(f64, f64, [f64; 6], f64); 4] = [
        (0.1, 0.1, [0.00356697, 0.03340400, 0.13426534, 0.31776135, 0.48408521, 0.49998498], 5.1e-9),
        (0.05, 0.1, [5.161e-5, 0.00195467, 0.01179975, 0.03908749, 0.12313119, 0.28797109], 5.1e-9),
        (0.05, 0.05, [2.8e-7, 0.00029351, 0.00464055, 0.01840064, 0.06363768, 0.17080665], 5.1e-9),
        (0.2, 0.05, [0.00693195, 0.06310718, 0.22991837, 0.43189694, 0.49945170, 0.5], 5.1e-9),
    ];
    for (t, eta, populations, tolerance) in table {
        let kernel = on_line(t, eta);
        for (n, expected) in [10, 30, 100, 300, 1000, 3000].into_iter().zip(populations) {
            let right = right_after(&kernel, n);
            assert!((right - expected).abs() < tolerance, "T = {t}, η = {eta}, n = {n}: {right} against {expected}");
        }
    }
}

#[test]
fn stationary_moments() {
    let table = [
        (0.05, 0.01, 0.93625952, 0.02854952),
        (0.05, 0.05, 0.93384206, 0.02963810),
        (0.05, 0.1, 0.93050863, 0.03114612),
        (0.05, 0.2, 0.92240886, 0.03483519),
        (0.1, 0.01, 0.87026238, 0.05763862),
        (0.1, 0.05, 0.86564568, 0.05966306),
        (0.1, 0.1, 0.85929459, 0.06248286),
        (0.1, 0.2, 0.84364454, 0.06955990),
        (0.2, 0.05, 0.82275800, 0.09632865),
        (0.2, 0.1, 0.81367167, 0.10100547),
    ];
    for (t, eta, square, loss) in table {
        let coordinate = double_well(t, eta);
        let kernel = on_line(t, eta);
        let law = kernel.stationary().expect("whole line");
        let (x2, u) = (law.mean(|x| x * x), law.mean(|x| coordinate.profile.value(x)));
        assert!((x2 - square).abs() < 6e-9, "T = {t}, η = {eta}: <x²> = {x2} against {square}");
        assert!((u - loss).abs() < 6e-9, "T = {t}, η = {eta}: <U> = {u} against {loss}");
        let half = law.next_between(f64::NEG_INFINITY, 0.0);
        assert!((half - 0.5).abs() < 1e-12, "half of a symmetric law is on the left, found {half}");
    }
}

/// <U'²> for s = 1 at large steps.
#[test]
fn squared_gradient_far_from_the_diffusion() {
    for (eta, expected) in
        [(0.02, 0.0200987570), (0.05, 0.0505865491), (0.1, 0.1018622568), (0.15, 0.1555589925), (0.2, 0.2188413214)]
    {
        let coordinate = double_well(0.5 * eta, eta);
        let kernel = TransitionKernel::on_line(&coordinate, &at(-1.0)).expect("confined");
        let found = kernel.stationary().expect("whole line").mean(|x| coordinate.profile.slope(x).powi(2));
        assert!((found / expected - 1.0f64).abs() < 3e-9, "η = {eta}: {found} against {expected}");
    }
    // At η = 0.3 walkers reach |x| = √(1 + 2/η) = 2.8, beyond which they are thrown ever further.
    assert!(TransitionKernel::on_line(&double_well(0.15, 0.3), &at(-1.0)).is_none());
}

/// A harmonic well: the stationary law is normal with V = s²/(1 − q²), and moments decay as qⁿ.
#[test]
fn harmonic_chain_is_the_autoregression() {
    for (eta, deviation) in [(0.1f64, 0.2f64), (1.0, 0.3), (1.7, 0.1)] {
        let profile = Profile::Quadratic { curvature: 1.0, minimum: 0.5 };
        let coordinate = Coordinate { profile, rate: eta, deviation };
        let kernel = TransitionKernel::on_line(&coordinate, &at(2.0)).expect("confined");
        let q = 1.0 - eta;
        let variance = deviation * deviation / (1.0 - q * q);
        let law = kernel.stationary().expect("whole line");
        assert!((law.mean(|x| (x - 0.5).powi(2)) / variance - 1.0).abs() < 1e-12, "variance at η = {eta}");
        for n in [1, 2, 5, 70, 300] {
            let times = MeasuringTimes { first: n, every: 1, count: 1 };
            let law = kernel.pooled(&at(2.0), times, 1.0).expect("quick");
            let mean = 0.5 + 1.5 * q.powi(n as i32);
            assert!((law.mean(|x| x) - mean).abs() < 1e-12, "mean after {n} steps at η = {eta}");
            assert!((law.total() - 1.0).abs() < 1e-12, "mass after {n} steps at η = {eta}");
        }
    }
}

#[test]
fn pooling_sums_the_geometric_series() {
    let kernel = on_line(0.1, 0.1);
    let start = [Atom { position: -1.3, weight: 0.75 }, Atom { position: 0.4, weight: 0.25 }];
    for q in [1.0, 0.999, -0.98] {
        let times = MeasuringTimes { first: 3, every: 7, count: 300 };
        let pooled = kernel.pooled(&start, times, q).expect("quick").mean(|x| x);
        let single = |j: u64| {
            let n = times.first + j * times.every;
            let law = kernel.pooled(&start, MeasuringTimes { first: n, every: 1, count: 1 }, 1.0).expect("quick");
            q.powi(n as i32) * law.mean(|x| x) / times.count as f64
        };
        let sum: f64 = (0..times.count).map(single).sum();
        assert!((pooled - sum).abs() < 1e-12, "{pooled} against {sum} at q = {q}");
    }
}

/// Harmonic well, T = 0.1, from 0 until |x| > 1 after a step.
#[test]
fn passage_of_the_harmonic_chain() {
    for (eta, expected) in [(0.1f64, 107.28991), (0.02, 87.495294), (0.005, 77.056050)] {
        let profile = Profile::Quadratic { curvature: 1.0, minimum: 0.0 };
        let coordinate = Coordinate { profile, rate: eta, deviation: (0.2 * eta).sqrt() };
        let alive = [(-1.0, 1.0)];
        let kernel = TransitionKernel::within(&coordinate, &alive, &at(0.0)).expect("confined");
        let time = eta * kernel.mean_passage_steps(&[0.0])[0];
        assert!((time / expected - 1.0f64).abs() < 6e-8, "η = {eta}: {time} against {expected}");
        // The number of steps is also the sum of the probabilities not to have passed yet.
        let times = MeasuringTimes { first: 0, every: 1, count: 10_000_000 };
        let at_risk = kernel.pooled(&at(0.0), times, 1.0).expect("quick");
        let summed = eta * 1e7 * at_risk.total();
        assert!((summed / time - 1.0).abs() < 1e-9, "η = {eta}: {summed} against {time}");
        assert!((at_risk.leaving() * 1e7 - 1.0).abs() < 1e-9, "all pass");
    }
}

/// (x² − 1)²/4, T = 0.15, Δt = 0.01, from −1, 2000 steps. Passages from an independent program with a
/// trapezoidal rule on spacings 0.0025 and 0.00125, extrapolated (its error is of second order).
#[test]
fn two_thousand_steps_in_the_double_well() {
    let coordinate = double_well(0.15, 0.01);
    let kernel = TransitionKernel::on_line(&coordinate, &at(-1.0)).expect("confined");
    let law = kernel.pooled(&at(-1.0), MeasuringTimes { first: 2000, every: 1, count: 1 }, 1.0).expect("quick");
    let mean = law.mean(|x| x);
    assert!((mean + 0.187379905).abs() < 1e-9, "mean {mean}");
    let variance = law.mean(|x| x * x) - mean * mean;
    assert!((variance - 0.803742946).abs() < 1e-9, "variance {variance}");
    let kernel = TransitionKernel::within(&coordinate, &[(f64::NEG_INFINITY, 0.0)], &at(-1.0)).expect("confined");
    let alive = kernel.pooled(&at(-1.0), MeasuringTimes { first: 2000, every: 1, count: 1 }, 1.0).expect("quick");
    assert!((1.0 - alive.total() - 0.77361963).abs() < 1e-8, "passed {}", 1.0 - alive.total());
    let at_risk = kernel.pooled(&at(-1.0), MeasuringTimes { first: 0, every: 1, count: 2000 }, 1.0).expect("quick");
    let restricted = 0.01 * 2000.0 * at_risk.total();
    assert!((restricted - 10.7678193).abs() < 1e-7, "restricted mean {restricted}");
}

/// u_n = f_n + Σ_k f_k u_(n−k), with f_n the probability that the first passage is that of step n, and 1/τ per step
/// in the end.
#[test]
fn restarted_walkers_pass_as_renewals() {
    let coordinate = double_well(0.1, 0.1);
    let kernel = TransitionKernel::within(&coordinate, &[(f64::NEG_INFINITY, 0.0)], &at(-1.0)).expect("confined");
    let alive = |n: u64| match n {
        0 => 1.0,
        n => kernel.pooled(&at(-1.0), MeasuringTimes { first: n, every: 1, count: 1 }, 1.0).expect("quick").total(),
    };
    let first: Vec<f64> = (1..=60).map(|n| alive(n - 1) - alive(n)).collect();
    let mut renewals: Vec<f64> = Vec::new();
    for n in 0..first.len() {
        let again: f64 = (0..n).map(|k| first[k] * renewals[n - 1 - k]).sum();
        renewals.push(first[n] + again);
    }
    for (burn_in, steps) in [(0, 1), (0, 10), (0, 60), (20, 40)] {
        let expected = renewals[burn_in..burn_in + steps].iter().sum::<f64>() / steps as f64;
        let found = kernel.restarted_passages(&at(-1.0), burn_in as u64, steps as u64).expect("quick");
        assert!((found - expected).abs() < 1e-12, "{burn_in} + {steps}: {found}, not {expected}");
    }
    let late = kernel.restarted_passages(&at(-1.0), 2000, 1_000_000_000).expect("quick");
    let time = kernel.mean_passage_steps(&[-1.0])[0];
    assert!((late * time - 1.0).abs() < 1e-9, "{late} against 1/{time}");
    // Starts of their own, half of them where nearly every walker passes at once.
    let starts = [-1.0, 3.0].map(|position| Atom { position, weight: 0.5 });
    let kernel = TransitionKernel::within(&coordinate, &[(f64::NEG_INFINITY, 0.0)], &starts).expect("confined");
    let both = kernel.restarted_passages(&starts, 20_000, 1000).expect("quick");
    let times = kernel.mean_passage_steps(&[-1.0, 3.0]);
    assert!((both - 0.5 / times[0] - 0.5 / times[1]).abs() < 1e-9, "{both} against {times:?}");
    assert!((times[1] - 1.0).abs() < 0.1, "{times:?}");
}

#[test]
fn a_chain_that_is_not_confined_has_no_kernel() {
    let saddle = Profile::Quadratic { curvature: -1.0, minimum: 0.0 };
    let coordinate = Coordinate { profile: saddle, rate: 0.1, deviation: 0.1 };
    assert!(TransitionKernel::on_line(&coordinate, &at(0.0)).is_none());
    assert!(TransitionKernel::within(&coordinate, &[(f64::NEG_INFINITY, 1.0)], &at(0.0)).is_none());
    let steps =
        TransitionKernel::within(&coordinate, &[(-1.0, 1.0)], &at(0.0)).expect("bounded").mean_passage_steps(&[0.0]);
    assert!(steps[0] > 1.0 && steps[0].is_finite(), "{steps:?}");
    let still = Coordinate { deviation: 0.0, ..double_well(0.1, 0.1) };
    assert!(TransitionKernel::on_line(&still, &at(0.0)).is_none());
    // Steps of 3 in a well of curvature 1 only grow.
    let unstable = Coordinate { rate: 3.0, ..coordinate };
    let unstable = Coordinate { profile: Profile::Quadratic { curvature: 1.0, minimum: 0.0 }, ..unstable };
    assert!(TransitionKernel::on_line(&unstable, &at(0.0)).is_none());
}
