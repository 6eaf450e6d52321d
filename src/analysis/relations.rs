//! Fluctuation–dissipation relations: both sides, of single updates and of windows of time.

use super::jackknife::BlockSums;
use super::moments::{Averages, States};
use super::{Estimate, Estimates, weights};
use crate::experiment::{Dynamics, Setup};
use crate::plan::moment_layout;
use crate::tally::{BlockTally, MomentLayout, RelationSums};

/// Adds what is measured of fluctuation–dissipation relations; nothing where they are not.
///
/// Of the updates that lead to measured states `fdr1_left`, `fdr1_right`, their ratio and variances, `fdr2_left`,
/// `fdr2_right` and their ratio (S. Yaida, ICLR 2019, equations FDR1, FDR1' and FDR2); `nqm1_left` = ⟨L⟩ − L*, L* the
/// least loss downhill from the start, `nqm1_right`, half of `fdr1_right`, and their ratio. For the windows of T steps
/// `fdr1_window_left[T]` and `fdr1_window_right[T]`, means over walkers and windows, and their variances;
/// `fdr1_mismatch[T]`, its variance, and `fdr1_mismatch_deviation[T]`, the standard deviation over the mean of the
/// right side. `fdr1_half_running[T]` is the ratio of both means over steps T/2 to T.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    if setup.measure.fluctuation_dissipation.is_none() {
        return;
    }
    let layout = moment_layout(setup);
    let states = States::new(setup, blocks);
    updates(&states, &layout, all);
    noise_ball(setup, &states, &layout, all);
    windows(setup, blocks, all);
}

fn updates(states: &States, layout: &MomentLayout, all: &mut Estimates) {
    let at = layout.relations();
    let mean = |place: usize| states.estimate(move |a| Ok(a.average(place)));
    let ratio = |left: usize| states.estimate(move |a| Ok(a.average(left) / a.average(left + 1)));
    let variance = |place: usize, square: usize| {
        states.estimate(move |a| Ok(a.average(square) - a.average(place) * a.average(place)))
    };
    all.insert("fdr1_left".into(), mean(at));
    all.insert("fdr1_right".into(), mean(at + 1));
    all.insert("fdr1_ratio".into(), ratio(at));
    all.insert("fdr1_left_variance".into(), variance(at, at + 2));
    all.insert("fdr1_right_variance".into(), variance(at + 1, at + 3));
    if layout.relations == RelationSums::Both {
        all.insert("fdr2_left".into(), mean(at + 4));
        all.insert("fdr2_right".into(), mean(at + 5));
        all.insert("fdr2_ratio".into(), ratio(at + 4));
    }
}

/// How high the noise lifts the loss (Y. Bulatov, 2019, NQM1).
fn noise_ball(setup: &Setup, states: &States, layout: &MomentLayout, all: &mut Estimates) {
    if !matches!(setup.dynamics, Dynamics::Sgd(_) | Dynamics::Momentum(_) | Dynamics::Langevin(_)) {
        return;
    }
    let minimum = setup.landscape.minimum_below(&setup.ensemble.start.first_point());
    let Some(minimum) = minimum.filter(|_| setup.landscape.has_loss()) else { return };
    let least = setup.landscape.loss(&minimum) - setup.landscape.floor();
    let left = move |a: &Averages| a.loss() - least;
    let place = layout.relations() + 1;
    let right = move |a: &Averages| 0.5 * a.average(place);
    all.insert("nqm1_left".into(), states.estimate(|a| Ok(left(a))));
    all.insert("nqm1_right".into(), states.estimate(|a| Ok(right(a))));
    all.insert("nqm1_ratio".into(), states.estimate(|a| Ok(left(a) / right(a))));
}

/// Averages over windows of a walker's right side R and mismatch M, left minus right.
struct Window<'s>(&'s [f64]);

impl Window<'_> {
    fn mean(&self, place: usize) -> f64 {
        self.0[1 + place] / self.0[0]
    }

    fn right(&self) -> f64 {
        self.mean(0)
    }

    fn mismatch(&self) -> f64 {
        self.mean(2)
    }

    fn right_variance(&self) -> f64 {
        self.mean(1) - self.right() * self.right()
    }

    fn mismatch_variance(&self) -> f64 {
        self.mean(3) - self.mismatch() * self.mismatch()
    }

    fn covariance(&self) -> f64 {
        self.mean(4) - self.mismatch() * self.right()
    }
}

fn windows(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let Some(relations) = &setup.measure.fluctuation_dissipation else { return };
    let row = |place: usize, estimator: &dyn Fn(Window) -> f64| estimate_row(blocks, place, estimator);
    for (place, steps) in relations.windows.iter().enumerate() {
        let mut add = |name: &str, estimator: &dyn Fn(Window) -> f64| {
            all.insert(format!("{name}[{steps}]"), row(place, estimator));
        };
        add("fdr1_window_left", &|w| w.right() + w.mismatch());
        add("fdr1_window_right", &|w| w.right());
        add("fdr1_window_left_variance", &|w| w.right_variance() + 2.0 * w.covariance() + w.mismatch_variance());
        add("fdr1_window_right_variance", &|w| w.right_variance());
        add("fdr1_mismatch", &|w| w.mismatch());
        add("fdr1_mismatch_variance", &|w| w.mismatch_variance());
        add("fdr1_mismatch_deviation", &|w| w.mismatch_variance().max(0.0).sqrt() / w.right());
    }
    for (place, (_, end)) in relations.half_running(setup.ensemble.steps).into_iter().enumerate() {
        let ratio = row(relations.windows.len() + place, &|w| 1.0 + w.mismatch() / w.right());
        all.insert(format!("fdr1_half_running[{end}]"), ratio);
    }
}

fn estimate_row(blocks: &[&BlockTally], place: usize, estimator: &dyn Fn(Window) -> f64) -> Estimate {
    let rows = || blocks.iter().map(|block| &block.windows[place]);
    let overflows: u64 = rows().map(|row| row.overflows).sum();
    if overflows > 0 {
        return Estimate::overflowed(blocks.len(), overflows);
    }
    if rows().all(|row| row.count == 0) {
        return Estimate::missing(blocks.len(), "no walker left to measure");
    }
    let statistics = rows().map(|row| [&[row.count as f64], &row.sums[..]].concat());
    BlockSums::new(weights(blocks), statistics.collect()).estimate(|sums| Ok(estimator(Window(sums))))
}
