//! The rate of rare passages.

use super::jackknife::BlockSums;
use super::{Estimate, Estimates, weights};
use crate::experiment::Setup;
use crate::tally::BlockTally;

/// Adds, with repetitions as blocks, `escape_rate`, estimated passages over the time at risk in the basin, and
/// `mean_first_passage_time`, its inverse; `exit_rate`, the walkers that leave the basin per unit time, and
/// `passage_probability`, the share of them that pass before they are back. The first is the product of the last two.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    const NAMES: [&str; 4] = ["escape_rate", "mean_first_passage_time", "exit_rate", "passage_probability"];
    let missing = |reason: &str| NAMES.map(|name| (name.to_owned(), Estimate::missing(blocks.len(), reason)));
    let Some(time) = setup.time_per_step() else {
        all.extend(missing("the time of a step varies: there is no rate per unit time"));
        return;
    };
    let of_block = |block: &&BlockTally| {
        let rare = block.rare.as_ref()?;
        Some(vec![rare.passages(), rare.steps_at_risk as f64 * time, rare.exits as f64])
    };
    let Some(statistics) = blocks.iter().map(of_block).collect::<Option<Vec<_>>>() else { return };
    let sums = BlockSums::new(weights(blocks), statistics);
    let [passages, time, exits] = [sums.total()[0], sums.total()[1], sums.total()[2]];
    if time == 0.0 || passages == 0.0 {
        all.extend(missing(if exits == 0.0 {
            "no walker left the basin: measure for more steps, or take a smaller basin"
        } else {
            "no way led to a passage: take more walkers, or levels that are closer"
        }));
        if exits > 0.0 {
            all.insert(NAMES[2].to_owned(), sums.estimate(|s| Ok(s[2] / s[1])));
        }
        return;
    }
    all.insert(NAMES[0].to_owned(), sums.estimate(|s| Ok(s[0] / s[1])));
    all.insert(NAMES[1].to_owned(), sums.estimate(|s| Ok(s[1] / s[0])));
    all.insert(NAMES[2].to_owned(), sums.estimate(|s| Ok(s[2] / s[1])));
    all.insert(NAMES[3].to_owned(), sums.estimate(|s| Ok(s[0] / s[2])));
}
