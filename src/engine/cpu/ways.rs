//! Walkers that leave a basin, and their ways from there; twins of `shaders/ways/`.

use super::assembly::{Way, generator};
use super::real::Real;
use super::tile::{LANES, Row};
use super::walk::Walk;
use super::{Isa, cut};
use crate::engine::rare::{self, Crowd, Exits, Mover, Passages};
use crate::plan::{Block, Plan};
use crate::random::{Stream, counter, key};
use crate::tally::{BlockId, BlockTally, Lost};
use rayon::prelude::*;
use std::convert::Infallible;
use std::marker::PhantomData;

/// Walkers that one task takes on: the tiles that they fill get fewer as they arrive.
const WALKERS_OF_TASK: usize = 8 * LANES;

/// Fewest steps between one count of those that are still on their way and the next.
const FEWEST_STEPS: u32 = 32;

/// Runs the repetitions of a rare passage of one cell, side by side.
pub fn run<R: Real>(
    isa: Isa,
    plan: &Plan,
    passages: &Passages,
    blocks: &[Block],
    progress: &(dyn Fn(u64) + Sync),
) -> Vec<BlockTally> {
    let mover = || CpuMover::<R> { isa, plan, passages: *passages, real: PhantomData };
    let Ok(levels) = rare::levels(passages, &mut mover());
    let repetition = |block: &Block| {
        let Ok(tally) = passages.repetition(&mut mover(), &levels, block);
        progress(u64::from(block.walkers) * u64::from(plan.kernel(passages.cell).total_steps()));
        tally
    };
    blocks.par_iter().map(repetition).collect()
}

/// Moves the walkers of one cell.
struct CpuMover<'p, R> {
    isa: Isa,
    plan: &'p Plan,
    passages: Passages<'p>,
    real: PhantomData<R>,
}

impl<R: Real> CpuMover<'_, R> {
    fn walker(&self) -> (Walk<'_, R>, Way<R>) {
        let (plan, cell) = (self.plan, self.passages.cell);
        let way = Way::new(self.isa, &self.passages, &plan.cells[cell as usize].record);
        (Walk::new(self.isa, plan, cell), way)
    }
}

impl<R: Real> Mover for CpuMover<'_, R> {
    type Error = Infallible;

    fn leave(&mut self, first: u32, walkers: u32) -> Result<Exits, Infallible> {
        let id = BlockId { cell: self.passages.cell, block: 0 };
        let tiles: Vec<Block> = cut(&Block { id, first_walker: first, walkers }, LANES as u32).collect();
        let of_tile = |(walk, way): &mut (Walk<'_, R>, Way<R>), tile: &Block| walk.leave(way, &self.passages, tile);
        let found: Vec<Exits> = tiles.par_iter().map_init(|| self.walker(), of_tile).collect();
        let kernel = self.plan.kernel(self.passages.cell);
        let mut all = Exits { crowd: Crowd::new(kernel.dimension + kernel.memory()), ..Exits::default() };
        found.iter().for_each(|exits| all.add(exits));
        Ok(all)
    }

    fn go_on(&mut self, crowd: &mut Crowd, generation: u32, upper: f64) -> Result<(), Infallible> {
        let on_way: Vec<usize> = (0..crowd.len()).filter(|k| crowd.is_on_way(*k, upper)).collect();
        let cell_word = self.passages.cell_word(generation);
        let limits = [self.passages.plan.basin, upper];
        let task = |(walk, way): &mut (Walk<'_, R>, Way<R>), places: &[usize]| {
            let mut some = crowd.part(places);
            walk.go_on(way, &mut some, cell_word, limits);
            some
        };
        let moved: Vec<Crowd> = on_way.par_chunks(WALKERS_OF_TASK).map_init(|| self.walker(), task).collect();
        for (places, some) in on_way.chunks(WALKERS_OF_TASK).zip(&moved) {
            places.iter().enumerate().for_each(|(k, place)| crowd.put(*place, some, k));
            crowd.walker_steps += some.walker_steps;
            crowd.lost.add(some.lost);
        }
        Ok(())
    }
}

