//! The probability current of linear rules: rotation, flux and entropy production, exact at the finite step.

use super::ensemble::{MeasuringTimes, SecondOrder, panel_nodes};
use super::predict::add;
use super::recursion::Recursion;
use super::updates::{Updates, is_gaussian};
use super::{Kind, Predictions, Source};
use crate::experiment::{Covariances, Dynamics, Quadratic, Scheme, Setup};
use nalgebra::DMatrix;
use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2};

const SOURCE: Source = Source::DiscreteLyapunov;

/// A rotation within this share of its standard deviations' product is 0.
const ROUNDING: f64 = 1e-13;

/// Adds rotations, circulation, flux and entropy production.
pub fn predict(setup: &Setup, landscape: &Quadratic, rule: &Recursion, start: &SecondOrder, all: &mut Predictions) {
    let Some(measured) = &setup.measure.current else { return };
    let Some(updates) = Updates::of(rule, start) else { return };
    let (d, m) = (setup.dimension(), updates.map.nrows());
    let times = MeasuringTimes::of(setup).before();
    let moments = updates.moments(times);
    let mut exact = |name: String, value: f64| add(all, name, SOURCE, Kind::Exact, value);
    let rotation = |i: usize, j: usize| rotation(&moments, &landscape.minimum, i, j);
    let mut balanced = true;
    let [a, b] = measured.axes;
    let pairs: Vec<(usize, usize)> = match setup.covariances() {
        Covariances::Full => (0..d).flat_map(|i| (i + 1..d).map(move |j| (i, j))).collect(),
        Covariances::Variances => vec![(a.min(b), a.max(b))],
    };
    for (i, j) in pairs {
        let rotation = rotation(i, j);
        exact(format!("rotation[{i},{j}]"), rotation);
        let size = |k: usize| moments[(1 + k, 1 + k)].max(landscape.minimum[k].powi(2)).sqrt();
        balanced &= rotation.abs() <= ROUNDING * size(i) * size(j);
    }
    if balanced {
        exact("detailed_balance".to_owned(), 0.0);
    }
    exact("rotation".to_owned(), rotation(a, b));
    let Some(per_step) = setup.time_per_step() else { return };
    exact("circulation".to_owned(), rotation(a, b) / per_step);
    let Recursion::Linear(linear) = rule else { return };
    if !is_gaussian(setup, rule) {
        return;
    }
    if let Some(covariance) = updates.settled(times.first) {
        let onward = &updates.map * &covariance;
        let square = |c: &DMatrix<f64>| [[c[(a, a)], c[(a, b)]], [c[(b, a)], c[(b, b)]]];
        let from = [measured.centre[0] - landscape.minimum[a], measured.centre[1] - landscape.minimum[b]];
        exact("flux".to_owned(), flux(square(&covariance), square(&onward), from) / per_step);
    }
    let first_order = match &setup.dynamics {
        Dynamics::Langevin(rule) => rule.scheme == Scheme::EulerMaruyama,
        Dynamics::Sgd(_) => true,
        _ => false,
    };
    if first_order
        && let Some(value) =
            entropy_production(&linear.map, &linear.noise, &moments.view((1, 1), (2 * m, 2 * m)).clone_owned())
    {
        exact("entropy_production".to_owned(), value / per_step);
    }
}

/// E[θ_i θ_j' − θ_j θ_i'], θ = x + `minimum`, of E w wᵀ = `moments` with w = (1, z, z').
fn rotation(moments: &DMatrix<f64>, minimum: &[f64], i: usize, j: usize) -> f64 {
    let m = (moments.nrows() - 1) / 2;
    let next = |k: usize| 1 + m + k;
    let drift = |k: usize| moments[(0, next(k))] - moments[(0, 1 + k)];
    moments[(1 + i, next(j))] - moments[(1 + j, next(i))] + minimum[i] * drift(j) - minimum[j] * drift(i)
}

/// Entropy produced by an update z' = A z + ζ with Gaussian ζ of covariance Q: E[½(F + F')ᵀ P (z' − z)] with F = (A − I) z
/// and P = 2 Q⁻¹, which is E ln p(z → z')/p(z' → z), and in the stationary state the Kullback–Leibler divergence of
/// updates from updates reversed (derived here). `square` is E of (z, z')(z, z')ᵀ; none where Q is singular.
pub fn entropy_production(map: &DMatrix<f64>, noise: &DMatrix<f64>, square: &DMatrix<f64>) -> Option<f64> {
    let d = map.nrows();
    let inverse = noise.clone().cholesky()?.inverse();
    let block = |i: usize, j: usize| square.view((i * d, j * d), (d, d));
    // E[(z' − z)(z + z')ᵀ].
    let steps = block(1, 0) + block(1, 1) - block(0, 0) - block(0, 1);
    Some((inverse * steps * (map - DMatrix::identity(d, d)).transpose()).trace())
}

