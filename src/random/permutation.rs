//! Keyed permutations of 0 … N − 1 without a table: the generalized Feistel cipher on Z_a × Z_b with
//! cycle walking (Black & Rogaway, "Ciphers with arbitrary finite domains", CT-RSA 2002).
//!
//! A position is right·a + left, with a = ⌈√N⌉ and b = ⌈N/a⌉. Rounds add to the halves in turn,
//! left += F(right) mod a, then right += F(left) mod b, and where the outcome is N or more they begin again
//! from it. F hashes the half and the round's key with `lowbias32` (Wellons, hash-prospector) and takes the
//! high half of the product with a or b.
//!
//! With ideal round functions single positions are uniform after two rounds, and the difference of two
//! positions is as good as uniform but for a part that shrinks by 1/(ab) every two rounds (derived here: a
//! round makes the difference of the one half uniform unless that of the other vanishes). Sixteen rounds
//! leave 4⁻⁸ = 1.5·10⁻⁵ of it for the smallest sets, and nothing that can be seen for others. Where a and b
//! are odd all permutations are even.

/// Rounds, each with a word of key.
pub const ROUNDS: usize = 16;

/// The shape of the permutations of 0 … N − 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permutation {
    /// N.
    pub size: u32,
    /// a = ⌈√N⌉, the range of the left half.
    pub width: u32,
    /// b = ⌈N/a⌉, the range of the right half.
    pub height: u32,
}

impl Permutation {
    /// Permutations of `size` positions, at least one.
    pub fn new(size: u32) -> Self {
        let root = size.isqrt();
        let width = if root * root < size { root + 1 } else { root }.max(1);
        Self { size, width, height: size.div_ceil(width) }
    }

    /// a b − N: so many outcomes of the rounds are no positions.
    pub fn beyond(self) -> u32 {
        (u64::from(self.width) * u64::from(self.height) - u64::from(self.size)) as u32
    }

    /// The halves of a position: left, right.
    #[inline(always)]
    pub fn halves(self, position: u32) -> [u32; 2] {
        [position % self.width, position / self.width]
    }

    /// The position that has these halves; N or more for some.
    #[inline(always)]
    pub fn position(self, [left, right]: [u32; 2]) -> u32 {
        right * self.width + left
    }

    /// Round `number`, from 0, with its key.
    #[inline(always)]
    pub fn round(self, number: usize, [left, right]: [u32; 2], key: u32) -> [u32; 2] {
        if number.is_multiple_of(2) {
            [shifted(left, right, key, self.width), right]
        } else {
            [left, shifted(right, left, key, self.height)]
        }
    }

    /// Where the permutation with these keys takes the position of `halves`.
    pub fn permuted(self, mut halves: [u32; 2], keys: &[u32]) -> u32 {
        loop {
            halves = keys.iter().enumerate().fold(halves, |halves, (number, key)| self.round(number, halves, *key));
            let position = self.position(halves);
            if position < self.size {
                return position;
            }
        }
    }
}

/// half + F(other) mod `range`.
#[inline(always)]
fn shifted(half: u32, other: u32, key: u32, range: u32) -> u32 {
    let sum = half + multiply_high(lowbias32(other ^ key), range);
    // A smallest number instead of a choice: the difference wraps to a large one where the sum is in range.
    sum.min(sum.wrapping_sub(range))
}

/// A bijection of words, every bit of which depends on all.
#[inline(always)]
fn lowbias32(mut word: u32) -> u32 {
    word ^= word >> 16;
    word = word.wrapping_mul(0x7feb_352d);
    word ^= word >> 15;
    word = word.wrapping_mul(0x846c_a68b);
    word ^ word >> 16
}

/// ⌊a b / 2³²⌋: for a random word a, a number below b, with probabilities right to b/2³² of themselves
/// (Lemire, "Fast random integer generation in an interval", ACM TOMACS 29, 2019).
#[inline(always)]
pub fn multiply_high(a: u32, b: u32) -> u32 {
    ((u64::from(a) * u64::from(b)) >> 32) as u32
}

#[cfg(test)]
mod tests;
