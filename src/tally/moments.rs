//! Sums over measured states: means, products, loss, squared gradients.

use crate::experiment::Covariances;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Sums over all measured states (walkers × measuring times) of a block.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Moments {
    /// Number of measured states.
    pub count: u64,
    /// Measured states of a double well with x_0 above the saddle.
    pub right: u64,
    /// Values too large for the fixed-point sums of the GPU engine. Where there are any, the sums are
    /// void.
    pub overflows: u64,
    /// The sums, as [`MomentLayout`] places them.
    pub sums: Vec<f64>,
}

/// Places of the sums in [`Moments::sums`], for positions taken from the reference point c of the
/// cell: Σ(θ_i − c_i) for every i, Σ(θ_i − c_i)(θ_j − c_j) row by row for i ≤ j, or for i = j
/// where variances alone are measured, Σ(L − floor), Σ|∇L|², and Σ|ĝ|² where the rule has a stochastic gradient. A walker whose own time runs at another
/// pace than steps counts for the time that a step takes it: each sum is one of w times that number, and
/// Σ w comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MomentLayout {
    /// Number of coordinates d.
    pub dimension: usize,
    /// Which products are summed.
    pub covariances: Covariances,
    /// Whether |ĝ|² is summed.
    pub stochastic_gradient: bool,
    /// Whether states have weights.
    pub weighted: bool,
}

impl MomentLayout {
    /// Place of Σ(θ_i − c_i).
    pub fn position(&self, i: usize) -> usize {
        i
    }

    /// The j for which Σ(θ_i − c_i)(θ_j − c_j) is summed, j ≥ i.
    pub fn partners(&self, i: usize) -> Range<usize> {
        self.covariances.partners(i, self.dimension)
    }

    /// Place of Σ(θ_i − c_i)(θ_j − c_j), where j is one of the partners of i.
    pub fn product(&self, i: usize, j: usize) -> usize {
        self.row(i) + (j - i)
    }

    /// Place of the first product of row i.
    fn row(&self, i: usize) -> usize {
        let d = self.dimension;
        d + match self.covariances {
            // After rows of lengths d, d − 1, …, d − i + 1.
            Covariances::Full => i * (2 * d + 1 - i) / 2,
            Covariances::Variances => i,
        }
    }

    /// Place of Σ(L − floor).
    pub fn loss(&self) -> usize {
        self.row(self.dimension)
    }

    /// Place of Σ|∇L|².
    pub fn gradient_norm_squared(&self) -> usize {
        self.loss() + 1
    }

    /// Place of Σ|ĝ|², where it is summed.
    pub fn stochastic_gradient_norm_squared(&self) -> Option<usize> {
        self.stochastic_gradient.then_some(self.loss() + 2)
    }

    /// Place of Σ w, where states have weights.
    pub fn weight(&self) -> Option<usize> {
        self.weighted.then_some(self.loss() + 2 + usize::from(self.stochastic_gradient))
    }

    /// Number of sums.
    pub fn len(&self) -> usize {
        self.loss() + 2 + usize::from(self.stochastic_gradient) + usize::from(self.weighted)
    }

    /// Whether there are no sums, which never holds.
    pub fn is_empty(&self) -> bool {
        false
    }
}

impl Moments {
    /// Adds sums over further states.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.right += other.right;
        self.overflows += other.overflows;
        for (mine, theirs) in self.sums.iter_mut().zip(&other.sums) {
            *mine += theirs;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_layout_places_every_sum_once() {
        for (dimension, covariances) in (1..=64).flat_map(|d| [(d, Covariances::Full), (d, Covariances::Variances)]) {
            let layout = MomentLayout { dimension, covariances, stochastic_gradient: true, weighted: true };
            let mut places: Vec<usize> = (0..dimension).map(|i| layout.position(i)).collect();
            for i in 0..dimension {
                places.extend(layout.partners(i).map(|j| layout.product(i, j)));
            }
            let products = if covariances == Covariances::Full { dimension * (dimension + 1) / 2 } else { dimension };
            assert_eq!(places.len(), dimension + products, "{covariances:?} in {dimension} dimensions");
            places.extend([layout.loss(), layout.gradient_norm_squared()]);
            places.extend(layout.stochastic_gradient_norm_squared());
            places.extend(layout.weight());
            let all: Vec<_> = (0..layout.len()).collect();
            assert_eq!(places, all, "{covariances:?} in {dimension} dimensions");
        }
    }
}
