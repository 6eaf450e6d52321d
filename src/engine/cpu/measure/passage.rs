//! First passage: looked for after every update.

use super::bridge::Bridge;
use super::condition::Condition;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::start::Start;
use crate::engine::cpu::tile::{LANES, Row, Tile};
use crate::experiment::After;
use crate::plan::Kernel;
use crate::tally::{BlockTally, LogBins, Passages};

/// Lanes that are looked through together.
const CHUNK: usize = 8;

/// Who waits for a passage since when, and who has just passed.
pub struct Passage<R> {
    condition: Box<dyn Condition<R>>,
    /// Passages between steps, where they are looked for.
    bridge: Option<Bridge<R>>,
    after: After,
    burn_in: u32,
    /// 1 for walkers that can still pass.
    waiting: Row<u8>,
    /// Step at which the walker's episode began.
    since: Row<u32>,
    /// 1 for walkers that pass at this step.
    passed: Row<u8>,
}

impl<R: Real> Passage<R> {
    pub fn new(condition: Box<dyn Condition<R>>, bridge: Option<Bridge<R>>, after: After, kernel: &Kernel) -> Self {
        let (waiting, since, passed) = (Row::new(0), Row::new(0), Row::new(0));
        Self { condition, bridge, after, burn_in: kernel.burn_in, waiting, since, passed }
    }

    /// Whether it needs the states before updates.
    pub fn needs_before(&self) -> bool {
        self.bridge.is_some()
    }

    /// First step after which passages are looked for: the burn-in comes before, but restarting
    /// walkers restart in it too.
    fn begins(&self) -> u32 {
        match self.after {
            After::Restart => 0,
            After::Absorb | After::Continue => self.burn_in,
        }
    }

    /// Goes on after step `n` with other walkers, all of which wait if waiting has begun.
    pub fn resume(&mut self, n: u32, tile: &Tile<R>) {
        let begins = self.begins();
        for lane in 0..LANES {
            self.waiting[lane] = u8::from(n >= begins && tile.is_active(lane));
            self.since[lane] = begins;
        }
    }

    /// Walkers that move after step `n` begin to wait, if this is when waiting begins.
    pub fn begin(&mut self, n: u32, tile: &Tile<R>) {
        if n == self.begins() {
            for lane in 0..LANES {
                self.waiting[lane] = u8::from(tile.is_active(lane));
                self.since[lane] = n;
            }
        }
    }

    /// Looks for passages in the state after update `n`, and counts them. Whether there were any.
    pub fn observe(
        &mut self,
        n: u32,
        tile: &mut Tile<R>,
        landscape: &mut dyn Landscape<R>,
        blocks: &mut [BlockTally],
    ) -> bool {
        if n <= self.begins() {
            return false;
        }
        let mut any = self.condition.mark(tile, landscape, &self.waiting, &mut self.passed);
        if let Some(bridge) = &self.bridge {
            any |= bridge.mark(n, tile, &self.waiting, &mut self.passed);
        }
        if !any {
            return false;
        }
        for first in (0..LANES).step_by(CHUNK) {
            let mut passed = self.passed_of(first);
            while passed != 0 {
                self.count(n, first + passed.trailing_zeros() as usize / 8, tile, blocks);
                // Without its lowest one, the only one of its byte.
                passed &= passed - 1;
            }
        }
        true
    }

    /// The marks of a chunk, a byte each.
    fn passed_of(&self, first: usize) -> u64 {
        let marks = self.passed[first..].first_chunk().copied();
        u64::from_le_bytes(marks.unwrap_or_default())
    }

    fn count(&mut self, n: u32, lane: usize, tile: &mut Tile<R>, blocks: &mut [BlockTally]) {
        let passages = Self::passages(lane, tile, blocks);
        if n > self.burn_in {
            passages.count += 1;
            if self.since[lane] >= self.burn_in {
                passages.durations[LogBins::index(n - self.since[lane])] += 1;
            }
        }
        match self.after {
            After::Restart => self.since[lane] = n,
            After::Absorb | After::Continue => {
                passages.steps_at_risk += u64::from(n - self.burn_in);
                self.waiting[lane] = 0;
                if self.after == After::Absorb {
                    tile.active[lane] = R::default();
                }
            }
        }
    }

    /// Puts the walkers that have just passed back to their starts, if that is what is asked for.
    pub fn restart(&self, tile: &mut Tile<R>, start: &Start<R>) {
        if self.after != After::Restart {
            return;
        }
        for lane in (0..LANES).filter(|lane| self.passed[*lane] != 0) {
            let (walker, cell) = (tile.walkers[lane], tile.walkers.cell);
            tile.restart(lane, |i| start.position(cell, walker, i));
        }
    }

    /// The walker's wait ends without passage: it was last at risk in step `n`.
    pub fn censor(&mut self, n: u32, lane: usize, tile: &Tile<R>, blocks: &mut [BlockTally]) {
        if self.waiting[lane] == 0 {
            return;
        }
        self.waiting[lane] = 0;
        if n < self.burn_in {
            return;
        }
        let passages = Self::passages(lane, tile, blocks);
        passages.steps_at_risk += u64::from(n - self.burn_in);
        if self.since[lane] >= self.burn_in {
            passages.censored[LogBins::index(n - self.since[lane])] += 1;
        }
    }

    fn passages<'b>(lane: usize, tile: &Tile<R>, blocks: &'b mut [BlockTally]) -> &'b mut Passages {
        let block = &mut blocks[tile.segment_of(lane).block];
        block.passages.get_or_insert_default()
    }
}
