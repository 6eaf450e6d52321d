//! Correlations in time, and what follows from them: their times and rates, effective sample sizes, spectra.

mod decay;
#[cfg(test)]
mod tests;

use super::correlation_time::{integrated_steps, window};
use super::jackknife::{BlockSums, Measurement};
use super::{Estimate, Estimates, weights};
use crate::experiment::{Lags, Setup};
use crate::increment_spectrum::increment_spectrum;
use crate::tally::{BlockTally, Sums, lag_sums};
use decay::Halves;
use serde::Serialize;
use std::f64::consts::PI;

/// A correlation of two signals at one lag.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CorrelationPoint {
    /// The earlier signal: the number of a coordinate, or "loss".
    pub i: String,
    /// The later signal.
    pub j: String,
    /// The lag in steps.
    pub lag: u64,
    /// The same as a time; none where the time of a step varies.
    pub time: Option<f64>,
    /// Cov(i(n), j(n + lag)).
    pub covariance: Option<f64>,
    /// The covariance over the standard deviations of both.
    pub correlation: Estimate,
}

/// The spectrum of the increments of a coordinate at one frequency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SpectrumPoint {
    /// The coordinate.
    pub i: usize,
    /// Place of the frequency.
    pub k: usize,
    /// The frequency, in radians per step.
    pub frequency: f64,
    /// The spectrum.
    pub spectrum: Measurement,
    /// The variance of an increment: the spectrum of uncorrelated ones at every frequency.
    pub flat: Option<f64>,
}

/// Sums over pairs of states at all lags.
struct Pairs {
    sums: BlockSums,
    signals: Vec<String>,
    axes: Vec<usize>,
    lags: Vec<u64>,
    overflows: u64,
}

/// Averages over pairs of states, of all blocks or of all but one.
struct Averages<'s> {
    sums: &'s [f64],
    signals: usize,
}

/// The number of pairs and the sums of a block, lag after lag.
fn statistics(block: &BlockTally) -> Vec<f64> {
    let row = |row: &Sums| [row.count as f64].into_iter().chain(row.sums.iter().copied()).collect::<Vec<f64>>();
    block.correlations.iter().flat_map(row).collect()
}

impl Averages<'_> {
    /// The number of pairs at a lag, and the sums.
    fn row(&self, lag: usize) -> (f64, &[f64]) {
        let row = &self.sums[lag * (1 + lag_sums(self.signals))..][..1 + lag_sums(self.signals)];
        (row[0], &row[1..])
    }

    /// Of a signal at the time origin.
    fn mean(&self, i: usize) -> f64 {
        let (count, sums) = self.row(0);
        sums[i] / count
    }

    /// Cov(i(n), j(n + lag)), each about its own mean.
    fn covariance(&self, i: usize, j: usize, lag: usize) -> f64 {
        let (count, sums) = self.row(lag);
        let product = sums[self.signals * (2 + i) + j];
        product / count - sums[i] / count * (sums[self.signals + j] / count)
    }

    /// Of a signal with itself, at the first of the lags.
    fn autocorrelations(&self, i: usize, lags: usize) -> Vec<f64> {
        (0..lags).map(|lag| self.correlation(i, i, lag)).collect()
    }

    /// The covariance over the standard deviations of measured states.
    fn correlation(&self, i: usize, j: usize, lag: usize) -> f64 {
        let variance = |i| self.covariance(i, i, 0);
        let scale = if i == j { variance(i) } else { (variance(i) * variance(j)).sqrt() };
        self.covariance(i, j, lag) / scale
    }
}

impl Pairs {
    /// Of a cell that measures correlations.
    fn new(setup: &Setup, blocks: &[&BlockTally]) -> Option<Self> {
        let measured = setup.measure.correlation.as_ref()?;
        let axes = measured.axes().to_vec();
        let loss = setup.landscape.has_loss().then(|| "loss".to_owned());
        Some(Self {
            sums: BlockSums::new(weights(blocks), blocks.iter().map(|block| statistics(block)).collect()),
            signals: axes.iter().map(usize::to_string).chain(loss).collect(),
            axes,
            lags: measured.lags(),
            overflows: blocks.iter().flat_map(|block| &block.correlations).map(|row| row.overflows).sum(),
        })
    }

