//! The sizes of a kernel on a device: places in records, states and tallies, and how walkers are dealt
//! to workgroups.

use crate::plan::{CellPlan, Kernel};
use crate::tally::LogBins;

/// Words of workgroup memory that a kernel may use: what every adapter has, and little enough that
/// several workgroups share a processor.
const WORKGROUP_WORDS: u32 = 4088;

/// Most words of a record that are held in registers; compilers unroll no longer loops.
const MOST_REGISTERS: u32 = 32;

/// Bytes of workgroup memory in which a workgroup adds up its sums.
const SHARED_BYTES: u32 = 4096;

/// Most walkers of a part.
const MOST_PART_WALKERS: u32 = 1 << 20;

/// Most words of the states of a part: half of the smallest limit of buffers.
const MOST_PART_WORDS: u32 = 1 << 24;

/// Most points of the time series in one launch.
const SERIES_SLOTS: u32 = 32;

/// Words of workgroup memory for points of the time series: 8 of them in 64 dimensions.
const SERIES_WORDS: u32 = 1184;

/// Most steps of one launch where a schedule gives each a factor of the learning rate.
pub const MOST_SCHEDULED_STEPS: u32 = 1 << 10;

/// Most measurements in one launch: the parts of fixed-point sums then fit 32 bits.
const MOST_MEASUREMENTS: u64 = 1 << 9;

/// Sizes of a kernel.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// Invocations of a workgroup.
    pub workgroup_size: u32,
    /// Walkers of a part, a power of two: a run of walkers of one block that share a tally.
    pub part_walkers: u32,
    /// 32-bit words of a walker's state.
    pub state_words: u32,
    /// Sums and counts that a workgroup adds up at a time.
    pub shared_items: u32,
    /// Where walkers read what every step needs of the record.
    pub step_record_in: Memory,
    /// Where walkers read what measuring needs of the record.
    pub measure_record_in: Memory,
    /// Whether histograms are gathered in workgroup memory.
    pub histograms_in_workgroup: bool,
    /// Points of the time series that fit a launch.
    pub series_slots: u32,
    /// Places in a cell's record.
    pub record: RecordShape,
    /// Places in a part's tally.
    pub tally: TallyShape,
}

/// Where walkers read a part of the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// Each in its own registers.
    Registers,
    /// In a copy that the workgroup shares.
    Workgroup,
    /// In the buffer.
    Storage,
}

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
    /// Fixed-point scale of every sum.
    pub scales: u32,
    /// Reference point.
    pub reference: u32,
    /// Words that only measuring needs: the last three.
    pub measure_words: u32,
    /// Words of a whole record; the numbers of the start come last.
    pub stride: u32,
}

/// Places of numbers in the tally of a part.
#[derive(Clone, Debug, PartialEq)]
pub struct TallyShape {
    /// Number of sums of moments, 96 bits each, that come first.
    pub sums: u32,
    /// Measured states, those in the right well, values too large, nothing.
    pub counts: u32,
    /// Lost walkers, and 2³² minus the first lost step.
    pub lost: u32,
    /// Passages.
    pub passages: u32,
    /// Steps at risk, 96 bits.
    pub risk: u32,
    /// Points of the time series: three counts and 96 bits of every sum each.
    pub series: u32,
    /// Bins of the histograms, each followed by the states outside.
    pub bins: u32,
    /// Number of those.
    pub bin_count: u32,
    /// Durations of episodes that ended with a passage, by bin.
    pub durations: u32,
    /// Durations of those that did not.
    pub censored: u32,
    /// Number of bins of either.
    pub duration_bins: u32,
    /// Words of a tally.
    pub words: u32,
}

/// Gives consecutive places.
struct Places(u32);

impl Places {
    fn take(&mut self, words: usize) -> u32 {
        let first = self.0;
        self.0 += words as u32;
        first
    }
}

impl Shape {
    /// The sizes of `kernel`, of which `cell` is any cell, with at most `workgroup_size` (a power of
    /// two) invocations a workgroup.
    pub fn new(kernel: &Kernel, cell: &CellPlan, workgroup_size: u32) -> Self {
        let (d, sums) = (kernel.dimension, kernel.moment_layout().len());
        let record = RecordShape::new(cell, sums, d);
        let tally = TallyShape::new(kernel, sums);
        // (low, high) of every sum of a point, and its counts.
        let slot_words = 2 * (d as u32 + 1) + 3;
        let series_slots = if kernel.series_points > 0 { SERIES_SLOTS.min(SERIES_WORDS / slot_words) } else { 0 };
        let workgroup_size = workgroup_size.min(kernel.block_size);
        // An item is 8 bytes of every walker; there are the sums and two pairs of counts.
        let shared_items = (SHARED_BYTES / (8 * workgroup_size)).min(sums as u32 + 2).min(workgroup_size);
        let state_words = (d + 1 + kernel.memory()) as u32 + u32::from(kernel.passage.is_some());
        let mut room = WORKGROUP_WORDS - (2 * shared_items * workgroup_size + 2 + series_slots * slot_words);
        let step_record_in = Memory::of(record.step_words, record.step_words, &mut room);
        let measure_record_in = Memory::of(record.measure_words, record.step_words + record.measure_words, &mut room);
        Self {
            workgroup_size,
            shared_items,
            part_walkers: kernel.block_size.min(MOST_PART_WALKERS).min(1 << (MOST_PART_WORDS / state_words).ilog2()),
            state_words,
            step_record_in,
            measure_record_in,
            histograms_in_workgroup: tally.bin_count <= room,
            series_slots,
            record,
            tally,
        }
    }

