//! One step of given walkers, for tests that hold the two engines against each other.

use super::isa::Isa;
use super::tile::LANES;
use super::walk::Walk;
use crate::plan::Plan;

/// One step of walkers `first_walker`, `first_walker` + 1, … of `cell`: the `step`-th of the walk, from 0.
/// `states` holds their positions, each followed by what the rule remembers of the walker ([`Kernel::memory`]
/// numbers). Returns these after the step. Twin of the GPU engine's probe.
///
/// [`Kernel::memory`]: crate::plan::Kernel::memory
pub fn one_step(plan: &Plan, cell: u32, first_walker: u32, step: u32, states: &[f32]) -> Vec<f32> {
    let kernel = plan.kernel(cell);
    let words = kernel.dimension + kernel.memory();
    let mut walk = Walk::<f32>::new(Isa::available()[0], plan, cell);
    let mut moved = Vec::with_capacity(states.len());
    for (k, states) in states.chunks(LANES * words).enumerate() {
        moved.extend(walk.one_step(first_walker + (k * LANES) as u32, step, states, words));
    }
    moved
}

impl Walk<'_, f32> {
    fn one_step(&mut self, first_walker: u32, step: u32, states: &[f32], words: usize) -> Vec<f32> {
        self.tile.walkers.set_from(first_walker, LANES);
        for (lane, state) in states.chunks_exact(words).enumerate() {
            for (row, value) in self.tile.x.iter_mut().chain(&mut self.tile.memory).zip(state) {
                row[lane] = *value;
            }
        }
        let place = step % self.batch;
        self.draw(step - place, self.batch);
        self.update(step + 1, place as usize);
        let rows = || self.tile.x.iter().chain(&self.tile.memory);
        (0..states.len() / words).flat_map(|lane| rows().map(move |row| row[lane])).collect()
    }
}
