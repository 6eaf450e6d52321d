//! Places of the products of coordinates that are summed.

use crate::experiment::Covariances;
use std::ops::Range;

/// Products of d numbers: row by row for i ≤ j, or for i = j alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Products {
    /// How many numbers.
    pub dimension: usize,
    /// Which of their products.
    pub which: Covariances,
}

impl Products {
    /// The j ≥ i whose product with i there is.
    pub fn partners(self, i: usize) -> Range<usize> {
        self.which.partners(i, self.dimension)
    }

    /// Place of the product of i and j, one of its partners.
    pub fn place(self, i: usize, j: usize) -> usize {
        let row = match self.which {
            // After rows of lengths d, d − 1, …, d − i + 1.
            Covariances::Full => i * (2 * self.dimension + 1 - i) / 2,
            Covariances::Variances => i,
        };
        row + (j - i)
    }

    /// All (i, j), in the order of their places.
    pub fn pairs(self) -> impl Iterator<Item = (usize, usize)> {
        (0..self.dimension).flat_map(move |i| self.partners(i).map(move |j| (i, j)))
    }

    /// Whether every pair is there.
    pub fn is_complete(self) -> bool {
        self.which == Covariances::Full || self.dimension == 1
    }

    /// How many there are.
    pub fn count(self) -> usize {
        match self.which {
            Covariances::Full => self.dimension * (self.dimension + 1) / 2,
            Covariances::Variances => self.dimension,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_has_a_place_of_its_own() {
        for (dimension, which) in (1..=64).flat_map(|d| [(d, Covariances::Full), (d, Covariances::Variances)]) {
            let products = Products { dimension, which };
            let places: Vec<usize> = products.pairs().map(|(i, j)| products.place(i, j)).collect();
            assert_eq!(places, (0..products.count()).collect::<Vec<_>>(), "{products:?}");
        }
    }
}