impl<R: Real> Walk<'_, R> {
    /// Watches the walkers of a tile leave the basin, as [`Mover::leave`] says.
    fn leave(&mut self, way: &mut Way<R>, passages: &Passages, walkers: &Block) -> Exits {
        self.place(&[*walkers]);
        let count = walkers.walkers as usize;
        let (burn_in, total) = (self.kernel.burn_in, self.kernel.total_steps());
        let (basin, key, generator) = (passages.plan.basin, key(passages.seed), generator(self.kernel.random));
        let mut inside = Row::new(1);
        let mut kept: Vec<Option<Kept<R>>> = vec![None; count];
        let mut counts = vec![0_u32; count];
        let mut exits = Exits { walker_steps: count as u64 * u64::from(total), ..Exits::default() };
        way.begin(count);
        for n in 1..=total {
            let done = n - 1;
            if done.is_multiple_of(self.batch) {
                self.draw(done, self.batch.min(total - done));
            }
            if self.update(n, (done % self.batch) as usize) {
                for lane in self.lost(way) {
                    exits.lost.add(Lost { count: 1, first_step: Some(n) });
                    exits.steps_at_risk += u64::from(done.saturating_sub(burn_in));
                    // What it did before counts.
                    inside[lane] = 0;
                }
            }
            way.look(self, basin, &mut inside);
            for lane in way.left.iter().enumerate().filter(|(_, left)| **left != 0).map(|(lane, _)| lane) {
                if n > burn_in {
                    counts[lane] += 1;
                    let (walker, cell) = (self.tile.walkers[lane], self.tile.walkers.cell);
                    let [word, ..] = generator(counter(Stream::Selection, cell, walker, n.into()), key);
                    // Each of them is kept in the end with the same chance.
                    if (u64::from(word) * u64::from(counts[lane])) >> 32 == 0 {
                        let state = self.tile.state(lane).collect();
                        kept[lane] = Some(Kept { state, furthest: way.value[lane], passed: way.passed[lane] != 0 });
                    }
                }
            }
            if way.any_passed {
                for lane in (0..count).filter(|lane| way.passed[*lane] != 0) {
                    let (walker, cell) = (self.tile.walkers[lane], self.tile.walkers.cell);
                    self.tile.restart(lane, |i| self.stages.start.position(cell, walker, i));
                    inside[lane] = 1;
                }
            }
        }
        let present = (0..count).filter(|lane| way.waiting[*lane] != 0).count() as u64;
        exits.steps_at_risk += present * u64::from(total - burn_in);
        exits.crowd = Crowd::new(self.kernel.dimension + self.kernel.memory());
        for (lane, kept) in kept.into_iter().enumerate() {
            let Some(Kept { state, furthest, passed }) = kept else { continue };
            exits.crowd.push(self.tile.walkers[lane], &state, furthest.to_f64(), passed);
            exits.counts.push(counts[lane]);
        }
        exits
    }

    /// Takes a crowd on, as [`Mover::go_on`] says.
    fn go_on(&mut self, way: &mut Way<R>, crowd: &mut Crowd, cell_word: u32, limits: [f64; 2]) {
        let steps = FEWEST_STEPS.next_multiple_of(self.batch);
        let mut on_way: Vec<usize> = (0..crowd.len()).collect();
        let mut done = 0_u32;
        while !on_way.is_empty() {
            let mut still = Vec::with_capacity(on_way.len());
            for places in on_way.chunks(LANES) {
                self.load(way, crowd, places, cell_word);
                for n in done + 1..=done + steps {
                    if (n - 1).is_multiple_of(self.batch) {
                        self.draw(n - 1, self.batch);
                    }
                    let beyond = self.update(n, ((n - 1) % self.batch) as usize);
                    for lane in if beyond { self.lost(way) } else { Vec::new() } {
                        crowd.lost.add(Lost { count: 1, first_step: Some(n) });
                        crowd.walker_steps += u64::from(n);
                        crowd.furthest[places[lane]] = way.furthest[lane].to_f64();
                    }
                    if !way.advance(self, limits) {
                        continue;
                    }
                    for (lane, place) in places.iter().enumerate().filter(|(lane, _)| way.left[*lane] != 0) {
                        way.waiting[lane] = 0;
                        crowd.walker_steps += u64::from(n);
                        crowd.set(*place, self.tile.state(lane), way.furthest[lane].to_f64(), way.passed[lane] != 0);
                    }
                }
                for (lane, place) in places.iter().enumerate().filter(|(lane, _)| way.waiting[*lane] != 0) {
                    crowd.set(*place, self.tile.state(lane), way.furthest[lane].to_f64(), false);
                    still.push(*place);
                }
            }
            on_way = still;
            let Some(next) = done.checked_add(steps).filter(|next| next.checked_add(steps).is_some()) else {
                // As many steps as there are numbers for: these walkers will never arrive.
                crowd.lost.add(Lost { count: on_way.len() as u64, first_step: Some(done) });
                return;
            };
            done = next;
        }
    }

    /// Puts walkers into the tile's lanes; lanes that are left over follow the first.
    fn load(&mut self, way: &mut Way<R>, crowd: &Crowd, places: &[usize], cell_word: u32) {
        let place = |lane: usize| *places.get(lane).unwrap_or(&places[0]);
        self.tile.walkers.cell = cell_word;
        self.tile.walkers.set(|lane| crowd.walkers[place(lane)]);
        for (word, row) in self.tile.x.iter_mut().chain(&mut self.tile.memory).enumerate() {
            for lane in 0..LANES {
                row[lane] = R::from_f64(crowd.state(place(lane))[word]);
            }
        }
        way.begin(places.len());
        for lane in 0..LANES {
            way.furthest[lane] = R::from_f64(crowd.furthest[place(lane)]);
        }
    }

    /// The lanes that were waiting of those that are beyond the bounds; they are brought back, and wait no more.
    #[cold]
    fn lost(&mut self, way: &mut Way<R>) -> Vec<usize> {
        let mut lost = self.bring_back();
        lost.retain(|lane| std::mem::take(&mut way.waiting[*lane]) != 0);
        lost
    }
}

