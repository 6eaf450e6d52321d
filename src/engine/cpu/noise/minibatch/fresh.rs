//! ½ (w·θ − y)² of new independent normal w and y; twin of `shaders/noise/example/fresh.wgsl`. Record:
//! standard deviations of w, then that of y.

use super::{ExampleNumbers, Examples};
use crate::engine::cpu::dynamics::Step;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};

pub struct Fresh<R> {
    isa: Isa,
    std: Vec<R>,
    numbers: ExampleNumbers<R>,
    residual: Row<R>,
}

impl<R: Real> Fresh<R> {
    pub fn new(isa: Isa, record: &[R], numbers: ExampleNumbers<R>) -> Self {
        Self { isa, std: record.to_vec(), numbers, residual: Row::new(R::default()) }
    }
}

impl<R: Real> Examples<R> for Fresh<R> {
    fn begin(&mut self, _step: &Step<R>, _landscape: &mut dyn Landscape<R>, _tile: &Tile<R>) {}

    fn gradient(&mut self, b: u32, step: &Step<R>, tile: &Tile<R>, g: &mut [Row<R>]) {
        let Self { isa, std, numbers, residual } = self;
        let (normals, of_label) = numbers.of(b, step, tile).split_at(g.len());
        isa.run(
            #[inline(always)]
            || {
                **residual = [R::default(); LANES];
                for (i, g) in g.iter_mut().enumerate() {
                    for lane in 0..LANES {
                        g[lane] = std[i] * normals[i][lane];
                        residual[lane] = g[lane].mul_add(tile.x[i][lane], residual[lane]);
                    }
                }
                let minus_noise = std[g.len()].negative();
                for lane in 0..LANES {
                    residual[lane] = minus_noise.mul_add(of_label[0][lane], residual[lane]);
                }
                for g in g {
                    for lane in 0..LANES {
                        g[lane] = g[lane] * residual[lane];
                    }
                }
            },
        );
    }
}
