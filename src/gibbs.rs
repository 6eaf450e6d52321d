//! Averages over the Gibbs density p ∝ exp(−U/T) of a one-dimensional profile, by quadrature.

use crate::landscape::Profile;
use gauss_quad::GaussLegendre;
use std::num::NonZeroUsize;

/// Exponents below −this weigh nothing: e⁻⁴⁵ = 3·10⁻²⁰.
const DEEPEST: f64 = 45.0;

/// The average of `f` over p ∝ exp(−U/T), or none where the density cannot be normalised.
pub fn mean(profile: &Profile, temperature: f64, f: impl Fn(f64) -> f64) -> Option<f64> {
    let edges = panels(profile, temperature)?;
    let least = least_value(profile)?;
    let weight = |x: f64| ((least - profile.value(x)) / temperature).exp();
    let norm = integral(&edges, weight);
    Some(integral(&edges, |x| weight(x) * f(x)) / norm)
}

/// −ln of the Gibbs density's integral over [low, high], up to a constant that all intervals share.
pub fn free_energy(profile: &Profile, temperature: f64, low: f64, high: f64) -> Option<f64> {
    let least = least_value(profile)?;
    let rule = GaussLegendre::new(NonZeroUsize::new(8)?);
    Some(-rule.integrate(low, high, |x| ((least - profile.value(x)) / temperature).exp()).ln())
}

/// Where the Gibbs density is not negligible.
pub fn support(profile: &Profile, temperature: f64) -> Option<(f64, f64)> {
    let minima = profile.minima();
    let (first, last) = (*minima.first()?, *minima.last()?);
    let least = least_value(profile)?;
    let edge = |from: f64, direction: f64| {
        let mut step = (temperature / profile.curvature(from).abs()).sqrt();
        let mut x = from;
        while profile.value(x) - least < DEEPEST * temperature {
            x += direction * step;
            step *= 1.1;
        }
        x
    };
    (temperature > 0.0).then(|| (edge(first, -1.0), edge(last, 1.0)))
}

fn least_value(profile: &Profile) -> Option<f64> {
    profile.minima().into_iter().map(|x| profile.value(x)).min_by(f64::total_cmp)
}

/// Edges of the panels of an integral over the density's support: even ones, and finer ones about every
/// minimum, where a cold density has its narrow peaks.
fn panels(profile: &Profile, temperature: f64) -> Option<Vec<f64>> {
    const EVEN: u32 = 32;
    const ABOUT_A_MINIMUM: i32 = 12;
    let (low, high) = support(profile, temperature)?;
    let mut edges: Vec<f64> = (0..=EVEN).map(|k| low + (high - low) * f64::from(k) / f64::from(EVEN)).collect();
    for minimum in profile.minima() {
        let width = (temperature / profile.curvature(minimum)).sqrt();
        edges.extend((-ABOUT_A_MINIMUM..=ABOUT_A_MINIMUM).map(|k| minimum + f64::from(k) * width));
    }
    edges.retain(|x| (low..=high).contains(x));
    edges.sort_by(f64::total_cmp);
    Some(edges)
}

/// Composite Gauss–Legendre quadrature with eight nodes a panel.
fn integral(edges: &[f64], f: impl Fn(f64) -> f64) -> f64 {
    let rule = GaussLegendre::new(const { NonZeroUsize::new(8).unwrap() });
    edges.windows(2).map(|panel| rule.integrate(panel[0], panel[1], &f)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;

    /// ⟨x²⟩ of (x² − 1)²/4 from adaptive quadrature in f64 by an independent program; ⟨U⟩ follows from
    /// ⟨x U'⟩ = T.
    #[test]
    fn averages_over_the_double_well() {
        let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] };
        let profile = Profile::DoubleWell(well);
        for (t, square) in [(0.05, 0.93683394), (0.1, 0.87136291), (0.2, 0.83089535)] {
            let x2 = mean(&profile, t, |x| x * x).expect("normalisable");
            let u = mean(&profile, t, |x| profile.value(x)).expect("normalisable");
            assert!((x2 - square).abs() < 1e-8, "<x²> at T = {t}: {x2}");
            assert!((u - (0.25 * (t + x2) - 0.5 * x2 + 0.25)).abs() < 1e-12, "<U> at T = {t}: {u}");
        }
    }

    /// A cold well is a quadratic one: ⟨U⟩ = T/2 to leading order.
    #[test]
    fn cold_wells_are_resolved() {
        let well = DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] };
        let profile = Profile::DoubleWell(well);
        for t in [1e-4, 1e-6, 1e-8] {
            let u = mean(&profile, t, |x| profile.value(x)).expect("normalisable");
            assert!((u / (0.5 * t) - 1.0).abs() < 2.0 * t + 1e-6, "<U> = {u} at T = {t}");
        }
    }

    #[test]
    fn equipartition_of_a_quadratic() {
        let profile = Profile::Quadratic { curvature: 3.0, minimum: 2.0 };
        let u = mean(&profile, 0.4, |x| profile.value(x)).expect("normalisable");
        assert!((u - 0.2).abs() < 1e-13, "<U> = T/2, found {u}");
        assert_eq!(mean(&Profile::Quadratic { curvature: -1.0, minimum: 0.0 }, 0.4, |x| x), None);
    }
}