/// An exit that is kept.
#[derive(Clone)]
struct Kept<R> {
    state: Vec<f64>,
    furthest: R,
    passed: bool,
}

impl<R: Real> Way<R> {
    fn begin(&mut self, count: usize) {
        for lane in 0..LANES {
            self.waiting[lane] = u8::from(lane < count);
        }
    }

    /// Finds who passes, and who has left the basin with the last update.
    fn look(&mut self, walk: &mut Walk<'_, R>, basin: f64, inside: &mut Row<u8>) {
        let basin = R::from_f64(basin);
        let landscape = &mut *walk.stages.forces.landscape;
        self.along.find(self.isa, &walk.tile, landscape, &mut self.value);
        self.any_passed = self.condition.mark(&walk.tile, landscape, &self.waiting, &mut self.passed);
        let Self { isa, value, left, waiting, passed, .. } = self;
        isa.run(
            #[inline(always)]
            || {
                for lane in 0..LANES {
                    // Who passes has left, wherever it is; what is not a number is not beyond the basin.
                    let now = (1 - u8::from(value[lane] > basin)) & (1 - passed[lane]);
                    left[lane] = waiting[lane] & inside[lane] & (1 - now);
                    inside[lane] = now;
                }
            },
        );
    }

    /// Finds how far walkers have come, and who has arrived; whether anybody has.
    fn advance(&mut self, walk: &mut Walk<'_, R>, limits: [f64; 2]) -> bool {
        let [basin, upper] = limits.map(R::from_f64);
        let landscape = &mut *walk.stages.forces.landscape;
        self.along.find(self.isa, &walk.tile, landscape, &mut self.value);
        self.condition.mark(&walk.tile, landscape, &self.waiting, &mut self.passed);
        let Self { isa, value, furthest, left, waiting, passed, .. } = self;
        isa.run(
            #[inline(always)]
            || {
                let mut any = 0;
                for lane in 0..LANES {
                    let now = value[lane];
                    furthest[lane] = if now > furthest[lane] { now } else { furthest[lane] };
                    let back = 1 - u8::from(now > basin);
                    let arrived = back | u8::from(now > upper) | passed[lane];
                    left[lane] = waiting[lane] & arrived;
                    any |= left[lane];
                }
                any != 0
            },
        )
    }
}
