//! Histograms of coordinates, of the loss and of formulas.

use super::axis::{Axis, OUTSIDE, unrefined};
use crate::engine::cpu::interpreter::Interpreter;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{Row, Tile};
use crate::experiment::Variable;
use crate::plan::HistogramStage;
use crate::tally::BlockTally;

/// One histogram.
pub struct Histogram<R> {
    isa: Isa,
    /// Place among the cell's histograms.
    place: usize,
    axes: Vec<(Variable, Axis<R>)>,
    /// The formula that it is of.
    formula: Option<Interpreter<R>>,
    /// Loss or formula of every walker.
    level: Row<R>,
    /// Bin of every walker, or why it has none.
    bin: Row<u32>,
}

impl<R: Real> Histogram<R> {
    /// `record` holds lower edge and bins per unit of every axis, `uniforms` those of the formula.
    pub fn new(isa: Isa, place: usize, stage: &HistogramStage, record: &[f64], uniforms: &[f64]) -> Self {
        let axes = stage.axes.iter().zip(record.chunks_exact(2));
        let axes = axes.map(|((variable, bins), numbers)| (*variable, Axis::new(numbers, *bins)));
        let uniforms: Vec<R> = uniforms.iter().map(|x| R::from_f64(*x)).collect();
        let formula = stage.observable.as_ref().map(|stage| Interpreter::new(isa, &stage.routine, &uniforms));
        Self { isa, place, axes: axes.collect(), formula, level: Row::new(R::default()), bin: Row::new(0) }
    }

    /// Counts the tile's measured states.
    pub fn measure(&mut self, tile: &Tile<R>, landscape: &mut dyn Landscape<R>, blocks: &mut [BlockTally]) {
        if self.axes.iter().any(|(variable, _)| *variable == Variable::Loss) {
            landscape.loss(&tile.x, &mut self.level);
        }
        if let Some(formula) = &mut self.formula {
            formula.run(&tile.x, std::slice::from_mut(&mut self.level));
        }
        let (axes, bin, level) = (&self.axes, &mut self.bin, &self.level);
        self.isa.run(
            #[inline(always)]
            || {
                unrefined(tile, bin);
                for (variable, axis) in axes {
                    let value = match variable {
                        Variable::Coordinate(i) => &tile.x[*i],
                        Variable::Loss | Variable::Formula => level,
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
