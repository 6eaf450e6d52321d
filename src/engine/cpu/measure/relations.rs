//! Both sides of fluctuation–dissipation relations.

use super::Moments;
use super::windows::Windows;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile, rows};
use crate::plan::{CellPlan, Kernel, RelationStage};
use crate::tally::BlockTally;

/// The first relation, Σ (θ_i − c_i) f_i and Σ ½ (1 + β) s_i²/η_i of the force f and the step s.
pub struct FirstRelation<R> {
    momentum: bool,
    centre: Vec<R>,
    inverse_rates: Vec<R>,
    friction: R,
}

impl<R: Real> FirstRelation<R> {
    /// Coordinate by coordinate and lane by lane, the factors of the terms of the left and of the right side.
    #[inline(always)]
    pub fn terms(&self, rate_factor: R, tile: &Tile<R>, mut add: impl FnMut(usize, usize, [R; 2], [R; 2])) {
        let per_factor = R::from_f32(1.0) / rate_factor;
        for (i, (before, x)) in tile.before.iter().zip(&tile.x).enumerate() {
            let (c, per_rate) = (self.centre[i], self.inverse_rates[i] * per_factor);
            let friction = self.friction * per_rate;
            if self.momentum {
                let (g, v) = (&tile.g[i], &tile.memory[i]);
                for lane in 0..LANES {
                    add(i, lane, [before[lane] - c, g[lane]], [v[lane], v[lane] * friction]);
                }
            } else {
                for lane in 0..LANES {
                    let step = before[lane] - x[lane];
                    add(i, lane, [before[lane] - c, step * per_rate], [step, step * friction]);
                }
            }
        }
    }
}

/// Relations of the last update.
pub struct Relations<R> {
    isa: Isa,
    curvature: bool,
    shared_rate: bool,
    /// Place of the first sum.
    at: usize,
    first: FirstRelation<R>,
    inverse_time: R,
    /// Both sides, of every walker.
    left: Row<R>,
    right: Row<R>,
    /// Δ, ∇L and HΔ.
    step: Vec<Row<R>>,
    gradient: Vec<Row<R>>,
    product: Vec<Row<R>>,
    windows: Option<Windows<R>>,
}

impl<R: Real> Relations<R> {
    pub fn new(isa: Isa, kernel: &Kernel, stage: &RelationStage, cell: &CellPlan) -> Self {
        let d = kernel.dimension;
        let numbers: Vec<R> = cell.record.relations.iter().map(|x| R::from_f64(*x)).collect();
        let row = || Row::new(R::default());
        Self {
            isa,
            curvature: stage.curvature,
            shared_rate: stage.shared_rate,
            at: kernel.moment_layout().relations(),
            first: FirstRelation {
                momentum: stage.momentum,
                centre: numbers[..d].to_vec(),
                inverse_rates: numbers[d..2 * d].to_vec(),
                friction: numbers[2 * d + 1],
            },
            inverse_time: numbers[2 * d],
            left: row(),
            right: row(),
            step: rows(d),
            gradient: rows(d),
            product: rows(d),
            windows: (stage.stretch > 0).then(|| Windows::new(isa, stage, &cell.record.windows)),
        }
    }

    /// Ready for the next tile.
    pub fn begin(&mut self) {
        if let Some(windows) = &mut self.windows {
            windows.begin();
        }
    }

    /// Whether every update is looked at.
    pub fn sees_all(&self) -> bool {
        self.windows.is_some()
    }

    /// Looks at measured update `n`, from `tile.before` to `tile.x` at `rate_factor` times the learning rate.
    pub fn observe(&mut self, n: u32, rate_factor: R, tile: &Tile<R>, blocks: &mut [BlockTally]) {
        if let Some(windows) = &mut self.windows {
            windows.add(n, &self.first, rate_factor, tile, blocks);
        }
    }

    /// Adds both sides to the tile's moments. `tile.g` holds the stochastic gradients of the update.
    pub fn measure(
        &mut self,
        rate_factor: R,
        tile: &Tile<R>,
        landscape: &mut dyn Landscape<R>,
        moments: &mut Moments<R>,
    ) {
        let (left, right) = (&mut self.left, &mut self.right);
        self.isa.run(
            #[inline(always)]
            || {
                self.first.terms(rate_factor, tile, |i, lane, of_left, of_right| {
                    // The first coordinate's terms begin the sums.
                    let zero = R::default();
                    let (l, r) = if i == 0 { (zero, zero) } else { (left[lane], right[lane]) };
                    left[lane] = of_left[0].mul_add(of_left[1], l);
                    right[lane] = of_right[0].mul_add(of_right[1], r);
                });
            },
        );
        moments.add(tile, self.at, Some(self.at + 2), &self.left);
        moments.add(tile, self.at + 1, Some(self.at + 3), &self.right);
        if self.curvature {
            self.second(rate_factor, tile, landscape);
            moments.add(tile, self.at + 4, None, &self.left);
            moments.add(tile, self.at + 5, None, &self.right);
        }
    }

    /// Both sides of the second relation.
    fn second(&mut self, rate_factor: R, tile: &Tile<R>, landscape: &mut dyn Landscape<R>) {
        let steps = &mut self.step;
        self.isa.run(
            #[inline(always)]
            || {
                for ((step, before), x) in steps.iter_mut().zip(&tile.before).zip(&tile.x) {
                    for lane in 0..LANES {
                        step[lane] = before[lane] - x[lane];
                    }
                }
            },
        );
        landscape.gradient(&tile.before, &mut self.gradient);
        landscape.hessian_product(&tile.before, &self.step, &mut self.product);
        let one = R::from_f32(1.0);
        let per_time = self.inverse_time * if self.shared_rate { one / rate_factor } else { one };
        let half = R::from_f32(0.5) * per_time;
        let (left, right) = (&mut self.left, &mut self.right);
        self.isa.run(
            #[inline(always)]
            || {
                **left = [R::default(); LANES];
                **right = [R::default(); LANES];
                for ((step, gradient), product) in self.step.iter().zip(&self.gradient).zip(&self.product) {
                    for lane in 0..LANES {
                        left[lane] = gradient[lane].mul_add(step[lane], left[lane]);
                        right[lane] = product[lane].mul_add(step[lane], right[lane]);
                    }
                }
                for lane in 0..LANES {
                    left[lane] = left[lane] * per_time;
                    right[lane] = right[lane] * half;
                }
            },
        );
    }
}
