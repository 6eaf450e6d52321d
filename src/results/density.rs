//! Densities that theory expects of one coordinate, for the figures.

use crate::experiment::Setup;
use crate::gibbs;
use crate::theory::bin_shares;

/// Points of a curve of theory.
pub(super) const CURVE_POINTS: usize = 400;

/// Pieces over which the Gibbs density is integrated.
const PIECES: u32 = 64;

/// The exact density of coordinate `i` at the finite step, pooled over the measuring times: its mean
/// over every bin, at the bin's middle. None where its law is not known.
pub(super) fn exact(setup: &Setup, i: usize, edges: &[f64]) -> Option<Vec<(f64, f64)>> {
    let of = |(bin, share): (&[f64], f64)| (0.5 * (bin[0] + bin[1]), share / (bin[1] - bin[0]));
    Some(edges.windows(2).zip(bin_shares(setup, i, edges)?).map(of).collect())
}

/// exp(−U_i/T), normalised; none where walkers that pass are taken out, where coordinates are coupled,
/// or where there is no one temperature.
pub(super) fn gibbs(setup: &Setup, i: usize, low: f64, high: f64) -> Option<Vec<(f64, f64)>> {
    if setup.takes_walkers_out() {
        return None;
    }
    let temperature = setup.temperature().filter(|t| *t > 0.0)?;
    let profile = setup.landscape.profiles()?.into_iter().nth(i)?;
    let least = profile.minima().into_iter().map(|x| profile.value(x)).min_by(f64::total_cmp)?;
    let (from, to) = gibbs::support(&profile, temperature)?;
    let width = (to - from) / f64::from(PIECES);
    // The free energy of a piece is −ln of the weight's integral over it.
    let piece = |k: u32| {
        let start = from + f64::from(k) * width;
        gibbs::free_energy(&profile, temperature, start, start + width).map(|f| (-f).exp())
    };
    let norm: f64 = (0..PIECES).map(piece).sum::<Option<f64>>()?;
    let density = |x: f64| ((least - profile.value(x)) / temperature).exp() / norm;
    let at = |k: usize| low + (high - low) * k as f64 / CURVE_POINTS as f64;
    Some((0..=CURVE_POINTS).map(|k| (at(k), density(at(k)))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Experiment;

    /// The stationary law of x' = (1 − hη)x + √(2Tη) ξ is normal with variance T/h / (1 − hη/2); the
    /// Gibbs density has variance T/h.
    #[test]
    fn densities_of_a_quadratic_are_normal() {
        let text = r#"
            landscape = { kind = "quadratic", hessian = [2.0] }
            dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.2 }
            ensemble = { walkers = 64, burn_in = 200, steps = 10, start = [0.0] }
        "#;
        let experiment = Experiment::parse("well", "well.toml", text, &[]).expect("a right experiment");
        let setup = &experiment.cells[0].setup;
        let normal = |x: f64, v: f64| (-0.5 * x * x / v).exp() / (2.0 * std::f64::consts::PI * v).sqrt();
        for (x, p) in gibbs(setup, 0, -1.0, 1.0).expect("a temperature") {
            assert!((p - normal(x, 0.05)).abs() < 1e-9, "Gibbs density {p} at {x}");
        }
        let edges: Vec<f64> = (0..=400).map(|k| -1.0 + 0.005 * f64::from(k)).collect();
        for (x, p) in exact(setup, 0, &edges).expect("a kernel") {
            // The mean over a bin of width w differs from its middle by w² p''/24 at most.
            assert!((p - normal(x, 0.0625)).abs() < 1e-4, "exact density {p} at {x}");
        }
    }
}
