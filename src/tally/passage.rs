//! First passages: how many, after how long, and for how long they were waited for.

use serde::{Deserialize, Serialize};

/// First passages of a block. A walker's *episode* runs from the start of the measured steps (or its
/// restart) to its passage; only what lies in the measured steps is counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passages {
    /// Passages in the measured steps.
    pub count: u64,
    /// Walker-steps at risk in the measured steps: those of walkers that could still pass.
    pub steps_at_risk: u64,
    /// Passages by [`LogBins`] of the episode's length in steps. Under `restart`, episodes that began
    /// during the burn-in are left out.
    pub durations: Vec<u64>,
    /// Episodes without passage by [`LogBins`] of their length when the run ended (or the walker was
    /// lost), with the same exception.
    pub censored: Vec<u64>,
}

impl Passages {
    /// No passages yet, with bins for durations up to `steps`.
    pub fn new(steps: u32) -> Self {
        let bins = LogBins::count(steps);
        Self { durations: vec![0; bins], censored: vec![0; bins], ..Self::default() }
    }

    /// Adds passages of further walkers.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.steps_at_risk += other.steps_at_risk;
        for (mine, theirs) in self.durations.iter_mut().zip(&other.durations) {
            *mine += theirs;
        }
        for (mine, theirs) in self.censored.iter_mut().zip(&other.censored) {
            *mine += theirs;
        }
    }
}

/// Log-linear bins of a whole number of steps: exact below 64, then 32 bins to the octave, so that a
/// bin is never wider than 1/32 of its lower edge.
#[derive(Clone, Copy, Debug)]
pub struct LogBins;

impl LogBins {
    const EXACT: u32 = 64;
    const PER_OCTAVE: u32 = 32;

    /// The bin of `n` steps.
    pub fn index(n: u32) -> usize {
        if n < Self::EXACT {
            return n as usize;
        }
        let octave = n.ilog2();
        let within = (n >> (octave - 5)) & (Self::PER_OCTAVE - 1);
        (Self::EXACT + (octave - 6) * Self::PER_OCTAVE + within) as usize
    }

    /// The smallest and the largest number of steps in a bin.
    pub fn range(index: usize) -> (u64, u64) {
        let index = index as u64;
        if index < u64::from(Self::EXACT) {
            return (index, index);
        }
        let above = index - u64::from(Self::EXACT);
        let (octave, within) = (above / u64::from(Self::PER_OCTAVE) + 6, above % u64::from(Self::PER_OCTAVE));
        let width = 1u64 << (octave - 5);
        let low = (1u64 << octave) + within * width;
        (low, low + width - 1)
    }

    /// Number of bins for durations up to `steps`.
    pub fn count(steps: u32) -> usize {
        Self::index(steps) + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_tile_the_numbers() {
        let mut expected = 0;
        for index in 0..LogBins::count(u32::MAX) {
            let (low, high) = LogBins::range(index);
            assert_eq!(low, expected, "bin {index} begins where the one before ends");
            for n in [low, high] {
                assert_eq!(LogBins::index(u32::try_from(n).expect("within u32")), index, "{n} steps");
            }
            expected = high + 1;
        }
        assert_eq!(expected, 1 << 32, "the last bin ends with u32");
    }
}
