//! Kramers' escape rate from a well over a barrier at low temperature.

use crate::landscape::Profile;
use crate::landscape::critical_points::CriticalPoint;
use std::f64::consts::PI;

/// A well of a double well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Well {
    /// x below the saddle.
    Left,
    /// x above the saddle.
    Right,
}

/// The well that x lies in, of wells on both sides of `saddle`; none on it.
pub fn well_of(saddle: f64, x: f64) -> Option<Well> {
    if x < saddle {
        Some(Well::Left)
    } else if x > saddle {
        Some(Well::Right)
    } else {
        None
    }
}

/// κ = √(h_a |h_s|)/(2π) exp(−ΔU/T): rate at which dx = −U' dt + √(2T) dW goes from the well `from` to
/// the other one, as T → 0, with h_a and h_s the curvatures at the minimum and at the saddle (Kramers,
/// Physica 7, 284 (1940); Hänggi, Talkner & Borkovec, Rev. Mod. Phys. 62, 251 (1990), eq. 4.46 divided
/// by the friction). Half of those that reach the saddle go back: the rate of reaching it is 2κ. None where the
/// profile does not have two wells.
pub fn escape_rate(profile: &Profile, temperature: f64, from: Well) -> Option<f64> {
    let [left, saddle, right] = profile.wells()?;
    let minimum = if from == Well::Left { left } else { right };
    let frequencies = (profile.curvature(minimum) * profile.curvature(saddle).abs()).sqrt();
    let barrier = profile.value(saddle) - profile.value(minimum);
    Some(frequencies / (2.0 * PI) * (-barrier / temperature).exp())
}

/// κ_SD = [√(γ²/4 + ω_s²) − γ/2]/ω_s · ω_a/(2π) exp(−ΔU/T) with ω² = |U''|: rate at which underdamped dynamics
/// of mass one and friction γ goes from the well `from` to the other one, as T → 0 and where γ is not so small
/// that energy is exchanged too slowly, γ > T ω_a/ΔU or so (Kramers, Physica 7, 284 (1940); Hänggi, Talkner &
/// Borkovec, Rev. Mod. Phys. 62, 251 (1990), eq. 4.33). γ κ_SD tends to [`escape_rate`] as γ grows.
pub fn spatial_diffusion_rate(profile: &Profile, temperature: f64, friction: f64, from: Well) -> Option<f64> {
    let [_, saddle, _] = profile.wells()?;
    let curvature = profile.curvature(saddle).abs();
    Some(escape_rate(profile, temperature, from)? * unstable_rate(curvature, friction) / curvature)
}

/// √(γ²/4 + |h|) − γ/2: rate at which underdamped motion leaves a saddle of curvature −|h|.
fn unstable_rate(curvature: f64, friction: f64) -> f64 {
    // Without cancellation.
    curvature / ((0.25 * friction * friction + curvature).sqrt() + 0.5 * friction)
}

