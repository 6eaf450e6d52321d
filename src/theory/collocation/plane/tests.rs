//! Against numbers by an independent program in f64 (tensor products of Chebyshev nodes), and closed forms.

use crate::experiment::DoubleWell;
use crate::landscape::Profile;
use crate::theory::collocation::*;
use crate::theory::{Coordinate, underdamped_relaxation_rate};

fn double_well() -> Profile {
    Profile::DoubleWell(DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] })
}

fn harmonic() -> Profile {
    Profile::Quadratic { curvature: 1.0, minimum: 0.5 }
}

/// η = η'/N, μ = 1 − 1/N: rates per η', and <x²>. Momentum slows the passage at the same temperature.
#[test]
fn momentum_over_the_barrier() {
    let table = [
        (
            0.1,
            0.1,
            [3.48295498e-2, 3.14769487e-2, 2.83046829e-2, 2.43797201e-2],
            [0.85929459, 0.86758558, 0.86977037, 0.87063056],
        ),
        (
            0.05,
            0.1,
            [2.87587259e-3, 2.56603668e-3, 2.27554108e-3, 1.93903399e-3],
            [0.93050863, 0.93483762, 0.93597670, 0.93642618],
        ),
    ];
    let profile = double_well();
    for (t, effective, rates, squares) in table {
        for (k, n) in [1.0, 2.0, 4.0, 8.0].into_iter().enumerate() {
            let s = f64::sqrt(2.0 * t / effective);
            let kernel = momentum(&profile, effective / n, 1.0 - 1.0 / n, s, &NoiseLaw::Gaussian).expect("finite");
            let rate = kernel.relaxation_rate().expect("real") / effective;
            assert!((rate / rates[k] - 1.0).abs() < 2e-7, "T = {t}, η' = {effective}, N = {n}: {rate}");
            let x2 = kernel.mean(|[x, _]| x * x);
            assert!((x2 - squares[k]).abs() < 1e-8, "T = {t}, η' = {effective}, N = {n}: <x²> = {x2}");
        }
    }
}

/// Without momentum the plane is the line, whatever the noise.
#[test]
fn momentum_of_zero_is_the_chain_of_one_coordinate() {
    let profile = double_well();
    for (law, tolerance) in [(NoiseLaw::Uniform, 1e-7), (NoiseLaw::rademacher(), 1e-7), (NoiseLaw::three_point(), 1e-4)]
    {
        let coordinate = Coordinate { profile: profile.clone(), rate: 0.1, deviation: 0.1 };
        let line = CollocationKernel::new(&coordinate, &law, &[]).expect("confined").relaxation_rate().expect("real");
        let plane = momentum(&profile, 0.1, 0.0, 1.0, &law).expect("finite").relaxation_rate().expect("real");
        assert!((plane / line - 1.0).abs() < tolerance, "{law:?}: {plane} against {line}");
    }
    for law in [NoiseLaw::Laplace, NoiseLaw::Exponential, NoiseLaw::two_point(0.2)] {
        assert!(momentum(&profile, 0.1, 0.5, 1.0, &law).is_none(), "{law:?}");
    }
    assert!(momentum(&profile, 0.1, 1.0, 1.0, &NoiseLaw::Gaussian).is_none(), "no stationary law");
}

/// Linear rules: V = η s²(1 + μ)/((1 − μ)(2(1 + μ) − η)) and <v²> = 2η²s²/((1 − μ)(2(1 + μ) − η)); V = T of
/// both integrators, and E[x'(x' − x)] that follows from stationarity, −E[x(x' − x)].
#[test]
fn harmonic_wells() {
    let profile = harmonic();
    for (eta, mu, s) in [(0.1f64, 0.5f64, 1.0f64), (0.02, 0.9, 2.0), (0.02, 0.95, 1.0)] {
        let kernel = momentum(&profile, eta, mu, s, &NoiseLaw::Gaussian).expect("finite");
        let common = eta * s * s / ((1.0 - mu) * (2.0 * (1.0 + mu) - eta));
        let x2 = kernel.mean(|[x, _]| (x - 0.5).powi(2));
        let v2 = kernel.mean(|[_, v]| v * v);
        assert!((x2 / (common * (1.0 + mu)) - 1.0).abs() < 1e-9, "μ = {mu}: V = {x2}");
        assert!((v2 / (2.0 * eta * common) - 1.0).abs() < 1e-9, "μ = {mu}: <v²> = {v2}");
        let [forward, backward] =
            [kernel.mean_over_step(|z, w| w[0] * (w[0] - z[0])), kernel.mean_over_step(|z, w| z[0] * (w[0] - z[0]))];
        assert!((forward + backward).abs() < 1e-12 && (forward / (0.5 * v2) - 1.0).abs() < 1e-9, "{forward}");
    }
    let rules = [leimkuhler_matthews(&profile, 0.3, 0.2), langevin_splitting(&profile, 0.3, 1.5, 0.2)]
        .map(|k| k.expect("finite"));
    for kernel in rules {
        let x2 = kernel.mean(|[x, _]| (x - 0.5).powi(2));
        assert!((x2 / 0.2 - 1.0).abs() < 1e-9, "V = {x2}");
    }
    let oscillating = langevin_splitting(&profile, 0.3, 0.5, 0.2).expect("finite");
    assert_eq!(oscillating.relaxation_rate(), None, "complex");
}

