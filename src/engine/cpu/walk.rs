//! The frame: a tile of walkers through all its steps; twin of `shaders/walk.wgsl`.

use super::assembly::{Measures, Stages};
use super::dynamics::Step;
use super::isa::Isa;
use super::measure::Passage;
use super::philox::MOST_CALLS;
use super::real::Real;
use super::tile::{LANES, Segment, Tile};
use crate::experiment::Schedule;
use crate::plan::{Block, Kernel, Plan};
use crate::random::steps_per_group;
use crate::tally::{BlockTally, Lost};
use std::ops::Range;

/// What one thread needs to move walkers of one cell.
pub struct Walk<'p, R: Real> {
    pub(super) kernel: &'p Kernel,
    schedule: Schedule,
    pub(super) stages: Stages<R>,
    measures: Measures<R>,
    pub(super) tile: Tile<R>,
    pub(super) bounds: R::Magnitude,
    /// Steps whose random numbers are drawn together.
    pub(super) batch: u32,
}

impl<'p, R: Real> Walk<'p, R> {
    pub fn new(isa: Isa, plan: &'p Plan, cell: u32) -> Self {
        let kernel = plan.kernel(cell);
        // A batch is a group of steps, whose numbers fill whole calls, or as many as can be drawn at a time.
        let numbers = kernel.numbers_per_step();
        let group = steps_per_group(numbers) as usize;
        let calls = (group * numbers / 4).max(1);
        let batch = group * (MOST_CALLS / calls).max(1);
        Self {
            kernel,
            schedule: plan.cells[cell as usize].schedule.clone(),
            stages: Stages::new(isa, plan, cell),
            measures: Measures::new(isa, plan, cell),
            tile: Tile::new(cell, kernel.dimension, kernel.memory(), batch * numbers),
            bounds: R::from_f64(plan.cells[cell as usize].record.bounds).magnitude(),
            batch: batch as u32,
        }
    }

    /// Runs all steps of at most [`LANES`] walkers: `parts` are consecutive walkers of different blocks,
    /// whose statistics are added to `blocks`.
    pub fn run(&mut self, parts: &[Block], blocks: &mut [BlockTally]) {
        self.place(parts);
        self.steps(0..self.kernel.total_steps(), blocks);
    }

    /// The updates after `steps.start`, a multiple of a batch, up to `steps.end`, of the tile's walkers.
    pub(super) fn steps(&mut self, steps: Range<u32>, blocks: &mut [BlockTally]) {
        self.measures.rewind(self.tile.segments.len(), steps.start.saturating_sub(self.kernel.burn_in));
        if let Some(passage) = &mut self.measures.passage {
            passage.resume(steps.start, &self.tile);
        }
        let mut done = steps.start;
        while done < steps.end {
            let some = self.batch.min(steps.end - done);
            self.draw(done, some);
            for step in 0..some {
                self.step(done + step + 1, step as usize, blocks);
            }
            done += some;
        }
        self.measures.moments.finish(&self.tile, blocks);
        let total = self.kernel.total_steps();
        if let Some(passage) = self.measures.passage.as_mut().filter(|_| done == total) {
            for lane in 0..LANES {
                passage.censor(total, lane, &self.tile, blocks);
            }
        }
    }

    /// Walkers of `parts` at their starts; other lanes idle at the first walker's.
    pub(super) fn place(&mut self, parts: &[Block]) {
        let tile = &mut self.tile;
        tile.segments.clear();
        let mut lane = 0;
        for (block, part) in parts.iter().enumerate() {
            let end = lane + part.walkers as usize;
            tile.segments.push(Segment { lanes: lane..end, block });
            lane = end;
        }
        tile.walkers.set_from(parts[0].first_walker, lane);
        for l in 0..LANES {
            tile.active[l] = R::from_f32(if l < lane { 1.0 } else { 0.0 });
            let (walker, cell) = (tile.walkers[l], tile.walkers.cell);
            tile.restart(l, |i| self.stages.start.position(cell, walker, i));
        }
    }

    /// The random numbers of the `steps` steps, at most a batch, that follow `done` ones, a multiple of it.
    pub(super) fn draw(&mut self, done: u32, steps: u32) {
        let numbers = self.kernel.numbers_per_step();
        let first_quad = u64::from(done) * numbers as u64 / 4;
        let rows = (steps as usize * numbers).next_multiple_of(4);
        self.stages.draw.fill(first_quad, &self.tile.walkers, &mut self.tile.z[..rows]);
    }

