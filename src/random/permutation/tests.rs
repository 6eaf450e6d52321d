use super::*;
use crate::random::{Stream, counter, key, philox};
use proptest::prelude::*;
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::HashSet;

/// Round keys number `k`, as the engines make them.
fn keys(k: u32) -> Vec<u32> {
    let call = |j: u64| philox::<10>(counter(Stream::Permutation, 0, k, j), key(11));
    (0..4).flat_map(call).collect()
}

fn permutation(size: u32, keys: &[u32]) -> Vec<u32> {
    let shape = Permutation::new(size);
    (0..size).map(|position| shape.permuted(shape.halves(position), keys)).collect()
}

#[test]
fn the_hash_is_that_of_its_definition() {
    // By quotients and remainders.
    let step = |word: u32, shift: u32, factor: u64| {
        let mixed = u64::from(word) ^ (u64::from(word) / (1 << shift));
        (mixed * factor % (1 << 32)) as u32
    };
    for word in [0, 1, 0x8000_0000, 0xdead_beef] {
        assert_eq!(lowbias32(word), step(step(step(word, 16, 0x7feb_352d), 15, 0x846c_a68b), 16, 1));
    }
}

proptest! {
    #[test]
    fn every_position_is_taken_once(size in 1u32..3000, k: u32) {
        let places: HashSet<_> = permutation(size, &keys(k)).into_iter().collect();
        prop_assert!(places.len() == size as usize && places.iter().all(|place| *place < size));
    }

    #[test]
    fn halves_cover_large_sets(size in 1..=u32::MAX, position: u32, k: u32) {
        let (shape, position) = (Permutation::new(size), position % size);
        prop_assert!(u64::from(shape.width).pow(2) >= u64::from(size), "{shape:?}");
        prop_assert!(shape.beyond() < shape.width, "{shape:?}");
        prop_assert_eq!(shape.position(shape.halves(position)), position);
        prop_assert!(shape.permuted(shape.halves(position), &keys(k)) < size);
    }
}

/// χ² of where the positions 0 and `other` go together, over `draws` keys of so many rounds, and its degrees
/// of freedom.
fn pairs(size: u32, other: u32, rounds: usize, draws: u32) -> (f64, f64) {
    let (shape, n) = (Permutation::new(size), size as usize);
    let mut counts = vec![0u32; n * n];
    for k in 0..draws {
        let keys = &keys(k)[..rounds];
        let place = |position| shape.permuted(shape.halves(position), keys) as usize;
        counts[place(0) * n + place(other)] += 1;
    }
    let cells = (n * (n - 1)) as f64;
    let expected = f64::from(draws) / cells;
    assert!((0..n).all(|i| counts[i * n + i] == 0), "two positions at one place");
    let apart = (0..n * n).filter(|k| k / n != k % n).map(|k| f64::from(counts[k]) - expected);
    (apart.map(|d| d * d / expected).sum(), cells - 1.0)
}

/// Singles and pairs at a false-alarm rate of 10⁻⁶ a set; the keys are fixed. Two rounds, whose pairs are far
/// from uniform, must fail (canary).
#[test]
fn pairs_go_everywhere_alike() {
    for (size, other) in [(2, 1), (3, 2), (4, 1), (4, 2), (4, 3), (5, 3), (9, 3), (20, 1), (20, 5), (20, 19)] {
        let (found, freedom) = pairs(size, other, ROUNDS, 200_000);
        let critical = ChiSquared::new(freedom).expect("degrees of freedom").inverse_cdf(1.0 - 1e-6);
        assert!(found < critical, "{size} positions, 0 and {other}: χ² = {found}, critical {critical}");
        let (wrong, _) = pairs(size, other, 2, 200_000);
        // Two positions have one difference only, which no round can spoil.
        assert!(wrong > critical || size == 2, "canary: two rounds pass with χ² = {wrong} for {size}, {other}");
    }
}

/// All orders of four, alike: false-alarm rate 10⁻⁶.
#[test]
fn all_permutations_of_four_are_reached() {
    let mut counts = std::collections::HashMap::new();
    let draws = 240_000;
    for k in 0..draws {
        *counts.entry(permutation(4, &keys(k))).or_insert(0u32) += 1;
    }
    assert_eq!(counts.len(), 24);
    let expected = f64::from(draws) / 24.0;
    let found: f64 = counts.values().map(|count| (f64::from(*count) - expected).powi(2) / expected).sum();
    let critical = ChiSquared::new(23.0).expect("degrees of freedom").inverse_cdf(1.0 - 1e-6);
    assert!(found < critical, "χ² = {found}, critical {critical}");
}

/// The part of the pairs that share a right half, with ideal round functions, by the chain that the module's
/// text derives: within 10⁻³ of what it is among all pairs, from pairs of any kind, for every size.
#[test]
fn ideal_rounds_forget_the_difference_of_a_pair() {
    for size in 4..2000 {
        let shape = Permutation::new(size);
        let (a, b) = (f64::from(shape.width), f64::from(shape.height));
        let share = (a - 1.0) / (a * b - 1.0);
        for start in [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]] {
            // Pairs that differ in the left half alone, in the right half alone, in both.
            let [mut left, mut right, mut both] = start;
            for _ in 0..ROUNDS / 2 {
                (right, both) = ((right + both) / a, (right + both) * (a - 1.0) / a);
                (left, both) = ((left + both) / b, (left + both) * (b - 1.0) / b);
            }
            assert!((left / share - 1.0).abs() < 1e-3, "{size}: {left} for {share}; {right}");
        }
    }
}
