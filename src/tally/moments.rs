//! Sums over measured states: means, products, loss, squared gradients.

use super::products::Products;
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
/// where variances alone are measured, Σ(L − floor), Σ|∇L|², and Σ|ĝ|² where the rule has a stochastic gradient. A
/// walker whose own time runs at another pace than steps counts for the time that a step takes it: each sum is one of
/// w times that number, and Σ w follows. Last come sums over the updates that led to the states.
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
    /// What is summed of fluctuation–dissipation relations.
    pub relations: RelationSums,
    /// What is summed of the current.
    pub currents: CurrentSums,
}

/// Sums of fluctuation–dissipation relations over updates: left and right side of the first, their squares, then left
/// and right side of the second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RelationSums {
    /// None.
    #[default]
    None,
    /// Those of the first.
    First,
    /// All.
    Both,
}

/// Sums of the current over updates: signed crossings of the half-line, then θ_i θ_j' − θ_j θ_i' row by row for the
/// i < j whose covariance is measured, or for the two axes alone, then entropy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CurrentSums {
    /// None.
    #[default]
    None,
    /// All but entropy.
    Motion,
    /// All.
    Entropy,
}

impl MomentLayout {
    /// Place of Σ(θ_i − c_i).
    pub fn position(&self, i: usize) -> usize {
        i
    }

    /// The j for which Σ(θ_i − c_i)(θ_j − c_j) is summed, j ≥ i.
    pub fn partners(&self, i: usize) -> Range<usize> {
        self.products().partners(i)
    }

    /// Place of Σ(θ_i − c_i)(θ_j − c_j), where j is one of the partners of i.
    pub fn product(&self, i: usize, j: usize) -> usize {
        self.dimension + self.products().place(i, j)
    }

    fn products(&self) -> Products {
        Products { dimension: self.dimension, which: self.covariances }
    }

    /// Place of Σ(L − floor).
    pub fn loss(&self) -> usize {
        self.dimension + self.products().count()
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

    /// Place of the sums of relations.
    pub fn relations(&self) -> usize {
        self.loss() + 2 + usize::from(self.stochastic_gradient) + usize::from(self.weighted)
    }

    /// Place of the crossings of the half-line.
    pub fn flux(&self) -> usize {
        self.relations()
            + match self.relations {
                RelationSums::None => 0,
                RelationSums::First => 4,
                RelationSums::Both => 6,
            }
    }

    /// The pairs (i, j), i < j, whose rotations are summed, in order, from [`flux`](Self::flux) + 1 on; those of the
    /// `axes` of the current where variances alone are measured.
    pub fn rotations(&self, axes: [usize; 2]) -> Vec<(usize, usize)> {
        let d = self.dimension;
        match (self.currents, self.covariances) {
            (CurrentSums::None, _) => Vec::new(),
            (_, Covariances::Full) => (0..d).flat_map(|i| (i + 1..d).map(move |j| (i, j))).collect(),
            (_, Covariances::Variances) => vec![(axes[0].min(axes[1]), axes[0].max(axes[1]))],
        }
    }

    /// Place of the entropy produced, where it is summed.
    pub fn entropy(&self) -> Option<usize> {
        (self.currents == CurrentSums::Entropy).then(|| self.flux() + 1 + self.rotations([0, 1]).len())
    }

    /// Number of sums.
    pub fn len(&self) -> usize {
        match self.currents {
            CurrentSums::None => self.flux(),
            CurrentSums::Motion => self.flux() + 1 + self.rotations([0, 1]).len(),
            CurrentSums::Entropy => self.flux() + 2 + self.rotations([0, 1]).len(),
        }
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
            let (relations, currents) = (RelationSums::Both, CurrentSums::Entropy);
            let layout =
                MomentLayout { dimension, covariances, stochastic_gradient: true, weighted: true, relations, currents };
            let mut places: Vec<usize> = (0..dimension).map(|i| layout.position(i)).collect();
            for i in 0..dimension {
                places.extend(layout.partners(i).map(|j| layout.product(i, j)));
            }
            let products = if covariances == Covariances::Full { dimension * (dimension + 1) / 2 } else { dimension };
            assert_eq!(places.len(), dimension + products, "{covariances:?} in {dimension} dimensions");
            places.extend([layout.loss(), layout.gradient_norm_squared()]);
            places.extend(layout.stochastic_gradient_norm_squared());
            places.extend(layout.weight());
            places.extend((0..6).map(|k| layout.relations() + k));
            places.push(layout.flux());
            places.extend((1..=layout.rotations([0, 1]).len()).map(|k| layout.flux() + k));
            places.extend(layout.entropy());
            let all: Vec<_> = (0..layout.len()).collect();
            assert_eq!(places, all, "{covariances:?} in {dimension} dimensions");
        }
    }
}
