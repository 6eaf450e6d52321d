//! Against exact eigenvalues at finite learning rates, and closed forms.

use super::*;
use crate::experiment::DoubleWell;
use crate::theory::collocation::CollocationKernel;
use crate::theory::ensemble::Atom;
use crate::theory::escape_rate;
use crate::theory::reduction::Coordinate;

fn well(tilt: f64) -> Profile {
    Profile::DoubleWell(DoubleWell { barrier: 0.25, separation: 1.0, tilt, floor: 0.0, transverse: vec![] })
}

fn laws() -> [NoiseLaw; 7] {
    [
        NoiseLaw::Gaussian,
        NoiseLaw::rademacher(),
        NoiseLaw::Uniform,
        NoiseLaw::Laplace,
        NoiseLaw::Exponential,
        NoiseLaw::two_point(0.2),
        NoiseLaw::three_point(),
    ]
}

/// λ per unit time at s = 1 and η = 0.1 and 0.05, by an independent program, over the sum of both rates: 1 − O(η), where
/// Kramers' formula is off by a factor that grows without bound.
#[test]
fn relaxation_at_finite_rates() {
    let tables = [
        (NoiseLaw::Gaussian, 2.87587259e-3, 1.99038918e-5),
        (NoiseLaw::Uniform, 2.35560505e-3, 1.31327537e-5),
        (NoiseLaw::rademacher(), 2.01246119e-3, 9.4812160e-6),
        (NoiseLaw::Laplace, 4.20328691e-3, 4.51527990e-5),
        (NoiseLaw::two_point(0.2), 3.63427591e-3, 6.2491628e-5),
        (NoiseLaw::Exponential, 5.89624641e-3, 1.80965455e-4),
    ];
    for (law, coarse, fine) in tables {
        let errors = [(0.1, coarse), (0.05, fine)].map(|(rate, exact)| exact / relaxation_rate(&law, rate) - 1.0);
        assert!(errors[1].abs() < 0.06 && (errors[0] / errors[1] - 2.0).abs() < 0.2, "{law:?}: {errors:?}");
        if law != NoiseLaw::Gaussian {
            let kramers = 2.0 * escape_rate(&well(0.0), 0.025, Well::Left).expect("two wells");
            assert!((fine / kramers - 1.0).abs() > 0.3, "{law:?}: {kramers}");
        }
    }
}

/// The same at any η by collocation, the slope of ln λ against 1/η being −W with the prefactor out of it.
#[test]
fn relaxation_by_collocation() {
    for law in laws() {
        let error = |rate: f64| {
            let coordinate = Coordinate { profile: well(0.0), rate, deviation: rate };
            let start = [Atom { position: -1.0, weight: 1.0 }];
            let kernel = CollocationKernel::new(&coordinate, &law, &start).expect("collocated");
            kernel.relaxation_rate().expect("slow") / rate / relaxation_rate(&law, rate) - 1.0
        };
        let (coarse, fine) = (error(0.06), error(0.03));
        assert!(fine.abs() < 0.035 && (1.7..2.6).contains(&(coarse / fine)), "{law:?}: {coarse} and {fine}");
    }
}

/// Of both rates, at s = 1.
fn relaxation_rate(law: &NoiseLaw, rate: f64) -> f64 {
    [Well::Left, Well::Right]
        .map(|from| freidlin_wentzell_rate(&well(0.0), law, rate, 1.0, from).expect("climbs"))
        .iter()
        .sum()
}

/// W = 2ΔU/s² of normal noise, and Kramers' rate.
#[test]
fn normal_noise_is_kramers() {
    for (tilt, from) in [(0.0, Well::Left), (0.1, Well::Right)] {
        let found = freidlin_wentzell_rate(&well(tilt), &NoiseLaw::Gaussian, 0.05, 1.3, from).expect("two wells");
        let kramers = escape_rate(&well(tilt), 0.5 * 0.05 * 1.69, from).expect("two wells");
        assert!((found / kramers - 1.0).abs() < 1e-8, "{found} against {kramers}");
    }
}

/// Much noise over little slope is as if it were normal: W s²/(2ΔU) → 1, by the cumulants of higher order.
#[test]
fn little_slope_is_climbed_as_by_normal_noise() {
    for law in laws() {
        let ratio = |s: f64| Escape::new(&well(0.0), &law, s, Well::Left).expect("climbs").barrier * s * s / 0.5 - 1.0;
        let (near, far) = (ratio(20.0), ratio(40.0));
        assert!(far.abs() < 0.03 && far.abs() <= 0.6 * near.abs() + 1e-9, "{law:?}: {near}, then {far}");
    }
}

/// The largest slope is 2/(3√3) = 0.385.
#[test]
fn bounded_noise_may_be_too_weak() {
    let climbs = |law: &NoiseLaw, s: f64, from| Escape::new(&well(0.0), law, s, from).is_some();
    assert!(climbs(&NoiseLaw::rademacher(), 0.39, Well::Left) && !climbs(&NoiseLaw::rademacher(), 0.38, Well::Left));
    assert!(climbs(&NoiseLaw::Uniform, 0.23, Well::Left) && !climbs(&NoiseLaw::Uniform, 0.22, Well::Left));
    assert!(climbs(&NoiseLaw::Laplace, 0.05, Well::Left));
    // Upwards ξ ≥ −1 is bounded, downwards it is not.
    assert!(!climbs(&NoiseLaw::Exponential, 0.38, Well::Left) && climbs(&NoiseLaw::Exponential, 0.38, Well::Right));
}