    /// Workgroups that share a part.
    pub fn workgroups_per_part(&self) -> u32 {
        self.part_walkers / self.workgroup_size
    }

    /// Most steps of one launch, a multiple of 4: measurements fit the sums, points of the time series
    /// their slots, and counts 32 bits.
    pub fn most_steps(&self, kernel: &Kernel) -> u32 {
        let mut most = MOST_MEASUREMENTS * u64::from(kernel.every);
        if let Some(spacing) = kernel.steps.checked_div(kernel.series_points) {
            most = most.min(u64::from(self.series_slots - 1) * u64::from(spacing) + 1);
        }
        if kernel.scheduled {
            most = most.min(u64::from(MOST_SCHEDULED_STEPS));
        }
        (most.min(u64::from(self.steps_between_drains())) as u32) & !3
    }

    /// Most steps after which the counts of a tally still fit 32 bits.
    pub fn steps_between_drains(&self) -> u32 {
        u32::MAX / self.part_walkers
    }
}

impl Memory {
    /// Of a part of `words` words that are in registers where it and all before it, `total` words, fit, and else
    /// in the workgroup's memory, where it has room.
    fn of(words: u32, total: u32, room: &mut u32) -> Self {
        if total <= MOST_REGISTERS {
            Self::Registers
        } else if words <= *room {
            *room -= words;
            Self::Workgroup
        } else {
            Self::Storage
        }
    }
}

impl RecordShape {
    fn new(cell: &CellPlan, sums: usize, dimension: usize) -> Self {
        let record = &cell.record;
        let mut places = Places(0);
        let mut shape = Self {
            landscape: places.take(record.landscape.len()),
            noise: places.take(record.noise.len()),
            distribution: places.take(record.distribution.len()),
            dynamics: places.take(record.dynamics.len()),
            threshold: places.take(1),
            floor: places.take(1),
            saddle: places.take(1),
            bounds: places.take(1),
            step_words: places.0,
            histograms: places.take(record.histograms.len()),
            scales: places.take(sums),
            reference: places.take(dimension),
            measure_words: 0,
            stride: 0,
        };
        shape.measure_words = places.0 - shape.step_words;
        places.take(record.start.len());
        shape.stride = places.0;
        shape
    }

    /// The record of a cell of this shape.
    pub fn numbers(&self, cell: &CellPlan) -> Vec<f32> {
        let (record, scales) = (&cell.record, &cell.scales);
        let units = scales.exponents.iter().map(|e| f64::from(*e).exp2()).take((self.reference - self.scales) as usize);
        let mut numbers: Vec<f64> = Vec::with_capacity(self.stride as usize);
        let stages = [&record.landscape, &record.noise, &record.distribution, &record.dynamics];
        numbers.extend(stages.into_iter().flatten());
        numbers.extend([record.threshold, record.floor, record.saddle, record.bounds]);
        numbers.extend(&record.histograms);
        numbers.extend(units);
        numbers.extend(&scales.reference);
        numbers.extend(&record.start);
        numbers.into_iter().map(|x| x as f32).collect()
    }
}

impl TallyShape {
    fn new(kernel: &Kernel, sums: usize) -> Self {
        let duration_bins = if kernel.passage.is_some() { LogBins::count(kernel.steps) } else { 0 };
        let bin_count: usize = kernel.histograms.iter().map(|h| h.bins() + 1).sum();
        let mut places = Places(0);
        let _ = places.take(3 * sums);
        let mut shape = Self {
            sums: sums as u32,
            counts: places.take(4),
            lost: places.take(2),
            passages: places.take(1),
            risk: places.take(3),
            series: places.take(kernel.series_points as usize * Self::point_words(kernel.dimension) as usize),
            bins: places.take(bin_count),
            bin_count: bin_count as u32,
            durations: places.take(duration_bins),
            censored: places.take(duration_bins),
            duration_bins: duration_bins as u32,
            words: 0,
        };
        shape.words = places.0;
        shape
    }

    /// Words of a point of the time series.
    pub fn point_words(dimension: usize) -> u32 {
        3 + 3 * (dimension as u32 + 1)
    }
}