/// Net number of times an update crosses the half-line {y = b, x > a} upwards, (a, b) = `from`, of a Gaussian
/// stationary chain of mean 0 in the plane with covariance E z zᵀ and E z' zᵀ = `onward`; where it crosses is found by
/// linear interpolation. The chord from z to z' is z_s = (1 − s) z + s z', so that by Rice's formula (Bell Syst. Tech. J.
/// 24, 46 (1945)) the number is ∫₀¹ E[(y' − y) δ(y_s − b) 1(x_s > a)] ds.
pub fn flux(covariance: [[f64; 2]; 2], onward: [[f64; 2]; 2], from: [f64; 2]) -> f64 {
    let [a, b] = from;
    let chord = |s: f64| {
        let (own, cross) = ((1.0 - s).powi(2) + s * s, s * (1.0 - s));
        let at = |i: usize, j: usize| own * covariance[i][j] + cross * (onward[i][j] + onward[j][i]);
        // E[(y' − y) z_s].
        let with_rise =
            |i: usize| (1.0 - s) * (onward[1][i] - covariance[1][i]) + s * (covariance[1][i] - onward[i][1]);
        let (variance, slope) = (at(1, 1), at(0, 1) / at(1, 1));
        let deviation = (at(0, 0) - slope * at(0, 1)).max(0.0).sqrt();
        let density = (-0.5 * b * b / variance).exp() / (2.0 * PI * variance).sqrt();
        // Given y_s = b: E (y' − y), and its covariance with x_s.
        let (rise, shared) = (with_rise(1) / variance * b, with_rise(0) - slope * with_rise(1));
        let u = (slope * b - a) / deviation;
        let normal = (-0.5 * u * u).exp() / (2.0 * PI).sqrt();
        density * (rise * 0.5 * erfc(-u / SQRT_2) + shared / deviation * normal)
    };
    panel_nodes(0.0, 1.0, 4).into_iter().map(|node| node.weight * chord(node.position)).sum()
}

#[cfg(test)]
mod tests {
    use super::super::LinearDiffusion;
    use super::super::linear::stationary_covariance;
    use super::super::predict::predict;
    use super::super::predict::tests::{setup, value};
    use super::*;

    fn matrix(values: [f64; 4]) -> DMatrix<f64> {
        DMatrix::from_row_slice(2, 2, &values)
    }

    fn square(covariance: &DMatrix<f64>, map: &DMatrix<f64>) -> DMatrix<f64> {
        let d = map.nrows();
        let mut square = DMatrix::zeros(2 * d, 2 * d);
        let onward = map * covariance;
        square.view_mut((0, 0), (d, d)).copy_from(covariance);
        square.view_mut((d, d), (d, d)).copy_from(covariance);
        square.view_mut((d, 0), (d, d)).copy_from(&onward);
        square.view_mut((0, d), (d, d)).copy_from(&onward.transpose());
        square
    }

    /// −ln det(C)/2 + tr(R⁻¹C)/2 − d of (z, z') with covariance C, R that of (z', z).
    #[test]
    fn entropy_production_is_the_divergence_of_reversed_updates() {
        let map = matrix([0.8, -0.3, 0.1, 0.7]);
        let noise = matrix([0.4, 0.1, 0.1, 0.3]);
        let covariance = stationary_covariance(&map, &noise).expect("stable");
        let forward = square(&covariance, &map);
        let mut reversed = forward.clone();
        for k in 0..2 {
            reversed.swap_rows(k, 2 + k);
            reversed.swap_columns(k, 2 + k);
        }
        let divergence = 0.5 * (reversed.try_inverse().expect("regular") * &forward).trace() - 2.0;
        let found = entropy_production(&map, &noise, &forward).expect("regular");
        assert!((found - divergence).abs() < 1e-13, "{found} against {divergence}");
        assert!(found > 0.05, "out of equilibrium: {found}");
    }

