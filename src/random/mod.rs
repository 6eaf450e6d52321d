//! Random numbers as a pure function of (seed, stream, cell, walker, call).
//!
//! One generator, Philox4x32 ([`philox`]) with 10 rounds, or 7 where `random` asks for them, keyed by the
//! seed: key = (seed low, seed high). A *call* gives four 32-bit words. Its counter is
//!
//! | word | holds |
//! | --- | --- |
//! | 0 | call, low 32 bits |
//! | 1 | walker in its cell |
//! | 2 | cell: its place in the sweep; on the ways of rare passages, plus cells × generation |
//! | 3 | stream (high 16 bits), call bits 32 to 47 (low 16 bits) |
//!
//! so no word is used twice, and how the work is cut changes none. The streams are those of
//! [`Stream`], and no others. The shader twin is `shaders/random/`.
//!
//! **[`Stream::Walk`]**: the numbers of the steps, but for three-point ones. Normal n = step·d + i (step from 0, burn-in
//! included; coordinate i of d) is lane n mod 4 of call ⌊n/4⌋, so one dimension wastes nothing.
//! [`normals`] says how four words become four normals. Where the examples of a batch of B have m numbers each,
//! number i of example b is n = (step·B + b)·m + i: w_1 … w_d and y of fresh samples, or the noise of d coordinates.
//!
//! Numbers of most other distributions are of the same stream: number n is made of word n mod 4 of call
//! ⌊n/4⌋, alone, by [`rademacher`], [`symmetric_uniform`], [`laplace`], [`exponential`] or [`TwoPoint`].
//!
//! **[`Stream::ThreePoint`]**: the numbers of the steps where their noise is three-point. Number
//! n = step·d + i is digit n mod 4 of word ⌊n/4⌋ mod 4 of call ⌊n/16⌋. [`three_point`] says how a word
//! becomes four numbers.
//!
//! **[`Stream::Start`]**: where walkers start. Coordinate i takes lane i mod 4 of call ⌊i/4⌋, as a
//! normal or as a uniform number.
//!
//! **[`Stream::Samples`]**: the synthetic samples of least squares, keyed by a seed of their own, with 10
//! rounds, of cell 0 and walker 0. Number j of sample n, j = 0 … d − 1 a feature and d the label, is normal
//! m = n(d + 1) + j: lane m mod 4 of call ⌊m/4⌋.
//!
//! **[`Stream::Batch`]**: the samples of batches drawn with replacement. Number n = step·B + b, b = 0 … B − 1,
//! is lane n mod 4 of call ⌊n/4⌋: of N samples the word takes number ⌊N word/2³²⌋.
//!
//! **[`Stream::Permutation`]**: the keys of [`permutation`]s of samples, one an epoch, or one a step where
//! batches are drawn without replacement each for itself. The 16 round keys of number n are, in order, the
//! words of calls 4n to 4n + 3. Batch m of an epoch takes the samples that positions m B … m B + B − 1 go to.
//!
//! **[`Stream::Selection`]**: choices among walkers of rare passages. Word 0 of call n, of a walker and of generation 0:
//! whether the exit at step n is kept in place of those before. Of call 0, of a repetition's first walker and of
//! generation g: the offset with which the walkers of g are chosen.
//!
//! **[`Stream::Bridge`]**: whether a path was at a threshold during update n, from 1: lane n mod 4 of call ⌊n/4⌋, as a
//! uniform number.

mod by_word;
mod normal;
pub mod permutation;
pub(crate) mod philox;
mod three_point;

pub use by_word::{TwoPoint, exponential, laplace, rademacher, symmetric_uniform};
pub use normal::{normal_pair, normals, uniform};
pub use philox::{Philox, philox};
pub use three_point::three_point;

/// Every random stream of the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Numbers of the steps, but for three-point ones.
    Walk = 0,
    /// Starting positions.
    Start = 1,
    /// Three-point numbers of the steps.
    ThreePoint = 2,
    /// Synthetic samples of least squares.
    Samples = 3,
    /// Samples of batches, drawn with replacement.
    Batch = 4,
    /// Keys of permutations of samples.
    Permutation = 5,
    /// Choices among walkers of rare passages.
    Selection = 6,
    /// Passages between two steps.
    Bridge = 7,
}

/// Version of the streams: raised when any word or number changes.
pub const STREAM_VERSION: u32 = 2;

/// The key of a seed.
pub fn key(seed: u64) -> [u32; 2] {
    [seed as u32, (seed >> 32) as u32]
}

/// The counter of a call; calls are numbered up to 2⁴⁸.
pub fn counter(stream: Stream, cell: u32, walker: u32, call: u64) -> [u32; 4] {
    [call as u32, walker, cell, (stream as u32) << 16 | ((call >> 32) as u32 & 0xffff)]
}

/// Steps whose numbers, so many each, fill whole quads (those of a call, or of a word where they are
/// three-point): 4 / gcd(4, numbers).
pub fn steps_per_group(numbers: usize) -> u32 {
    match numbers % 4 {
        0 => 1,
        2 => 2,
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_differ_in_every_part() {
        let base = counter(Stream::Walk, 1, 2, 3);
        let others = [
            counter(Stream::Start, 1, 2, 3),
            counter(Stream::ThreePoint, 1, 2, 3),
            counter(Stream::Samples, 1, 2, 3),
            counter(Stream::Batch, 1, 2, 3),
            counter(Stream::Permutation, 1, 2, 3),
            counter(Stream::Selection, 1, 2, 3),
            counter(Stream::Bridge, 1, 2, 3),
            counter(Stream::Walk, 2, 2, 3),
            counter(Stream::Walk, 1, 3, 3),
            counter(Stream::Walk, 1, 2, 4),
            counter(Stream::Walk, 1, 2, 3 + (1 << 32)),
        ];
        for other in others {
            assert_ne!(base, other, "two calls share a counter");
        }
    }

    #[test]
    fn groups_end_with_a_quad() {
        for d in 1..=64 {
            let smallest = (1..5usize).find(|steps| (steps * d).is_multiple_of(4));
            assert_eq!(smallest, Some(steps_per_group(d) as usize), "{d} dimensions");
        }
    }
}
