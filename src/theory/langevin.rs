//! Integrators of Langevin equations and of the gradient flow on a quadratic landscape, as linear rules.

use super::linear::{LinearRule, conjugate};
use nalgebra::DMatrix;

/// x' = x − Δt H x + √(2TΔt) (R_n + R_{n+1})/2 with z = (x, R_n), R_0 being standard normal too (Leimkuhler
/// & Matthews, Appl. Math. Res. Express 2013, 34 (2013)). One temperature to a coordinate.
pub fn leimkuhler_matthews(hessian: &DMatrix<f64>, time_step: f64, temperatures: &[f64]) -> LinearRule {
    let d = hessian.nrows();
    let mut map = DMatrix::zeros(2 * d, 2 * d);
    map.view_mut((0, 0), (d, d)).copy_from(&(DMatrix::identity(d, d) - hessian * time_step));
    let mut injection = DMatrix::zeros(2 * d, d);
    for (i, temperature) in temperatures.iter().enumerate() {
        let half = 0.5 * (2.0 * temperature * time_step).sqrt();
        map[(i, d + i)] = half;
        injection[(i, i)] = half;
        injection[(d + i, i)] = 1.0;
    }
    LinearRule { map, noise: &injection * injection.transpose() }
}

/// Underdamped motion of unit mass, z = (x, v), by half a kick, half a drift, friction and noise over the
/// whole step, half a drift and half a kick (BAOAB: Leimkuhler & Matthews 2013). One temperature to a
/// coordinate.
pub fn baoab(hessian: &DMatrix<f64>, time_step: f64, friction: f64, temperatures: &[f64]) -> LinearRule {
    let d = hessian.nrows();
    let half = 0.5 * time_step;
    let mut kick = DMatrix::identity(2 * d, 2 * d);
    kick.view_mut((d, 0), (d, d)).copy_from(&(hessian * -half));
    let mut drift = DMatrix::identity(2 * d, 2 * d);
    let mut damping = DMatrix::identity(2 * d, 2 * d);
    let mut noise = DMatrix::zeros(2 * d, 2 * d);
    for (i, temperature) in temperatures.iter().enumerate() {
        drift[(i, d + i)] = half;
        damping[(d + i, d + i)] = (-friction * time_step).exp();
        noise[(d + i, d + i)] = temperature * -(-2.0 * friction * time_step).exp_m1();
    }
    let after_noise = &kick * &drift;
    LinearRule { map: &after_noise * damping * drift * kick, noise: conjugate(&after_noise, &noise) }
}

/// A of x' = A x, one step of the classical Runge–Kutta method along dx/dt = −H x: the first five terms of
/// exp(−HΔt).
pub fn runge_kutta(hessian: &DMatrix<f64>, time_step: f64) -> DMatrix<f64> {
    let identity = DMatrix::identity(hessian.nrows(), hessian.ncols());
    // Horner's rule.
    (1..=4).rev().fold(identity.clone(), |sum, k| &identity - hessian * sum * (time_step / f64::from(k)))
}

#[cfg(test)]
mod tests {
    use super::super::ensemble::SecondOrder;
    use super::super::linear::stationary_covariance;
    use super::*;
    use nalgebra::DVector;

    fn coupled() -> DMatrix<f64> {
        DMatrix::from_row_slice(2, 2, &[1.0, 0.5, 0.5, 2.0])
    }

    fn positions(rule: &LinearRule) -> DMatrix<f64> {
        let d = rule.map.nrows() / 2;
        let covariance = stationary_covariance(&rule.map, &rule.noise).expect("stable");
        covariance.view((0, 0), (d, d)).clone_owned()
    }

    /// Both integrators leave harmonic positions at T H⁻¹ exactly, whatever the step (Leimkuhler & Matthews
    /// 2013); Euler–Maruyama does not.
    #[test]
    fn harmonic_positions_are_exact() {
        let temperature = 0.3;
        let gibbs = coupled().try_inverse().expect("regular") * temperature;
        for step in [0.05, 0.4, 0.8] {
            let found = positions(&leimkuhler_matthews(&coupled(), step, &[temperature; 2]));
            assert!((&found - &gibbs).amax() < 1e-14, "Leimkuhler–Matthews, Δt = {step}: {found}");
            for friction in [0.1, 1.0, 20.0] {
                let rule = baoab(&coupled(), step, friction, &[temperature; 2]);
                let found = positions(&rule);
                assert!((&found - &gibbs).amax() < 1e-12, "BAOAB, Δt = {step}, γ = {friction}: {found}");
            }
            let euler = LinearRule {
                map: DMatrix::identity(2, 2) - coupled() * step,
                noise: DMatrix::identity(2, 2) * (2.0 * temperature * step),
            };
            let found = stationary_covariance(&euler.map, &euler.noise).expect("stable");
            assert!((found - &gibbs).amax() > 0.01 * step, "Euler–Maruyama, Δt = {step}");
        }
    }

