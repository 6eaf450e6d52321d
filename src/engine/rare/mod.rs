//! Rare passages: how the way to them is split, whatever moves the walkers.
//!
//! Walkers of a basin are watched for some steps: they *exit* when an update takes them out of it. A *way* leads from
//! an exit back to the basin, or to the passage. Passages per step are exits per step times the share of ways that
//! end with a passage, in equilibrium or out of it, as a walker's future depends on nothing but its state. That share,
//! however small, is estimated by splitting ways, without bias: ways that are continued are chosen with known chances.
//!
//! A repetition is a block. Its random numbers are a function of seed, cell, walker and *generation*: walkers that begin
//! together, at a step 0 of their own. The basin is generation 0.

mod crowd;
mod forward_flux;
mod levels;
mod resampling;
mod splitting;

pub use crowd::{Crowd, Exits};
pub use levels::levels;

use crate::experiment::RareMethod;
use crate::plan::{AlongStage, Block, ConditionStage, Plan, RarePlan};
use crate::tally::{BlockTally, Lost, RarePassages};
use resampling::chance;

/// Most generations of a repetition.
const MOST_GENERATIONS: u32 = 1 << 14;

/// Moves walkers of one cell.
pub trait Mover {
    /// What can go wrong.
    type Error;

    /// Takes the walkers from `first` on from their starts through burn-in and measured steps, with the numbers of
    /// generation 0; those that pass restart. A walker is in the basin at its start too.
    ///
    /// # Errors
    /// Of the device.
    fn leave(&mut self, first: u32, walkers: u32) -> Result<Exits, Self::Error>;

    /// Takes those of the crowd that [are on their way](Crowd::is_on_way) on, from step 0 of `generation`, until they
    /// are in the basin, have passed, or have come beyond `upper`; who has not after 2³² steps is lost.
    ///
    /// # Errors
    /// Of the device.
    fn go_on(&mut self, crowd: &mut Crowd, generation: u32, upper: f64) -> Result<(), Self::Error>;
}

/// The rare passages of a cell.
#[derive(Clone, Copy)]
pub struct Passages<'p> {
    /// How their ways are split.
    pub plan: &'p RarePlan,
    /// What says how far walkers are.
    pub along: &'p AlongStage,
    /// What they meet in the end.
    pub condition: ConditionStage,
    /// Key of the generator.
    pub seed: u64,
    /// The cell, and how many there are.
    pub cell: u32,
    cells: u32,
    /// Walkers of a level.
    pub walkers: u32,
}

impl<'p> Passages<'p> {
    /// Those of a cell of a plan, if it looks for them.
    pub fn of(plan: &'p Plan, cell: u32) -> Option<Self> {
        let (kernel, of_cell) = (plan.kernel(cell), &plan.cells[cell as usize]);
        Some(Self {
            plan: of_cell.rare.as_ref()?,
            along: kernel.along.as_ref()?,
            condition: kernel.passage?.condition,
            seed: plan.seed,
            cell,
            cells: plan.cells.len() as u32,
            walkers: of_cell.walkers as u32,
        })
    }

    /// The word of counters that stands for the cell and a generation of its walkers.
    pub fn cell_word(&self, generation: u32) -> u32 {
        self.cell.wrapping_add(self.cells.wrapping_mul(generation))
    }

    /// The offset with which the walkers of a generation are chosen, in the repetition of walker `first`.
    fn offset(&self, first: u32, generation: u32) -> f64 {
        chance(self.seed, self.cell_word(generation), first, 0)
    }

    /// Whether there are no more generations after this one.
    fn is_last(&self, generation: u32) -> bool {
        generation >= MOST_GENERATIONS.min(u32::MAX / self.cells - 1)
    }

    /// One repetition; `levels` are those of forward flux sampling.
    ///
    /// # Errors
    /// Of the device.
    pub fn repetition<M: Mover>(&self, mover: &mut M, levels: &[f64], block: &Block) -> Result<BlockTally, M::Error> {
        let mut exits = mover.leave(block.first_walker, block.walkers)?;
        let count = exits.count();
        let mut found = Found { probability: 0.0, levels: 0, walker_steps: exits.walker_steps, lost: exits.lost };
        if count > 0 {
            match self.plan.method {
                RareMethod::ForwardFluxSampling => {
                    forward_flux::share(self, mover, &mut exits, levels, block.first_walker, &mut found)?;
                }
                RareMethod::AdaptiveMultilevelSplitting => {
                    splitting::share(self, mover, &mut exits, block.first_walker, &mut found)?;
                }
            }
        }
        let rare = RarePassages {
            exits: count,
            steps_at_risk: exits.steps_at_risk,
            probability: found.probability,
            levels: found.levels,
            walker_steps: found.walker_steps,
        };
        let walkers = u64::from(block.walkers);
        Ok(BlockTally { walkers, lost: found.lost, rare: Some(rare), ..BlockTally::default() })
    }
}

/// What a repetition finds on the way.
struct Found {
    probability: f64,
    levels: u32,
    walker_steps: u64,
    lost: Lost,
}

impl Found {
    /// Counts what a crowd did.
    fn add(&mut self, crowd: &Crowd) {
        self.walker_steps += crowd.walker_steps;
        self.lost.add(crowd.lost);
    }
}
