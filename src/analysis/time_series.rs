//! The ensemble along the run: means, covariances and their spectra at every point of the time series.

mod free_energy;
mod spectrum;

use super::jackknife::BlockSums;
use super::{Estimate, Estimates, quantiles, weights};
use crate::experiment::Setup;
use crate::free_energy::FreeEnergies;
use crate::plan::{Scales, series_layout};
use crate::tally::{BinCounts, BlockTally, SeriesLayout};

/// What is measured of the ensemble at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct TimePoint {
    /// The measured step, from 1.
    pub step: u64,
    /// Time since the start of the walk, burn-in included.
    pub time: f64,
    /// Walkers measured: those neither lost nor absorbed.
    pub count: u64,
    /// The estimates.
    pub quantities: Vec<Quantity>,
}

/// An estimate at one time.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantity {
    /// What it is.
    pub name: &'static str,
    /// Which of them.
    pub indices: Vec<String>,
    /// Its value, with the error from blocks.
    pub estimate: Estimate,
}

impl Quantity {
    fn new(name: &'static str, indices: &[usize], estimate: Estimate) -> Self {
        Self { name, indices: indices.iter().map(ToString::to_string).collect(), estimate }
    }

    /// The name with its indices: `covariance[0,1]`.
    pub fn label(&self) -> String {
        match self.indices.as_slice() {
            [] => self.name.to_owned(),
            indices => format!("{}[{}]", self.name, indices.join(",")),
        }
    }

    /// The name of the estimate at measured step `n`: `covariance[0,1,n]`.
    pub fn at(&self, n: u64) -> String {
        let indices: Vec<String> = self.indices.iter().cloned().chain([n.to_string()]).collect();
        format!("{}[{}]", self.name, indices.join(","))
    }
}

impl TimePoint {
    /// The estimate of this [label](Quantity::label).
    pub fn get(&self, label: &str) -> Option<&Estimate> {
        self.quantities.iter().find(|quantity| quantity.label() == label).map(|quantity| &quantity.estimate)
    }
}

/// The time series of a cell; empty where there is none, or where the time of walkers differs. At every point
///
/// - `mean[i]`, `covariance[i,j]` (about the ensemble's mean, divided by the number of walkers), `loss` (floor
///   included; none of a force), `gradient_norm_squared`, and `well_occupation[right]` of a double well;
/// - `noise_covariance[i,j]`, E[n_i n_j] of the gradient noise n = ĝ − ∇L of the update that led to the point;
/// - of each covariance, where all of it is measured and there is more than one coordinate, its spectrum, here of
///   the ensemble, with `noise_` before its names of the noise: `covariance_eigenvalue[k]`, k = 0 the largest; their mean
///   and standard deviation `covariance_eigenvalue_mean` and `…_spread`; and with the shares p_k = λ_k/Σ λ the
///   `effective_rank` exp(−Σ p_k ln p_k) (O. Roy and M. Vetterli, EUSIPCO 2007) and the `participation_ratio`
///   1/Σ p_k²;
/// - of normal walkers on a quadratic landscape, where all covariances are measured, the free energies of
///   `FreeEnergies`: `free_energy`, `kullback_leibler` and `loss_free_energy`;
/// - `log_distance`, E ln|θ − θ*|, where the noise vanishes at the minimum θ*;
/// - `quantile[i,q]` and `loss_quantile[q]`, where they are asked for;
/// - `learning_rate_factor`, what walkers that lower their learning rates by themselves have left of them.
///
/// Eigenvalues that are equal repel each other in a sample: the largest is found too large, the smallest too small, by
/// about the relative amount √(d/N) for N walkers.
pub fn time_series(setup: &Setup, blocks: &[&BlockTally]) -> Vec<TimePoint> {
    let Some(layout) = series_layout(setup) else { return Vec::new() };
    let scales = Scales::new(setup);
    let walkers = |k| Walkers::new(layout, blocks, k);
    let point = |(k, step): (usize, u64)| {
        Some(TimePoint {
            step,
            time: setup.time_after(setup.ensemble.burn_in + step)?,
            count: blocks.iter().map(|block| block.series[k].count).sum(),
            quantities: [walkers(k).quantities(setup, &scales.reference), quantiles(setup, layout, blocks, k, &scales)]
                .concat(),
        })
    };
    setup.series_steps().into_iter().enumerate().filter_map(point).collect()
}

/// Adds the numbers at the points of the time series by name, their measured step as last index, where there are at
/// most 32 points.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let named = setup.measure.time_series.as_ref().map(|series| series.named_steps(setup.ensemble.steps));
    if named.is_none_or(|steps| steps.is_empty()) {
        return;
    }
    for point in time_series(setup, blocks) {
        all.extend(point.quantities.iter().map(|quantity| (quantity.at(point.step), quantity.estimate.clone())));
    }
}

