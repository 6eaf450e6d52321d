//! Sums over measured states: means, products, loss, squared gradients.

use serde::{Deserialize, Serialize};

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
/// cell: Σ(θ_i − c_i) for every i, Σ(θ_i − c_i)(θ_j − c_j) for i ≤ j row by row, Σ(L − floor),
/// Σ|∇L|², and Σ|ĝ|² where the rule has a stochastic gradient. A walker whose own time runs at another
/// pace than steps counts for the time that a step takes it: each sum is one of w times that number, and
/// Σ w comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MomentLayout {
    /// Number of coordinates d.
    pub dimension: usize,
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

    /// Place of Σ(θ_i − c_i)(θ_j − c_j).
    pub fn product(&self, i: usize, j: usize) -> usize {
        let (i, j) = (i.min(j), i.max(j));
        // Row i of the upper triangle starts after rows of lengths d, d − 1, …, d − i + 1.
        self.dimension + i * (2 * self.dimension + 1 - i) / 2 + (j - i)
    }

    /// Place of Σ(L − floor).
    pub fn loss(&self) -> usize {
        self.dimension + self.dimension * (self.dimension + 1) / 2
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
        for dimension in 1..=16 {
            let layout = MomentLayout { dimension, stochastic_gradient: true, weighted: true };
            let mut places: Vec<usize> = (0..dimension).map(|i| layout.position(i)).collect();
            for i in 0..dimension {
                places.extend((i..dimension).map(|j| layout.product(i, j)));
            }
            places.extend([layout.loss(), layout.gradient_norm_squared()]);
            places.extend(layout.stochastic_gradient_norm_squared());
            places.extend(layout.weight());
            assert_eq!(places, (0..layout.len()).collect::<Vec<_>>(), "dimension {dimension}");
        }
    }
}
