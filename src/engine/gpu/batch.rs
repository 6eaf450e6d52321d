//! Batches: as many blocks as the device's buffers hold are run together, in parts.

use super::shape::{MOST_SCHEDULED_STEPS, Shape};
use crate::engine::EngineError;
use crate::plan::{Block, Plan};
use std::ops::Range;
use wgpu::Limits;

/// Bytes of states of a batch: enough walkers for the largest device, and modest memory on the
/// smallest.
const STATE_BYTES: u64 = 64 << 20;

/// Bytes of tallies of a batch.
const TALLY_BYTES: u64 = 64 << 20;

/// Most walkers of a batch on hardware.
pub const MOST_WALKERS: u32 = 1 << 23;

/// Most walkers of a batch on a software rasteriser, which needs few to be busy, and for which a launch
/// is better spent on many steps of few walkers: what a launch costs beside steps goes by walkers.
pub const MOST_WALKERS_IN_SOFTWARE: u32 = 1 << 14;

/// A run of walkers of one block, no more than share a tally on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The block, by its place in the list that is run.
    pub block: usize,
    /// Cell of the block.
    pub cell: u32,
    /// First walker's place in the cell.
    pub first_walker: u32,
    /// Number of walkers.
    pub walkers: u32,
}

/// The parts of `blocks` at `places`.
pub fn parts(blocks: &[Block], places: &[usize], shape: &Shape) -> Vec<Part> {
    let of_block = |place: &usize| {
        let (place, block, size) = (*place, blocks[*place], shape.part_walkers);
        (0..block.walkers.div_ceil(size)).map(move |k| Part {
            block: place,
            cell: block.id.cell,
            first_walker: block.first_walker + k * size,
            walkers: (block.walkers - k * size).min(size),
        })
    };
    places.iter().flat_map(of_block).collect()
}

/// Cuts the list of parts into batches. They have at most `most_walkers`, or one
/// part.
///
/// # Errors
/// Where a part alone is too large for the device.
pub fn batches(
    parts: &[Part],
    shape: &Shape,
    limits: &Limits,
    most_walkers: u32,
) -> Result<Vec<Range<usize>>, EngineError> {
    let binding = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
    let (state, tally) = (4 * u64::from(shape.part_walkers * shape.state_words), 4 * u64::from(shape.tally.words));
    let record = 4 * u64::from(shape.record.stride);
    if tally > binding || record > binding {
        return Err(EngineError::BeyondLimits(format!(
            "histograms, time series or starting points of {} MiB in a block are beyond the device's {} MiB: take \
             fewer bins or points",
            tally.max(record) >> 20,
            binding >> 20
        )));
    }
    let workgroups = u64::from(limits.max_compute_workgroups_per_dimension).pow(2);
    let most_parts = (STATE_BYTES.min(binding) / state)
        .min(TALLY_BYTES.min(binding) / tally)
        .min(u64::from(most_walkers / shape.part_walkers))
        .min(workgroups / u64::from(shape.workgroups_per_part()))
        .max(1) as usize;
    let rate_factors = 4 * u64::from(MOST_SCHEDULED_STEPS);
    let most_cells = (binding / record.max(rate_factors)) as usize;
    let mut batches = Vec::new();
    let mut first = 0;
    while first < parts.len() {
        let mut end = first;
        let mut cells = 0;
        while end < parts.len() && end - first < most_parts {
            cells += usize::from(end == first || parts[end].cell != parts[end - 1].cell);
            if cells > most_cells {
                break;
            }
            end += 1;
        }
        batches.push(first..end);
        first = end;
    }
    Ok(batches)
}

/// The records of the cells of a batch, and the table of its parts: first word of the record, cell,
/// first walker, walkers.
pub fn tables(plan: &Plan, parts: &[Part], shape: &Shape) -> (Vec<f32>, Vec<[u32; 4]>) {
    let mut records: Vec<f32> = Vec::new();
    let mut table: Vec<[u32; 4]> = Vec::with_capacity(parts.len());
    for part in parts {
        if table.last().is_none_or(|[_, cell, ..]| *cell != part.cell) {
            records.extend(shape.record.numbers(&plan.cells[part.cell as usize]));
        }
        let record = records.len() as u32 - shape.record.stride;
        table.push([record, part.cell, part.first_walker, part.walkers]);
    }
    (records, table)
}
