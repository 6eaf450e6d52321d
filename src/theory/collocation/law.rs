//! Laws of a noise ξ of zero mean and unit variance, as a collocation needs them.

use crate::theory::ensemble::{Atom, panel_nodes};
use crate::theory::orthogonal_polynomials::OrthogonalPolynomials;
use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2};

/// Beyond its reach a law has less than this on either side.
const BEYOND_REACH: f64 = 1e-17;

/// The widest panel of a density's quadrature.
const PANEL_WIDTH: f64 = 1.5;

/// A law of zero mean and unit variance.
#[derive(Clone, Debug, PartialEq)]
pub enum NoiseLaw {
    /// Normal.
    Gaussian,
    /// Even over [−√3, √3].
    Uniform,
    /// exp(−√2 |ξ|)/√2.
    Laplace,
    /// Exp(1) − 1.
    Exponential,
    /// Finitely many values.
    Discrete(Vec<Atom>),
}

impl NoiseLaw {
    /// ±1 with probability ½ each.
    pub fn rademacher() -> Self {
        Self::discrete(&[(-1.0, 0.5), (1.0, 0.5)])
    }

    /// ±√3 with probability 1/6 each, else 0.
    pub fn three_point() -> Self {
        let root = 3f64.sqrt();
        Self::discrete(&[(-root, 1.0 / 6.0), (0.0, 2.0 / 3.0), (root, 1.0 / 6.0)])
    }

    /// √((1 − p)/p) with probability p, else −√(p/(1 − p)), for 0 < p < 1.
    pub fn two_point(p: f64) -> Self {
        Self::discrete(&[(-(p / (1.0 - p)).sqrt(), 1.0 - p), (((1.0 - p) / p).sqrt(), p)])
    }

    fn discrete(values: &[(f64, f64)]) -> Self {
        Self::Discrete(values.iter().map(|(position, weight)| Atom { position: *position, weight: *weight }).collect())
    }

