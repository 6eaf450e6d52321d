//! One step of given walkers, for tests that hold the two engines against each other.

use super::isa::Isa;
use super::tile::LANES;
use super::walk::Walk;
use crate::plan::Plan;

/// One step of walkers `first_walker`, `first_walker` + 1, … of `cell` from `positions` (d numbers a
/// walker): the `step`-th of the walk, from 0. Returns where they are then. Twin of the GPU engine's
/// probe.
pub fn one_step(plan: &Plan, cell: u32, first_walker: u32, step: u32, positions: &[f32]) -> Vec<f32> {
    let d = plan.kernel(cell).dimension;
    let mut walk = Walk::<f32>::new(Isa::available()[0], plan, cell);
    let mut moved = Vec::with_capacity(positions.len());
    for (k, positions) in positions.chunks(LANES * d).enumerate() {
        moved.extend(walk.one_step(first_walker + (k * LANES) as u32, step, positions));
    }
    moved
}

impl Walk<'_, f32> {
    fn one_step(&mut self, first_walker: u32, step: u32, positions: &[f32]) -> Vec<f32> {
        let d = self.tile.x.len();
        self.tile.first_walker = first_walker;
        for (lane, position) in positions.chunks_exact(d).enumerate() {
            for (x, value) in self.tile.x.iter_mut().zip(position) {
                x[lane] = *value;
            }
        }
        let place = step % self.batch;
        self.draw(step - place, self.batch);
        self.update(place as usize);
        let walkers = positions.len() / d;
        (0..walkers).flat_map(|lane| self.tile.x.iter().map(move |x| x[lane])).collect()
    }
}
