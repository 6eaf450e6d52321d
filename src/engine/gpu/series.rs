//! The time series on a device: where a launch has to end for its points to fit their slots, and when they are.

use crate::plan::{Kernel, SeriesStage};
use crate::tally::{LogLinearBins, SeriesLayout};

/// Most points of a launch.
pub const MOST_SLOTS: u32 = 32;

/// Fewest: those of the shortest launch.
const FEWEST_SLOTS: u32 = FEWEST_STEPS;

/// Words of workgroup memory for points, where more than the fewest fit.
const WORDS: u32 = 1184;

/// Steps of the shortest launch: a group.
const FEWEST_STEPS: u32 = 4;

/// Points of a launch that workgroups have room for.
pub fn slots(kernel: &Kernel) -> u32 {
    WORDS.checked_div(slot_words(kernel)).map_or(0, |slots| slots.clamp(FEWEST_SLOTS, MOST_SLOTS))
}

/// Words of workgroup memory that a point takes: (low, high) of every sum, and its counts.
pub fn slot_words(kernel: &Kernel) -> u32 {
    kernel.series.as_ref().map_or(0, |series| 2 * series.layout.len() as u32 + 3)
}

/// Words of a point in a tally: its counts, and 96 bits of every sum.
pub fn point_words(layout: SeriesLayout) -> u32 {
    3 + 3 * layout.len() as u32
}

/// Words of the counts, by bin, of all points in a tally.
pub fn count_words(series: &SeriesStage) -> usize {
    series.steps.len() * series.layout.counted().count() * LogLinearBins::COUNT as usize
}

/// The update at which a launch of those after `first`, a multiple of 4, ends that could go on up to `last`: there,
/// or at a multiple of 4 from which on points would not fit `slots`.
pub fn launch_end(kernel: &Kernel, slots: u32, first: u32, last: u32) -> u32 {
    let Some(series) = &kernel.series else { return last };
    match series.steps.get(next_point(kernel, first) + slots as usize) {
        Some(step) => last.min((kernel.burn_in + step - 1) & !(FEWEST_STEPS - 1)),
        None => last,
    }
}

/// The first point that a launch of the updates after `first` up to `last` may meet, and the updates after which it and
/// those that follow in the launch are; 0 for none.
pub fn points_of_launch(kernel: &Kernel, first: u32, last: u32) -> (u32, [u32; MOST_SLOTS as usize]) {
    let mut slots = [0; MOST_SLOTS as usize];
    let Some(series) = &kernel.series else { return (0, slots) };
    let point = next_point(kernel, first);
    let met = series.steps[point..].iter().map(|step| kernel.burn_in + step).take_while(|update| *update <= last);
    slots.iter_mut().zip(met).for_each(|(slot, update)| *slot = update);
    (point as u32, slots)
}

/// The first point after update `first`.
fn next_point(kernel: &Kernel, first: u32) -> usize {
    kernel.series.as_ref().map_or(0, |series| series.steps.partition_point(|step| kernel.burn_in + step <= first))
}

#[cfg(test)]
mod tests {
    use super::super::validation::kernels::{kernel, series};
    use super::*;
    use crate::plan::DynamicsStage;

    /// Whatever launches want, every point is met once, by one that has a slot for it.
    #[test]
    fn launches_meet_every_point_once() {
        let steps = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 40, 41, 42, 43, 44, 45, 46, 900, 1001].to_vec();
        for (wanted, slots) in [(4, 4), (64, 4), (2000, 4), (12, 9), (2000, 32)] {
            let stage = SeriesStage { steps: steps.clone(), ..series(1, 0, false, DynamicsStage::Langevin) };
            let kernel = Kernel { series: Some(stage), ..kernel(1) };
            let (mut done, mut met) = (0, Vec::new());
            while done < kernel.total_steps() {
                let last = launch_end(&kernel, slots, done, (done + wanted).min(kernel.total_steps()));
                assert!(last > done && (last.is_multiple_of(4) || last == kernel.total_steps()), "{done} to {last}");
                let (point, updates) = points_of_launch(&kernel, done, last);
                let mine: Vec<u32> = updates.into_iter().filter(|update| *update > 0).collect();
                assert!(mine.len() <= slots as usize, "{} points in {slots} slots", mine.len());
                assert!(mine.is_empty() || point as usize == met.len(), "point {point} after {} others", met.len());
                met.extend(mine);
                done = last;
            }
            assert_eq!(met, steps.iter().map(|step| kernel.burn_in + step).collect::<Vec<_>>(), "{slots} slots");
        }
    }
}
