//! Mean first-passage time of the diffusion dx = −U' dt + √(2T) dW, by quadrature.

use super::ensemble::panel_nodes;
use crate::landscape::Profile;

/// Exponents this far below the largest weigh nothing: e⁻⁴⁵ = 3·10⁻²⁰.
const DEEPEST: f64 = 45.0;

/// Mean time to reach `target` from `from`:
///
/// ```text
/// τ = (1/T) ∫_from^target dy exp(U(y)/T) ∫_−∞^y dz exp(−U(z)/T)
/// ```
///
/// for from < target, and its mirror image for from > target (Gardiner, Handbook of Stochastic Methods,
/// §5.2.7; Hänggi, Talkner & Borkovec, Rev. Mod. Phys. 62, 251 (1990), §VII). None where U does not
/// confine the walker on the far side, or T ≤ 0.
pub fn mean_first_passage_time(profile: &Profile, temperature: f64, from: f64, target: f64) -> Option<f64> {
    let minima = profile.minima();
    let confined = temperature > 0.0 && !minima.is_empty() && from.is_finite() && target.is_finite();
    if !confined {
        return None;
    }
    // Everything upwards, in y = sign x.
    let sign = if from <= target { 1.0 } else { -1.0 };
    let value = |y: f64| profile.value(sign * y);
    let (from, target) = (sign * from, sign * target);
    let least = minima.iter().map(|x| profile.value(*x)).fold(f64::INFINITY, f64::min);

    // Lengths over which exp(U/T) changes: of a curved piece and of a slope.
    let width = |y: f64| {
        let (slope, curvature) = (profile.slope(sign * y).abs(), profile.curvature(sign * y).abs());
        (temperature / curvature).sqrt().min(10.0 * temperature / slope)
    };
    let lowest_minimum = minima.iter().map(|x| sign * x).fold(f64::INFINITY, f64::min);
    let mut low = from.min(lowest_minimum);
    let mut tries = 0;
    while value(low) < value(from).max(least) + DEEPEST * temperature {
        // Far up a wall the width is lost beside the position; a digit of it is kept.
        low -= width(low).min(width(lowest_minimum)).max(1e-12 * low.abs());
        // A colder well takes more panels than are given below.
        tries += 1;
        if tries > 100_000 {
            return None;
        }
    }
    let narrowest = (0..=64).map(|k| width(low + (target - low) * f64::from(k) / 64.0)).fold(f64::INFINITY, f64::min);
    let panels = |a: f64, b: f64| (2.0 * (b - a) / narrowest).ceil().max(1.0);
    if panels(low, target) > 10_000.0 {
        return None;
    }

    // J(y) = exp(U(y)/T) ∫_−∞^y exp(−U(z)/T) dz is carried along in place of the inner integral, so that
    // no exponent is larger than that of the result.
    let onward = |j: f64, a: f64, y: f64| {
        let decay = |z: f64| ((value(y) - value(z)) / temperature).exp();
        j * decay(a) + panel_nodes(a, y, 1).iter().map(|node| node.weight * decay(node.position)).sum::<f64>()
    };
    let mut j = 0.0;
    let mut time = 0.0;
    for (start, end) in [(low, from), (from, target)] {
        let count = panels(start, end) as usize;
        let edge = |k: usize| start + (end - start) * k as f64 / count as f64;
        for k in 0..count {
            let (a, b) = (edge(k), edge(k + 1));
            if start == from {
                time += panel_nodes(a, b, 1).iter().map(|y| y.weight * onward(j, a, y.position)).sum::<f64>();
            }
            j = onward(j, a, b);
        }
    }
    Some(time / temperature)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;

    fn double_well() -> Profile {
        Profile::DoubleWell(DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] })
    }

    /// (x² − 1)²/4 from −1 to 1 and to 0; expected numbers by an independent program in f64.
    #[test]
    fn passage_between_wells_and_to_the_saddle() {
        let table = [
            (0.025, 102108.365, 51050.7025),
            (0.03, 19485.8180, 9739.57099),
            (0.04, 2483.02545, 1238.40120),
            (0.05, 729.670692, 361.903760),
            (0.0625, 277.054579, 135.782977),
            (0.08, 120.005742, 57.4783036),
            (0.1, 66.2686264, 30.8213025),
            (0.125, 41.0342803, 18.4261585),
            (0.15, 29.5459814, 12.8678935),
            (0.2, 19.0938970, 7.93402154),
            (0.25, 14.2777366, 5.74343707),
        ];
        for (t, to_minimum, to_saddle) in table {
            for (target, expected) in [(1.0, to_minimum), (0.0, to_saddle)] {
                let up = mean_first_passage_time(&double_well(), t, -1.0, target).expect("confined");
                assert!((up / expected - 1.0f64).abs() < 6e-9, "T = {t} to {target}: {up} against {expected}");
                let down = mean_first_passage_time(&double_well(), t, 1.0, -target).expect("confined");
                assert!((down / up - 1.0).abs() < 1e-13, "mirror image {down} of {up}");
            }
        }
    }

    /// A walker that slides down a harmonic well takes ln(x₀/x₁)/h as T → 0.
    #[test]
    fn descent_without_noise() {
        let profile = Profile::Quadratic { curvature: 2.0, minimum: 0.0 };
        let time = mean_first_passage_time(&profile, 1e-3, 3.0, 1.0).expect("confined");
        assert!((time - 0.5 * 3f64.ln()).abs() < 1e-3, "{time}");
        assert_eq!(mean_first_passage_time(&profile, 0.1, 1e12, 1.0), None, "too steep to resolve");
        let saddle = Profile::Quadratic { curvature: -1.0, minimum: 0.0 };
        assert_eq!(mean_first_passage_time(&saddle, 0.1, 0.0, 1.0), None);
    }

    /// Styblinski and Tang's function in one dimension, L = (x⁴ − 16x² + 5x)/2, is a tilted double well.
    #[test]
    fn passage_between_wells_of_unequal_depth() {
        // (x⁴ − 16x²)/2 = 32((x/√8)² − 1)² − 32.
        let well = DoubleWell { barrier: 32.0, separation: 8f64.sqrt(), tilt: 2.5, floor: 0.0, transverse: vec![] };
        let [global, _, local] = well.critical_points();
        let profile = Profile::DoubleWell(well);
        for (t, to_global, to_local) in
            [(3.0, 1370.492, 138989.8), (4.0, 170.8596, 5308.135), (5.0, 49.48422, 754.0069), (8.0, 7.958670, 41.50711)]
        {
            let down = mean_first_passage_time(&profile, t, local, global).expect("confined");
            let up = mean_first_passage_time(&profile, t, global, local).expect("confined");
            assert!((down / to_global - 1.0f64).abs() < 5e-7, "T = {t}: {down} against {to_global}");
            assert!((up / to_local - 1.0f64).abs() < 5e-7, "T = {t}: {up} against {to_local}");
        }
    }

    #[test]
    fn a_well_too_cold_for_the_panels_is_given_up_soon() {
        assert_eq!(mean_first_passage_time(&double_well(), 1e-13, -0.5, 1.0), None);
    }
}
