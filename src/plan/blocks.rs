//! Blocks: the unit of work, of merging and of error bars.

use crate::tally::BlockId;

/// Most blocks that a cell has.
const MOST_BLOCKS: u64 = 128;

/// Fewest walkers of a block, but for the last of a cell.
const SMALLEST_BLOCK: u64 = 64;

/// A run of walkers of one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// Which block.
    pub id: BlockId,
    /// Its first walker's place in the cell.
    pub first_walker: u32,
    /// Number of its walkers.
    pub walkers: u32,
}

/// Walkers of a full block: the smallest power of two, from 64 up, that gives at most 128 blocks a
/// cell, whatever the device.
pub fn block_size(walkers: u64) -> u64 {
    walkers.div_ceil(MOST_BLOCKS).next_power_of_two().max(SMALLEST_BLOCK)
}

/// Every repetition of a rare passage is a block.
pub(super) fn repetitions(cell: u32, walkers: u32, repetitions: u32) -> impl Iterator<Item = Block> {
    (0..repetitions).map(move |block| Block { id: BlockId { cell, block }, first_walker: block * walkers, walkers })
}

pub(super) fn of_cell(cell: u32, walkers: u64) -> impl Iterator<Item = Block> {
    let size = block_size(walkers);
    (0..walkers.div_ceil(size)).map(move |block| {
        let first = block * size;
        Block {
            id: BlockId { cell, block: block as u32 },
            first_walker: first as u32,
            walkers: (walkers - first).min(size) as u32,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_sizes_are_the_smallest_powers_of_two_for_128_blocks() {
        for (walkers, size) in
            [(1, 64), (64, 64), (8192, 64), (8193, 128), (1 << 20, 8192), (1_000_000, 8192), (1 << 32, 1 << 25)]
        {
            assert_eq!(block_size(walkers), size, "{walkers} walkers");
        }
    }

    #[test]
    fn blocks_tile_a_cell() {
        for walkers in [1, 63, 64, 65, 1000, 8193, 1_000_000] {
            let mut next = 0;
            for block in of_cell(3, walkers) {
                assert_eq!(u64::from(block.first_walker), next, "{walkers} walkers");
                next += u64::from(block.walkers);
            }
            assert_eq!(next, walkers, "every walker is in a block");
        }
    }
}
