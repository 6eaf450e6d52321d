//! L = ½ Σ h_i (x_i − m_i)². Record: h, m.

use super::Landscape;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row};

pub struct QuadraticDiagonal<R> {
    isa: Isa,
    hessian: Vec<R>,
    minimum: Vec<R>,
}

impl<R: Real> QuadraticDiagonal<R> {
    pub fn new(isa: Isa, record: &[R]) -> Self {
        let (hessian, minimum) = record.split_at(record.len() / 2);
        Self { isa, hessian: hessian.to_vec(), minimum: minimum.to_vec() }
    }
}

impl<R: Real> Landscape<R> for QuadraticDiagonal<R> {
    fn gradient(&mut self, x: &[Row<R>], g: &mut [Row<R>]) {
        self.isa.run(
            #[inline(always)]
            || {
                for (i, (x, g)) in x.iter().zip(g).enumerate() {
                    let (h, m) = (self.hessian[i], self.minimum[i]);
                    for lane in 0..LANES {
                        g[lane] = h * (x[lane] - m);
                    }
                }
            },
        );
    }

    fn loss(&mut self, x: &[Row<R>], loss: &mut Row<R>) {
        self.isa.run(
            #[inline(always)]
            || {
                **loss = [R::default(); LANES];
                for (i, x) in x.iter().enumerate() {
                    let (h, m) = (self.hessian[i], self.minimum[i]);
                    for lane in 0..LANES {
                        let from = x[lane] - m;
                        loss[lane] = (h * from).mul_add(from, loss[lane]);
                    }
                }
                let half = R::from_f32(0.5);
                for lane in 0..LANES {
                    loss[lane] = half * loss[lane];
                }
            },
        );
    }

    fn hessian_product(&mut self, _: &[Row<R>], u: &[Row<R>], product: &mut [Row<R>]) {
        self.isa.run(
            #[inline(always)]
            || {
                for ((h, u), product) in self.hessian.iter().zip(u).zip(product) {
                    for lane in 0..LANES {
                        product[lane] = *h * u[lane];
                    }
                }
            },
        );
    }
}
