//! Places of numbers in the record of a cell.

use super::Places;
use crate::plan::CellPlan;
use crate::tally::WINDOW_SUMS;

/// Places of numbers in the record of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordShape {
    /// Parameters of the landscape.
    pub landscape: u32,
    /// Parameters of the noise.
    pub noise: u32,
    /// Parameters of the noise's distribution.
    pub distribution: u32,
    /// Parameters of the update rule.
    pub dynamics: u32,
    /// Numbers of the relations, which windows need at every step.
    pub relations: u32,
    /// Uniforms of the formula along a rare passage.
    pub along: u32,
    /// Factor of passages between steps.
    pub bridge: u32,
    /// Threshold of the first passage.
    pub threshold: u32,
    /// The floor.
    pub floor: u32,
    /// The saddle.
    pub saddle: u32,
    /// The bounds.
    pub bounds: u32,
    /// Words that every step needs: all the above.
    pub step_words: u32,
    /// Ranges of the histograms.
    pub histograms: u32,
    /// Uniforms of the formulas that they bin.
    pub observables: u32,
    /// Numbers of the current.
    pub current: u32,
    /// Fixed-point scale of every sum.
    pub scales: u32,
    /// The same of the sums at a point of the time series.
    pub series_scales: u32,
    /// The same of signals and of their products.
    pub signal_scales: u32,
    /// The same of displacements.
    pub displacement_scale: u32,
    /// Reference point.
    pub reference: u32,
    /// Words that only measuring needs: all from the histograms on.
    pub measure_words: u32,
    /// One over the steps of every row of windows: with their scales they are read where they lie, as windows seldom end.
    pub windows: u32,
    /// Fixed-point scales of sums over windows.
    pub window_scales: u32,
    /// Numbers of the start.
    pub start: u32,
    /// Words of a whole record.
    pub stride: u32,
}

impl RecordShape {
    pub(super) fn new(cell: &CellPlan, sums: usize, dimension: usize) -> Self {
        let record = &cell.record;
        let mut places = Places(0);
        let mut shape = Self {
            landscape: places.take(record.landscape.len()),
            noise: places.take(record.noise.len()),
            distribution: places.take(record.distribution.len()),
            dynamics: places.take(record.dynamics.len()),
            relations: places.take(record.relations.len()),
            along: places.take(record.along.len()),
            bridge: places.take(usize::from(record.bridge.is_some())),
            threshold: places.take(1),
            floor: places.take(1),
            saddle: places.take(1),
            bounds: places.take(1),
            step_words: places.0,
            histograms: places.take(record.histograms.len()),
            observables: places.take(record.observables.len()),
            current: places.take(record.current.len()),
            scales: places.take(sums),
            series_scales: places.take(cell.scales.series.len()),
            signal_scales: places.take(cell.scales.signals.len() + cell.scales.products_of_signals.len()),
            displacement_scale: places.take(1),
            reference: places.take(dimension),
            measure_words: places.0,
            windows: places.take(record.windows.len()),
            window_scales: places.take(WINDOW_SUMS * cell.scales.windows.len()),
            start: places.take(record.start.len()),
            stride: places.0,
        };
        shape.measure_words -= shape.step_words;
        shape
    }

    /// The record of a cell of this shape.
    pub fn numbers(&self, cell: &CellPlan) -> Vec<f32> {
        let (record, scales) = (&cell.record, &cell.scales);
        let unit = |exponent: &i32| f64::from(*exponent).exp2();
        let sums = (self.series_scales - self.scales) as usize;
        let units = scales.exponents.iter().take(sums).chain(&scales.series).map(unit);
        let mut numbers: Vec<f64> = Vec::with_capacity(self.stride as usize);
        let stages = [
            &record.landscape,
            &record.noise,
            &record.distribution,
            &record.dynamics,
            &record.relations,
            &record.along,
        ];
        numbers.extend(stages.into_iter().flatten());
        numbers.extend(record.bridge);
        numbers.extend([record.threshold, record.floor, record.saddle, record.bounds]);
        for of_measure in [&record.histograms, &record.observables, &record.current] {
            numbers.extend(of_measure);
        }
        numbers.extend(units);
        numbers.extend(scales.signals.iter().chain(&scales.products_of_signals).map(unit));
        numbers.push(unit(&scales.displacement));
        numbers.extend(&scales.reference);
        numbers.extend(&record.windows);
        numbers.extend(scales.windows.as_flattened().iter().map(unit));
        numbers.extend(&record.start);
        numbers.into_iter().map(|x| x as f32).collect()
    }
}
