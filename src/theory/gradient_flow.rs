//! Gradient flow dx/dt = −U'(x), what a finite learning rate adds to it, and how noise spreads about it.

use crate::landscape::Profile;

/// x(t) from `start` in U = barrier((x/a)² − 1)², a the separation: u = x/a obeys u' = κ(u − u³) with
/// κ = 4 barrier/a², so that u(t) = u₀/√(u₀² + (1 − u₀²) e^(−2κt)) (a Bernoulli equation).
pub fn double_well_flow(barrier: f64, separation: f64, start: f64, time: f64) -> f64 {
    let u = start / separation;
    if u == 0.0 {
        return 0.0;
    }
    let decay = (-8.0 * barrier / (separation * separation) * time).exp();
    separation * u / (u * u + (1.0 - u * u) * decay).sqrt()
}

/// x(t) of the flow on L + (η/4)|L'|², which gradient descent at the rate η follows to first order in η
/// (Barrett & Dherin, ICLR 2021, theorem 3.1): dx/dt = −U'(1 + ηU''/2). With η = 0 the gradient flow. None
/// where the flow leaves every bound.
pub fn modified_flow(profile: &Profile, rate: f64, start: f64, time: f64) -> Option<f64> {
    let velocity = |[x, _]: [f64; 2]| [-profile.slope(x) * (1.0 + 0.5 * rate * profile.curvature(x)), 0.0];
    integrate(velocity, [start, 0.0], time).map(|[x, _]| x)
}

/// lim Var(x(t))/(ηs²) as η → 0 of SGD with noise s² that starts at one point: dv/dt = −2U''(x)v + 1 along the
/// flow, derived here by linearising about it.
pub fn spread_about_flow(profile: &Profile, start: f64, time: f64) -> Option<f64> {
    let velocity = |[x, v]: [f64; 2]| [-profile.slope(x), 1.0 - 2.0 * profile.curvature(x) * v];
    integrate(velocity, [start, 0.0], time).map(|[_, v]| v)
}

/// The classical Runge–Kutta rule, the number of steps doubled until the result stands still to 10⁻¹¹.
fn integrate(velocity: impl Fn([f64; 2]) -> [f64; 2], start: [f64; 2], time: f64) -> Option<[f64; 2]> {
    let along = |z: [f64; 2], v: [f64; 2], t: f64| [z[0] + t * v[0], z[1] + t * v[1]];
    let run = |steps: u32| {
        let dt = time / f64::from(steps);
        (0..steps).fold(start, |z, _| {
            let a = velocity(z);
            let b = velocity(along(z, a, 0.5 * dt));
            let c = velocity(along(z, b, 0.5 * dt));
            let d = velocity(along(z, c, dt));
            [0, 1].map(|i| z[i] + dt / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]))
        })
    };
    let mut before = run(32);
    for doubling in 6..=20 {
        let now = run(1 << doubling);
        if now.iter().zip(&before).all(|(a, b)| a.is_finite() && (a - b).abs() <= 1e-11 * (1.0 + a.abs())) {
            return Some(now);
        }
        before = now;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;

    /// (x² − 1)²/4.
    fn double_well() -> Profile {
        Profile::DoubleWell(DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] })
    }

    #[test]
    fn closed_form_is_the_flow() {
        assert!((double_well_flow(0.25, 1.0, 0.1, 3.0) - 0.8960787648).abs() < 5.1e-11);
        for (barrier, separation, start, time) in [(0.25, 1.0, 0.1, 3.0), (0.7, 1.6, -0.3, 1.2), (0.4, 0.8, 2.0, 0.7)] {
            let well = DoubleWell { barrier, separation, tilt: 0.0, floor: 0.0, transverse: vec![] };
            let found = double_well_flow(barrier, separation, start, time);
            let integrated = modified_flow(&Profile::DoubleWell(well), 0.0, start, time).expect("bounded");
            assert!((found - integrated).abs() < 1e-10, "{found} against {integrated}");
        }
        assert_eq!(double_well_flow(0.25, 1.0, 0.0, 5.0), 0.0);
        assert_eq!(double_well_flow(0.25, 1.0, -0.2, 1e6), -1.0);
    }

    /// Numbers from an independent program; gradient descent itself is off the modified flow by O(η²).
    #[test]
    fn modified_flow_is_nearer_to_gradient_descent() {
        let flow = double_well_flow(0.25, 1.0, 0.1, 3.0);
        for (rate, descended, modified) in [(0.1, 0.8903648, 0.8895747), (0.01, 0.8955625, 0.8955551)] {
            let mut x: f64 = 0.1;
            for _ in 0..(3.0 / rate + 0.5) as u32 {
                x -= rate * (x * x * x - x);
            }
            assert!((x - descended).abs() < 5.1e-8, "{x}");
            let found = modified_flow(&double_well(), rate, 0.1, 3.0).expect("bounded");
            assert!((found - modified).abs() < 5.1e-8, "{found} against {modified}");
            assert!((found - x).abs() < 0.2 * (flow - x).abs());
        }
    }

    /// In a harmonic well the spread is (1 − e^(−2ht))/(2h).
    #[test]
    fn spread_of_noise_about_the_flow() {
        let found = spread_about_flow(&double_well(), 0.1, 3.0).expect("bounded");
        assert!((found - 2.13946).abs() < 5.1e-6, "{found}");
        let harmonic = Profile::Quadratic { curvature: 0.7, minimum: 1.0 };
        let found = spread_about_flow(&harmonic, 0.2, 2.0).expect("bounded");
        assert!((found - (1.0 - (-2.8f64).exp()) / 1.4).abs() < 1e-11, "{found}");
    }

    #[test]
    fn flow_off_a_maximum_is_without_bound() {
        let hill = Profile::Quadratic { curvature: -1.0, minimum: 0.0 };
        assert_eq!(modified_flow(&hill, 0.0, 1.0, 1e4), None);
    }
}
