//! Nodes and weights for a transition kernel, and the finite chain on them.

use super::chain::Chain;
use super::{REACH, Transition, WHOLE_LINE};
use crate::theory::ensemble::{Atom, panel_nodes};
use statrs::function::erf::erfc;
use std::f64::consts::{PI, SQRT_2};

/// Most nodes.
const MAX_NODES: f64 = 4096.0;

/// Nodes of a panel of composite Gauss–Legendre quadrature.
pub const PANEL: usize = 16;

/// Steps of the Runge–Kutta method to the middle of a cell.
const MARCH: usize = 16;

/// A quadrature over the domain.
#[derive(Clone, Debug)]
pub struct Grid {
    pub nodes: Vec<f64>,
    pub weights: Vec<f64>,
}

impl Grid {
    /// Over the part of `intervals` within the domain; none where it takes too many nodes.
    pub fn new(transition: &dyn Transition, intervals: &[(f64, f64)], (low, high): (f64, f64)) -> Option<Self> {
        let scale = transition.scale(low, high);
        let whole = *intervals == WHOLE_LINE;
        let atoms: Vec<Atom> = if whole {
            // Edges and middles of cells.
            let marks = even_marks(&scale, low, high, 2.0, |cells| cells <= MAX_NODES)?;
            let middles = marks.places.iter().skip(1).step_by(2);
            middles.map(|x| Atom { position: *x, weight: scale(*x) * marks.cell }).collect()
        } else {
            let mut atoms = Vec::new();
            for (a, b) in intervals.iter().map(|(a, b)| (a.max(low), b.min(high))).filter(|(a, b)| a < b) {
                let marks = even_marks(&scale, a, b, 0.25, |panels| panels * 16.0 <= MAX_NODES)?;
                let edges: Vec<f64> = marks.places.iter().copied().step_by(2).collect();
                atoms.extend(edges.windows(2).flat_map(|panel| panel_nodes(panel[0], panel[1], 1)));
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
    pub fn normal(&self, centre: f64, deviation: f64) -> (usize, Vec<f64>) {
        let first = self.nodes.partition_point(|x| *x < centre - REACH * deviation);
        let end = self.nodes.partition_point(|x| *x <= centre + REACH * deviation);
        let density = |x: f64| (-0.5 * ((x - centre) / deviation).powi(2)).exp() / ((2.0 * PI).sqrt() * deviation);
        let masses = (first..end).map(|j| self.weights[j] * density(self.nodes[j])).collect();
        (first.min(self.nodes.len() - 1), masses)
    }

    /// The panels of a composite quadrature.
    pub fn panels(&self) -> Vec<(f64, f64)> {
        let panel = |(nodes, weights): (&[f64], &[f64])| {
            let (middle, width) = (0.5 * (nodes[0] + nodes[PANEL - 1]), weights.iter().sum::<f64>());
            (middle - 0.5 * width, middle + 0.5 * width)
        };
        self.nodes.chunks_exact(PANEL).zip(self.weights.chunks_exact(PANEL)).map(panel).collect()
    }

    /// Adds to `row` the weights of the nodes of panel `p` in `weight` times a polynomial's value at x (J. Berrut & L. N.
    /// Trefethen, SIAM Rev. 46, 501 (2004); its barycentric weights at Gauss's nodes: H. Wang & S. Xiang, Math. Comp. 81,
    /// 861 (2012)).
    pub fn interpolate(&self, p: usize, x: f64, weight: f64, row: &mut [f64]) {
        let places = p * PANEL..(p + 1) * PANEL;
        let (nodes, weights) = (&self.nodes[places.clone()], &self.weights[places.clone()]);
        let row = &mut row[places];
        if let Some(k) = nodes.iter().position(|node| *node == x) {
            row[k] += weight;
            return;
        }
        let (middle, half) = (0.5 * (nodes[0] + nodes[PANEL - 1]), 0.5 * weights.iter().sum::<f64>());
        let share = |k: usize| {
            let t = (nodes[k] - middle) / half;
            let barycentric = ((1.0 - t * t) * weights[k]).sqrt();
            (if k.is_multiple_of(2) { barycentric } else { -barycentric }) / (x - nodes[k])
        };
        let shares: [f64; PANEL] = std::array::from_fn(share);
        let total: f64 = shares.iter().sum();
        row.iter_mut().zip(shares).for_each(|(entry, share)| *entry += weight * share / total);
    }

    /// The finite chain; none where eliminating its states takes too long.
    pub fn chain(&self, transition: &dyn Transition, intervals: &[(f64, f64)]) -> Option<Chain> {
        let rows: Vec<_> = self.nodes.iter().map(|x| transition.row(self, *x)).collect();
        let leaving = self.nodes.iter().map(|x| leaving(transition, intervals, *x)).collect();
        Chain::new(&rows, leaving)
    }

    /// Masses after one step from `start`.
    pub fn first_step(&self, transition: &dyn Transition, start: &[Atom]) -> Vec<f64> {
        let mut masses = vec![0.0; self.nodes.len()];
        for atom in start {
            let (first, row) = transition.row(self, atom.position);
            for (mass, a) in masses[first..].iter_mut().zip(row) {
                *mass += atom.weight * a;
            }
        }
        masses
    }

    /// Whether no node is led beyond the domain's `edge` by a step without noise; `inward` is the sign
    /// of the direction away from it.
    pub fn leads_inside(&self, transition: &dyn Transition, edge: f64, inward: f64) -> bool {
        self.nodes.iter().all(|x| (transition.next(*x) - edge) * inward >= 0.0)
    }
}

/// Edges and middles of cells, in turn, that divide an interval evenly in u = ∫ dx/scale, where a step is equally wide
/// everywhere; and the width of a cell in u.
struct Marks {
    places: Vec<f64>,
    cell: f64,
}

/// Cells of which at least `density` make up a unit of u; none where there are more than `allowed`.
fn even_marks(
    scale: &dyn Fn(f64) -> f64,
    low: f64,
    high: f64,
    density: f64,
    allowed: impl Fn(f64) -> bool,
) -> Option<Marks> {
    let length = length(scale, low, high, MAX_NODES)?;
    let cells = (density * length).ceil();
    // Not where it is NaN either.
    if !allowed(cells) {
        return None;
    }
    let halves = 2 * cells.max(1.0) as usize;
    let cell = 2.0 * length / halves as f64;
    let du = 0.5 * cell / MARCH as f64;
    let mut x = low;
    let mut places = vec![low];
    for _ in 0..halves {
        for _ in 0..MARCH {
            x = onward(scale, x, du);
        }
        places.push(x);
    }
    *places.last_mut()? = high;
    Some(Marks { places, cell })
}

/// ∫ dx/scale; none where it is more than `most`, or no number.
fn length(scale: &dyn Fn(f64) -> f64, low: f64, high: f64, most: f64) -> Option<f64> {
    let du = 1.0 / MARCH as f64;
    let (mut x, mut u) = (low, 0.0);
    loop {
        let next = onward(scale, x, du);
        if next >= high {
            let rest = panel_nodes(x, high, 1).iter().map(|atom| atom.weight / scale(atom.position)).sum::<f64>();
            return Some(u + rest);
        }
        x = next;
        u += du;
        if u > most || x.is_nan() {
            return None;
        }
    }
}

/// x a length du later in u, dx/du = scale(x), by the classical Runge–Kutta method.
fn onward(scale: &dyn Fn(f64) -> f64, x: f64, du: f64) -> f64 {
    let k1 = scale(x);
    let k2 = scale(x + 0.5 * du * k1);
    let k3 = scale(x + 0.5 * du * k2);
    let k4 = scale(x + du * k3);
    x + du / 6.0 * (k1 + 2.0 * (k2 + k3) + k4)
}

/// The part of the line that walkers visit: where the stationary density is not negligible, around the way from every
/// start with as many standard deviations of `room` on its sides, within the intervals' finite ends.
pub fn domain(transition: &dyn Transition, intervals: &[(f64, f64)], start: &[Atom], room: f64) -> Option<(f64, f64)> {
    let (first, last) = (intervals.first()?.0, intervals.last()?.1);
    if start.is_empty() || !start.iter().all(|atom| transition.deviation(atom.position) > 0.0) {
        return None;
    }
    if first.is_finite() && last.is_finite() {
        return Some((first, last));
    }
    let (mut low, mut high) = transition.support()?;
    let positions = || start.iter().map(|atom| atom.position);
    let ends = [positions().fold(f64::INFINITY, f64::min), positions().fold(f64::NEG_INFINITY, f64::max)];
    for mut x in ends {
        for _ in 0..100 {
            let room = room * transition.deviation(x);
            x = transition.next(x);
            low = low.min(x - room);
            high = high.max(x + room);
        }
    }
    let domain = (low.max(first), high.min(last));
    (domain.0 < domain.1 && domain.0.is_finite() && domain.1.is_finite()).then_some(domain)
}

/// Probability that a step from x ends outside the intervals, without cancellation.
pub fn leaving(transition: &dyn Transition, intervals: &[(f64, f64)], x: f64) -> f64 {
    let mut from = f64::NEG_INFINITY;
    let mut sum = 0.0;
    for (low, high) in intervals.iter().copied().chain([(f64::INFINITY, f64::INFINITY)]) {
        sum += transition.between(x, from, low);
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
