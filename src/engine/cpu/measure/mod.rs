//! What is counted and summed on the way; twins of `shaders/measure/`.

mod condition;
mod histogram;
mod moments;
mod passage;
mod series;

pub use condition::{Above, Below, Condition, LossAbove, RadiusAbove};
pub use histogram::Histogram;
pub use moments::Moments;
pub use passage::Passage;
pub use series::Series;

use super::tile::Segment;

/// Partial sums: element k of a segment goes to partial sum k mod 16, so that the sum is taken in the
/// same order by every instruction set.
const PARTIAL_SUMS: usize = 16;

/// Σ value(lane) over a segment, in f64 and in a fixed order. Lanes beyond the segment's end, up to the
/// next multiple of 16, must be worth 0: they are there for the last block of a cell only.
#[inline(always)]
fn sum(segment: &Segment, value: impl Fn(usize) -> f64) -> f64 {
    let mut partial = [0.0; PARTIAL_SUMS];
    for first in segment.lanes.clone().step_by(PARTIAL_SUMS) {
        for (k, partial) in partial.iter_mut().enumerate() {
            *partial += value(first + k);
        }
    }
    partial.iter().sum()
}