    /// H = [[1, ½], [½, 1]] under noise variances 1 and 4: .28125 per unit time as η → 0.
    #[test]
    fn entropy_production_of_two_temperatures() {
        let hessian = matrix([1.0, 0.5, 0.5, 1.0]);
        let rate = |eta: f64| {
            let (map, noise) =
                (matrix([1.0, 0.0, 0.0, 1.0]) - &hessian * eta, matrix([1.0, 0.0, 0.0, 4.0]) * (eta * eta));
            let covariance = stationary_covariance(&map, &noise).expect("stable");
            entropy_production(&map, &noise, &square(&covariance, &map)).expect("regular") / eta
        };
        let [coarse, fine] = [0.01, 0.001].map(|eta| (rate(eta) - 0.28125) / eta);
        assert!((coarse / fine - 1.0).abs() < 0.05 && fine.abs() < 1.0, "{coarse} and {fine} per step");
        let diffusion = LinearDiffusion { drift: hessian, diffusion: matrix([0.5, 0.0, 0.0, 2.0]) };
        assert!((diffusion.entropy_production().expect("regular") - 0.28125).abs() < 1e-14);
    }

    /// dz = −A z dt + √(2T) dW with A = [[1, −ω], [ω, 1]], whose law is isotropic: as the step goes to zero a walker
    /// turns −ω/2π times a unit of time.
    #[test]
    fn flux_of_a_rotating_force() {
        let (omega, t) = (0.7, 0.3);
        let flux_at = |step: f64, from: [f64; 2]| {
            let map = matrix([1.0, 0.0, 0.0, 1.0]) - matrix([1.0, -omega, omega, 1.0]) * step;
            let covariance =
                stationary_covariance(&map, &(matrix([1.0, 0.0, 0.0, 1.0]) * (2.0 * t * step))).expect("stable");
            let onward = &map * &covariance;
            let rows = |c: &DMatrix<f64>| [[c[(0, 0)], c[(0, 1)]], [c[(1, 0)], c[(1, 1)]]];
            flux(rows(&covariance), rows(&onward), from) / step
        };
        let at_centre = flux_at(1e-5, [0.0; 2]);
        assert!((at_centre * std::f64::consts::TAU / -omega - 1.0).abs() < 1e-4, "{at_centre}");
        // The current J = ω (y, −x) p through a half-line from (a, b): ∫_a^∞ −ω x p dx = −ωT p(a, b).
        let (a, b) = (0.3, -0.2);
        let density = (-(a * a + b * b) / (2.0 * t)).exp() / (std::f64::consts::TAU * t);
        let aside = flux_at(1e-5, [a, b]);
        assert!((aside / (-omega * t * density) - 1.0).abs() < 1e-4, "{aside}");
    }

    /// SGD at η = 0.05 with coupled Hessian and noise of standard deviations 1 and 2, by an independent program; rates
    /// ∝ 1/s² restore equilibrium.
    #[test]
    fn predictions_of_two_temperatures() {
        let at = |rates: &str, axes: &str| {
            predict(&setup(&format!(
                r#"
                landscape = {{ kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]], minimum = [3.0, -2.0] }}
                noise = {{ kind = "gaussian", covariance = [1.0, 4.0] }}
                dynamics = {{ kind = "sgd", learning_rate = {rates} }}
                ensemble = {{ walkers = 600, start = [3.0, -2.0], burn_in = 5000, steps = 10 }}
                measure = {{ current = {{ axes = {axes}, centre = [3.0, -2.0] }} }}
                "#
            )))
        };
        let unequal = at("0.05", "[0, 1]");
        let exact = |name: &str| value(&unequal, name, SOURCE);
        assert!((exact("rotation[0,1]") - 1.910828e-3).abs() < 5.1e-10 && exact("rotation") == exact("rotation[0,1]"));
        assert!((exact("circulation") - 1.910828e-3 / 0.05).abs() < 1.1e-8);
        assert!((exact("entropy_production") - 0.28125).abs() < 0.02 && exact("flux") > 0.0);
        assert!(!unequal.contains_key("detailed_balance"));
        let turned = at("0.05", "[1, 0]");
        assert_eq!(value(&turned, "rotation", SOURCE), -exact("rotation[0,1]"));
        let balanced = at("[0.05, 0.0125]", "[0, 1]");
        let rest = |name: &str| value(&balanced, name, SOURCE);
        assert!(rest("detailed_balance") == 0.0 && rest("entropy_production").abs() < 1e-12);
        assert!(rest("rotation").abs() < 1e-14 && rest("flux").abs() < 1e-14);
    }
}
