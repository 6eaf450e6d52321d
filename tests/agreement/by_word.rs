//! Numbers that are made of one word each, by the definitions of their distributions, in f64.

use super::SEED;
use kramers::random::{Stream, counter, key, philox};

/// The number that is made of a word.
pub type NumberOf = fn(u32) -> f64;

/// Distributions as they are written, and their numbers.
pub const DISTRIBUTIONS: [(&str, NumberOf); 6] = [
    ("\"rademacher\"", |word| if word >> 31 == 0 { 1.0 } else { -1.0 }),
    ("\"uniform\"", |word| {
        let turned = u64::from(word ^ 1 << 31) >> 8;
        3f64.sqrt() * (2.0 * share(turned, 24) - 1.0)
    }),
    ("\"laplace\"", |word| {
        let size = -share(u64::from(word) % (1 << 31), 31).ln() / 2f64.sqrt();
        if word >> 31 == 0 { size } else { -size }
    }),
    ("\"exponential\"", |word| -share(word.into(), 32).ln() - 1.0),
    ("{ two-point = 0.2 }", |word| if share(word.into(), 32) < 0.2 { 2.0 } else { -0.5 }),
    ("{ two-point = 0.75 }", |word| if word >> 30 == 0 { -(3f64.sqrt()) } else { 1.0 / 3f64.sqrt() }),
];

/// The place of a number of so many bits in (0, 1).
fn share(number: u64, bits: i32) -> f64 {
    (number as f64 + 0.5) / 2f64.powi(bits)
}

/// Number n of a walker of cell 0: of word n mod 4 of call ⌊n/4⌋.
fn number(of: NumberOf, walker: u32, n: u64) -> f64 {
    of(philox::<10>(counter(Stream::Walk, 0, walker, n / 4), key(SEED))[(n % 4) as usize])
}

/// How far `found`, the numbers of 100 walkers from 17 on in a step in `dimension` coordinates, are from the
/// definition, against 1 and their size.
pub fn worst_error(found: &[f32], of: NumberOf, dimension: usize, step: u32) -> f64 {
    assert_eq!(found.len(), 100 * dimension);
    let first = u64::from(step) * dimension as u64;
    let places = (17..117).flat_map(|walker| (first..first + dimension as u64).map(move |n| (walker, n)));
    let errors = places.zip(found).map(|((walker, n), found)| {
        let expected = number(of, walker, n);
        (f64::from(*found) - expected).abs() / expected.abs().max(1.0)
    });
    errors.fold(0.0, f64::max)
}
