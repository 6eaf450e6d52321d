//! The landscape's gradient with Gaussian noise of its own for every example, coordinates independent; twin of
//! `shaders/noise/example/gaussian.wgsl`. Record: standard deviations for one example.

use super::{ExampleNumbers, Examples};
use crate::engine::cpu::dynamics::Step;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile, rows};

pub struct GaussianExamples<R> {
    isa: Isa,
    std: Vec<R>,
    numbers: ExampleNumbers<R>,
    of_landscape: Vec<Row<R>>,
}

impl<R: Real> GaussianExamples<R> {
    pub fn new(isa: Isa, record: &[R], numbers: ExampleNumbers<R>) -> Self {
        Self { isa, std: record.to_vec(), numbers, of_landscape: rows(record.len()) }
    }
}

impl<R: Real> Examples<R> for GaussianExamples<R> {
    fn begin(&mut self, _step: &Step<R>, landscape: &mut dyn Landscape<R>, tile: &Tile<R>) {
        landscape.gradient(&tile.x, &mut self.of_landscape);
    }

    fn gradient(&mut self, b: u32, step: &Step<R>, tile: &Tile<R>, g: &mut [Row<R>]) {
        let Self { isa, std, numbers, of_landscape } = self;
        let numbers = numbers.of(b, step, tile);
        isa.run(
            #[inline(always)]
            || {
                for (i, g) in g.iter_mut().enumerate() {
                    let (std, z, of_landscape) = (std[i], &numbers[i], &of_landscape[i]);
                    for lane in 0..LANES {
                        g[lane] = std.mul_add(z[lane], of_landscape[lane]);
                    }
                }
            },
        );
    }
}
