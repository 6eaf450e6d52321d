//! Counts from which quantiles of an ensemble follow.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Bins of a number in units of its typical size: 128 of equal width below 2⁻¹⁰, then 128 to the octave of its
/// magnitude, for either sign. A bin is so no wider than 1/128 of the numbers in it, or than 2⁻¹⁷. The outermost have
/// all from 2⁶ on.
#[derive(Clone, Copy, Debug)]
pub struct LogLinearBins;

impl LogLinearBins {
    /// Bins of either sign.
    pub const HALF: u32 = 17 << 7;

    /// Number of bins.
    pub const COUNT: u32 = 2 * Self::HALF;

    /// Where bins begin to grow.
    const LEAST: f32 = 1.0 / 1024.0;

    /// Exponent and seven further bits of 2⁻¹⁰ as a float, less the bins below it.
    pub const OFFSET: u32 = (117 << 7) - 128;

    /// The bin of `v`.
    pub fn index(v: f32) -> u32 {
        let size = v.abs();
        let above = (size.to_bits() >> 16).wrapping_sub(Self::OFFSET).min(Self::HALF - 1);
        let k = if size < Self::LEAST { (size * 131_072.0) as u32 } else { above };
        if v < 0.0 { Self::HALF - 1 - k } else { Self::HALF + k }
    }

    /// Lower and upper edge of a bin; none of the outermost, which have no end.
    pub fn edges(bin: u32) -> Option<[f64; 2]> {
        if bin == 0 || bin >= Self::COUNT - 1 {
            return None;
        }
        let edge = |k: u32| match k.checked_sub(128) {
            None => f64::from(k) / 131_072.0,
            Some(above) => (1.0 + f64::from(above % 128) / 128.0) * f64::from(above as i32 / 128 - 10).exp2(),
        };
        Some(match bin.checked_sub(Self::HALF) {
            Some(k) => [edge(k), edge(k + 1)],
            None => [-edge(Self::HALF - bin), -edge(Self::HALF - 1 - bin)],
        })
    }
}

/// Walkers by bin of [`LogLinearBins`], of the bins that have any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BinCounts(pub BTreeMap<u32, u64>);

impl BinCounts {
    /// Adds walkers in one bin.
    pub fn count(&mut self, bin: u32, walkers: u64) {
        *self.0.entry(bin).or_default() += walkers;
    }

    /// Adds counts of further walkers.
    pub fn add(&mut self, other: &Self) {
        other.0.iter().for_each(|(bin, walkers)| self.count(*bin, *walkers));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_between_the_edges_of_its_bin() {
        let mut last = 0;
        for k in -900_000..=900_000_i32 {
            let v = (f64::from(k) / 30_000.0).powi(3) as f32 / 450.0;
            let bin = LogLinearBins::index(v);
            assert!(bin >= last, "{v} is in bin {bin}, before {last}");
            last = bin;
            let Some([low, high]) = LogLinearBins::edges(bin) else { panic!("{v} is in bin {bin}") };
            let x = f64::from(v);
            assert!(if x < 0.0 { low < x && x <= high } else { low <= x && x < high }, "{v}: {low}, {high}");
            assert!(high - low <= (x.abs() / 128.0).max(1.0 / 131_072.0), "{v}: {low}, {high}");
        }
        for (v, bin) in [(64.0, LogLinearBins::COUNT - 1), (-64.0, 0), (f32::MAX, LogLinearBins::COUNT - 1)] {
            assert_eq!(LogLinearBins::index(v), bin, "{v}");
            assert_eq!(LogLinearBins::edges(bin), None);
        }
    }

    #[test]
    fn bins_lie_side_by_side() {
        let mut end = None;
        for bin in 1..LogLinearBins::COUNT - 1 {
            let [low, high] = LogLinearBins::edges(bin).expect("not outermost");
            assert!(end.is_none_or(|end| end == low) && low < high, "bin {bin}: {low}, {high} after {end:?}");
            end = Some(high);
        }
    }
}
