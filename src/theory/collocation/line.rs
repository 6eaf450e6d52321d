//! The transition operator of one coordinate, for any law of the noise.

use super::Quadrature;
use super::domain::domain;
use super::law::NoiseLaw;
use super::modes::Modes;
use super::nodes::Nodes;
use crate::theory::ensemble::{Atom, MeasuringTimes};
use crate::theory::matrix_power::{power, power_sum};
use crate::theory::reduction::Coordinate;
use nalgebra::{DMatrix, DVector};

/// Fewest and most nodes.
const NODES: (f64, f64) = (160.0, 256.0);

/// Nodes over a width √(T/U'') of a well.
const NODES_PER_WIDTH: f64 = 6.0;

/// Domains that are tried, relative to the first.
const STRETCHES: [f64; 3] = [1.0, 2.0, 4.0];

/// Share of walkers that may be led out of the domain by one step: they are kept at its edges.
const MAX_LEAK: f64 = 1e-10;

/// K of x' = x − r U'(x) − w ξ, with ξ of any law, at Chebyshev nodes. A law with a density is integrated
/// over the domain and its tails are put at the edges, so that Kf is smooth; a discrete law does not lead
/// out.
#[derive(Clone, Debug)]
pub struct CollocationKernel {
    domain: (f64, f64),
    nodes: Nodes,
    kernel: DMatrix<f64>,
    modes: Modes,
}

impl CollocationKernel {
    /// For walkers that start as `start`; none where U does not confine them or where there is no noise.
    pub fn new(coordinate: &Coordinate, law: &NoiseLaw, start: &[Atom]) -> Option<Self> {
        if !(coordinate.rate > 0.0 && coordinate.deviation > 0.0) {
            return None;
        }
        // At large steps walkers go farther than the Gibbs density.
        STRETCHES.into_iter().find_map(|stretch| Self::on(coordinate, law, domain(coordinate, law, start, stretch)?))
    }

    fn on(coordinate: &Coordinate, law: &NoiseLaw, (low, high): (f64, f64)) -> Option<Self> {
        let curvatures = coordinate.profile.minima().into_iter().map(|x| coordinate.profile.curvature(x));
        let width = (coordinate.temperature() / curvatures.fold(0.0, f64::max)).sqrt();
        let count = (NODES_PER_WIDTH * (high - low) / width).clamp(NODES.0, NODES.1) as usize;
        let nodes = Nodes::chebyshev(low, high, count);
        let mut rows = Vec::with_capacity(count * count);
        let mut leaks = Vec::with_capacity(count);
        for (i, x) in nodes.at().iter().enumerate() {
            let (mut row, leak) = step(coordinate, law, &nodes, (low, high), *x);
            // What rounding and the law's farthest tails take from 1.
            row[i] += 1.0 - row.iter().sum::<f64>();
            rows.extend(row);
            leaks.push(leak);
        }
        let kernel = DMatrix::from_row_slice(count, count, &rows);
        let modes = Modes::new(&kernel, &DVector::from_element(count, 1.0))?;
        let leak: f64 = modes.stationary.iter().zip(&leaks).map(|(weight, leak)| weight * leak).sum();
        (leak < MAX_LEAK).then_some(Self { domain: (low, high), nodes, kernel, modes })
    }

    /// −ln of the second eigenvalue, per step: the slowest decay; none where it oscillates.
    pub fn relaxation_rate(&self) -> Option<f64> {
        self.modes.relaxation_rate()
    }

    /// Averages over the stationary law.
    pub fn stationary(&self) -> Quadrature {
        self.weighted(&self.modes.stationary)
    }

    /// Averages over the law of walkers that start as `start`, pooled over the measuring times; none where a
    /// walker starts farther out than the kernel was made for.
    pub fn pooled(&self, start: &[Atom], times: MeasuringTimes) -> Option<Quadrature> {
        if !start.iter().all(|atom| (self.domain.0..=self.domain.1).contains(&atom.position)) {
            return None;
        }
        let mut weights = vec![0.0; self.nodes.at().len()];
        for atom in start {
            self.nodes.add(atom.position, atom.weight / times.count as f64, &mut weights);
        }
        let step = self.kernel.transpose();
        let first = power(&step, times.first) * DVector::from_vec(weights);
        Some(self.weighted(&power_sum(&power(&step, times.every), &first, times.count)))
    }

    fn weighted(&self, weights: &DVector<f64>) -> Quadrature {
        let pairs = self.nodes.at().iter().zip(weights.iter());
        Quadrature { atoms: pairs.map(|(position, weight)| Atom { position: *position, weight: *weight }).collect() }
    }
}

/// E f(x') as weights of f at the nodes, and the probability to be led out of [low, high].
fn step(coordinate: &Coordinate, law: &NoiseLaw, nodes: &Nodes, (low, high): (f64, f64), x: f64) -> (Vec<f64>, f64) {
    let mut row = vec![0.0; nodes.at().len()];
    let (centre, w) = (coordinate.next(x), coordinate.deviation);
    if let NoiseLaw::Discrete(atoms) = law {
        for atom in atoms {
            nodes.add((centre - w * atom.position).clamp(low, high), atom.weight, &mut row);
        }
        return (row, 0.0);
    }
    let (from, to) = ((centre - high) / w, (centre - low) / w);
    for atom in law.between(from, to) {
        nodes.add(centre - w * atom.position, atom.weight, &mut row);
    }
    let (above, below) = (law.below(from), law.above(to));
    nodes.add(high, above, &mut row);
    nodes.add(low, below, &mut row);
    (row, above + below)
}

#[cfg(test)]
mod tests;