/// The quantiles at a point, of coordinates and of the loss.
fn quantiles(
    setup: &Setup,
    layout: SeriesLayout,
    blocks: &[&BlockTally],
    point: usize,
    scales: &Scales,
) -> Vec<Quantity> {
    let levels = setup.measure.time_series.as_ref().map_or(&[][..], |series| &series.quantiles);
    let mut all = Vec::new();
    for (k, place) in layout.counted().enumerate() {
        let counts: Vec<&BinCounts> = blocks.iter().map(|block| &block.series[point].counts[k]).collect();
        let found = quantiles::quantiles(&counts, levels);
        let unit = scales.series_unit(place);
        let (name, index, origin) = match scales.reference.get(k) {
            Some(reference) => ("quantile", Some(k.to_string()), *reference),
            None if setup.landscape.has_loss() => ("loss_quantile", None, setup.landscape.floor()),
            None => continue,
        };
        for (level, estimate) in levels.iter().zip(found) {
            let value = estimate.value.map(|v| origin + v / unit);
            let estimate = Estimate { value, std_error: estimate.std_error.map(|e| e / unit), ..estimate };
            all.push(Quantity { name, indices: index.iter().cloned().chain([level.to_string()]).collect(), estimate });
        }
    }
    all
}

/// The sums over walkers at one point, followed by the number of walkers and of those in the right well.
struct Walkers {
    sums: BlockSums,
    layout: SeriesLayout,
    overflows: u64,
}

impl Walkers {
    fn new(layout: SeriesLayout, blocks: &[&BlockTally], point: usize) -> Self {
        let of = |block: &&BlockTally| {
            let point = &block.series[point];
            point.sums.iter().copied().chain([point.count as f64, point.right as f64]).collect()
        };
        Self {
            sums: BlockSums::new(weights(blocks), blocks.iter().map(of).collect()),
            layout,
            overflows: blocks.iter().map(|block| block.series[point].overflows).sum(),
        }
    }

    fn quantities(&self, setup: &Setup, reference: &[f64]) -> Vec<Quantity> {
        let (layout, wells) = (self.layout, setup.landscape.saddle().is_some());
        let mut all = Vec::new();
        let mut add = |name, indices: &[usize], estimate| all.push(Quantity::new(name, indices, estimate));
        for (i, reference) in reference.iter().enumerate() {
            add("mean", &[i], self.one(|a| reference + a.of(layout.position(i))));
        }
        for (i, j) in layout.products.pairs() {
            add("covariance", &[i, j], self.one(|a| a.covariance(i, j)));
        }
        if setup.landscape.has_loss() {
            add("loss", &[], self.one(|a| setup.landscape.floor() + a.of(layout.loss())));
        }
        add("gradient_norm_squared", &[], self.one(|a| a.of(layout.gradient_norm_squared())));
        if layout.noise_covariance {
            for (i, j) in layout.products.pairs() {
                add("noise_covariance", &[i, j], self.one(|a| a.of(layout.noise_product(i, j))));
            }
        }
        if layout.log_distance {
            // Logarithms do not overflow where other sums do.
            let mean = |a: &Averages| Ok(vec![a.of(layout.log_distance())]);
            add("log_distance", &[], self.counted(&mean, 1).swap_remove(0));
        }
        if layout.own_rates {
            add("learning_rate_factor", &[], self.one(|a| a.of(layout.rate())));
        }
        if let Some(energies) = FreeEnergies::of(setup).filter(|_| layout.products.is_complete()) {
            self.free_energies(&energies, setup, reference, &mut add);
        }
        if layout.dimension() > 1 && layout.products.is_complete() {
            self.spectrum(&spectrum::OF_ENSEMBLE, |a, i, j| a.covariance(i, j), &mut add);
            if layout.noise_covariance {
                self.spectrum(&spectrum::OF_NOISE, |a, i, j| a.of(layout.noise_product(i, j)), &mut add);
            }
        }
        if wells {
            let right = self.counted(&|a| Ok(vec![a.right()]), 1).swap_remove(0);
            all.push(Quantity { name: "well_occupation", indices: vec!["right".to_owned()], estimate: right });
        }
        all
    }

    /// One number made of averages.
    fn one(&self, estimator: impl Fn(&Averages) -> f64) -> Estimate {
        self.all(&|a| Ok(vec![estimator(a)]), 1).swap_remove(0)
    }

    /// So many numbers made of averages of sums.
    fn all(&self, estimator: &dyn Fn(&Averages) -> Result<Vec<f64>, String>, count: usize) -> Vec<Estimate> {
        match self.overflows {
            0 => self.counted(estimator, count),
            n => {
                let reason = format!("{n} values were too large for the GPU engine's sums; run with --device cpu");
                vec![Estimate::missing(self.sums.blocks(), reason); count]
            }
        }
    }

    /// The same of counts, which cannot overflow.
    fn counted(&self, estimator: &dyn Fn(&Averages) -> Result<Vec<f64>, String>, count: usize) -> Vec<Estimate> {
        let of = |sums: &[f64]| {
            let averages = Averages { sums, layout: self.layout };
            if averages.count() > 0.0 { estimator(&averages) } else { Err("no walker left to measure".to_owned()) }
        };
        self.sums.estimates(of, count)
    }
}

/// Averages over walkers, of all blocks or of all but one.
struct Averages<'a> {
    sums: &'a [f64],
    layout: SeriesLayout,
}

impl Averages<'_> {
    fn count(&self) -> f64 {
        self.sums[self.layout.len()]
    }

    fn right(&self) -> f64 {
        self.sums[self.layout.len() + 1] / self.count()
    }

    fn of(&self, place: usize) -> f64 {
        self.sums[place] / self.count()
    }

    fn covariance(&self, i: usize, j: usize) -> f64 {
        let layout = &self.layout;
        self.of(layout.product(i, j)) - self.of(layout.position(i)) * self.of(layout.position(j))
    }
}

#[cfg(test)]
mod tests;
