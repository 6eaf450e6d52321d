//! Three-point numbers as they are documented.

use super::SEED;
use kramers::random::{Stream, counter, key, philox};

/// Number n of a walker of cell 0 by the definition, with digits by division: number n is digit n mod 4
/// of word ⌊n/4⌋ mod 4 of call ⌊n/16⌋.
pub fn number(walker: u32, n: u64) -> f32 {
    let words = philox::<10>(counter(Stream::ThreePoint, 0, walker, n / 16), key(SEED));
    let word = u128::from(words[(n / 4 % 4) as usize]);
    match ((word * 6u128.pow((n % 4) as u32 + 1)) >> 32) % 6 {
        0 => 3f32.sqrt(),
        5 => -(3f32.sqrt()),
        _ => 0.0,
    }
}
