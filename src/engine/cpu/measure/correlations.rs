//! Products of states with later ones.

use super::sums::{Sum, count, measured};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{Row, Tile, rows};
use crate::plan::{CellPlan, CorrelationStage};
use crate::tally::BlockTally;

/// Correlations of coordinates from the reference point, then of the loss without its floor.
pub struct Correlations<R> {
    isa: Isa,
    stage: CorrelationStage,
    stride: u32,
    /// What signals are taken from.
    reference: Vec<f64>,
    /// Signals at the time origins, slot by slot.
    ring: Vec<Row<R>>,
    /// Signals of the present state.
    now: Vec<Row<R>>,
    /// The same of the measured walkers, 0 for others; and those at a time origin.
    measured_now: Vec<Row<f64>>,
    measured_origin: Vec<Row<f64>>,
}

impl<R: Real> Correlations<R> {
    pub fn new(isa: Isa, stage: &CorrelationStage, cell: &CellPlan) -> Self {
        let signals = stage.signals();
        let axes = stage.axes.iter().map(|axis| cell.scales.reference[*axis as usize]);
        Self {
            isa,
            stage: stage.clone(),
            stride: stage.stride(),
            reference: axes.chain(stage.loss.then_some(0.0)).collect(),
            ring: rows(stage.memory()),
            now: rows(signals),
            measured_now: rows(signals),
            measured_origin: rows(signals),
        }
    }

    /// Multiplies the tile's states after measured step `n` with those at time origins, of which they are one where
    /// they are measured. What the ring holds from another tile is never looked at.
    pub fn measure(&mut self, n: u32, tile: &Tile<R>, landscape: &mut dyn Landscape<R>, blocks: &mut [BlockTally]) {
        if !n.is_multiple_of(self.stride) {
            return;
        }
        let origins = self.stage.lags.iter().map(|lag| self.stage.origin(n, *lag));
        let due: Vec<(usize, u32)> = origins.enumerate().filter_map(|(k, slot)| Some((k, slot?))).collect();
        if due.is_empty() {
            return;
        }
        self.look(tile, landscape);
        if let Some(slot) = self.stage.origin(n, 0) {
            let first = slot as usize * self.now.len();
            for (kept, now) in self.ring[first..].iter_mut().zip(&self.now) {
                kept.copy_from_slice(&now[..]);
            }
        }
        for (lag, slot) in due {
            self.add_pairs(lag, slot as usize, tile, blocks);
        }
    }

    /// The signals of the present state.
    fn look(&mut self, tile: &Tile<R>, landscape: &mut dyn Landscape<R>) {
        for (now, axis) in self.now.iter_mut().zip(&self.stage.axes) {
            now.copy_from_slice(&tile.x[*axis as usize][..]);
        }
        if self.stage.loss
            && let Some(now) = self.now.last_mut()
        {
            landscape.loss(&tile.x, now);
        }
        let (isa, reference) = (self.isa, &self.reference);
        isa.run(
            #[inline(always)]
            || {
                for ((now, c), signal) in self.now.iter().zip(reference).zip(&mut self.measured_now) {
                    measured(tile, now, *c, signal);
                }
            },
        );
    }

    /// Adds the pairs of states in a slot and present ones to the sums of a lag.
    fn add_pairs(&mut self, lag: usize, slot: usize, tile: &Tile<R>, blocks: &mut [BlockTally]) {
        let (now, origin, reference) = (&self.measured_now, &mut self.measured_origin, &self.reference);
        let signals = now.len();
        let kept = &self.ring[slot * signals..(slot + 1) * signals];
        self.isa.run(
            #[inline(always)]
            || {
                for ((kept, c), signal) in kept.iter().zip(reference).zip(origin.iter_mut()) {
                    measured(tile, kept, *c, signal);
                }
                for segment in &tile.segments {
                    let row = &mut blocks[segment.block].correlations[lag];
                    row.count += count(tile, segment);
                    let (of_one, of_products) = row.sums.split_at_mut(2 * signals);
                    for (total, signal) in of_one.iter_mut().zip(origin.iter().chain(now)) {
                        let mut sum = Sum::default();
                        sum.add(segment, signal);
                        *total += sum.total();
                    }
                    for (totals, origin) in of_products.chunks_exact_mut(signals).zip(&*origin) {
                        for (total, now) in totals.iter_mut().zip(now) {
                            let mut sum = Sum::default();
                            sum.add_products(segment, origin, now);
                            *total += sum.total();
                        }
                    }
                }
            },
        );
    }
}
