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

/// A density that is not negligible as many widths of its outermost well away has no end: its tail falls more
/// slowly than x⁻⁴, if at all.
const FARTHEST: f64 = 1e5;

/// Where the Gibbs density is not negligible; none where it has no end, as beside a loss that is bounded, or where
/// the loss stops being a number while it is not.
pub fn support(profile: &Profile, temperature: f64) -> Option<(f64, f64)> {
    let minima = profile.minima();
    let (first, last) = (*minima.first()?, *minima.last()?);
    let level = least_value(profile)? + DEEPEST * temperature;
    let edge = |from: f64, direction: f64| {
        let width = width(profile, from, temperature);
        let (mut x, mut step) = (from, direction * width);
        while profile.value(x) < level {
            let next = x + step;
            if next == x || (next - from).abs() > FARTHEST * width {
                return None;
            }
            if profile.value(next).is_nan() {
                step *= 0.5;
            } else {
                x = next;
                step *= 1.1;
            }
        }
        Some(x)
    };
    (temperature > 0.0).then_some(())?;
    Some((edge(first, -1.0)?, edge(last, 1.0)?))
}

/// Width of the density's peak at a minimum: that of a parabola, or less where walls are much steeper than one.
fn width(profile: &Profile, minimum: f64, temperature: f64) -> f64 {
    let bottom = profile.value(minimum);
    let within = |width: f64| {
        [minimum - width, minimum + width].into_iter().all(|x| profile.value(x) - bottom <= 2.0 * temperature)
    };
    // A flat bottom has no parabola; where walls are steep at all, they are so from less than that.
    let mut width = (temperature / profile.curvature(minimum)).sqrt().min(1e100);
    while !within(width) && width > f64::MIN_POSITIVE {
        width *= 0.5;
    }
    width
}

fn least_value(profile: &Profile) -> Option<f64> {
    profile.minima().into_iter().map(|x| profile.value(x)).min_by(f64::total_cmp)
}

/// Edges of the panels of an integral over the density's support: even ones, and finer ones about every
/// minimum, where a cold density has its narrow peaks, which grow farther out, where it has tails.
fn panels(profile: &Profile, temperature: f64) -> Option<Vec<f64>> {
    const EVEN: u32 = 32;
    const ABOUT_A_MINIMUM: i32 = 12;
    const GROWING: i32 = 24;
    let (low, high) = support(profile, temperature)?;
    let mut edges: Vec<f64> = (0..=EVEN).map(|k| low + (high - low) * f64::from(k) / f64::from(EVEN)).collect();
    let about = (0..=ABOUT_A_MINIMUM).map(f64::from);
    let growing = (1..=GROWING).map(|k| f64::from(ABOUT_A_MINIMUM) * 1.5_f64.powi(k));
    let distances: Vec<f64> = about.chain(growing).collect();
    for minimum in profile.minima() {
        let width = width(profile, minimum, temperature);
        edges.extend(distances.iter().flat_map(|distance| [minimum - distance * width, minimum + distance * width]));
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
    use crate::experiment::{DoubleWell, Experiment};

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

    /// The profile of a formula of x.
    fn formula(loss: &str) -> Profile {
        let text = format!(
            r#"
            landscape = {{ kind = "formula", loss = "{loss}", variables = ["x"] }}
            dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.01 }}
            ensemble = {{ walkers = 1, steps = 1, start = [1.0] }}
            "#
        );
        let experiment = Experiment::parse("test", "test.toml", &text, &[]).expect("a valid experiment");
        let profiles = experiment.cells[0].setup.landscape.profiles();
        profiles.expect("of one variable").pop().expect("one")
    }

    /// Beside a bounded loss the density is not that of walkers in a well, and cannot be normalised.
    #[test]
    fn bounded_losses_have_no_gibbs_density() {
        for loss in ["-exp(-x^2)", "1 - 1/(1 + x^2)", "tanh(10*x)", "sin(1/x)", "cos(x)", "0.1*log(1 + x^2)"] {
            let profile = formula(loss);
            assert_eq!(support(&profile, 0.1), None, "{loss}");
            assert_eq!(mean(&profile, 0.1, |x| x), None, "{loss}");
        }
        // A wall far away confines.
        assert!(support(&formula("-exp(-x^2) + 1e-6*x^2"), 0.1).is_some());
        // Where a loss of finite height stops being a number, walkers are lost.
        assert_eq!(support(&formula("x*sqrt(x) - x"), 0.1), None);
    }

    /// Moments in closed form: the tails of Student's t, Γ beside the edge of a logarithm, and a bottom flat to second
    /// order.
    #[test]
    fn densities_with_tails_edges_and_flat_bottoms() {
        // (1 + x²)^(−1/T) is Student's t: ⟨x²⟩ = 1/(2/T − 3).
        for t in [0.05, 0.2, 0.4] {
            let square = mean(&formula("log(1 + x^2)"), t, |x| x * x).expect("normalisable");
            assert!((square * (2.0 / t - 3.0) - 1.0).abs() < 1e-4, "T = {t}: {square}");
        }
        // x^(1/T) exp(−x/T): ⟨x⟩ = 1 + T, Var x = T(1 + T).
        for t in [0.05, 0.3] {
            let profile = formula("x - log(x)");
            let [first, second] = [1, 2].map(|n| mean(&profile, t, |x| x.powi(n)).expect("normalisable"));
            assert!((first - 1.0 - t).abs() < 1e-6, "T = {t}: {first}");
            assert!((second - first * first - t * (1.0 + t)).abs() < 1e-6, "T = {t}: {second}");
        }
        // ⟨x U'⟩ = T for every U: ⟨x⁴⟩ = T/4.
        let u = mean(&formula("x^4"), 0.1, |x| x.powi(4)).expect("normalisable");
        assert!((u / 0.025 - 1.0).abs() < 1e-9, "{u}");
    }
}
