//! Bins along an axis.

use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};

/// In place of the bin of a value beyond the range.
pub const OUTSIDE: u32 = u32::MAX;
/// In place of the bin of a walker that is not measured.
const UNMEASURED: u32 = OUTSIDE - 1;

/// Bins of equal width.
pub struct Axis<R> {
    low: R,
    per_unit: R,
    bins: u32,
}

/// Bin 0 of every measured walker, to be refined axis by axis.
#[inline(always)]
pub fn unrefined<R: Real>(tile: &Tile<R>, bin: &mut Row<u32>) {
    for lane in 0..LANES {
        bin[lane] = if tile.is_active(lane) { 0 } else { UNMEASURED };
    }
}

impl<R: Real> Axis<R> {
    /// `numbers` are lower edge and bins per unit.
    pub fn new(numbers: &[f64], bins: u32) -> Self {
        Self { low: R::from_f64(numbers[0]), per_unit: R::from_f64(numbers[1]), bins }
    }

    /// bin ← bin · bins + the value's bin on this axis, or [`OUTSIDE`].
    #[inline(always)]
    pub fn refine(&self, value: &Row<R>, bin: &mut Row<u32>) {
        let zero = R::default();
        let bins = R::from_f64(f64::from(self.bins));
        for lane in 0..LANES {
            let f = (value[lane] - self.low) * self.per_unit;
            let refined = bin[lane].wrapping_mul(self.bins).wrapping_add(f.whole());
            let refined = if f >= zero && f < bins { refined } else { OUTSIDE };
            bin[lane] = if bin[lane] < UNMEASURED { refined } else { bin[lane] };
        }
    }
}
