//! Philox for the walkers of a tile.

#[cfg(target_arch = "x86_64")]
mod in_vectors;
#[cfg(target_arch = "x86_64")]
mod vectors;

use super::isa::Isa;
use super::tile::{LANES, Row};
use crate::random::philox;

/// Takes the words as they come.
pub trait Sink {
    /// Words of the `call`-th counter for `N` lanes from `lane` on.
    fn take<const N: usize>(&mut self, call: usize, lane: usize, words: [[u32; N]; 4]);
}

/// Keeps the words, in four rows a call.
pub struct Words<'w>(pub &'w mut [Row<u32>]);

impl Sink for Words<'_> {
    #[inline(always)]
    fn take<const N: usize>(&mut self, call: usize, lane: usize, words: [[u32; N]; 4]) {
        for (row, words) in self.0[4 * call..4 * call + 4].iter_mut().zip(words) {
            row[lane..lane + N].copy_from_slice(&words);
        }
    }
}

/// Most calls at a time.
pub const MOST_CALLS: usize = 4;

/// Words of up to [`MOST_CALLS`] calls for every lane. The second word of their counters is that of
/// `walkers`, whatever `counters` have there.
pub fn words<const ROUNDS: u32>(
    isa: Isa,
    counters: &[[u32; 4]],
    walkers: &Row<u32>,
    key: [u32; 2],
    sink: &mut impl Sink,
) {
    match isa {
        Isa::Baseline => one_by_one::<ROUNDS>(counters, walkers, key, sink),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2(s) => s.vectorize(
            #[inline(always)]
            || in_vectors::words::<_, 8, ROUNDS>(s, counters, walkers, key, sink),
        ),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512(s) => s.vectorize(
            #[inline(always)]
            || in_vectors::words::<_, 16, ROUNDS>(s, counters, walkers, key, sink),
        ),
    }
}

fn one_by_one<const ROUNDS: u32>(counters: &[[u32; 4]], walkers: &Row<u32>, key: [u32; 2], sink: &mut impl Sink) {
    const N: usize = 16;
    for first in (0..LANES).step_by(N) {
        for (call, [c0, _, c2, c3]) in counters.iter().enumerate() {
            let mut words = [[0; N]; 4];
            for lane in 0..N {
                let found = philox::<ROUNDS>([*c0, walkers[first + lane], *c2, *c3], key);
                for (words, word) in words.iter_mut().zip(found) {
                    words[lane] = word;
                }
            }
            sink.take(call, first, words);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Rows([[[u32; LANES]; 4]; MOST_CALLS]);

    impl Sink for Rows {
        fn take<const N: usize>(&mut self, call: usize, lane: usize, words: [[u32; N]; 4]) {
            for (row, words) in self.0[call].iter_mut().zip(words) {
                row[lane..lane + N].copy_from_slice(&words);
            }
        }
    }

    /// Against the scalar generator, which passes published known answers.
    fn check<const ROUNDS: u32>() {
        let key = [0x1234_5678, 0x9abc_def0];
        let counters = [0, 1, 77, u32::MAX].map(|call| [call, 0, 0x8000_0001, 0xdead_beef ^ (call & 1)]);
        let mut walkers = Row::new(0);
        for lane in 0..LANES {
            walkers[lane] = (lane as u32).wrapping_mul(0x9e37_79b9);
        }
        for isa in Isa::available() {
            let mut rows = Rows([[[0; LANES]; 4]; MOST_CALLS]);
            words::<ROUNDS>(isa, &counters, &walkers, key, &mut rows);
            for (call, [c0, _, c2, c3]) in counters.into_iter().enumerate() {
                for lane in 0..LANES {
                    let expected = philox::<ROUNDS>([c0, walkers[lane], c2, c3], key);
                    assert_eq!(rows.0[call].map(|row| row[lane]), expected, "{isa:?}, call {call}, lane {lane}");
                }
            }
        }
    }

    #[test]
    fn vectors_give_the_words_of_the_scalar_generator() {
        check::<7>();
        check::<10>();
    }
}
