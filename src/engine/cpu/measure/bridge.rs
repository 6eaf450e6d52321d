//! Passages between two steps; twin of `shaders/measure/crossing/bridge.wgsl`.

use crate::engine::cpu::real::Real;
use crate::engine::cpu::start::Generator;
use crate::engine::cpu::tile::{LANES, Row, Tile};
use crate::random::{Stream, counter, key, uniform};

/// Beyond this exponent a passage is less likely than the smallest uniform number, 2⁻³³.
const NEVER: f32 = 23.0;

/// A threshold along a coordinate whose steps have normal noise of one variance. A path between the states before and
/// after a step is then a Brownian bridge, which has been at the threshold with probability exp(−2ab/s²), where a and b
/// are the distances to it and s² is the variance (Gobet, Stoch. Proc. Appl. 87, 167 (2000), eq. 3).
pub struct Bridge<R> {
    axis: usize,
    threshold: R,
    /// 2/s².
    factor: R,
    generator: Generator,
    key: [u32; 2],
}

impl<R: Real> Bridge<R> {
    pub fn new(axis: usize, threshold: f64, factor: f64, generator: Generator, seed: u64) -> Self {
        Self { axis, threshold: R::from_f64(threshold), factor: R::from_f64(factor), generator, key: key(seed) }
    }

    /// Adds to `passed` the `waiting` walkers that have been at the threshold during update `n`; whether there are any.
    pub fn mark(&self, n: u32, tile: &Tile<R>, waiting: &Row<u8>, passed: &mut Row<u8>) -> bool {
        let (before, after) = (&tile.before[self.axis], &tile.x[self.axis]);
        let mut any = false;
        for lane in 0..LANES {
            let exponent = (self.threshold - before[lane]) * (self.threshold - after[lane]) * self.factor;
            if waiting[lane] != 0 && passed[lane] == 0 && exponent < R::from_f32(NEVER) {
                let counter = counter(Stream::Bridge, tile.walkers.cell, tile.walkers[lane], u64::from(n / 4));
                let word = (self.generator)(counter, self.key)[(n % 4) as usize];
                if R::from_f32(uniform(word)) < exponent.negative().exponential() {
                    passed[lane] = 1;
                    any = true;
                }
            }
        }
        any
    }
}
