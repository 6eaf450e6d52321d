//! v = β v + η ĝ, x −= v, at a learning rate that each walker lowers by itself (S. Yaida, ICLR 2019, section 3.2): where
//! the half-running averages of both sides of its fluctuation–dissipation relation, (x − c)·ĝ and ½ (1 + β) Σ v_i²/η_i,
//! agree, and then they begin anew. Record: η; β, X, 1 − Y, half the steps between tests; c.
//! Memory: v; factor of the rate less 1; sums of left minus right side and of the right since the rate was last
//! lowered; units of half the steps between tests since then; units between snapshots less 1; the snapshots of both
//! sums.

use super::{Dynamics, Forces, Step};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};
use crate::plan::SNAPSHOTS;

pub struct FluctuationDissipation<R> {
    isa: Isa,
    rates: Vec<R>,
    beta: R,
    threshold: R,
    keep: R,
    unit: u32,
    centre: Vec<R>,
    left: Row<R>,
    right: Row<R>,
}

impl<R: Real> FluctuationDissipation<R> {
    pub fn new(isa: Isa, record: &[R], dimension: usize) -> Self {
        let (rates, rest) = record.split_at(dimension);
        Self {
            isa,
            rates: rates.to_vec(),
            beta: rest[0],
            threshold: rest[1],
            keep: rest[2],
            unit: rest[3].to_f64() as u32,
            centre: rest[4..].to_vec(),
            left: Row::new(R::default()),
            right: Row::new(R::default()),
        }
    }

    /// A unit of half the steps between tests has passed for the walker of a lane, whose memory after v is `own`.
    fn end_unit(&self, lane: usize, own: &mut [Row<R>]) {
        let one = R::from_f32(1.0);
        let units = own[3][lane] + one;
        own[3][lane] = units;
        let (units, between) = (units.to_f64() as usize, own[4][lane].to_f64() as usize + 1);
        if !units.is_multiple_of(between) {
            return;
        }
        let snapshots = units / between;
        let sums = [own[1][lane], own[2][lane]];
        for (k, sum) in sums.into_iter().enumerate() {
            own[5 + 2 * (snapshots - 1) + k][lane] = sum;
        }
        if snapshots.is_multiple_of(2) {
            let half = 5 + snapshots - 2;
            let (mismatch, right) = (sums[0] - own[half][lane], sums[1] - own[half + 1][lane]);
            if mismatch.modulus() < self.threshold * right {
                own[0][lane] = (one + own[0][lane]) * self.keep - one;
                own[1..5].iter_mut().for_each(|row| row[lane] = R::default());
                return;
            }
        }
        if snapshots == SNAPSHOTS {
            for k in 0..SNAPSHOTS / 2 {
                own[5 + 2 * k][lane] = own[5 + 4 * k + 2][lane];
                own[5 + 2 * k + 1][lane] = own[5 + 4 * k + 3][lane];
            }
            own[4][lane] = R::from_f32(2.0) * own[4][lane] + one;
        }
    }
}

impl<R: Real> Dynamics<R> for FluctuationDissipation<R> {
    fn advance(&mut self, step: &Step<R>, forces: &mut Forces<R>, tile: &mut Tile<R>) -> bool {
        forces.stochastic_gradient(step, tile);
        let (bounds, beta, one) = (step.bounds, self.beta, R::from_f32(1.0));
        let (velocity, own) = tile.memory.split_at_mut(self.rates.len());
        let (left, right, x, g) = (&mut self.left, &mut self.right, &mut tile.x, &tile.g);
        let beyond = self.isa.run(
            #[inline(always)]
            || {
                let mut beyond = false;
                **left = [R::default(); LANES];
                **right = [R::default(); LANES];
                for (i, ((v, x), g)) in velocity.iter_mut().zip(x).zip(g).enumerate() {
                    let (rate, c) = (self.rates[i], self.centre[i]);
                    for lane in 0..LANES {
                        let rate = rate * (one + own[0][lane]);
                        let next = rate.mul_add(g[lane], beta * v[lane]);
                        left[lane] = (x[lane] - c).mul_add(g[lane], left[lane]);
                        right[lane] = next.mul_add(next / rate, right[lane]);
                        v[lane] = next;
                        x[lane] = x[lane] - next;
                        beyond |= x[lane].magnitude() > bounds;
                    }
                }
                let friction = R::from_f32(0.5) * (one + beta);
                for lane in 0..LANES {
                    let right = friction * right[lane];
                    own[1][lane] = own[1][lane] + (left[lane] - right);
                    own[2][lane] = own[2][lane] + right;
                }
                beyond
            },
        );
        if step.n.is_multiple_of(self.unit) {
            for lane in 0..LANES {
                self.end_unit(lane, own);
            }
        }
        beyond
    }
}
