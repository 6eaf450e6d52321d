//! L = barrier((x/separation)² − 1)² + tilt x + ½ Σ k_i y_i². Record: cubic, linear, tilt, barrier,
//! 1/separation², k.

use super::Landscape;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row};

pub struct DoubleWell<R> {
    isa: Isa,
    cubic: R,
    linear: R,
    tilt: R,
    barrier: R,
    inverse_square: R,
    transverse: Vec<R>,
}

impl<R: Real> DoubleWell<R> {
    pub fn new(isa: Isa, record: &[R]) -> Self {
        Self {
            isa,
            cubic: record[0],
            linear: record[1],
            tilt: record[2],
            barrier: record[3],
            inverse_square: record[4],
            transverse: record[5..].to_vec(),
        }
    }
}

impl<R: Real> Landscape<R> for DoubleWell<R> {
    fn gradient(&mut self, x: &[Row<R>], g: &mut [Row<R>]) {
        self.isa.run(
            #[inline(always)]
            || {
                let (x0, g0) = (&x[0], &mut g[0]);
                for lane in 0..LANES {
                    let x = x0[lane];
                    g0[lane] = x.mul_add((self.cubic * x).mul_add(x, self.linear), self.tilt);
                }
                for ((k, x), g) in self.transverse.iter().zip(&x[1..]).zip(&mut g[1..]) {
                    for lane in 0..LANES {
                        g[lane] = *k * x[lane];
                    }
                }
            },
        );
    }

    fn loss(&mut self, x: &[Row<R>], loss: &mut Row<R>) {
        self.isa.run(
            #[inline(always)]
            || {
                let x0 = &x[0];
                let minus_one = R::from_f32(-1.0);
                for lane in 0..LANES {
                    let x = x0[lane];
                    let v = (x * self.inverse_square).mul_add(x, minus_one);
                    loss[lane] = (self.barrier * v).mul_add(v, self.tilt * x);
                }
                let half = R::from_f32(0.5);
                for (k, x) in self.transverse.iter().zip(&x[1..]) {
                    let half_k = half * *k;
                    for lane in 0..LANES {
                        loss[lane] = (half_k * x[lane]).mul_add(x[lane], loss[lane]);
                    }
                }
            },
        );
    }

    fn hessian_product(&mut self, x: &[Row<R>], u: &[Row<R>], product: &mut [Row<R>]) {
        let three = R::from_f32(3.0);
        self.isa.run(
            #[inline(always)]
            || {
                let (x0, u0, along) = (&x[0], &u[0], &mut product[0]);
                for lane in 0..LANES {
                    let x = x0[lane];
                    along[lane] = (three * self.cubic * x).mul_add(x, self.linear) * u0[lane];
                }
                for ((k, u), product) in self.transverse.iter().zip(&u[1..]).zip(&mut product[1..]) {
                    for lane in 0..LANES {
                        product[lane] = *k * u[lane];
                    }
                }
            },
        );
    }
}
