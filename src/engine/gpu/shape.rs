//! The sizes of a kernel on a device: places in records, states and tallies, and how walkers are dealt
//! to workgroups.

mod record;
mod tally;

pub use record::RecordShape;
pub use tally::{GRID_WORDS, TallyShape, WINDOW_ITEMS, lag_items};

use super::series;
use crate::plan::{CellPlan, CorrelationStage, Kernel, RelationStage};

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

/// Most steps of one launch where a schedule gives each a factor of the learning rate.
pub const MOST_SCHEDULED_STEPS: u32 = 1 << 10;

/// Most measurements in one launch: the parts of fixed-point sums then fit 32 bits.
const MOST_MEASUREMENTS: u64 = 1 << 9;

/// Most additions of a walker to one row of sums in one launch: they then fit 64 bits.
const MOST_ADDITIONS: u64 = 1 << 10;

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
    /// Items of rows of sums: those of windows, then of lags.
    pub row_items: u32,
    /// Whether they are gathered in workgroup memory.
    pub rows_in_workgroup: bool,
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
        let series_slots = series::slots(kernel);
        let workgroup_size = workgroup_size.min(kernel.block_size);
        // An item is 8 bytes of every walker; there are the sums and two pairs of counts.
        let shared_items = (SHARED_BYTES / (8 * workgroup_size)).min(sums as u32 + 2).min(workgroup_size);
        let windows = kernel.relations.as_ref();
        let window_memory = windows.map_or(0, RelationStage::memory);
        let lags = kernel.correlation.as_ref();
        let ring = lags.map_or(0, CorrelationStage::memory);
        let state_words = (d + 1 + kernel.memory() + window_memory + ring) as u32 + u32::from(kernel.passage.is_some());
        let row_items = WINDOW_ITEMS * windows.map_or(0, |relations| relations.lengths().len() as u32)
            + lags.map_or(0, |stage| lag_items(stage) * stage.lags.len() as u32);
        let tally = TallyShape::new(kernel, sums, row_items);
        let gathered = series_slots * series::slot_words(kernel);
        let mut room = WORKGROUP_WORDS - (2 * shared_items * workgroup_size + 2 + gathered);
        let step_record_in = Memory::of(record.step_words, record.step_words, &mut room);
        let rows_in_workgroup = 2 * row_items <= room;
        if rows_in_workgroup {
            room -= 2 * row_items;
        }
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
            row_items,
            rows_in_workgroup,
            record,
            tally,
        }
    }

    /// Workgroups that share a part.
    pub fn workgroups_per_part(&self) -> u32 {
        self.part_walkers / self.workgroup_size
    }

    /// Most steps of one launch, a multiple of 4: measurements fit the sums, and counts 32 bits.
    pub fn most_steps(&self, kernel: &Kernel) -> u32 {
        let mut most = MOST_MEASUREMENTS * u64::from(kernel.every);
        if let Some(stretch) = kernel.stretch() {
            most = most.min(MOST_ADDITIONS * u64::from(stretch));
        }
        if let Some(correlation) = &kernel.correlation {
            most = most.min(MOST_ADDITIONS * u64::from(correlation.stride()));
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
