//! Relaxation of underdamped Langevin dynamics in continuous time, from the Klein–Kramers equation.

use super::ensemble::{Atom, panel_nodes};
use super::orthogonal_polynomials::OrthogonalPolynomials;
use crate::gibbs;
use crate::landscape::Profile;
use nalgebra::DMatrix;

/// Panels, of 16 points each, that the Gibbs density is given on.
const PANELS: usize = 32;

/// Polynomials of the position, more and more of them; Hermite polynomials of the velocity are twice as many.
const POLYNOMIALS: [usize; 4] = [32, 48, 72, 108];

/// Relative change of the rate from one number of polynomials to the next that ends it.
const CONVERGED: f64 = 1e-6;

/// Relative change of the rate that ends the secant method.
const TOLERANCE: f64 = 1e-10;

/// Rounds of the secant method.
const ROUNDS: usize = 20;

/// The smallest decay rate of dx = v dt, dv = −(U'(x) + γ v) dt + √(2γT) dW, the relaxation between the wells
/// of U, to six digits and more. None where U does not confine, where the slowest motion oscillates, and at
/// frictions so low (γ < 0.1 or so, for frequencies and barriers of one and some T) that the layer about the
/// separatrix takes more polynomials.
///
/// With ψ_n(v) = He_n(v/√T)/√n! and D = √T ∂_x the backward generator v∂_x − U'∂_v − γv∂_v + γT∂_v² couples n
/// to n + 1 by √(n+1) D, n + 1 to n by −√(n+1) D* and n to itself by −γn, where D* is the adjoint in
/// exp(−U/T). Eliminating n = N, …, 1 for the eigenvalue −λ leaves
/// S_n = γn − λ + (n + 1) D* S_(n+1)⁻¹ D and λ f = D* S_1⁻¹ D f: a matrix continued fraction (Risken, The
/// Fokker–Planck Equation, §10.3), here on the polynomials orthonormal in exp(−U/T).
pub fn underdamped_relaxation_rate(profile: &Profile, temperature: f64, friction: f64) -> Option<f64> {
    if !(friction > 0.0 && friction.is_finite()) {
        return None;
    }
    let derivative = derivative(profile, temperature)?;
    let mut last = None;
    for count in POLYNOMIALS {
        // D maps polynomials to ones of lower degree: the first of them by themselves.
        let rate = rate(&derivative.view((0, 0), (count, count)).clone_owned(), friction, 2 * count, last)?;
        if last.is_some_and(|last: f64| (rate - last).abs() <= CONVERGED * rate) {
            return Some(rate);
        }
        last = Some(rate);
    }
    None
}

/// D = √T ∂_x on the orthonormal polynomials φ_0, …: D_jk = ∫ φ_j √T φ_k' exp(−U/T) dx.
fn derivative(profile: &Profile, temperature: f64) -> Option<DMatrix<f64>> {
    let (low, high) = gibbs::support(profile, temperature)?;
    let room = 0.1 * (high - low);
    let least = profile.minima().into_iter().map(|x| profile.value(x)).fold(f64::INFINITY, f64::min);
    let points = panel_nodes(low - room, high + room, PANELS);
    let weight = |atom: &Atom| atom.weight * ((least - profile.value(atom.position)) / temperature).exp();
    let density: Vec<Atom> = points.iter().map(|atom| Atom { weight: weight(atom), ..*atom }).collect();
    let norm: f64 = density.iter().map(|atom| atom.weight).sum();
    let count = POLYNOMIALS[POLYNOMIALS.len() - 1];
    let polynomials = OrthogonalPolynomials::new(&density, count)?;
    let values: Vec<_> = density.iter().map(|atom| polynomials.values(atom.position)).collect();
    let entry = |j: usize, k: usize| {
        let terms = density.iter().zip(&values).map(|(atom, all)| atom.weight * all[j].0 * all[k].1);
        temperature.sqrt() / norm * terms.sum::<f64>()
    };
    Some(DMatrix::from_fn(count, count, |j, k| if j < k { entry(j, k) } else { 0.0 }))
}

/// The root of μ(λ) = λ, by the secant method, where μ(λ) is the smallest eigenvalue of D* S_1(λ)⁻¹ D that
/// does not belong to the constant, from a guess on.
fn rate(derivative: &DMatrix<f64>, friction: f64, hermite: usize, guess: Option<f64>) -> Option<f64> {
    let excess = |rate: f64| Some(slowest(derivative, friction, hermite, rate)? - rate);
    let start = guess.unwrap_or(0.0);
    let (mut a, mut at_a) = (start, excess(start)?);
    let mut b = a + at_a;
    for _ in 0..ROUNDS {
        let at_b = excess(b)?;
        let next = if at_b == at_a { b } else { b - at_b * (b - a) / (at_b - at_a) };
        if (next - b).abs() <= TOLERANCE * next.abs() {
            return (next > 0.0).then_some(next);
        }
        (a, at_a, b) = (b, at_b, next);
    }
    None
}

