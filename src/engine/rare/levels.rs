//! Placing the levels of forward flux sampling.

use super::forward_flux::arrived;
use super::{Mover, Passages};
use crate::experiment::RareMethod;

/// Share of walkers that are to reach the next level.
const SHARE: f64 = 0.25;

/// Most walkers of the run that places levels.
const MOST_WALKERS: u32 = 2048;

/// The levels that were given, or such that about a quarter of the walkers of a level reach the next: quantiles of how
/// far those of a run ahead get, whose walkers come after those of all repetitions, so that estimates stay unbiased.
/// Fewer where nobody gets further; none for other methods.
///
/// # Errors
/// Of the device.
pub fn levels<M: Mover>(passages: &Passages, mover: &mut M) -> Result<Vec<f64>, M::Error> {
    let mut levels = passages.plan.levels.clone();
    if !levels.is_empty() || passages.plan.method != RareMethod::ForwardFluxSampling {
        return Ok(levels);
    }
    let first = passages.plan.repetitions * passages.walkers;
    let walkers = passages.walkers.min(MOST_WALKERS);
    let exits = mover.leave(first, walkers)?;
    if exits.count() == 0 {
        return Ok(levels);
    }
    let mut start = exits.sample(walkers, first, passages.offset(first, 1));
    for generation in 1.. {
        // To the end of all ways, to see how far they lead, and then, with the same numbers, to the level.
        let mut ways = start.clone();
        mover.go_on(&mut ways, generation, f64::INFINITY)?;
        let passed = ways.passed.iter().filter(|passed| **passed).count();
        if passed as f64 >= SHARE * f64::from(walkers) || passages.is_last(generation) {
            break;
        }
        let mut furthest = ways.furthest.clone();
        furthest.sort_by(f64::total_cmp);
        let quantile = furthest[furthest.len() - 1 - (SHARE * f64::from(walkers)) as usize];
        let last = levels.last().copied().unwrap_or(passages.plan.basin);
        // Where most stay where they are, the next place that anybody reaches: it is below the furthest.
        let beyond = furthest.iter().copied().find(|level| *level > last && *level < furthest[furthest.len() - 1]);
        let Some(level) = Some(quantile).filter(|level| *level > last).or(beyond) else { break };
        mover.go_on(&mut start, generation, level)?;
        let arrived = arrived(&start, level);
        if arrived.is_empty() {
            break;
        }
        levels.push(level);
        start = start.evenly(&arrived, walkers, first, passages.offset(first, generation + 1));
    }
    Ok(levels)
}
