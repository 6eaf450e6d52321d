//! Choosing walkers to go on with.

use crate::random::{Stream, counter, key, philox};

/// `count` places among those of `weights`, each chosen in proportion to its weight on average, and as evenly as that
/// can be (systematic resampling; Kitagawa, J. Comput. Graph. Stat. 5, 1 (1996)): the places of the points
/// (k + `offset`)·(sum of weights)/count, 0 ≤ offset < 1, on the weights laid end to end. None where all weigh nothing.
pub fn systematic(weights: impl IntoIterator<Item = u64>, count: usize, offset: f64) -> Vec<usize> {
    let weights: Vec<u64> = weights.into_iter().collect();
    let total: u64 = weights.iter().sum();
    if total == 0 {
        return Vec::new();
    }
    let mut places = Vec::with_capacity(count);
    let mut end = 0;
    for (place, weight) in weights.into_iter().enumerate() {
        end += weight;
        // Points below the end of this weight.
        let below = match end == total {
            true => count,
            false => (end as f64 * count as f64 / total as f64 - offset).ceil().clamp(0.0, count as f64) as usize,
        };
        places.resize(below.max(places.len()), place);
    }
    places
}

/// A number from 0 up to 1 for a choice among walkers: of a walker's number, a cell word and a call.
pub fn chance(seed: u64, cell_word: u32, walker: u32, call: u64) -> f64 {
    f64::from(philox::<10>(counter(Stream::Selection, cell_word, walker, call), key(seed))[0]) / 4_294_967_296.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every place is chosen ⌊w n/W⌋ or ⌈w n/W⌉ times, and w n/W times on average over offsets.
    #[test]
    fn places_are_chosen_by_their_weights() {
        let weights = [3, 0, 1, 7, 2];
        let (count, offsets) = (17, 1000);
        let mut chosen = [0; 5];
        for k in 0..offsets {
            let places = systematic(weights, count, f64::from(k) / f64::from(offsets));
            assert_eq!(places.len(), count);
            assert!(places.is_sorted());
            for (place, weight) in weights.iter().enumerate() {
                let times = places.iter().filter(|p| **p == place).count();
                let expected = *weight as f64 * count as f64 / 13.0;
                assert!((times as f64 - expected).abs() < 1.0, "{times} times, not {expected}");
                chosen[place] += times;
            }
        }
        for (times, weight) in chosen.into_iter().zip(weights) {
            let expected = weight as f64 * count as f64 / 13.0 * f64::from(offsets);
            assert!((times as f64 - expected).abs() <= 1.0 * count as f64, "{times} times, not {expected}");
        }
        assert_eq!(systematic([0, 0], 3, 0.5), [0usize; 0]);
    }

    #[test]
    fn chances_are_even() {
        let mean = (0..10_000).map(|n| chance(7, 3, n, 0)).sum::<f64>() / 1e4;
        // 4 σ of a mean of uniform numbers; fixed numbers, so that it fails never or always.
        assert!((mean - 0.5).abs() < 4.0 * 0.2887 / 100.0, "{mean}");
    }
}
