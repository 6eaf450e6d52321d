//! The prelude of a kernel: its sizes and counts, as WGSL constants. They are constants, not `override`s,
//! because most are sizes of arrays or places in them.

use super::shape::Shape;
use crate::experiment::{Covariances, Variable};
use crate::plan::{HistogramStage, Kernel, NoiseStage, StartStage};
use crate::random::permutation::Permutation;
use crate::random::steps_per_group;
use std::fmt::Write;

/// A variable of a histogram that is the loss.
const LOSS: u32 = u32::MAX - 1;
/// No second axis.
const NO_VARIABLE: u32 = u32::MAX;

/// Constants by name, in order.
pub struct Constants {
    numbers: Vec<(&'static str, u32)>,
    flags: Vec<(&'static str, bool)>,
    histograms: Vec<[u32; 4]>,
}

impl Constants {
    /// The constants of a kernel.
    pub fn of(kernel: &Kernel, shape: &Shape) -> Self {
        let mut constants = Self { numbers: Vec::new(), flags: Vec::new(), histograms: Vec::new() };
        constants.steps(kernel);
        constants.stages(kernel);
        constants.examples(kernel.noise, kernel.dimension);
        constants.places(kernel, shape);
        constants.histograms = kernel.histograms.iter().map(axes).collect();
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
                let period = u64::from(gcd(every, group));
                (u64::from(*place) + 1) % period == u64::from(burn_in) % period
            })
            .fold(0, |mask, place| mask | 1 << place);
        let spacing = kernel.steps.checked_div(kernel.series_points).unwrap_or(u32::MAX);
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
            ("SERIES_POINTS", kernel.series_points),
        ]);
        self.flags.extend([
            ("MEASURED_ALWAYS", burn_in % group == 0 && group.is_multiple_of(every)),
            ("EVENTS_ARE_RARE", every >= 2 * group && spacing >= 2 * group),
            ("LAST_GROUP_FULL", kernel.total_steps().is_multiple_of(group)),
        ]);
    }

    fn stages(&mut self, kernel: &Kernel) {
        let points = match kernel.start {
            StartStage::Points(points) => points,
            StartStage::Normal | StartStage::Uniform => 0,
        };
        let axis = kernel.passage.and_then(|p| p.condition.axis()).unwrap_or(0);
        let layout = kernel.moment_layout();
        self.numbers.extend([
            ("POINTS", points),
            ("CONDITION_AXIS", axis),
            ("SUMS", layout.len() as u32),
            ("AT_LOSS_SUM", layout.loss() as u32),
        ]);
        self.flags.extend([
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

    fn places(&mut self, kernel: &Kernel, shape: &Shape) {
        let (record, tally) = (&shape.record, &shape.tally);
        self.numbers.extend([
            ("WORKGROUP_SIZE", shape.workgroup_size),
            ("SHARED_ITEMS", shape.shared_items),
            ("WORKGROUPS_PER_PART", shape.workgroups_per_part()),
            ("PART_WALKERS", shape.part_walkers),
            ("SERIES_SLOTS", shape.series_slots),
            ("AT_LANDSCAPE", record.landscape),
            ("AT_NOISE", record.noise),
            ("AT_DISTRIBUTION", record.distribution),
            ("AT_DYNAMICS", record.dynamics),
            ("AT_HISTOGRAMS", record.histograms),
            ("AT_SCALES", record.scales),
            ("AT_REFERENCE", record.reference),
            ("AT_THRESHOLD", record.threshold),
            ("AT_FLOOR", record.floor),
            ("AT_SADDLE", record.saddle),
            ("AT_BOUNDS", record.bounds),
            ("AT_START", record.step_words + record.measure_words),
            ("STEP_WORDS", record.step_words),
            ("MEASURE_WORDS", record.measure_words),
            ("RECORD_WORDS", record.stride),
            ("TALLY_COUNTS", tally.counts),
            ("TALLY_LOST", tally.lost),
            ("TALLY_PASSAGES", tally.passages),
            ("TALLY_RISK", tally.risk),
            ("TALLY_SERIES", tally.series),
            ("TALLY_BINS", tally.bins),
            ("BINS", tally.bin_count),
            ("TALLY_DURATIONS", tally.durations),
            ("TALLY_CENSORED", tally.censored),
            ("TALLY_WORDS", tally.words),
            ("LOSS", LOSS),
            ("NO_VARIABLE", NO_VARIABLE),
            ("HISTOGRAM_COUNT", kernel.histograms.len() as u32),
        ]);
    }

    /// The constants in WGSL.
    pub fn prelude(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        for (name, value) in &self.numbers {
            let _ = writeln!(text, "const {name}: u32 = {value}u;");
        }
        for (name, value) in &self.flags {
            let _ = writeln!(text, "const {name}: bool = {value};");
        }
        if !self.histograms.is_empty() {
            let shape = |[a, m, b, n]: &[u32; 4]| format!("vec4<u32>({a}u, {m}u, {b}u, {n}u)");
            let shapes: Vec<_> = self.histograms.iter().map(shape).collect();
            let _ = writeln!(text, "const HISTOGRAMS = array<vec4<u32>, {}>({});", shapes.len(), shapes.join(", "));
        }
        text.push_str("alias Vector = array<f32, DIMENSION>;\n");
        text
    }
}

/// The variables of a histogram and their numbers of bins.
fn axes(histogram: &HistogramStage) -> [u32; 4] {
    let axis = |k: usize| match histogram.axes.get(k) {
        Some((Variable::Coordinate(i), bins)) => [*i as u32, *bins],
        Some((Variable::Loss, bins)) => [LOSS, *bins],
        None => [NO_VARIABLE, 1],
    };
    let ([a, m], [b, n]) = (axis(0), axis(1));
    [a, m, b, n]
}

fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}
