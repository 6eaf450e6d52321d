//! Which samples are in the walkers' batches; twins of `shaders/noise/batch/`.

use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::philox::{self, MOST_CALLS, Words};
use crate::engine::cpu::tile::{LANES, Row, Walkers, rows};
use crate::random::permutation::{Permutation, ROUNDS, multiply_high};
use crate::random::{Stream, counter, key};

/// Chooses samples for every walker.
pub trait Batch: Send + Sync {
    /// Begins the batch of a step, from 0.
    fn begin(&mut self, step: u32, walkers: &Walkers);
    /// The `b`-th sample of the batch of every one of the same walkers.
    fn choose(&mut self, b: u32, walkers: &Walkers, chosen: &mut Row<u32>);
}

/// Every sample by itself; words of Philox with so many rounds.
pub struct WithReplacement<const PHILOX: u32> {
    isa: Isa,
    key: [u32; 2],
    batch_size: u32,
    samples: u32,
    step: u32,
    words: Vec<Row<u32>>,
    /// The call and the walkers' turn that the words are of.
    held: Option<(u64, u64)>,
}

impl<const PHILOX: u32> WithReplacement<PHILOX> {
    pub fn new(isa: Isa, seed: u64, batch_size: u32, samples: u32) -> Self {
        let (key, words) = (key(seed), rows(4));
        Self { isa, key, batch_size, samples, step: 0, words, held: None }
    }
}

impl<const PHILOX: u32> Batch for WithReplacement<PHILOX> {
    fn begin(&mut self, step: u32, _: &Walkers) {
        self.step = step;
    }

    fn choose(&mut self, b: u32, walkers: &Walkers, chosen: &mut Row<u32>) {
        let number = u64::from(self.step) * u64::from(self.batch_size) + u64::from(b);
        let (call, place) = (number / 4, (number % 4) as usize);
        let wanted = Some((call, walkers.turn));
        if self.held != wanted {
            let counter = counter(Stream::Batch, walkers.cell, 0, call);
            philox::words::<PHILOX>(self.isa, &[counter], walkers, self.key, &mut Words(&mut self.words));
            self.held = wanted;
        }
        let (words, samples) = (&self.words[place], self.samples);
        self.isa.run(
            #[inline(always)]
            || {
                for lane in 0..LANES {
                    chosen[lane] = multiply_high(words[lane], samples);
                }
            },
        );
    }
}

/// What the positions of a batch go to under a permutation of all samples: one an epoch of so many batches, or
/// one a step.
pub struct Permuted<const PHILOX: u32> {
    isa: Isa,
    key: [u32; 2],
    batch_size: u32,
    permutation: Permutation,
    /// Batches that share a permutation.
    batches: u32,
    first_position: u32,
    round_keys: Vec<Row<u32>>,
    /// The permutation and the walkers' turn that the keys are of.
    held: Option<(u32, u64)>,
    left: Row<u32>,
}

impl<const PHILOX: u32> Permuted<PHILOX> {
    /// One permutation an epoch: all samples, cut into batches.
    pub fn each_epoch(isa: Isa, seed: u64, batch_size: u32, samples: u32) -> Self {
        Self {
            isa,
            key: key(seed),
            batch_size,
            permutation: Permutation::new(samples),
            batches: samples / batch_size,
            first_position: 0,
            round_keys: rows(ROUNDS),
            held: None,
            left: Row::new(0),
        }
    }

    /// One permutation a step, of which the batch is the beginning.
    pub fn each_step(isa: Isa, seed: u64, batch_size: u32, samples: u32) -> Self {
        Self { batches: 1, ..Self::each_epoch(isa, seed, batch_size, samples) }
    }
}

impl<const PHILOX: u32> Batch for Permuted<PHILOX> {
    fn begin(&mut self, step: u32, walkers: &Walkers) {
        self.first_position = step % self.batches * self.batch_size;
        let number = step / self.batches;
        let wanted = Some((number, walkers.turn));
        if self.held != wanted {
            let mut counters = [[0; 4]; MOST_CALLS];
            for (call, slot) in (4 * u64::from(number)..).zip(&mut counters) {
                *slot = counter(Stream::Permutation, walkers.cell, 0, call);
            }
            philox::words::<PHILOX>(self.isa, &counters, walkers, self.key, &mut Words(&mut self.round_keys));
            self.held = wanted;
        }
    }

    fn choose(&mut self, b: u32, _: &Walkers, chosen: &mut Row<u32>) {
        let Self { permutation, round_keys, left, .. } = self;
        let start = permutation.halves(self.first_position + b);
        // `chosen` holds the right halves until the last round is done.
        (**left, **chosen) = ([start[0]; LANES], [start[1]; LANES]);
        self.isa.run(
            #[inline(always)]
            || {
                for (number, keys) in round_keys.iter().enumerate() {
                    for lane in 0..LANES {
                        [left[lane], chosen[lane]] = permutation.round(number, [left[lane], chosen[lane]], keys[lane]);
                    }
                }
            },
        );
        for lane in 0..LANES {
            let halves = [left[lane], chosen[lane]];
            chosen[lane] = permutation.position(halves);
            // Few: the halves make less than √N positions more than there are.
            if chosen[lane] >= permutation.size {
                let keys: [u32; ROUNDS] = std::array::from_fn(|number| round_keys[number][lane]);
                chosen[lane] = permutation.permuted(halves, &keys);
            }
        }
    }
}
