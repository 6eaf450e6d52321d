//! Philox4x32, after Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3",
//! SC 2011; checked against the known answers of their Random123 library.

use glam::{UVec2, UVec4};
use rand::rand_core::{Infallible, SeedableRng, TryRng};

/// What words 0 and 2 are multiplied with.
pub(crate) const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
/// What the key grows by from round to round.
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// One round.
#[inline(always)]
pub(crate) fn round([c0, c1, c2, c3]: [u32; 4], [k0, k1]: [u32; 2]) -> [u32; 4] {
    let p0 = u64::from(MULTIPLIERS[0]) * u64::from(c0);
    let p1 = u64::from(MULTIPLIERS[1]) * u64::from(c2);
    [(p1 >> 32) as u32 ^ c1 ^ k0, p1 as u32, (p0 >> 32) as u32 ^ c3 ^ k1, p0 as u32]
}

/// The key of round `n`, from 0.
#[inline(always)]
pub(crate) fn round_key(key: [u32; 2], n: u32) -> [u32; 2] {
    [0, 1].map(|i| key[i].wrapping_add(WEYL[i].wrapping_mul(n)))
}

/// The four words of one call, by so many rounds: 10, or the 7 that are the fewest to pass BigCrush.
#[inline(always)]
pub fn philox<const ROUNDS: u32>(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
    (0..ROUNDS).fold(counter, |c, n| round(c, round_key(key, n)))
}

/// Philox4x32-10 as a sequential generator for `rand`: the words of calls 0, 1, 2, … in turn.
///
/// ```
/// use kramers::random::Philox;
/// use rand::{RngExt, SeedableRng};
///
/// let mut generator = Philox::seed_from_u64(1);
/// let x: f64 = generator.random();
/// assert!((0.0..1.0).contains(&x));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Philox {
    key: UVec2,
    counter: UVec4,
    words: UVec4,
    used: usize,
}

impl Philox {
    /// A generator that starts at `counter`.
    pub fn new(key: UVec2, counter: UVec4) -> Self {
        Self { key, counter, words: UVec4::ZERO, used: 4 }
    }
}

impl TryRng for Philox {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        if self.used == 4 {
            self.words = philox::<10>(self.counter.to_array(), self.key.to_array()).into();
            self.used = 0;
            for word in self.counter.as_mut() {
                *word = word.wrapping_add(1);
                if *word != 0 {
                    break;
                }
            }
        }
        self.used += 1;
        Ok(self.words[self.used - 1])
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let low = self.try_next_u32()?;
        Ok(u64::from(low) | u64::from(self.try_next_u32()?) << 32)
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        for chunk in bytes.chunks_mut(4) {
            chunk.copy_from_slice(&self.try_next_u32()?.to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

impl SeedableRng for Philox {
    type Seed = [u8; 8];

    fn from_seed(seed: [u8; 8]) -> Self {
        let key = super::key(u64::from_le_bytes(seed));
        Self::new(key.into(), UVec4::ZERO)
    }

    fn seed_from_u64(seed: u64) -> Self {
        Self::from_seed(seed.to_le_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::Rng;

    /// Known answers of Random123, tests/kat_vectors.
    fn known_answers<const ROUNDS: u32>() {
        let vectors = include_str!("../../tests/data/kat_vectors");
        let mut checked = 0;
        for line in vectors.lines().filter(|line| line.starts_with(&format!("philox4x32 {ROUNDS} "))) {
            let words: Vec<u32> = line
                .split_whitespace()
                .skip(2)
                .map(|w| u32::from_str_radix(w, 16).expect("the vectors are hexadecimal"))
                .collect();
            let counter = [words[0], words[1], words[2], words[3]];
            assert_eq!(philox::<ROUNDS>(counter, [words[4], words[5]]), words[6..10], "{line}");
            checked += 1;
        }
        assert_eq!(checked, 3, "all three vectors are there");
    }

    #[test]
    fn ten_rounds_give_the_known_answers() {
        known_answers::<10>();
    }

    #[test]
    fn seven_rounds_give_the_known_answers() {
        known_answers::<7>();
    }

    #[test]
    fn the_sequence_is_that_of_the_calls() {
        let mut generator = Philox::seed_from_u64(0x0000_0002_0000_0001);
        for call in 0..5 {
            for word in philox::<10>([call, 0, 0, 0], [1, 2]) {
                assert_eq!(generator.next_u32(), word, "call {call}");
            }
        }
    }

    #[test]
    fn the_counter_carries() {
        let mut generator = Philox::new(UVec2::ZERO, UVec4::new(u32::MAX, u32::MAX, 7, 0));
        for _ in 0..4 {
            generator.next_u32();
        }
        assert_eq!(generator.next_u32(), philox::<10>([0, 0, 8, 0], [0, 0])[0]);
    }
}
