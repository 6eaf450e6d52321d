//! Probability currents: rotation, circulation, flux, entropy production, and whether there are any.

use super::jackknife::{Measurement, ratio};
use super::moments::{Averages, States};
use super::{Estimate, Estimates, weights};
use crate::experiment::Setup;
use crate::plan::moment_layout;
use crate::tally::{BlockTally, CurrentSums};
use nalgebra::{DMatrix, DVector};
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, FisherSnedecor, Normal};

/// Adds what is measured of the current of updates; nothing where it is not.
///
/// `rotation[i,j]` = E[θ_i θ_j' − θ_j θ_i'] for i < j, and `rotation` that of the current's axes in their order, which
/// is 0 in detailed balance; `circulation`, rotation per unit of time, and `flux`, the net crossings of the half-line
/// per unit of time, both counter-clockwise; `entropy_production` per unit of time; and `detailed_balance`, how many
/// standard deviations away all rotations together are from 0.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let layout = moment_layout(setup);
    let (CurrentSums::Motion | CurrentSums::Entropy, Some(current)) = (layout.currents, &setup.measure.current) else {
        return;
    };
    let states = States::new(setup, blocks);
    let per_time = |numerator: &dyn Fn(&Averages) -> f64| match setup.time_per_step() {
        Some(time) => states.estimate(|a| Ok(numerator(a) / time)),
        None => Estimate::missing(blocks.len(), "the time of a step varies"),
    };
    let pairs = layout.rotations(current.axes);
    let at = layout.flux();
    for (k, (i, j)) in pairs.iter().enumerate() {
        let rotation = states.estimate(|a| Ok(a.average(at + 1 + k)));
        if current.axes == [*i, *j] || current.axes == [*j, *i] {
            let sign = if current.axes == [*i, *j] { 1.0 } else { -1.0 };
            all.insert("rotation".into(), states.estimate(|a| Ok(sign * a.average(at + 1 + k))));
            let circulation = per_time(&|a| sign * a.average(at + 1 + k));
            all.insert("circulation".into(), circulation);
        }
        all.insert(format!("rotation[{i},{j}]"), rotation);
    }
    all.insert("flux".into(), per_time(&|a| a.average(at)));
    let entropy = match layout.entropy() {
        Some(place) => states.estimate(|a| Ok(a.average(place))),
        None => Estimate::missing(
            blocks.len(),
            "needs sgd or Euler–Maruyama steps at a constant rate, with noise of one covariance in all directions",
        ),
    };
    all.insert("entropy_production".into(), entropy);
    let places: Vec<usize> = (0..pairs.len()).map(|k| at + 1 + k).collect();
    all.insert("detailed_balance".into(), detailed_balance(blocks, &places));
}

/// The score of Hotelling's T² for means of 0 over the blocks, as a standard normal number: that of a current which is
/// there by chance with the same probability, one-sided (H. Hotelling, Ann. Math. Stat. 2, 360 (1931)).
fn detailed_balance(blocks: &[&BlockTally], places: &[usize]) -> Estimate {
    let (n, p) = (blocks.len(), places.len());
    if n <= p + 1 {
        return Estimate::missing(n, format!("{n} blocks are too few for {p} rotations"));
    }
    let overflows: u64 = blocks.iter().map(|block| block.moments.overflows).sum();
    if overflows > 0 {
        return Estimate::overflowed(n, overflows);
    }
    let measured: Vec<_> = blocks.iter().filter(|block| block.moments.count > 0).collect();
    if measured.len() < n {
        return Estimate::missing(n, "no walker left to measure in a block");
    }
    let weights: Vec<f64> = measured.iter().map(|block| block.moments.count as f64).collect();
    let total: f64 = weights.iter().sum();
    let means: Vec<DVector<f64>> = (measured.iter().zip(&weights))
        .map(|(block, w)| DVector::from_iterator(p, places.iter().map(|place| block.moments.sums[*place] / w)))
        .collect();
    let mean = means.iter().zip(&weights).fold(DVector::zeros(p), |sum, (x, w)| sum + x * (*w / total));
    // The covariance of the weighted mean, from the scatter of the blocks' own.
    let scatter = means.iter().zip(&weights).fold(DMatrix::zeros(p, p), |sum, (x, w)| {
        let away = x - &mean;
        sum + &away * away.transpose() * (*w / total)
    });
    let Some(inverse) = (scatter / (n - 1) as f64).cholesky() else {
        return Estimate::missing(n, "the rotations of blocks do not scatter in all directions");
    };
    let t_squared = mean.dot(&inverse.solve(&mean));
    let f = t_squared * (n - p) as f64 / (p * (n - 1)) as f64;
    let chance = FisherSnedecor::new(p as f64, (n - p) as f64).map_or(f64::NAN, |law| law.sf(f));
    // Beyond what a probability can tell, the farthest that it can.
    let score = -Normal::standard().inverse_cdf(chance.max(1e-300));
    Estimate { value: Some(score), std_error: Some(1.0), blocks: n, ..Estimate::default() }
}

/// The current at one bin of its grid.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct CurrentBin {
    /// Lower and upper edge along the first axis.
    pub first: [f64; 2],
    /// Lower and upper edge along the second.
    pub second: [f64; 2],
    /// Updates whose middle is in it.
    pub count: u64,
    /// Their share of all measured updates, per unit of area.
    pub density: Measurement,
    /// The current along both axes: probability per unit of time that goes through a unit of length.
    pub current: [Measurement; 2],
}

/// The current on its grid, the second axis running fastest; nothing where there is no grid, or time is not the same
/// for all updates.
pub fn current(setup: &Setup, blocks: &[&BlockTally]) -> Vec<CurrentBin> {
    let grid = setup.measure.current.as_ref().and_then(|current| current.grid());
    let (Some(grid), Some(time)) = (grid, setup.time_per_step()) else { return Vec::new() };
    let grids: Vec<_> = blocks.iter().filter_map(|block| block.current.as_ref()).collect();
    if grids.len() < blocks.len() || grids.iter().any(|grid| grid.overflows > 0) {
        return Vec::new();
    }
    let weights = weights(blocks);
    let updates: Vec<f64> = blocks.iter().map(|block| block.moments.count as f64).collect();
    let edges = |axis: usize, k: u64| {
        let [low, high] = grid.range[axis];
        [k, k + 1].map(|k| low + (high - low) * (k as f64 / grid.bins[axis] as f64))
    };
    let bin = |k: u64| {
        let (first, second) = (edges(0, k / grid.bins[1]), edges(1, k % grid.bins[1]));
        let area = (first[1] - first[0]) * (second[1] - second[0]);
        let counts: Vec<f64> = grids.iter().map(|grid| grid.count[k as usize] as f64).collect();
        let along = |sums: fn(&crate::tally::CurrentGrid) -> &[f64]| {
            let sums: Vec<f64> = grids.iter().map(|grid| sums(grid)[k as usize]).collect();
            ratio(&weights, &sums, &updates).per(area * time)
        };
        CurrentBin {
            first,
            second,
            count: grids.iter().map(|grid| grid.count[k as usize]).sum(),
            density: ratio(&weights, &counts, &updates).per(area),
            current: [along(|grid| &grid.first), along(|grid| &grid.second)],
        }
    };
    (0..grid.bins[0] * grid.bins[1]).map(bin).collect()
}