/// μ(λ); none where λ is beyond the slowest of the motions that are eliminated.
fn slowest(derivative: &DMatrix<f64>, friction: f64, hermite: usize, rate: f64) -> Option<f64> {
    let n = derivative.nrows();
    let mut product = DMatrix::zeros(n, n);
    let mut root = DMatrix::zeros(n, n);
    for k in (1..=hermite).rev() {
        // D* S_k⁻¹ D with S_k = γk − λ + (k + 1) × the last product, by Cholesky's L: S = L Lᵀ.
        let mut s = product * (k + 1) as f64;
        for i in 0..n {
            s[(i, i)] += friction * k as f64 - rate;
        }
        root = s.cholesky()?.l().solve_lower_triangular(derivative)?;
        product = root.transpose() * &root;
    }
    // D of the constant is zero. Singular values of L⁻¹ D keep twice the digits of eigenvalues of its square.
    let least = root.columns(1, n - 1).clone_owned().singular_values().min();
    Some(least * least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;
    use crate::theory::{Well, spatial_diffusion_rate};

    fn double_well() -> DoubleWell {
        DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] }
    }

    /// Of (x² − 1)²/4, by an independent program in f64.
    #[test]
    fn turnover_of_the_relaxation() {
        let table = [
            (0.05, 20.0, 1.38523522e-4),
            (0.05, 10.0, 2.75371951e-4),
            (0.05, 5.0, 5.38065629e-4),
            (0.05, 2.0, 1.17895548e-3),
            (0.05, 1.0, 1.78535020e-3),
            (0.05, 0.5, 2.21681414e-3),
            (0.05, 0.3, 2.25382778e-3),
            (0.05, 0.2, 2.06573771e-3),
            (0.1, 20.0, 1.67448230e-3),
            (0.1, 10.0, 3.33248501e-3),
            (0.1, 2.0, 1.46154323e-2),
            (0.1, 0.5, 2.65807838e-2),
            (0.1, 0.3, 2.43540103e-2),
            (0.1, 0.2, 2.04255857e-2),
            (0.1, 0.1, 1.322267e-2),
        ];
        let profile = Profile::DoubleWell(double_well());
        for (t, friction, expected) in table {
            let rate = underdamped_relaxation_rate(&profile, t, friction).expect("converges");
            assert!((rate / expected - 1.0f64).abs() < 3e-7, "T = {t}, γ = {friction}: {rate} against {expected}");
        }
        assert_eq!(underdamped_relaxation_rate(&profile, 0.1, 0.01), None, "not resolved");
        assert_eq!(underdamped_relaxation_rate(&profile, 0.1, 0.0), None);
    }

    /// dx = v dt, dv = −(x + γ v) dt + …: the smaller root of λ² − γλ + 1 = 0, none where it is complex.
    #[test]
    fn harmonic_well_is_a_damped_oscillator() {
        let profile = Profile::Quadratic { curvature: 1.0, minimum: 0.5 };
        for friction in [2.5f64, 4.0, 30.0] {
            let rate = underdamped_relaxation_rate(&profile, 0.3, friction).expect("overdamped");
            let expected = 2.0 / (friction + (friction * friction - 4.0).sqrt());
            assert!((rate / expected - 1.0).abs() < 1e-9, "γ = {friction}: {rate} against {expected}");
        }
        assert_eq!(underdamped_relaxation_rate(&profile, 0.3, 1.0), None);
        assert_eq!(underdamped_relaxation_rate(&Profile::Quadratic { curvature: -1.0, minimum: 0.0 }, 0.3, 4.0), None);
    }

    /// λ = 2κ_SD (1 + O(T)) at moderate and high friction.
    #[test]
    fn kramers_formula_at_low_temperature() {
        let profile = Profile::DoubleWell(double_well());
        for friction in [1.0, 2.0, 10.0] {
            let error = |t: f64| {
                let rate = underdamped_relaxation_rate(&profile, t, friction).expect("converges");
                let formula = spatial_diffusion_rate(&profile, t, friction, Well::Left).expect("two wells");
                (rate / (2.0 * formula) - 1.0).abs()
            };
            let (warm, cold) = (error(0.05), error(0.025));
            assert!(cold < 0.1 && cold < 0.8 * warm, "γ = {friction}: {cold} after {warm}");
        }
    }
}