/// Averages nearly those of the Gibbs density at a step that shifts the rate by 3 %.
#[test]
fn leimkuhler_and_matthews_average_well_but_relax_slowly() {
    let profile = double_well();
    let kernel = leimkuhler_matthews(&profile, 0.1, 0.1).expect("finite");
    let x2 = kernel.mean(|[x, _]| x * x);
    assert!((x2 - 0.87138481).abs() < 6e-9, "<x²> = {x2}");
    let rate = kernel.relaxation_rate().expect("real") / 0.1;
    let bias = rate / 3.35452875e-2 - 1.0;
    assert!((bias + 0.034).abs() < 5e-4, "of the diffusion's rate by {bias}");
}

/// BAOAB tends to the Klein–Kramers equation as the square of its step, and its averages to the Gibbs density's.
#[test]
fn splitting_tends_to_continuous_time() {
    let profile = double_well();
    let exact = underdamped_relaxation_rate(&profile, 0.1, 0.5).expect("converges");
    let [wide, narrow] = [0.2, 0.1].map(|dt| {
        let kernel = langevin_splitting(&profile, dt, 0.5, 0.1).expect("finite");
        let rate = kernel.relaxation_rate().expect("real") / dt;
        [rate - exact, kernel.mean(|[x, _]| x * x) - 0.87136291].map(|error| error / (dt * dt))
    });
    assert!((wide[0] / narrow[0] - 1.0).abs() < 0.03 && narrow[0] < -6e-3, "rates {wide:?}, {narrow:?}");
    assert!((wide[1] / narrow[1] - 1.0).abs() < 0.03 && narrow[1] < -1e-3, "<x²> {wide:?}, {narrow:?}");
}

/// U = (x² − 1)²/4 + (y − x)²/2 in (x, u = y − x), which are independent in its Gibbs density: the rate per step,
/// <x²>, <y²> and the rotation E[x y' − y x'], at rates (r_x, r_y) and noise of (s_x, s_y).
fn coupled(rates: [f64; 2], noise: [f64; 2]) -> [f64; 4] {
    let temperature = 0.25 * (rates[0] * noise[0] * noise[0] + rates[1] * noise[1] * noise[1]);
    let profile = double_well();
    let x = Nodes::gibbs(&profile, temperature, 44).expect("confined");
    let u = Nodes::normal(temperature.sqrt(), 16).expect("enough points");
    let xi = NoiseLaw::Gaussian.gauss(12).expect("enough points");
    let step = |[x, u]: [f64; 2], [a, b]: [f64; 2]| {
        let next = x - rates[0] * (profile.slope(x) - u + noise[0] * a);
        [next, x + u - rates[1] * (u + noise[1] * b) - next]
    };
    let kernel = PlaneKernel::new([&x, &u], [&xi, &xi], step).expect("finite");
    let y = |[x, u]: [f64; 2]| x + u;
    [
        kernel.relaxation_rate().expect("real"),
        kernel.mean(|[x, _]| x * x),
        kernel.mean(|z| y(z).powi(2)),
        kernel.mean_over_step(|z, w| z[0] * y(w) - y(z) * w[0]),
    ]
}

#[test]
fn coupled_wells_of_two_temperatures() {
    let deviation = |t: f64| (2.0 * t / 0.1f64).sqrt();
    let table = [
        ([0.1, 0.1], [0.1, 0.1].map(deviation), 2.00389281e-3, Some([0.85858210, 0.95802518]), None),
        ([0.1, 0.1], [0.05, 0.2].map(deviation), 2.37240195e-3, Some([0.88498307, 1.13623242]), Some(-0.0097535)),
        ([0.1, 0.1], [0.2, 0.05].map(deviation), 4.48450560e-3, Some([0.79364631, 0.78633828]), Some(0.0108374)),
        // Noise of (1, 2), learning rates ∝ 1/s and ∝ 1/s².
        ([0.1, 0.05], [1.0, 2.0], 6.6781223e-4, None, Some(-0.0018350)),
        ([0.1, 0.025], [1.0, 2.0], 9.4807568e-5, Some([0.93017485, 0.97787531]), Some(7.8e-7)),
    ];
    for (rates, noise, relaxation, squares, rotation) in table {
        let [rate, x2, y2, turned] = coupled(rates, noise);
        assert!((rate / relaxation - 1.0).abs() < 6e-6, "{rates:?}, {noise:?}: {rate} against {relaxation}");
        if let Some(squares) = squares {
            let error = (x2 - squares[0]).abs().max((y2 - squares[1]).abs());
            assert!(error < 5e-6, "{rates:?}, {noise:?}: {x2}, {y2} against {squares:?}");
        }
        if let Some(rotation) = rotation {
            assert!((turned - rotation).abs() < 1e-6, "{rates:?}, {noise:?}: {turned} against {rotation}");
        }
    }
}