    /// The least and the largest value.
    pub fn support(&self) -> (f64, f64) {
        match self {
            Self::Gaussian | Self::Laplace => (f64::NEG_INFINITY, f64::INFINITY),
            Self::Uniform => (-3f64.sqrt(), 3f64.sqrt()),
            Self::Exponential => (-1.0, f64::INFINITY),
            Self::Discrete(atoms) => {
                let values = || atoms.iter().map(|atom| atom.position);
                (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max))
            }
        }
    }

    /// The values beyond which a share of less than 10⁻¹⁷ lies on either side.
    pub fn reach(&self) -> (f64, f64) {
        let tail = -BEYOND_REACH.ln();
        let far = match self {
            Self::Gaussian => 8.6,
            Self::Laplace => tail / SQRT_2,
            _ => tail,
        };
        let (least, largest) = self.support();
        (least.max(-far), largest.min(far))
    }

    /// P(ξ < u) of a law with a density.
    pub fn below(&self, u: f64) -> f64 {
        match self {
            Self::Gaussian => 0.5 * erfc(-u / SQRT_2),
            Self::Uniform => (0.5 + 0.5 * u / 3f64.sqrt()).clamp(0.0, 1.0),
            Self::Laplace if u < 0.0 => 0.5 * (SQRT_2 * u).exp(),
            Self::Laplace => 1.0 - 0.5 * (-SQRT_2 * u).exp(),
            Self::Exponential => 1.0 - (-(u + 1.0).max(0.0)).exp(),
            Self::Discrete(atoms) => atoms.iter().filter(|atom| atom.position < u).map(|atom| atom.weight).sum(),
        }
    }

    /// P(ξ > u), without cancellation.
    pub fn above(&self, u: f64) -> f64 {
        match self {
            Self::Gaussian | Self::Uniform | Self::Laplace => self.below(-u),
            Self::Exponential => (-(u + 1.0).max(0.0)).exp(),
            Self::Discrete(atoms) => atoms.iter().filter(|atom| atom.position > u).map(|atom| atom.weight).sum(),
        }
    }

    /// The part of the law between `low` and `high` as atoms, for averages of smooth functions of ξ: the
    /// values themselves of a discrete law, else a composite quadrature.
    pub fn between(&self, low: f64, high: f64) -> Vec<Atom> {
        let density = |u: f64| match self {
            Self::Gaussian => (-0.5 * u * u).exp() / (2.0 * PI).sqrt(),
            Self::Uniform => 0.5 / 3f64.sqrt(),
            Self::Laplace => (-SQRT_2 * u.abs()).exp() / SQRT_2,
            Self::Exponential => (-(u + 1.0)).exp(),
            Self::Discrete(_) => 0.0,
        };
        if let Self::Discrete(atoms) = self {
            return atoms.iter().filter(|atom| (low..=high).contains(&atom.position)).copied().collect();
        }
        let (least, largest) = self.reach();
        let (low, high) = (low.max(least), high.min(largest));
        let kink = if *self == Self::Laplace { 0f64.clamp(low.min(high), high) } else { low };
        let pieces = [(low, kink), (kink, high)].into_iter().filter(|(a, b)| a < b);
        let mut atoms: Vec<Atom> =
            pieces.flat_map(|(a, b)| panel_nodes(a, b, ((b - a) / PANEL_WIDTH).ceil() as usize)).collect();
        atoms.iter_mut().for_each(|atom| atom.weight *= density(atom.position));
        atoms
    }

    /// The law's Gauss quadrature of n ≤ 32 nodes: exact for polynomials up to degree 2n − 1. The values
    /// themselves of a discrete law.
    pub fn gauss(&self, n: usize) -> Option<Vec<Atom>> {
        if let Self::Discrete(atoms) = self {
            return Some(atoms.clone());
        }
        Some(OrthogonalPolynomials::new(&self.between(f64::NEG_INFINITY, f64::INFINITY), n)?.gauss())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFINITY: f64 = f64::INFINITY;

    /// Mean, variance, third and fourth moment.
    #[test]
    fn moments_of_the_laws() {
        let laws = [
            (NoiseLaw::Gaussian, 0.0, 3.0),
            (NoiseLaw::Uniform, 0.0, 1.8),
            (NoiseLaw::Laplace, 0.0, 6.0),
            (NoiseLaw::Exponential, 2.0, 9.0),
            (NoiseLaw::rademacher(), 0.0, 1.0),
            (NoiseLaw::three_point(), 0.0, 3.0),
            (NoiseLaw::two_point(0.2), 1.5, 3.25),
        ];
        for (law, third, fourth) in laws {
            for atoms in [law.between(-INFINITY, INFINITY), law.gauss(8).expect("a rule")] {
                let moment = |k: i32| atoms.iter().map(|atom| atom.weight * atom.position.powi(k)).sum::<f64>();
                for (k, expected) in [1.0, 0.0, 1.0, third, fourth].into_iter().enumerate() {
                    let found: f64 = moment(k as i32);
                    assert!((found - expected).abs() < 1e-11, "moment {k} of {law:?}: {found}");
                }
            }
        }
    }

    #[test]
    fn distribution_functions_are_sums_of_the_atoms() {
        let laws = [NoiseLaw::Gaussian, NoiseLaw::Uniform, NoiseLaw::Laplace, NoiseLaw::Exponential];
        for law in laws.into_iter().chain([NoiseLaw::two_point(0.2)]) {
            for u in [-1.2, -0.6, 0.3, 1.1, 2.5] {
                let mass = |low: f64, high: f64| law.between(low, high).iter().map(|atom| atom.weight).sum::<f64>();
                let errors = [law.below(u) - mass(-INFINITY, u), law.above(u) - mass(u, INFINITY)];
                assert!(errors.iter().all(|e| e.abs() < 1e-11), "{errors:?} at {u} of {law:?}");
            }
            let (least, largest) = law.reach();
            assert!(law.below(least) <= 1.001 * BEYOND_REACH && law.above(largest) <= 1.001 * BEYOND_REACH, "{law:?}");
        }
    }
}