    fn averages<'s>(&self, sums: &'s [f64]) -> Averages<'s> {
        Averages { sums, signals: self.signals.len() }
    }

    fn total(&self) -> Averages<'_> {
        self.averages(self.sums.total())
    }

    /// Why there is no value where there is none at `lag`.
    fn fault(&self, lag: usize) -> Option<Estimate> {
        let blocks = self.sums.blocks();
        if self.overflows > 0 {
            return Some(Estimate::overflowed(blocks, self.overflows));
        }
        let none = self.total().row(lag).0 == 0.0;
        none.then(|| Estimate::missing(blocks, "no walker is measured so many steps after a measured state"))
    }

    fn estimate(&self, lag: usize, estimator: impl Fn(&Averages) -> Result<f64, String>) -> Estimate {
        self.fault(lag).unwrap_or_else(|| self.sums.estimate(|sums| estimator(&self.averages(sums))))
    }

    fn points(&self, per_step: Option<f64>) -> Vec<CorrelationPoint> {
        let mut points = Vec::new();
        for (i, first) in self.signals.iter().enumerate() {
            for (j, second) in self.signals.iter().enumerate() {
                points.extend(self.lags.iter().enumerate().map(|(lag, steps)| CorrelationPoint {
                    i: first.clone(),
                    j: second.clone(),
                    lag: *steps,
                    time: per_step.map(|per_step| *steps as f64 * per_step),
                    covariance: self.fault(lag).is_none().then(|| self.total().covariance(i, j, lag)),
                    correlation: self.estimate(lag, |a| Ok(a.correlation(i, j, lag))),
                }));
            }
        }
        points
    }

    /// ½ + Σ r, or why there is none, as a time.
    fn time(&self, i: usize, per_step: f64) -> Estimate {
        let (lags, last) = (self.steps(), self.lags.len() - 1);
        if let Some(fault) = self.fault(last) {
            return fault;
        }
        match window(&lags, &self.total().autocorrelations(i, lags.len())) {
            Err(reason) => Estimate::missing(self.sums.blocks(), reason),
            Ok(window) => self.estimate(last, |a| {
                Ok(per_step * integrated_steps(&lags, &a.autocorrelations(i, window.end + 1), window))
            }),
        }
    }

    /// The rate at which r decays in the end.
    fn rate(&self, halves: &Halves, i: usize, per_step: f64) -> Estimate {
        self.fault(self.lags.len() - 1).unwrap_or_else(|| halves.rate(i, per_step))
    }

    fn steps(&self) -> Vec<f64> {
        self.lags.iter().map(|lag| *lag as f64).collect()
    }

    /// How many independent states would give the mean the error that it has.
    fn effective_sample_size(&self, i: usize) -> Estimate {
        let mean = self.estimate(0, |a| Ok(a.mean(i)));
        let (Some(_), Some(error)) = (mean.value, mean.std_error) else { return mean };
        let size = self.total().covariance(i, i, 0) / (error * error);
        if !size.is_finite() {
            return Estimate::missing(mean.blocks, "all walkers have the same mean");
        }
        // The squared error is one of `blocks` − 1 degrees of freedom.
        let share = (2.0 / (mean.blocks as f64 - 1.0)).sqrt();
        Estimate { value: Some(size), std_error: Some(share * size), ..mean }
    }

    /// The spectrum of the increments of coordinate i, and their variance.
    fn spectrum(&self, i: usize) -> Vec<SpectrumPoint> {
        let last = self.lags.len() - 1;
        if self.fault(last).is_some() {
            return Vec::new();
        }
        let of = |a: &Averages| increment_spectrum(&(0..=last).map(|lag| a.covariance(i, i, lag)).collect::<Vec<_>>());
        let all = self.total();
        let flat = (last > 0).then(|| 2.0 * (all.covariance(i, i, 0) - all.covariance(i, i, 1)));
        let point = |(k, spectrum)| SpectrumPoint {
            i: self.axes[i],
            k,
            frequency: PI * k as f64 / last as f64,
            spectrum,
            flat,
        };
        self.sums.measurements(|sums| of(&self.averages(sums))).into_iter().enumerate().map(point).collect()
    }

    fn spectra(&self, setup: &Setup) -> Vec<SpectrumPoint> {
        let measured = setup.measure.correlation.as_ref().is_some_and(|m| matches!(m.lags, Lags::To(_)));
        if measured { (0..self.axes.len()).flat_map(|i| self.spectrum(i)).collect() } else { Vec::new() }
    }
}

/// The correlations of a cell at every lag, of every ordered pair of signals; empty where none are measured.
pub fn correlations(setup: &Setup, blocks: &[&BlockTally]) -> Vec<CorrelationPoint> {
    Pairs::new(setup, blocks).map_or(Vec::new(), |pairs| pairs.points(setup.time_per_step()))
}

/// The spectra of the increments of a cell's coordinates; empty where not all lags up to one are measured.
pub fn spectra(setup: &Setup, blocks: &[&BlockTally]) -> Vec<SpectrumPoint> {
    Pairs::new(setup, blocks).map_or(Vec::new(), |pairs| pairs.spectra(setup))
}

/// Adds what is measured of correlations; nothing where they are not. i and j are coordinates or `loss`:
///
/// - `correlation[i,j,k]`: Cov(i(n), j(n + k))/√(V_i V_j) of measured states and those k steps later;
/// - `correlation_time[i]`: the integrated autocorrelation time ½ + Σ_{k≥1} r(k), as a time;
/// - `relaxation_rate[i]`: −d ln r/dt where faster decays are over;
/// - `effective_sample_size[i]`: V_i over the squared standard error of the mean, which is that of means of independent
///   walkers, so that it knows of correlations in time; a walker's states count as one where they are all alike;
/// - `increment_spectrum[i,k]`: the spectrum of θ_i(n + 1) − θ_i(n) at ω = πk/W, where all lags up to W are measured.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let Some((pairs, halves)) = Pairs::new(setup, blocks).zip(Halves::new(setup, blocks)) else { return };
    let per_step = setup.time_per_step();
    for point in pairs.points(per_step) {
        all.insert(format!("correlation[{},{},{}]", point.i, point.j, point.lag), point.correlation);
    }
    let varies = || Estimate::missing(blocks.len(), "the time of a step varies");
    for (i, name) in pairs.signals.iter().enumerate() {
        all.insert(format!("correlation_time[{name}]"), per_step.map_or_else(varies, |t| pairs.time(i, t)));
    }
    for (i, axis) in pairs.axes.iter().enumerate() {
        all.insert(format!("relaxation_rate[{axis}]"), per_step.map_or_else(varies, |t| pairs.rate(&halves, i, t)));
        all.insert(format!("effective_sample_size[{axis}]"), pairs.effective_sample_size(i));
    }
    for SpectrumPoint { i, k, spectrum, .. } in pairs.spectra(setup) {
        let Measurement { value, std_error } = spectrum;
        let estimate = Estimate { value, std_error, blocks: blocks.len(), ..Estimate::default() };
        all.insert(format!("increment_spectrum[{i},{k}]"), estimate);
    }
}
