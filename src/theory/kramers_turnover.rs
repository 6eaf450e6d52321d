//! Escape of underdamped motion at any friction: from energy diffusion at low friction to spatial diffusion at high.

use super::ensemble::panel_nodes;
use super::kramers::{Well, spatial_diffusion_rate};
use crate::landscape::Profile;
use std::f64::consts::{FRAC_PI_2, PI};

/// Panels of the quadratures over an angle.
const PANELS: usize = 64;

/// The rate from the well `from` to the other one of mass one with friction γ, as T → 0 at any γ: κ_SD Υ(δ_a) Υ(δ_b)/
/// Υ(δ_a + δ_b), with δ = γS/T of each well, where S is the action of a round trip at the energy of the saddle
/// (Mel'nikov & Meshkov, J. Chem. Phys. 85, 1018 (1986); Hänggi, Talkner & Borkovec, Rev. Mod. Phys. 62, 251 (1990),
/// §VI). None where the profile does not have two wells.
pub fn turnover_rate(profile: &Profile, temperature: f64, friction: f64, from: Well) -> Option<f64> {
    let [a, b] = [action(profile, Well::Left)?, action(profile, Well::Right)?].map(|s| friction * s / temperature);
    let factor = depopulation(a) * depopulation(b) / depopulation(a + b);
    Some(spatial_diffusion_rate(profile, temperature, friction, from)? * factor)
}

/// Υ(δ) = exp[(1/2π) ∫ ln(1 − e^(−δ(y² + ¼)))/(y² + ¼) dy], over the line, by which friction too low to keep the well
/// at equilibrium lowers the rate: δ(1 + ζ(½)√(δ/π) + …) for small δ, 1 for large.
pub fn depopulation(loss: f64) -> f64 {
    // y = ½ tan φ.
    let term = |phi: f64| (-(-0.25 * loss / phi.cos().powi(2)).exp_m1()).ln();
    let nodes = panel_nodes(0.0, FRAC_PI_2, PANELS);
    (2.0 / PI * nodes.iter().map(|node| node.weight * term(node.position)).sum::<f64>()).exp()
}

/// S = 2 ∫ √(2(U_s − U)) dx over a well, between the saddle and where U is as high again.
pub fn action(profile: &Profile, well: Well) -> Option<f64> {
    let [left, saddle, right] = profile.wells()?;
    let minimum = if well == Well::Left { left } else { right };
    let depth = |x: f64| profile.value(saddle) - profile.value(x);
    let (mut inside, mut outside) = (minimum, 2.0 * minimum - saddle);
    while depth(outside) > 0.0 {
        (inside, outside) = (outside, 2.0 * outside - saddle);
        if !outside.is_finite() {
            return None;
        }
    }
    for _ in 0..100 {
        let middle = 0.5 * (inside + outside);
        if depth(middle) > 0.0 {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    // x = turning point + width sin²φ takes the root at the turning point away.
    let width = saddle - inside;
    let term = |phi: f64| {
        let (sine, cosine) = phi.sin_cos();
        2.0 * sine * cosine * (2.0 * depth(inside + width * sine * sine).max(0.0)).sqrt()
    };
    let nodes = panel_nodes(0.0, FRAC_PI_2, PANELS);
    Some(2.0 * width.abs() * nodes.iter().map(|node| node.weight * term(node.position)).sum::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;
    use crate::theory::klein_kramers::underdamped_relaxation_rate;

    fn well(tilt: f64) -> Profile {
        Profile::DoubleWell(DoubleWell { barrier: 0.25, separation: 1.0, tilt, floor: 0.0, transverse: vec![] })
    }

    /// 2 ∫ x √(1 − x²/2) dx = 4/3 from 0 to √2.
    #[test]
    fn action_of_the_quartic_well() {
        for side in [Well::Left, Well::Right] {
            let found = action(&well(0.0), side).expect("two wells");
            assert!((found - 4.0 / 3.0).abs() < 1e-10, "{found}");
        }
    }

    #[test]
    fn depopulation_between_its_limits() {
        const ZETA: f64 = -1.460_354_508_809_586_8;
        for loss in [1e-2, 1e-3] {
            let leading = loss * (1.0 + ZETA * (loss / PI).sqrt());
            let error = depopulation(loss) / leading - 1.0;
            assert!(error.abs() < loss, "δ = {loss}: {error}");
        }
        assert!((depopulation(200.0) - 1.0).abs() < 1e-15);
    }

    /// λ of (x² − 1)²/4, by an independent program, over what the formula has: 1 − O(T), but where walkers leave the well
    /// from far below the barrier, at low friction.
    #[test]
    fn turnover() {
        let friction = [20.0, 5.0, 2.0, 1.0, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02];
        let tables = [
            (
                0.05,
                [
                    1.38523522e-4,
                    5.38065629e-4,
                    1.17895548e-3,
                    1.78535020e-3,
                    2.21681414e-3,
                    2.25382778e-3,
                    2.06573771e-3,
                    1.49194e-3,
                    9.339e-4,
                    4.471e-4,
                ],
            ),
            (
                0.1,
                [
                    1.67448230e-3,
                    6.53907725e-3,
                    1.46154323e-2,
                    2.25192120e-2,
                    2.65807838e-2,
                    2.43540103e-2,
                    2.04255857e-2,
                    1.322267e-2,
                    7.7725e-3,
                    3.5515e-3,
                ],
            ),
        ];
        for (t, rates) in tables {
            for (friction, exact) in friction.into_iter().zip(rates) {
                let ratio = |rate: Option<f64>| exact / (2.0 * rate.expect("two wells"));
                let uniform = ratio(turnover_rate(&well(0.0), t, friction, Well::Left));
                let within = if friction >= 0.2 || t == 0.1 { 0.1 } else { 0.21 };
                assert!((uniform - 1.0).abs() < within, "T = {t}, γ = {friction}: {uniform}");
                let spatial = ratio(spatial_diffusion_rate(&well(0.0), t, friction, Well::Left));
                assert!(friction >= 0.3 || spatial < 0.85 * uniform, "γ = {friction}: {spatial}");
            }
        }
    }

    #[test]
    fn error_vanishes_with_temperature() {
        let error = |t: f64| {
            let exact = underdamped_relaxation_rate(&well(0.0), t, 1.0).expect("converges");
            exact / (2.0 * turnover_rate(&well(0.0), t, 1.0, Well::Left).expect("two wells")) - 1.0
        };
        let (warm, cold) = (error(0.025), error(0.0125));
        assert!(cold.abs() < 0.015 && (warm / cold - 2.0).abs() < 0.3, "{warm} and {cold}");
    }

    /// Both ways share Υ(δ_a) Υ(δ_b)/Υ(δ_a + δ_b), so that rates are as the wells' partition functions.
    #[test]
    fn unequal_wells_are_in_balance() {
        let rate = |from| turnover_rate(&well(0.05), 0.05, 0.1, from).expect("two wells");
        let spatial = |from| spatial_diffusion_rate(&well(0.05), 0.05, 0.1, from).expect("two wells");
        let [there, back] = [Well::Left, Well::Right].map(|from| rate(from) / spatial(from));
        assert!((there / back - 1.0).abs() < 1e-12 && there < 0.9, "{there} and {back}");
    }
}
