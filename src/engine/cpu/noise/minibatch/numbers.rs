//! The random numbers of examples, drawn as they are needed; twin of `shaders/random/numbers_in_turn.wgsl`.

use crate::engine::cpu::draw::Draw;
use crate::engine::cpu::dynamics::Step;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{Row, Tile, rows};

/// Examples whose numbers, however many, fill whole quads.
const TOGETHER: u64 = 4;

/// Numbers of the steps' distribution, so many an example.
pub struct ExampleNumbers<R> {
    draw: Box<dyn Draw<R>>,
    batch_size: u32,
    /// Those of [`TOGETHER`] examples.
    numbers: Vec<Row<R>>,
    /// Which these are, counted over all steps, and the turn of their walkers.
    held: Option<(u64, u64)>,
}

impl<R: Real> ExampleNumbers<R> {
    pub fn new(draw: Box<dyn Draw<R>>, batch_size: u32, per_example: usize) -> Self {
        Self { draw, batch_size, numbers: rows(TOGETHER as usize * per_example), held: None }
    }

    /// A row each of the numbers of example `b` of a step's batch.
    pub fn of(&mut self, b: u32, step: &Step<R>, tile: &Tile<R>) -> &[Row<R>] {
        let per_example = self.numbers.len() / TOGETHER as usize;
        let example = u64::from(step.n - 1) * u64::from(self.batch_size) + u64::from(b);
        let wanted = Some((example / TOGETHER, tile.walkers.turn));
        if self.held != wanted {
            let first_quad = example / TOGETHER * per_example as u64;
            self.draw.fill(first_quad, &tile.walkers, &mut self.numbers);
            self.held = wanted;
        }
        let first = (example % TOGETHER) as usize * per_example;
        &self.numbers[first..first + per_example]
    }
}
