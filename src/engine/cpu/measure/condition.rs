//! Conditions of first passage; twins of `shaders/measure/condition/`.

use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};

/// What a walker has to meet to have passed.
pub trait Condition<R: Real>: Send + Sync {
    /// Marks, in `passed`, the `waiting` walkers of the tile that meet it; whether there are any.
    fn mark(
        &mut self,
        tile: &Tile<R>,
        landscape: &mut dyn Landscape<R>,
        waiting: &Row<u8>,
        passed: &mut Row<u8>,
    ) -> bool;
}

/// A coordinate above the threshold.
pub struct Above<R>(pub Isa, pub u32, pub R);

/// A coordinate below the threshold.
pub struct Below<R>(pub Isa, pub u32, pub R);

/// The loss above the threshold.
pub struct LossAbove<R>(pub Isa, pub R, pub Row<R>);

/// |θ| above the threshold.
pub struct RadiusAbove<R>(pub Isa, pub R);

impl<R: Real> Condition<R> for Above<R> {
    fn mark(&mut self, tile: &Tile<R>, _: &mut dyn Landscape<R>, waiting: &Row<u8>, passed: &mut Row<u8>) -> bool {
        let (x, threshold) = (&tile.x[self.1 as usize], self.2);
        self.0.run(
            #[inline(always)]
            || mark(|lane| x[lane] > threshold, waiting, passed),
        )
    }
}

impl<R: Real> Condition<R> for Below<R> {
    fn mark(&mut self, tile: &Tile<R>, _: &mut dyn Landscape<R>, waiting: &Row<u8>, passed: &mut Row<u8>) -> bool {
        let (x, threshold) = (&tile.x[self.1 as usize], self.2);
        self.0.run(
            #[inline(always)]
            || mark(|lane| x[lane] < threshold, waiting, passed),
        )
    }
}

impl<R: Real> Condition<R> for LossAbove<R> {
    fn mark(
        &mut self,
        tile: &Tile<R>,
        landscape: &mut dyn Landscape<R>,
        waiting: &Row<u8>,
        passed: &mut Row<u8>,
    ) -> bool {
        let Self(isa, threshold, loss) = self;
        landscape.loss(&tile.x, loss);
        isa.run(
            #[inline(always)]
            || mark(|lane| loss[lane] > *threshold, waiting, passed),
        )
    }
}

impl<R: Real> Condition<R> for RadiusAbove<R> {
    fn mark(&mut self, tile: &Tile<R>, _: &mut dyn Landscape<R>, waiting: &Row<u8>, passed: &mut Row<u8>) -> bool {
        let threshold = self.1;
        let (square, always) = (threshold * threshold, threshold < R::default());
        let squared = |lane: usize| tile.x.iter().fold(R::default(), |sum, x| x[lane].mul_add(x[lane], sum));
        self.0.run(
            #[inline(always)]
            || mark(|lane| always || squared(lane) > square, waiting, passed),
        )
    }
}

#[inline(always)]
fn mark(meets: impl Fn(usize) -> bool, waiting: &Row<u8>, passed: &mut Row<u8>) -> bool {
    let mut any = false;
    for lane in 0..LANES {
        let passes = meets(lane) && waiting[lane] != 0;
        passed[lane] = u8::from(passes);
        any |= passes;
    }
    any
}
