//! dx/dt = −∇L(x) by the classical Runge–Kutta method of order 4. Record: Δt.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile, rows};

pub struct GradientFlow<R> {
    isa: Isa,
    time_step: R,
    /// Where the next gradient is taken.
    there: Vec<Row<R>>,
    /// The four gradients, one set of rows after the other.
    gradients: [Vec<Row<R>>; 4],
}

impl<R: Real> GradientFlow<R> {
    pub fn new(isa: Isa, record: &[R], dimension: usize) -> Self {
        let gradients = std::array::from_fn(|_| rows(dimension));
        Self { isa, time_step: record[0], there: rows(dimension), gradients }
    }
}

impl<R: Real> Dynamics<R> for GradientFlow<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        let Self { isa, time_step, there, gradients } = self;
        let half = R::from_f32(0.5) * *time_step;
        forces.landscape.gradient(&tile.x, &mut gradients[0]);
        for (k, time) in [half, half, *time_step].into_iter().enumerate() {
            downhill(*isa, time, &tile.x, &gradients[k], there);
            forces.landscape.gradient(there, &mut gradients[k + 1]);
        }
        let (bounds, sixth) = (step.bounds, time_step.negative() / R::from_f32(6.0));
        isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                for (i, x) in tile.x.iter_mut().enumerate() {
                    let [g1, g2, g3, g4] = gradients.each_ref().map(|g| &g[i]);
                    for lane in 0..LANES {
                        let sum = R::from_f32(2.0).mul_add(g2[lane] + g3[lane], g1[lane] + g4[lane]);
                        x[lane] = sixth.mul_add(sum, x[lane]);
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                beyond
            },
        )
    }
}

/// `there` = x − time g.
fn downhill<R: Real>(isa: Isa, time: R, x: &[Row<R>], g: &[Row<R>], there: &mut [Row<R>]) {
    isa.run(
        #[inline(always)]
        || {
            for ((x, g), there) in x.iter().zip(g).zip(there) {
                for lane in 0..LANES {
                    there[lane] = time.negative().mul_add(g[lane], x[lane]);
                }
            }
        },
    );
}
