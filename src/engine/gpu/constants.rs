//! The prelude of a kernel: its sizes and counts, as WGSL constants. They are constants, not `override`s,
//! because most are sizes of arrays or places in them.

mod wgsl;

use super::series;
use super::shape::Shape;
use super::shape::lag_items;
use crate::divisor::greatest_common_divisor;
use crate::experiment::{Covariances, Variable};
use crate::plan::{
    AlongStage, CorrelationStage, EntropyStage, HistogramStage, Kernel, NoiseStage, RESOLUTION_BITS, RelationStage,
    SeriesStage, StartStage,
};
use crate::random::permutation::Permutation;
use crate::random::steps_per_group;
use crate::tally::LogLinearBins;

/// A variable of a histogram that is the loss.
const LOSS: u32 = u32::MAX - 1;
/// A variable of a histogram that is its formula; the number of the histogram is added.
const OBSERVABLE: u32 = 1 << 16;
/// No second axis.
const NO_VARIABLE: u32 = u32::MAX;

/// Constants by name, in order.
#[derive(Default)]
pub struct Constants {
    numbers: Vec<(&'static str, u32)>,
    flags: Vec<(&'static str, bool)>,
    histograms: Vec<[u32; 4]>,
    window_lengths: Vec<u32>,
    half_running: Vec<(u32, u32)>,
    axes: Vec<u32>,
    lags: Vec<u32>,
}

impl Constants {
    /// The constants of a kernel.
    pub fn of(kernel: &Kernel, shape: &Shape) -> Self {
        let mut constants = Self::default();
        constants.steps(kernel);
        constants.stages(kernel);
        constants.examples(kernel.noise, kernel.dimension);
        constants.updates(kernel, shape);
        constants.correlations(kernel, shape);
        constants.places(kernel, shape);
        constants.histograms = (0..).zip(&kernel.histograms).map(|(place, h)| axes(place, h)).collect();
        constants
    }

    fn steps(&mut self, kernel: &Kernel) {
        let numbers = kernel.numbers_per_step() as u32;
        let group = steps_per_group(numbers as usize);
        let quads = group * numbers / 4;
        let (burn_in, every) = (kernel.burn_in, kernel.every);
        // The places of a group at which a measurement may fall.
        let places = (0..group)
            .filter(|place| {
                let period = greatest_common_divisor(every.into(), group.into());
                (u64::from(*place) + 1) % period == u64::from(burn_in) % period
            })
            .fold(0, |mask, place| mask | 1 << place);
        let points = kernel.series.as_ref().map_or(0, |s| s.steps.len() as u32);
        let spacing = kernel.steps.checked_div(points).unwrap_or(u32::MAX);
        let stretch = kernel.stretch().unwrap_or(u32::MAX);
        let lags = kernel.correlation.as_ref().map_or(u32::MAX, CorrelationStage::stride);
        self.numbers.extend([
            ("DIMENSION", kernel.dimension as u32),
            // Coordinates that make whole fours.
            ("FOURS", kernel.dimension as u32 & !3),
            ("ROUNDS", kernel.random.rounds()),
            // Steps are numbered from 1.
            ("NEVER", 0),
            ("STEPS_PER_GROUP", group),
            ("QUADS_PER_GROUP", quads),
            ("NUMBERS", 4 * quads),
            ("NUMBERS_PER_STEP", numbers),
            ("MEMORY", kernel.memory() as u32),
            ("BURN_IN", burn_in),
            ("STEPS", kernel.steps),
            ("END_STEP", kernel.total_steps()),
            ("EVERY", every),
            ("MEASUREMENTS", kernel.steps / every),
            ("MEASURED_PLACES", places),
        ]);
        self.flags.extend([
            ("MEASURED_ALWAYS", burn_in % group == 0 && group.is_multiple_of(every)),
            ("EVENTS_ARE_RARE", [every, spacing, stretch, lags].iter().all(|between| *between >= 2 * group)),
            ("LAST_GROUP_FULL", kernel.total_steps().is_multiple_of(group)),
        ]);
    }

    fn stages(&mut self, kernel: &Kernel) {
        let points = match kernel.start {
            StartStage::Points(points) => points,
            StartStage::Normal | StartStage::Uniform => 0,
        };
        let axis = kernel.passage.and_then(|p| p.condition.axis()).unwrap_or(0);
        let along = match kernel.along {
            Some(AlongStage::Coordinate { axis, .. }) => axis,
            _ => 0,
        };
        let layout = kernel.moment_layout();
        self.numbers.extend([
            ("POINTS", points),
            ("CONDITION_AXIS", axis),
            ("ALONG_AXIS", along),
            ("SUMS", layout.len() as u32),
            ("AT_LOSS_SUM", layout.loss() as u32),
            ("AT_WEIGHT_SUM", layout.weight().unwrap_or(0) as u32),
        ]);
        if let Some(SeriesStage { layout, .. }) = &kernel.series {
            self.numbers.extend([
                ("SERIES_SUMS", layout.len() as u32),
                ("SERIES_PRODUCTS", layout.products.count() as u32),
                ("AT_SERIES_LOSS", layout.loss() as u32),
                ("AT_SERIES_DISTANCE", layout.log_distance() as u32),
                ("QUANTILE_HALF", LogLinearBins::HALF),
                ("QUANTILE_OFFSET", LogLinearBins::OFFSET),
                ("QUANTILE_BITS", RESOLUTION_BITS.unsigned_abs()),
            ]);
            self.flags.extend([
                ("SERIES_FULL", layout.products.which == Covariances::Full),
                ("SERIES_NOISE", layout.noise_covariance),
                ("SERIES_DISTANCE", layout.log_distance),
                ("SERIES_QUANTILES", layout.quantiles),
            ]);
        }
        self.flags.extend([
            ("KEEPS_BEFORE", kernel.keeps_before()),
            ("WELLS", kernel.wells),
            ("STOCHASTIC", layout.stochastic_gradient),
            ("WEIGHTED", layout.weighted),
            ("FULL_COVARIANCE", layout.covariances == Covariances::Full),
        ]);
    }

    fn examples(&mut self, noise: NoiseStage, dimension: usize) {
        if let Some(size) = noise.examples() {
            let numbers = size * noise.numbers_of_example(dimension) as u32;
            self.numbers.extend([("BATCH_SIZE", size), ("NUMBERS_OF_EXAMPLES", numbers)]);
        }
        if let NoiseStage::Minibatch { samples, .. } = noise {
            let permutation = Permutation::new(samples);
            self.numbers.extend([
                ("SAMPLES", samples),
                ("PERMUTATION_WIDTH", permutation.width),
                ("PERMUTATION_HEIGHT", permutation.height),
                ("PERMUTATION_BEYOND", permutation.beyond()),
            ]);
        }
    }

    /// Of measures that look at updates.
    fn updates(&mut self, kernel: &Kernel, shape: &Shape) {
        let layout = kernel.moment_layout();
        self.flags.push(("SEES_ALL", kernel.stretch().is_some() || kernel.is_bridged()));
        let memory = kernel.relations.as_ref().map_or(0, RelationStage::memory);
        self.numbers.push(("WINDOW_MEMORY", memory as u32));
        if let Some(relations) = &kernel.relations {
            self.flags.push(("SHARED_RATE", relations.shared_rate));
            self.numbers.extend([
                ("AT_RELATION_SUMS", layout.relations() as u32),
                ("AT_RELATIONS", shape.record.relations),
                ("AT_PER_STEP", shape.record.windows),
                ("AT_WINDOW_SCALES", shape.record.window_scales),
                ("STRETCH", relations.stretch),
                ("WINDOWS", relations.windows.len() as u32),
                ("HALF_RUNNING_COUNT", relations.half_running.len() as u32),
            ]);
            self.window_lengths.clone_from(&relations.windows);
            self.half_running.clone_from(&relations.half_running);
        }
        if let Some(current) = kernel.current {
            let [first, second] = current.axes;
            let [rows, columns] = current.grid.unwrap_or_default();
            self.flags.push(("ENTROPY_FULL", current.entropy == EntropyStage::Full));
            self.numbers.extend([
                ("AT_FLUX_SUM", layout.flux() as u32),
                ("AT_ENTROPY_SUM", layout.entropy().unwrap_or(0) as u32),
                ("AT_CURRENT", shape.record.current),
                ("AT_GRID", shape.record.scales - 4),
                ("AT_DISPLACEMENT_SCALE", shape.record.displacement_scale),
                ("CURRENT_FIRST", first),
                ("CURRENT_SECOND", second),
                ("GRID_FIRST", rows),
                ("GRID_SECOND", columns),
                ("TALLY_GRID", shape.tally.grid),
            ]);
        }
    }

    /// Of correlations in time, and of the rows of sums that they come after those of windows in.
    fn correlations(&mut self, kernel: &Kernel, shape: &Shape) {
        let memory = kernel.correlation.as_ref().map_or(0, CorrelationStage::memory);
        self.numbers.extend([
            ("RING_MEMORY", memory as u32),
            ("ROW_ITEMS", shape.row_items),
            ("TALLY_ROWS", shape.tally.rows),
        ]);
        if let Some(stage) = &kernel.correlation {
            let rows = shape.row_items - lag_items(stage) * stage.lags.len() as u32;
            self.numbers.extend([
                ("SIGNALS", stage.signals() as u32),
                ("CORRELATED_AXES", stage.axes.len() as u32),
                ("SLOTS", stage.slots()),
                ("LAG_COUNT", stage.lags.len() as u32),
                ("LAG_STRIDE", stage.stride()),
                ("LAG_ROWS", rows),
                ("AT_SIGNAL_SCALES", shape.record.signal_scales),
            ]);
            self.axes.clone_from(&stage.axes);
            match stage.distance() {
                Some(distance) => self.numbers.push(("LAG_DISTANCE", distance)),
                None => self.lags.clone_from(&stage.lags),
            }
        }
    }

    fn places(&mut self, kernel: &Kernel, shape: &Shape) {
        let (record, tally) = (&shape.record, &shape.tally);
        self.numbers.extend([
            ("WORKGROUP_SIZE", shape.workgroup_size),
            ("SHARED_ITEMS", shape.shared_items),
            ("PART_WALKERS", shape.part_walkers),
            ("SERIES_SLOTS", shape.series_slots),
            ("SERIES_STEPS", series::MOST_SLOTS / 4),
            ("AT_LANDSCAPE", record.landscape),
            ("AT_NOISE", record.noise),
            ("AT_DISTRIBUTION", record.distribution),
            ("AT_DYNAMICS", record.dynamics),
            ("AT_HISTOGRAMS", record.histograms),
            ("AT_OBSERVABLES", record.observables),
            ("AT_SCALES", record.scales),
            ("AT_SERIES_SCALES", record.series_scales),
            ("AT_REFERENCE", record.reference),
            ("AT_ALONG", record.along),
            ("AT_BRIDGE", record.bridge),
            ("AT_THRESHOLD", record.threshold),
            ("AT_FLOOR", record.floor),
            ("AT_SADDLE", record.saddle),
            ("AT_BOUNDS", record.bounds),
            ("AT_START", record.start),
            ("STEP_WORDS", record.step_words),
            ("MEASURE_WORDS", record.measure_words),
            ("RECORD_WORDS", record.stride),
            ("TALLY_COUNTS", tally.counts),
            ("TALLY_LOST", tally.lost),
            ("TALLY_PASSAGES", tally.passages),
            ("TALLY_RISK", tally.risk),
            ("TALLY_SERIES", tally.series),
            ("TALLY_QUANTILES", tally.quantiles),
            ("TALLY_BINS", tally.bins),
            ("BINS", tally.bin_count),
            ("TALLY_DURATIONS", tally.durations),
            ("TALLY_CENSORED", tally.censored),
            ("TALLY_WORDS", tally.words),
            ("LOSS", LOSS),
            ("OBSERVABLE", OBSERVABLE),
            ("NO_VARIABLE", NO_VARIABLE),
            ("HISTOGRAM_COUNT", kernel.histograms.len() as u32),
        ]);
    }
}

/// The variables of the histogram at a place, and their numbers of bins.
fn axes(place: u32, histogram: &HistogramStage) -> [u32; 4] {
    let axis = |k: usize| match histogram.axes.get(k) {
        Some((Variable::Coordinate(i), bins)) => [*i as u32, *bins],
        Some((Variable::Loss, bins)) => [LOSS, *bins],
        Some((Variable::Formula, bins)) => [OBSERVABLE + place, *bins],
        None => [NO_VARIABLE, 1],
    };
    let ([a, m], [b, n]) = (axis(0), axis(1));
    [a, m, b, n]
}