    /// Update `n`, the `place`-th of its batch.
    fn step(&mut self, n: u32, place: usize, blocks: &mut [BlockTally]) {
        let burn_in = self.kernel.burn_in;
        let bridged = self.measures.passage.as_ref().is_some_and(Passage::needs_before);
        if bridged || n > burn_in && self.measures.need_before(n - burn_in, self.kernel.every) {
            for (before, x) in self.tile.before.iter_mut().zip(&self.tile.x) {
                before.copy_from_slice(&x[..]);
            }
        }
        if self.update(n, place) {
            self.lose(n, blocks);
        }
        let passed = match &mut self.measures.passage {
            Some(passage) => passage.observe(n, &mut self.tile, &mut *self.stages.forces.landscape, blocks),
            None => false,
        };
        if n > self.kernel.burn_in {
            self.measure(n - self.kernel.burn_in, blocks);
        }
        if let Some(passage) = &mut self.measures.passage {
            if passed {
                passage.restart(&mut self.tile, &self.stages.start);
            }
            passage.begin(n, &self.tile);
        }
    }

    /// What the schedule multiplies the learning rate of update `n` with.
    fn rate_factor(&self, n: u32) -> R {
        R::from_f64(if self.kernel.scheduled { self.schedule.factor(u64::from(n - 1)) } else { 1.0 })
    }

    /// Update `n`, with the numbers of the `place`-th step of the batch; whether a walker is beyond the
    /// bounds then.
    pub(super) fn update(&mut self, n: u32, place: usize) -> bool {
        let numbers = self.kernel.numbers_per_step();
        let z = place * numbers..(place + 1) * numbers;
        let step = Step { n, rate_factor: self.rate_factor(n), z, bounds: self.bounds };
        self.stages.dynamics.advance(&step, &mut self.stages.forces, &mut self.tile)
    }

    /// Measures after measured step `n`.
    fn measure(&mut self, n: u32, blocks: &mut [BlockTally]) {
        let rate_factor = self.rate_factor(self.kernel.burn_in + n);
        let (measures, tile, landscape) = (&mut self.measures, &mut self.tile, &mut *self.stages.forces.landscape);
        if let Some(relations) = &mut measures.relations {
            relations.observe(n, rate_factor, tile, blocks);
        }
        // First what looks at the update, as moments leave other gradients than its own.
        let measured = n.is_multiple_of(self.kernel.every);
        if let Some(relations) = measures.relations.as_mut().filter(|_| measured) {
            relations.measure(rate_factor, tile, landscape, &mut measures.moments);
        }
        if let Some(current) = measures.current.as_mut().filter(|_| measured) {
            current.measure(tile, landscape, &mut measures.moments, blocks);
        }
        if let Some(series) = measures.series.as_mut().filter(|series| series.is_due(n)) {
            series.measure(tile, landscape, blocks);
        }
        if measured {
            measures.moments.measure(tile, landscape, blocks);
            for histogram in &mut measures.histograms {
                histogram.measure(tile, landscape, blocks);
            }
        }
        if let Some(correlations) = &mut measures.correlations {
            correlations.measure(n, tile, landscape, blocks);
        }
    }

    /// Freezes the walkers that update `n` took beyond the bounds.
    #[cold]
    fn lose(&mut self, n: u32, blocks: &mut [BlockTally]) {
        for lane in self.bring_back() {
            let tile = &mut self.tile;
            if tile.is_active(lane) {
                let block = tile.segment_of(lane).block;
                blocks[block].lost.add(Lost { count: 1, first_step: Some(n) });
                tile.active[lane] = R::default();
                if let Some(passage) = &mut self.measures.passage {
                    passage.censor(n - 1, lane, tile, blocks);
                }
            }
        }
    }

    /// Puts what is beyond the bounds back to where the tile's first walker starts, so that it is not found at every
    /// step; the lanes that it was in.
    #[cold]
    pub(super) fn bring_back(&mut self) -> Vec<usize> {
        let tile = &mut self.tile;
        let is_beyond = |lane: &usize| !tile.x.iter().all(|x| x[*lane].magnitude() <= self.bounds);
        let beyond: Vec<usize> = (0..LANES).filter(is_beyond).collect();
        let (first, cell) = (tile.walkers[0], tile.walkers.cell);
        for lane in &beyond {
            tile.restart(*lane, |i| self.stages.start.position(cell, first, i));
        }
        beyond
    }
}
