//! The CPU engine: the stages over tiles of walkers, one plain loop a stage that the compiler
//! vectorises, with the instruction set picked at run time and blocks spread over threads.
//!
//! It is the reference that the GPU engine is tested against, and gives the same bits on any number of
//! threads and any instruction set.

mod assembly;
mod draw;
mod dynamics;
mod interpreter;
mod isa;
mod landscape;
mod measure;
mod noise;
mod philox;
mod probe;
mod real;
mod start;
mod survivors;
mod tile;
mod walk;
mod ways;

pub use isa::Isa;
pub use probe::one_step;

use super::rare::Passages;
use super::{Device, Engine, EngineError, EngineKind, empty};
use crate::experiment::Precision;
use crate::plan::{Block, Plan};
use crate::tally::{BlockTally, Tally};
use rayon::prelude::*;
use real::Real;
use tile::LANES;
use walk::Walk;

/// Parts that a large block is cut into, so that many threads share it; fixed, as the order of sums
/// depends on it.
const PARTS_PER_BLOCK: u32 = 8;

/// Moves walkers on the processor's threads.
pub struct CpuEngine {
    isa: Isa,
    threads: rayon::ThreadPool,
}

impl CpuEngine {
    /// An engine on all processors (or `RAYON_NUM_THREADS`), with the best instruction set (or the one
    /// that [`Isa::VARIABLE`] names).
    ///
    /// # Errors
    /// Where the variable names an instruction set that this machine does not have, or threads cannot
    /// be started.
    pub fn new() -> Result<Self, EngineError> {
        let isa = match std::env::var(Isa::VARIABLE) {
            Err(_) => Isa::available()[0],
            Ok(name) => Isa::named(&name).ok_or_else(|| {
                let here: Vec<_> = Isa::available().into_iter().map(Isa::name).collect();
                EngineError::NoDevice(format!("{} = {name}: this machine has {}", Isa::VARIABLE, here.join(", ")))
            })?,
        };
        Self::with(isa, 0)
    }

    /// An engine with an instruction set of [`Isa::available`] and a number of threads; 0 means one
    /// for every processor.
    ///
    /// # Errors
    /// Where threads cannot be started.
    pub fn with(isa: Isa, threads: usize) -> Result<Self, EngineError> {
        let threads = rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .map_err(|e| EngineError::Internal(format!("threads cannot be started: {e}")))?;
        Ok(Self { isa, threads })
    }

    fn run_as<R: Real>(&self, plan: &Plan, blocks: &[Block], progress: &(dyn Fn(u64) + Sync)) -> Tally {
        let (rare, usual): (Vec<Block>, Vec<Block>) =
            blocks.iter().partition(|block| Passages::of(plan, block.id.cell).is_some());
        let (absorbed, usual): (Vec<Block>, Vec<Block>) =
            usual.iter().partition(|block| survivors::are_gathered(plan, block.id.cell));
        let tasks = tasks(plan, &usual);
        let run = |task: &&[Block]| self.run_task::<R>(plan, task, progress);
        let tallies: Vec<Vec<BlockTally>> = self.threads.install(|| tasks.par_iter().map(run).collect());
        let mut tally: Tally =
            Tally { blocks: usual.iter().map(|block| block.id).zip(tallies.into_iter().flatten()).collect() };
        let of_cells = |blocks: &[Block]| -> Vec<Vec<Block>> {
            blocks.chunk_by(|a, b| a.id.cell == b.id.cell).map(<[Block]>::to_vec).collect()
        };
        let survivors = |blocks: &Vec<Block>| survivors::run::<R>(self.isa, plan, blocks, progress);
        let ways = |blocks: &Vec<Block>| match Passages::of(plan, blocks[0].id.cell) {
            Some(passages) => ways::run::<R>(self.isa, plan, &passages, blocks, progress),
            None => Vec::new(),
        };
        let found: Vec<Vec<BlockTally>> = self.threads.install(|| {
            let (absorbed, rare) = (of_cells(&absorbed), of_cells(&rare));
            absorbed.par_iter().map(survivors).chain(rare.par_iter().map(ways)).collect()
        });
        let ids = absorbed.iter().chain(&rare).map(|block| block.id);
        tally.blocks.extend(ids.zip(found.into_iter().flatten()));
        tally
    }

    /// Runs small blocks that share a tile, or one large block.
    fn run_task<R: Real>(&self, plan: &Plan, task: &[Block], progress: &(dyn Fn(u64) + Sync)) -> Vec<BlockTally> {
        let cell = task[0].id.cell;
        let kernel = plan.kernel(cell);
        let total = u64::from(kernel.total_steps());
        let [block] = task else {
            let mut tallies: Vec<_> = task.iter().map(|b| empty(kernel, b.walkers)).collect();
            Walk::<R>::new(self.isa, plan, cell).run(task, &mut tallies);
            progress(task.iter().map(|b| u64::from(b.walkers)).sum::<u64>() * total);
            return tallies;
        };
        let part = kernel.block_size.div_ceil(PARTS_PER_BLOCK).max(LANES as u32);
        let parts: Vec<Block> = cut(block, part).collect();
        let tallies = parts.par_iter().map(|part| {
            let mut walk = Walk::<R>::new(self.isa, plan, cell);
            let mut tally = empty(kernel, part.walkers);
            for tile in cut(part, LANES as u32) {
                walk.run(&[tile], std::slice::from_mut(&mut tally));
                progress(u64::from(tile.walkers) * total);
            }
            tally
        });
        let mut sum = empty(kernel, 0);
        for tally in tallies.collect::<Vec<_>>() {
            sum.add(&tally);
        }
        vec![sum]
    }
}

impl Engine for CpuEngine {
    fn device(&self) -> Device {
        let threads = self.threads.current_num_threads();
        Device {
            engine: EngineKind::Cpu,
            name: std::env::consts::ARCH.to_owned(),
            details: format!("{}, {threads} threads", self.isa.name()),
        }
    }

    fn run(&mut self, plan: &Plan, blocks: &[Block], progress: &(dyn Fn(u64) + Sync)) -> Result<Tally, EngineError> {
        Ok(match plan.precision {
            Precision::F32 => self.run_as::<f32>(plan, blocks, progress),
            Precision::F64 => self.run_as::<f64>(plan, blocks, progress),
        })
    }
}

/// Cuts the list of blocks into tasks: one block each, or as many consecutive small ones of a cell as
/// share a tile.
fn tasks<'b>(plan: &Plan, blocks: &'b [Block]) -> Vec<&'b [Block]> {
    let together = |a: &Block, b: &Block| {
        a.id.cell == b.id.cell && a.id.block + 1 == b.id.block && plan.kernel(a.id.cell).block_size < LANES as u32
    };
    blocks
        .chunk_by(together)
        .flat_map(|run| {
            let per_tile = (LANES as u32 / plan.kernel(run[0].id.cell).block_size).max(1);
            run.chunks(per_tile as usize)
        })
        .collect()
}

/// Consecutive pieces of a block, of at most `walkers` walkers.
fn cut(block: &Block, walkers: u32) -> impl Iterator<Item = Block> + use<> {
    let block = *block;
    (0..block.walkers.div_ceil(walkers)).map(move |k| Block {
        first_walker: block.first_walker + k * walkers,
        walkers: (block.walkers - k * walkers).min(walkers),
        ..block
    })
}
