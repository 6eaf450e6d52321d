//! The Kolmogorov–Smirnov distance between what is counted and the law that it should have.

use super::Estimate;
use crate::kolmogorov::KOLMOGOROV_DEVIATION;
use crate::tally::HistogramCounts;

/// max |F_n − F| at the edges of the bins of one axis, where F_n is the share of independent states counted
/// below and F that which the law gives, from its share of every bin. Its error is the deviation of
/// Kolmogorov's law, 0.2603/√n: of counts that do not have the law, the distance is off by far more.
///
/// None where states are outside the bins: on which side is not counted.
pub fn ks_distance(blocks: &[&HistogramCounts], shares: &[f64]) -> Estimate {
    let outside: u64 = blocks.iter().map(|block| block.outside).sum();
    if outside > 0 {
        return Estimate::missing(blocks.len(), "states were outside the histogram's range; make it wider");
    }
    let counts: Vec<u64> = (0..shares.len()).map(|bin| blocks.iter().map(|block| block.bins[bin]).sum()).collect();
    let states = counts.iter().sum::<u64>() as f64;
    if states == 0.0 {
        return Estimate::missing(blocks.len(), "no states were counted");
    }
    let (mut counted, mut expected, mut distance) = (0, 0.0, 0f64);
    for (count, share) in counts.iter().zip(shares) {
        counted += count;
        expected += share;
        distance = distance.max((counted as f64 / states - expected).abs());
    }
    Estimate {
        value: Some(distance),
        std_error: Some(KOLMOGOROV_DEVIATION / states.sqrt()),
        blocks: blocks.len(),
        ..Estimate::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three states of four below the middle, where half should be.
    #[test]
    fn the_largest_difference_counts() {
        let blocks = [[1, 1, 0, 0], [1, 0, 0, 1]].map(|bins| HistogramCounts { bins: bins.to_vec(), outside: 0 });
        let found = ks_distance(&blocks.each_ref(), &[0.25; 4]);
        assert_eq!(found.value, Some(0.25));
        let error = found.std_error.expect("states");
        assert!((error - 0.260_332_871 / 2.0).abs() < 1e-9, "{error}");
        assert_eq!(ks_distance(&blocks.each_ref(), &[0.5, 0.25, 0.0, 0.25]).value, Some(0.0));
    }

    #[test]
    fn states_on_an_unknown_side_are_refused() {
        let block = HistogramCounts { bins: vec![5, 5], outside: 1 };
        assert!(ks_distance(&[&block], &[0.5, 0.5]).reason.is_some_and(|reason| reason.contains("wider")));
        let nothing = HistogramCounts { bins: vec![0, 0], outside: 0 };
        assert_eq!(ks_distance(&[&nothing], &[0.5, 0.5]).value, None);
    }
}
