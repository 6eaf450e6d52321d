//! Ensembles whose walkers are absorbed: those that are left share tiles, whatever their block, so that no lane idles
//! for long. Twin of the GPU engine's lists of survivors.
//!
//! When walkers are gathered depends on the step alone, and how they are summed on their block alone: a block's
//! survivors are cut into pieces of a tile in their order, and a piece begins at a lane from which sums are made alike.

use super::measure::PARTIAL_SUMS;
use super::real::Real;
use super::tile::{LANES, Segment};
use super::walk::Walk;
use super::{Isa, empty};
use crate::experiment::After;
use crate::plan::{Block, Kernel, Plan, steps_to_gathering};
use crate::tally::BlockTally;
use rayon::prelude::*;
use std::ops::Range;

/// Most numbers that the states of a cell's walkers may be for them to be kept.
const MOST_NUMBERS: u64 = 1 << 26;

/// Whether the walkers of a cell are gathered: they are absorbed, nothing else is remembered of them than their states,
/// and there is room for these.
pub fn are_gathered(plan: &Plan, cell: u32) -> bool {
    let kernel = plan.kernel(cell);
    let absorbed = kernel.passage.is_some_and(|passage| passage.after == After::Absorb);
    let alone = kernel.stretch().is_none() && kernel.correlation.is_none();
    let numbers = plan.cells[cell as usize].walkers * (kernel.dimension + kernel.memory()) as u64;
    absorbed && alone && numbers <= MOST_NUMBERS
}

/// The walkers of a block that are left.
#[derive(Clone)]
struct Left<R> {
    walkers: Vec<u32>,
    /// Their states, one after another.
    states: Vec<R>,
}

/// Consecutive survivors of a block that share a tile.
#[derive(Clone)]
struct Piece {
    block: usize,
    survivors: Range<usize>,
    first_lane: usize,
}

/// Runs all steps of `blocks`, of one cell.
pub fn run<R: Real>(isa: Isa, plan: &Plan, blocks: &[Block], progress: &(dyn Fn(u64) + Sync)) -> Vec<BlockTally> {
    let cell = blocks[0].id.cell;
    let kernel = plan.kernel(cell);
    let walk = || Walk::<R>::new(isa, plan, cell);
    let mut left: Vec<Left<R>> = blocks.iter().map(|block| walk().begin(block)).collect();
    let mut tallies: Vec<_> = blocks.iter().map(|block| empty(kernel, block.walkers)).collect();
    let all: u64 = blocks.iter().map(|block| u64::from(block.walkers)).sum();
    let (total, batch) = (kernel.total_steps(), walk().batch);
    let mut done = 0;
    while done < total {
        let steps = steps_to_gathering(done).next_multiple_of(batch).min(total - done);
        let tiles = tiles(&left);
        let of_tile =
            |walk: &mut Walk<R>, pieces: &Vec<Piece>| walk.go_on_with(pieces, &left, kernel, done..done + steps);
        let moved: Vec<_> = tiles.par_iter().map_init(walk, of_tile).collect();
        for survivors in &mut left {
            survivors.walkers.clear();
            survivors.states.clear();
        }
        for (piece, (tally, survivors)) in tiles.iter().flatten().zip(moved.into_iter().flatten()) {
            tallies[piece.block].add(&tally);
            left[piece.block].walkers.extend(survivors.walkers);
            left[piece.block].states.extend(survivors.states);
        }
        progress(all * u64::from(steps));
        done += steps;
    }
    tallies
}

/// Puts pieces into tiles, one after the other, as many as fit.
fn tiles<R>(left: &[Left<R>]) -> Vec<Vec<Piece>> {
    let mut tiles: Vec<Vec<Piece>> = Vec::new();
    let mut free = 0;
    for (block, survivors) in left.iter().enumerate() {
        for first in (0..survivors.walkers.len()).step_by(LANES) {
            let end = (first + LANES).min(survivors.walkers.len());
            let lanes = (end - first).next_multiple_of(PARTIAL_SUMS);
            if lanes > free {
                tiles.push(Vec::new());
                free = LANES;
            }
            if let Some(tile) = tiles.last_mut() {
                tile.push(Piece { block, survivors: first..end, first_lane: LANES - free });
            }
            free -= lanes;
        }
    }
    tiles
}

impl<R: Real> Walk<'_, R> {
    /// The walkers of a block at their starts.
    fn begin(&self, block: &Block) -> Left<R> {
        let walkers: Vec<u32> = (block.first_walker..block.first_walker + block.walkers).collect();
        let (start, d, memory) = (&self.stages.start, self.kernel.dimension, self.kernel.memory());
        let state = |walker: &u32| {
            let position = (0..d).map(|i| start.position(block.id.cell, *walker, i)).collect::<Vec<_>>();
            position.into_iter().chain(std::iter::repeat_n(R::default(), memory))
        };
        Left { states: walkers.iter().flat_map(state).collect(), walkers }
    }

    /// Takes the walkers of pieces, which fit a tile, on; of each piece what was counted, and who is left.
    fn go_on_with(
        &mut self,
        pieces: &[Piece],
        left: &[Left<R>],
        kernel: &Kernel,
        steps: Range<u32>,
    ) -> Vec<(BlockTally, Left<R>)> {
        let words = self.kernel.dimension + self.kernel.memory();
        // Lanes that are left over follow the first.
        let mut seats = vec![(pieces[0].block, pieces[0].survivors.start, R::default()); LANES];
        for piece in pieces {
            for (lane, survivor) in piece.lanes().zip(piece.survivors.clone()) {
                seats[lane] = (piece.block, survivor, R::from_f32(1.0));
            }
        }
        self.tile.walkers.set(|lane| left[seats[lane].0].walkers[seats[lane].1]);
        for (lane, (block, survivor, active)) in seats.into_iter().enumerate() {
            let state = &left[block].states[survivor * words..][..words];
            for (row, word) in self.tile.x.iter_mut().chain(&mut self.tile.memory).zip(state) {
                row[lane] = *word;
            }
            self.tile.active[lane] = active;
        }
        let segment = |(block, piece): (usize, &Piece)| Segment { lanes: piece.lanes(), block };
        self.tile.segments = pieces.iter().enumerate().map(segment).collect();
        let mut tallies: Vec<_> = pieces.iter().map(|_| empty(kernel, 0)).collect();
        self.steps(steps, &mut tallies);
        let survivors = |piece: &Piece| {
            let lanes: Vec<usize> = piece.lanes().filter(|lane| self.tile.is_active(*lane)).collect();
            let rows = || self.tile.x.iter().chain(&self.tile.memory);
            Left {
                walkers: lanes.iter().map(|lane| self.tile.walkers[*lane]).collect(),
                states: lanes.iter().flat_map(|lane| rows().map(|row| row[*lane])).collect(),
            }
        };
        let survivors: Vec<_> = pieces.iter().map(survivors).collect();
        tallies.into_iter().zip(survivors).collect()
    }
}

impl Piece {
    fn lanes(&self) -> Range<usize> {
        self.first_lane..self.first_lane + self.survivors.len()
    }
}
