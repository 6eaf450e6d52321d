//! L = ½ (x − m)ᵀ H (x − m). Record: H row by row, m.

use super::Landscape;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row};

pub struct QuadraticFull<R> {
    isa: Isa,
    hessian: Vec<R>,
    minimum: Vec<R>,
}

impl<R: Real> QuadraticFull<R> {
    pub fn new(isa: Isa, record: &[R], dimension: usize) -> Self {
        let (hessian, minimum) = record.split_at(dimension * dimension);
        Self { isa, hessian: hessian.to_vec(), minimum: minimum.to_vec() }
    }

    /// Σ_j H_ij (x_j − m_j), j ascending.
    #[inline(always)]
    fn row_of_gradient(&self, i: usize, x: &[Row<R>], g: &mut [R; LANES]) {
        let d = self.minimum.len();
        *g = [R::default(); LANES];
        for (j, x) in x.iter().enumerate() {
            let (h, m) = (self.hessian[i * d + j], self.minimum[j]);
            for lane in 0..LANES {
                g[lane] = h.mul_add(x[lane] - m, g[lane]);
            }
        }
    }
}

impl<R: Real> Landscape<R> for QuadraticFull<R> {
    fn gradient(&mut self, x: &[Row<R>], g: &mut [Row<R>]) {
        self.isa.run(
            #[inline(always)]
            || {
                for (i, g) in g.iter_mut().enumerate() {
                    self.row_of_gradient(i, x, g);
                }
            },
        );
    }

    fn loss(&mut self, x: &[Row<R>], loss: &mut Row<R>) {
        self.isa.run(
            #[inline(always)]
            || {
                **loss = [R::default(); LANES];
                let mut g = [R::default(); LANES];
                for (i, row) in x.iter().enumerate() {
                    self.row_of_gradient(i, x, &mut g);
                    let m = self.minimum[i];
                    for lane in 0..LANES {
                        loss[lane] = g[lane].mul_add(row[lane] - m, loss[lane]);
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
        let d = self.minimum.len();
        self.isa.run(
            #[inline(always)]
            || {
                for (row, product) in self.hessian.chunks(d).zip(product) {
                    **product = [R::default(); LANES];
                    for (h, u) in row.iter().zip(u) {
                        for lane in 0..LANES {
                            product[lane] = h.mul_add(u[lane], product[lane]);
                        }
                    }
                }
            },
        );
    }
}
