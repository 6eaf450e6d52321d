//! Nodes and weights for a transition kernel, and the finite chain on them.

use super::chain::Chain;
use super::{REACH, WHOLE_LINE};
use crate::gibbs;
use crate::theory::ensemble::{Atom, panel_nodes};
use crate::theory::reduction::Coordinate;
use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2};

/// Most nodes.
const MAX_NODES: f64 = 4096.0;

/// A quadrature over the domain.
#[derive(Clone, Debug)]
pub struct Grid {
    pub nodes: Vec<f64>,
    pub weights: Vec<f64>,
}

impl Grid {
    /// Over the part of `intervals` within the domain; none where it takes too many nodes.
    pub fn new(coordinate: &Coordinate, intervals: &[(f64, f64)], (low, high): (f64, f64)) -> Option<Self> {
        // A step maps a width s to |g'| s; where |g'| > 1 nodes must be so much closer.
        let slope = |k: usize| {
            let x = low + (high - low) * k as f64 / 64.0;
            (1.0 - coordinate.rate * coordinate.profile.curvature(x)).abs()
        };
        let steepest = (0..=64).map(slope).fold(1.0, f64::max);
        let scale = coordinate.deviation / steepest;
        let whole = *intervals == WHOLE_LINE;
        let atoms: Vec<Atom> = if whole {
            let cells = (2.0 * (high - low) / scale).ceil();
            if cells.is_nan() || cells > MAX_NODES {
                return None;
            }
            let spacing = (high - low) / cells;
            let at = |k: usize| Atom { position: low + (k as f64 + 0.5) * spacing, weight: spacing };
            (0..cells as usize).map(at).collect()
        } else {
            let mut atoms = Vec::new();
            for (a, b) in intervals.iter().map(|(a, b)| (a.max(low), b.min(high))).filter(|(a, b)| a < b) {
                let panels = ((b - a) / (4.0 * scale)).ceil();
                if panels.is_nan() || panels * 16.0 > MAX_NODES {
                    return None;
                }
                atoms.extend(panel_nodes(a, b, panels as usize));
            }
            atoms
        };
        (!atoms.is_empty()).then(|| Self {
            nodes: atoms.iter().map(|atom| atom.position).collect(),
            weights: atoms.iter().map(|atom| atom.weight).collect(),
        })
    }

    /// Probabilities to reach the nodes by a normal step from `centre`: the first node within reach, and
    /// the probability of every node from there on.
    pub fn row(&self, centre: f64, deviation: f64) -> (usize, Vec<f64>) {
        let first = self.nodes.partition_point(|x| *x < centre - REACH * deviation);
        let end = self.nodes.partition_point(|x| *x <= centre + REACH * deviation);
        let density = |x: f64| (-0.5 * ((x - centre) / deviation).powi(2)).exp() / ((2.0 * PI).sqrt() * deviation);
        let masses = (first..end).map(|j| self.weights[j] * density(self.nodes[j])).collect();
        (first.min(self.nodes.len() - 1), masses)
    }

    /// The finite chain; none where eliminating its states takes too long.
    pub fn chain(&self, coordinate: &Coordinate, intervals: &[(f64, f64)]) -> Option<Chain> {
        let rows: Vec<_> = self.nodes.iter().map(|x| self.row(coordinate.next(*x), coordinate.deviation)).collect();
        let leaving = self.nodes.iter().map(|x| leaving(coordinate, intervals, *x)).collect();
        Chain::new(&rows, leaving)
    }

    /// Masses after one step from `start`.
    pub fn first_step(&self, coordinate: &Coordinate, start: &[Atom]) -> Vec<f64> {
        let mut masses = vec![0.0; self.nodes.len()];
        for atom in start {
            let (first, row) = self.row(coordinate.next(atom.position), coordinate.deviation);
            for (mass, a) in masses[first..].iter_mut().zip(row) {
                *mass += atom.weight * a;
            }
        }
        masses
    }

    /// Whether no node is led beyond the domain's `edge` by a step without noise; `inward` is the sign
    /// of the direction away from it.
    pub fn leads_inside(&self, coordinate: &Coordinate, edge: f64, inward: f64) -> bool {
        self.nodes.iter().all(|x| (coordinate.next(*x) - edge) * inward >= 0.0)
    }
}

/// The part of the line that walkers visit: where the Gibbs density is not negligible, around the way
/// from every start with `room` on its sides, within the intervals' finite ends.
pub fn domain(coordinate: &Coordinate, intervals: &[(f64, f64)], start: &[Atom], room: f64) -> Option<(f64, f64)> {
    let (first, last) = (intervals.first()?.0, intervals.last()?.1);
    if coordinate.deviation <= 0.0 || start.is_empty() {
        return None;
    }
    if first.is_finite() && last.is_finite() {
        return Some((first, last));
    }
    let (mut low, mut high) = gibbs::support(&coordinate.profile, coordinate.temperature())?;
    let positions = || start.iter().map(|atom| atom.position);
    let ends = [positions().fold(f64::INFINITY, f64::min), positions().fold(f64::NEG_INFINITY, f64::max)];
    for mut x in ends {
        for _ in 0..100 {
            x = coordinate.next(x);
            low = low.min(x - room);
            high = high.max(x + room);
        }
    }
    let domain = (low.max(first), high.min(last));
    (domain.0 < domain.1 && domain.0.is_finite() && domain.1.is_finite()).then_some(domain)
}

/// Probability that a step from x ends outside the intervals, without cancellation.
pub fn leaving(coordinate: &Coordinate, intervals: &[(f64, f64)], x: f64) -> f64 {
    let centre = coordinate.next(x);
    let mut from = f64::NEG_INFINITY;
    let mut sum = 0.0;
    for (low, high) in intervals.iter().copied().chain([(f64::INFINITY, f64::INFINITY)]) {
        sum += normal_between((from - centre) / coordinate.deviation, (low - centre) / coordinate.deviation);
        from = high;
    }
    sum
}

/// Φ(b) − Φ(a) of the standard normal distribution function for a ≤ b, keeping the digits of small
/// differences in either tail.
pub fn normal_between(a: f64, b: f64) -> f64 {
    let upper_tail = |x: f64| 0.5 * erfc(x / SQRT_2);
    if a >= b {
        0.0
    } else if a > 0.0 {
        upper_tail(a) - upper_tail(b)
    } else {
        upper_tail(-b) - upper_tail(-a)
    }
}