/// κ = |λ_s|/(2π) √(det H_a/|det H_s|) exp(−ΔL/T): rate at which dθ = −∇L dt + √(2T) dW goes from a minimum over a
/// saddle, as T → 0, with the Hessians H_a and H_s there and the negative eigenvalue λ_s (Landauer & Swanson,
/// Phys. Rev. 121, 1668 (1961); proven by Bovier, Eckhoff, Gayrard & Klein, J. Eur. Math. Soc. 6, 399 (2004)).
/// With friction γ, of underdamped motion of mass one, |λ_s| is √(γ²/4 + |λ_s|) − γ/2 (Langer, Ann. Phys. 54, 258
/// (1969)). None where the first point is no minimum, the second no saddle of index 1, or one of them is flat in
/// some direction.
pub fn eyring_kramers_rate(
    minimum: &CriticalPoint,
    saddle: &CriticalPoint,
    temperature: f64,
    friction: Option<f64>,
) -> Option<f64> {
    if (minimum.index, saddle.index) != (0, 1) || minimum.is_degenerate() || saddle.is_degenerate() {
        return None;
    }
    let unstable = saddle.eigenvalues.first()?.abs();
    let growth = friction.map_or(unstable, |friction| unstable_rate(unstable, friction));
    let determinants: f64 = minimum.eigenvalues.iter().zip(&saddle.eigenvalues).map(|(a, s)| a / s.abs()).product();
    let barrier = saddle.loss - minimum.loss;
    Some(growth / (2.0 * PI) * determinants.sqrt() * (-barrier / temperature).exp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::{DoubleWell, Experiment, Landscape};
    use crate::theory::passage_time::mean_first_passage_time;

    fn well(tilt: f64) -> Profile {
        let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt, floor: 0.0, transverse: vec![] };
        Profile::DoubleWell(well)
    }

    /// 2κ of (x² − 1)²/4.
    #[test]
    fn rate_of_the_symmetric_well() {
        for (t, twice) in [(0.025, 2.043714e-5), (0.05, 3.033142e-3), (0.1, 3.6951240e-2), (0.25, 0.16560394)] {
            let rate = 2.0 * escape_rate(&well(0.0), t, Well::Left).expect("two wells");
            assert!((rate / twice - 1.0f64).abs() < 5e-7, "T = {t}: {rate} against {twice}");
        }
    }

    /// γ κ_SD → κ as γ → ∞, and κ_SD → ω_a/(2π) exp(−ΔU/T), transition-state theory, as γ → 0.
    #[test]
    fn spatial_diffusion_between_its_limits() {
        let landscape = well(0.0);
        let rate = |friction| spatial_diffusion_rate(&landscape, 0.1, friction, Well::Left).expect("two wells");
        let overdamped = escape_rate(&landscape, 0.1, Well::Left).expect("two wells");
        assert!((1e4 * rate(1e4) / overdamped - 1.0).abs() < 2e-8);
        let transition_state = 2f64.sqrt() / (2.0 * PI) * (-2.5f64).exp();
        assert!((rate(0.0) / transition_state - 1.0).abs() < 1e-14);
        // ω_s = 1, γ = 1.5: √(9/16 + 1) − 3/4 = 1/2.
        assert!((rate(1.5) / transition_state - 0.5).abs() < 1e-14);
    }

    /// Along a line it is Kramers' formula, overdamped and with friction.
    #[test]
    fn eyring_and_kramers_agree_on_a_line() {
        let well = DoubleWell { barrier: 0.3, separation: 1.2, tilt: 0.05, floor: 2.0, transverse: vec![] };
        let profile = Profile::DoubleWell(well.clone());
        let relief = Landscape::DoubleWell(well).relief(&[]).expect("a loss");
        let [left, saddle, right] = &relief.points[..] else { panic!("{relief:?}") };
        for (minimum, from) in [(left, Well::Left), (right, Well::Right)] {
            let same = |found: Option<f64>, line: Option<f64>| {
                let (found, line) = (found.expect("a pass"), line.expect("two wells"));
                assert!((found / line - 1.0).abs() < 1e-13, "{from:?}: {found} against {line}");
            };
            same(eyring_kramers_rate(minimum, saddle, 0.1, None), escape_rate(&profile, 0.1, from));
            let underdamped = spatial_diffusion_rate(&profile, 0.1, 0.7, from);
            same(eyring_kramers_rate(minimum, saddle, 0.1, Some(0.7)), underdamped);
        }
        assert_eq!(eyring_kramers_rate(left, right, 0.1, None), None, "over no saddle");
        assert_eq!(eyring_kramers_rate(saddle, saddle, 0.1, None), None, "from no minimum");
    }

    /// ¼(x² − 1)² + ½k(y − x)²: the barrier is ¼, det H = k(3x² − 1) is 2k in the wells and −k on the pass, and
    /// |λ_s| = √(k² + ¼) + ½ − k there. So κ = |λ_s|√2/(2π) exp(−1/(4T)).
    #[test]
    fn rate_of_coupled_wells() {
        for k in [0.1_f64, 1.0, 20.0] {
            let text = format!(
                "landscape = {{ kind = \"formula\", loss = \"0.25*(x^2 - 1)^2 + 0.5*k*(y - x)^2\", \
                 variables = [\"x\", \"y\"], parameters = {{ k = {k} }} }}\n\
                 dynamics = {{ kind = \"langevin\", temperature = 0.1, time_step = 0.01 }}\n\
                 ensemble = {{ walkers = 64, steps = 1, start = [-1.0, -1.0] }}"
            );
            let experiment = Experiment::parse("test", "test.toml", &text, &[]).expect("a valid experiment");
            let relief = experiment.cells[0].setup.landscape.relief(&[vec![-1.0, -1.0]]).expect("a loss");
            let [left, saddle, right] = &relief.points[..] else { panic!("{relief:?}") };
            // The roots of λ² − (2k − 1)λ − k.
            let growth = (k * k + 0.25).sqrt() + 0.5 - k;
            let expected = growth * 2f64.sqrt() / (2.0 * PI) * (-2.5f64).exp();
            for minimum in [left, right] {
                let rate = eyring_kramers_rate(minimum, saddle, 0.1, None).expect("a pass");
                assert!((rate / expected - 1.0).abs() < 1e-9, "k = {k}: {rate} for {expected}");
            }
        }
    }

    #[test]
    fn exact_passage_time_tends_to_it_at_low_temperature() {
        let profile = well(0.05);
        let [left, saddle, right] = profile.wells().expect("two wells");
        for (from, start, target) in [(Well::Left, left, right), (Well::Right, right, left)] {
            assert_eq!(well_of(saddle, start), Some(from));
            let error = |t: f64| {
                let time = mean_first_passage_time(&profile, t, start, target).expect("confined");
                let to_saddle = mean_first_passage_time(&profile, t, start, saddle).expect("confined");
                let rate = escape_rate(&profile, t, from).expect("two wells");
                [(rate * time - 1.0).abs(), (2.0 * rate * to_saddle - 1.0).abs()]
            };
            let (warm, cold) = (error(0.02), error(0.01));
            for k in 0..2 {
                assert!(cold[k] < 0.1 && cold[k] < 0.8 * warm[k], "{from:?}: {cold:?} after {warm:?}");
            }
        }
    }
}