    /// ⟨v²⟩ = T(1 − hΔt²/4): derived here, as BAOAB keeps v²/(T(1 − hΔt²/4)) + hx²/T; stable for hΔt² < 4.
    #[test]
    fn velocities_are_colder_by_the_step() {
        let (h, step, t) = (2.0, 0.5, 0.7);
        let rule = baoab(&DMatrix::from_element(1, 1, h), step, 0.3, &[t]);
        let found = stationary_covariance(&rule.map, &rule.noise).expect("stable");
        assert!((found[(1, 1)] - t * (1.0 - 0.25 * h * step * step)).abs() < 1e-13, "⟨v²⟩ = {}", found[(1, 1)]);
        assert!(found[(0, 1)].abs() < 1e-14, "⟨xv⟩ = {}", found[(0, 1)]);
        let unstable = baoab(&DMatrix::from_element(1, 1, h), 1.42, 0.3, &[t]);
        assert_eq!(stationary_covariance(&unstable.map, &unstable.noise), None);
    }

    /// Against the updates themselves under noise of ±1, which has the same second moments.
    #[test]
    fn first_steps_are_those_of_the_updates() {
        let (h, step, t, friction): (f64, f64, f64, f64) = (1.5, 0.3, 0.4, 0.8);
        let hessian = DMatrix::from_element(1, 1, h);
        let start = SecondOrder { mean: DVector::from_element(1, 0.6), square: DMatrix::from_element(1, 1, 0.36) };
        let signs = [-1.0, 1.0];
        let mean = |values: Vec<f64>| values.iter().sum::<f64>() / values.len() as f64;

        let scale = 0.5 * (2.0 * t * step).sqrt();
        let mut squares = Vec::new();
        for [a, b, c] in
            signs.into_iter().flat_map(|a| signs.map(|b| [a, b])).flat_map(|[a, b]| signs.map(|c| [a, b, c]))
        {
            let once = 0.6 * (1.0 - step * h) + scale * (a + b);
            squares.push((once * (1.0 - step * h) + scale * (b + c)).powi(2));
        }
        let found = leimkuhler_matthews(&hessian, step, &[t]).after(&start.followed_by(&[1.0]), 2);
        assert!((found.square[(0, 0)] - mean(squares)).abs() < 1e-15, "Leimkuhler–Matthews");

        let (c, s) = ((-friction * step).exp(), (t * (1.0 - (-2.0 * friction * step).exp())).sqrt());
        let update = |[x, v]: [f64; 2], noise: f64| {
            let v = v - 0.5 * step * h * x;
            let x = x + 0.5 * step * v;
            let v = c * v + s * noise;
            let x = x + 0.5 * step * v;
            [x, v - 0.5 * step * h * x]
        };
        let ends = signs.into_iter().flat_map(|a| signs.map(|b| update(update([0.6, 0.0], a), b)));
        let found = baoab(&hessian, step, friction, &[t]).after(&start.followed_by(&[0.0]), 2);
        assert!((found.square[(0, 1)] - mean(ends.map(|[x, v]| x * v).collect())).abs() < 1e-15, "BAOAB");
    }

    /// Without friction BAOAB is the leapfrog: it conserves v² + h(1 − hΔt²/4)x².
    #[test]
    fn without_friction_no_noise_and_a_conserved_energy() {
        let (h, step) = (2.0, 0.5);
        let rule = baoab(&DMatrix::from_element(1, 1, h), step, 0.0, &[0.7]);
        assert_eq!(rule.noise.amax(), 0.0);
        let energy = DMatrix::from_row_slice(2, 2, &[h * (1.0 - 0.25 * h * step * step), 0.0, 0.0, 1.0]);
        assert!((conjugate(&rule.map.transpose(), &energy) - energy).amax() < 1e-15);
    }
}
