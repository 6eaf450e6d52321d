//! Weights of states: the time that a step takes a walker whose own time runs at another pace.

use super::sums::measured;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile, rows};
use crate::plan::{CellPlan, Kernel};

/// Weights 1/L, for dt = dτ/L.
pub struct Weights<R> {
    isa: Isa,
    floor: R,
    inverse: Row<R>,
    /// Those of measured walkers, 0 for others.
    pub of_states: Row<f64>,
    positions: Vec<Row<f64>>,
}

impl<R: Real> Weights<R> {
    /// Those of a kernel whose states have weights.
    pub fn new(isa: Isa, kernel: &Kernel, cell: &CellPlan) -> Option<Self> {
        kernel.moment_layout().weighted.then(|| Self {
            isa,
            floor: R::from_f64(cell.record.floor),
            inverse: Row::new(R::default()),
            of_states: Row::new(0.0),
            positions: rows(kernel.dimension),
        })
    }

    /// Finds the weights of the tile's states.
    pub fn find(&mut self, tile: &Tile<R>, landscape: &mut dyn Landscape<R>) {
        landscape.loss(&tile.x, &mut self.inverse);
        let (inverse, floor, of_states) = (&mut self.inverse, self.floor, &mut self.of_states);
        self.isa.run(
            #[inline(always)]
            || {
                for lane in 0..LANES {
                    inverse[lane] = R::from_f32(1.0) / (inverse[lane] + floor);
                }
                measured(tile, inverse, 0.0, of_states);
            },
        );
    }

    /// Multiplies a row by the weights.
    #[inline(always)]
    pub fn times(&self, row: &mut Row<f64>) {
        for lane in 0..LANES {
            row[lane] *= self.of_states[lane];
        }
    }

    /// The positions `v` times the weights.
    #[inline(always)]
    pub fn positions(&mut self, v: &[Row<f64>]) -> &[Row<f64>] {
        for (weighted, v) in self.positions.iter_mut().zip(v) {
            for lane in 0..LANES {
                weighted[lane] = v[lane] * self.of_states[lane];
            }
        }
        &self.positions
    }
}
