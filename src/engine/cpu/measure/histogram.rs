//! Histograms of coordinates and of the loss.

use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};
use crate::experiment::Variable;
use crate::plan::HistogramStage;
use crate::tally::BlockTally;

/// In place of the bin of a value beyond the range.
const OUTSIDE: u32 = u32::MAX;
/// In place of the bin of a walker that is not measured.
const UNMEASURED: u32 = OUTSIDE - 1;

/// One histogram.
pub struct Histogram<R> {
    isa: Isa,
    /// Place among the cell's histograms.
    place: usize,
    axes: Vec<Axis<R>>,
    loss: Row<R>,
    /// Bin of every walker, or why it has none.
    bin: Row<u32>,
}

struct Axis<R> {
    variable: Variable,
    low: R,
    per_unit: R,
    bins: u32,
}

impl<R: Real> Histogram<R> {
    /// `record` holds lower edge and bins per unit of every axis.
    pub fn new(isa: Isa, place: usize, stage: &HistogramStage, record: &[f64]) -> Self {
        let axes = stage.axes.iter().zip(record.chunks_exact(2)).map(|((variable, bins), numbers)| Axis {
            variable: *variable,
            low: R::from_f64(numbers[0]),
            per_unit: R::from_f64(numbers[1]),
            bins: *bins,
        });
        Self { isa, place, axes: axes.collect(), loss: Row::new(R::default()), bin: Row::new(0) }
    }

    /// Counts the tile's measured states.
    pub fn measure(&mut self, tile: &Tile<R>, landscape: &mut dyn Landscape<R>, blocks: &mut [BlockTally]) {
        if self.axes.iter().any(|axis| axis.variable == Variable::Loss) {
            landscape.loss(&tile.x, &mut self.loss);
        }
        let (axes, bin, loss) = (&self.axes, &mut self.bin, &self.loss);
        self.isa.run(
            #[inline(always)]
            || {
                for lane in 0..LANES {
                    bin[lane] = if tile.is_active(lane) { 0 } else { UNMEASURED };
                }
                for axis in axes {
                    let value = match axis.variable {
                        Variable::Coordinate(i) => &tile.x[i],
                        Variable::Loss => loss,
                    };
                    axis.refine(value, bin);
                }
            },
        );
        for segment in &tile.segments {
            let counts = &mut blocks[segment.block].histograms[self.place];
            for bin in &self.bin[segment.lanes.clone()] {
                match counts.bins.get_mut(*bin as usize) {
                    Some(count) => *count += 1,
                    None => counts.outside += u64::from(*bin == OUTSIDE),
                }
            }
        }
    }
}

impl<R: Real> Axis<R> {
    /// bin ← bin · bins + the value's bin on this axis, or [`OUTSIDE`].
    #[inline(always)]
    fn refine(&self, value: &Row<R>, bin: &mut Row<u32>) {
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
