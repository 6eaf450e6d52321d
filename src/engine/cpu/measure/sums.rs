//! Sums over the walkers of a segment, in f64 and in an order that no instruction set changes.

use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Segment, Tile};

/// Partial sums: lane k of a segment goes to partial sum k mod 16.
pub const PARTIAL_SUMS: usize = 16;

/// A sum in parts, which are added up when it is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sum([f64; PARTIAL_SUMS]);

impl Sum {
    /// Adds the numbers of the segment's lanes.
    #[inline(always)]
    pub fn add(&mut self, segment: &Segment, row: &Row<f64>) {
        let mut sums = self.0;
        for values in chunks(segment, row) {
            for k in 0..PARTIAL_SUMS {
                sums[k] += values[k];
            }
        }
        self.0 = sums;
    }

    /// Adds products of the segment's lanes.
    #[inline(always)]
    pub fn add_products(&mut self, segment: &Segment, a: &Row<f64>, b: &Row<f64>) {
        let mut sums = self.0;
        for (a, b) in chunks(segment, a).iter().zip(chunks(segment, b)) {
            for k in 0..PARTIAL_SUMS {
                sums[k] += a[k] * b[k];
            }
        }
        self.0 = sums;
    }

    /// The sum.
    pub fn total(&self) -> f64 {
        self.0.iter().sum()
    }
}

/// Numbers of the lanes that are measured, from `origin` on; 0 for others.
#[inline(always)]
pub fn measured<R: Real>(tile: &Tile<R>, row: &Row<R>, origin: f64, measured: &mut Row<f64>) {
    for lane in 0..LANES {
        measured[lane] = tile.if_active(lane, row[lane].to_f64() - origin);
    }
}

/// Number of the segment's lanes that are measured.
#[inline(always)]
pub fn count<R: Real>(tile: &Tile<R>, segment: &Segment) -> u64 {
    let active = &tile.active[segment.lanes.clone()];
    u64::from(active.iter().map(|active| u32::from(*active > R::default())).sum::<u32>())
}

/// Number of measured walkers of a segment with x_0 above the saddle, if there is one.
#[inline(always)]
pub fn right<R: Real>(tile: &Tile<R>, segment: &Segment, saddle: Option<R>) -> u64 {
    let Some(saddle) = saddle else { return 0 };
    let (active, x0) = (&tile.active[segment.lanes.clone()], &tile.x[0][segment.lanes.clone()]);
    let met = active.iter().zip(x0).map(|(active, x)| u32::from(*active > R::default()) & u32::from(*x > saddle));
    u64::from(met.sum::<u32>())
}

/// The segment's lanes, 16 at a time. Those beyond its end, up to the next multiple of 16, hold
/// 0: nobody is there.
#[inline(always)]
fn chunks<'r, T>(segment: &Segment, row: &'r Row<T>) -> &'r [[T; PARTIAL_SUMS]] {
    let end = segment.lanes.end.next_multiple_of(PARTIAL_SUMS);
    row[segment.lanes.start..end].as_chunks().0
}
