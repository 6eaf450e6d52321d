//! Nodes of one axis and polynomial interpolation between them.

use crate::gibbs;
use crate::landscape::Profile;
use crate::theory::ensemble::{Atom, panel_nodes};
use crate::theory::orthogonal_polynomials::OrthogonalPolynomials;
use std::f64::consts::PI;

/// Panels, of 16 points each, that a density is given on.
const PANELS: usize = 32;

/// Nodes, ascending, and their barycentric weights (Berrut & Trefethen, SIAM Rev. 46, 501 (2004)).
#[derive(Clone, Debug)]
pub struct Nodes {
    at: Vec<f64>,
    barycentric: Vec<f64>,
    scale: Vec<f64>,
}

impl Nodes {
    /// The n zeros of Chebyshev's polynomial over [low, high].
    pub fn chebyshev(low: f64, high: f64, n: usize) -> Self {
        let angle = |k: usize| PI * (n as f64 - k as f64 - 0.5) / n as f64;
        let sign = |k: usize| if k.is_multiple_of(2) { 1.0 } else { -1.0 };
        Self {
            at: (0..n).map(|k| 0.5 * (low + high) + 0.5 * (high - low) * angle(k).cos()).collect(),
            barycentric: (0..n).map(|k| sign(k) * angle(k).sin()).collect(),
            scale: vec![1.0; n],
        }
    }

    /// The n nodes of the Gauss quadrature of a density over [low, high], given by its logarithm. Interpolation
    /// between them converges for functions that grow where the density is small, so that no edge is needed.
    /// None where [low, high] is too small for them.
    pub fn gauss(log_density: impl Fn(f64) -> f64, low: f64, high: f64, n: usize) -> Option<Self> {
        let points = panel_nodes(low, high, PANELS);
        let logs: Vec<f64> = points.iter().map(|atom| log_density(atom.position)).collect();
        let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let density: Vec<Atom> = points
            .iter()
            .zip(logs)
            .map(|(atom, log)| Atom { weight: atom.weight * (log - largest).exp(), ..*atom })
            .collect();
        let atoms = OrthogonalPolynomials::new(&density, n)?.gauss();
        let at: Vec<f64> = atoms.iter().map(|atom| atom.position).collect();
        let scale = atoms.iter().map(|atom| atom.weight.sqrt()).collect();
        let others = |k: usize| (0..n).filter(move |j| *j != k);
        let log_product = |k: usize| others(k).map(|j| (at[k] - at[j]).abs().ln()).sum::<f64>();
        let logs: Vec<f64> = (0..n).map(log_product).collect();
        let least = logs.iter().copied().fold(f64::INFINITY, f64::min);
        let sign = |k: usize| if (n - k) % 2 == 1 { 1.0 } else { -1.0 };
        let barycentric = (0..n).map(|k| sign(k) * (least - logs[k]).exp()).collect();
        Some(Self { at, barycentric, scale })
    }

    /// The n nodes of exp(−U/T).
    pub fn gibbs(profile: &Profile, temperature: f64, n: usize) -> Option<Self> {
        let (low, high) = gibbs::support(profile, temperature)?;
        let room = 0.1 * (high - low);
        Self::gauss(|x| -profile.value(x) / temperature, low - room, high + room, n)
    }

    /// The n nodes of the normal law of mean zero.
    pub fn normal(deviation: f64, n: usize) -> Option<Self> {
        let reach = deviation * (2.0 * (n as f64).sqrt() + 5.0);
        Self::gauss(|x| -0.5 * (x / deviation).powi(2), -reach, reach, n)
    }

    /// The nodes.
    pub fn at(&self) -> &[f64] {
        &self.at
    }

    /// Roots of the weights of the density's quadrature, 1 without a density. The values of a function times these
    /// have its norm in the density: far out a polynomial that is small there is a large number.
    pub(super) fn scale(&self) -> &[f64] {
        &self.scale
    }

    /// Adds to `row` the weights of the values at the nodes in `weight` f(x).
    pub(super) fn add(&self, x: f64, weight: f64, row: &mut [f64]) {
        if let Some(k) = self.at.iter().position(|node| *node == x) {
            row[k] += weight;
            return;
        }
        let share = |(node, b): (&f64, &f64)| b / (x - node);
        let total: f64 = self.at.iter().zip(&self.barycentric).map(share).sum();
        for (entry, pair) in row.iter_mut().zip(self.at.iter().zip(&self.barycentric)) {
            *entry += weight / total * share(pair);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_interpolated_exactly() {
        let f = |x: f64| ((0.3 * x - 1.0) * x + 0.2) * x * x * x - 2.0;
        let quartic = |x: f64| -x * x * x * x;
        for nodes in [
            Nodes::chebyshev(-1.0, 2.0, 6),
            Nodes::chebyshev(-1.0, 2.0, 7),
            Nodes::gauss(quartic, -3.0, 3.0, 9).expect("enough points"),
            Nodes::normal(0.5, 12).expect("enough points"),
        ] {
            for x in [-0.9, 0.0, 0.123, 1.5, nodes.at()[2]] {
                let mut row = vec![0.0; nodes.at().len()];
                nodes.add(x, 1.0, &mut row);
                let found: f64 = row.iter().zip(nodes.at()).map(|(w, x)| w * f(*x)).sum();
                assert!((found - f(x)).abs() < 1e-11, "{found} against {} at {x} of {nodes:?}", f(x));
            }
        }
    }
}
