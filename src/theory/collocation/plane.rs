//! The transition operator of a state of two numbers.

use super::modes::Modes;
use super::nodes::Nodes;
use crate::theory::ensemble::Atom;
use nalgebra::{DMatrix, DVector};

/// Most multiplications of the powers of K: a few seconds.
const MAX_WORK: u64 = 10_000_000_000;

/// K of z' = G(z, ξ), z = (z_1, z_2), ξ = (ξ_1, ξ_2) independent, at the products of the nodes of two axes.
///
/// The axes' nodes should be those of densities about as wide as the stationary law ([`Nodes::gauss`]): then
/// functions of z are polynomials as far as walkers go, and there are no edges. Coordinates that are nearly
/// independent waste no nodes. Some 40 × 16 of them give a rate over a barrier of 5 T to six digits, in some
/// tenths of a second; time grows with the third power of their product.
#[derive(Clone, Debug)]
pub struct PlaneKernel<G> {
    states: Vec<[f64; 2]>,
    /// Of the states in an average over the stationary law.
    weights: DVector<f64>,
    /// K on values times these.
    matrix: DMatrix<f64>,
    scale: DVector<f64>,
    noise: Vec<([f64; 2], f64)>,
    step: G,
    modes: Modes,
}

impl<G: Fn([f64; 2], [f64; 2]) -> [f64; 2]> PlaneKernel<G> {
    /// Of the step G, with ξ_1 and ξ_2 as atoms; one atom of weight 1 for one that G does not use. None where
    /// arithmetic fails.
    pub fn new(axes: [&Nodes; 2], noise: [&[Atom]; 2], step: G) -> Option<Self> {
        let [first, second] = axes;
        let states: Vec<[f64; 2]> = first.at().iter().flat_map(|x| second.at().iter().map(move |y| [*x, *y])).collect();
        let pair = |a: &Atom, b: &Atom| ([a.position, b.position], a.weight * b.weight);
        let noise: Vec<_> = noise[0].iter().flat_map(|a| noise[1].iter().map(move |b| pair(a, b))).collect();
        let (n, across) = (states.len(), second.at().len());
        // Values are taken times these, in the norm of the axes' densities, where K hardly enlarges anything.
        let scale = DVector::from_row_slice(first.scale()).kronecker(&DVector::from_row_slice(second.scale()));
        // Columns are the rows of K.
        let mut transposed = DMatrix::zeros(n, n);
        for ((state, own), mut column) in states.iter().zip(&scale).zip(transposed.column_iter_mut()) {
            let entries = column.as_mut_slice();
            for (xi, weight) in &noise {
                let [x, y] = step(*state, *xi);
                let (mut along, mut others) = (vec![0.0; first.at().len()], vec![0.0; across]);
                first.add(x, own * weight, &mut along);
                second.add(y, 1.0, &mut others);
                for (a, block) in along.iter().zip(entries.chunks_exact_mut(across)) {
                    block.iter_mut().zip(&others).for_each(|(entry, b)| *entry += a * b);
                }
            }
            column.component_div_assign(&scale);
        }
        let matrix = transposed.transpose();
        let modes = Modes::new(&matrix, &scale)?;
        let weights = modes.stationary.component_mul(&scale);
        Some(Self { states, weights, matrix, scale, noise, step, modes })
    }

    /// −ln of the second eigenvalue, per step: the slowest decay; none where it oscillates.
    pub fn relaxation_rate(&self) -> Option<f64> {
        self.modes.relaxation_rate()
    }

    /// −ln of the second largest modulus of an eigenvalue, per step: the slowest decay, whether or not it oscillates.
    pub fn decay_rate(&self) -> Option<f64> {
        self.modes.decay_rate()
    }

    /// E f(z) of the stationary law, for smooth f.
    pub fn mean(&self, f: impl Fn([f64; 2]) -> f64) -> f64 {
        self.states.iter().zip(self.weights.iter()).map(|(z, weight)| weight * f(*z)).sum()
    }

    /// E[f_i(z_0) f_j(z_n)] of the stationary law for smooth f of mean 0, row i and column j, at every lag n (ascending);
    /// none where it takes too long.
    pub fn lagged_means(&self, signals: &[&dyn Fn([f64; 2]) -> f64], lags: &[u64]) -> Option<Vec<DMatrix<f64>>> {
        let work = lags.last()?.saturating_mul((self.matrix.len() * signals.len()) as u64);
        let values = DMatrix::from_fn(self.states.len(), signals.len(), |k, j| signals[j](self.states[k]));
        let weighted = DMatrix::from_fn(values.nrows(), values.ncols(), |k, j| values[(k, j)] * self.weights[k]);
        // E[f(z_n) | z_0], of mean 0 as f is: rounding adds no constant.
        let mut later = DMatrix::from_fn(values.nrows(), values.ncols(), |k, j| values[(k, j)] * self.scale[k]);
        let mut n = 0;
        let at = |lag: &u64| {
            while n < *lag {
                later = &self.matrix * &later;
                n += 1;
            }
            let mut unscaled = later.clone();
            unscaled.column_iter_mut().for_each(|mut column| column.component_div_assign(&self.scale));
            weighted.tr_mul(&unscaled)
        };
        (work <= MAX_WORK).then(|| lags.iter().map(at).collect())
    }

    /// E f(z, z') of the stationary law and one step from it, for smooth f.
    pub fn mean_over_step(&self, f: impl Fn([f64; 2], [f64; 2]) -> f64) -> f64 {
        self.mean(|z| self.noise.iter().map(|(xi, weight)| weight * f(z, (self.step)(z, *xi))).sum())
    }
}

#[cfg(test)]
mod tests;
