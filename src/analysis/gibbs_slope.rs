//! The temperature from the shape of a histogram: −ln p̂ is a straight line of slope 1/T against U.

use super::jackknife::{BlockSums, ratio};
use super::line::weighted_line;
use super::{Estimate, Estimates, weights};
use crate::experiment::{Histogram, Setup, Variable};
use crate::gibbs;
use crate::landscape::Profile;
use crate::tally::BlockTally;

/// Most bins that take part; neighbours are joined where the histogram has more.
const MOST_BINS: usize = 512;

/// A bin takes part where the logarithm of its share is known this well: 50 independent states.
const LARGEST_ERROR: f64 = 0.14;

/// Fewest states of a bin that takes part.
const FEWEST_STATES: f64 = 25.0;

/// Fewest blocks from which the error of a single bin is taken.
const FEWEST_BLOCKS: usize = 64;

const NO_LINE: &str = "the histogram's bins determine no line";

/// Adds `gibbs_temperature_slope`, where a coordinate along which the loss separates has a histogram of
/// its own: the first such.
///
/// The line is fitted to −ln of the counts by weighted least squares, with the standard errors of the
/// bins' shares between blocks as errors. What stands for U in a bin is −T ln of the mean of exp(−U/T)
/// over it, at the T of the fit before (three times, from U at the middle), so that the width of the
/// bins makes no error. States outside the range do not matter. Counts fluctuate, and with them their
/// logarithms and their errors, which would tilt the line where counts are small; so a first fit says
/// how many states a bin should have, which gives its error and whether it takes part, and σ²/2, by
/// which the mean of ln n is below ln of the mean, is added to ln n.
///
/// The error is the jackknife's with the bins' errors held fixed. χ² takes the bins as independent; they
/// share walkers, so that its spread is larger than that of a χ² variable, and its mean nearly the same.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let profiles = setup.landscape.profiles().unwrap_or_default();
    let suited = |(place, histogram): (usize, &Histogram)| match histogram.axes()[..] {
        [axis] => match axis.variable {
            Variable::Coordinate(i) => {
                let profile = profiles.get(i).filter(|profile| !profile.minima().is_empty())?;
                Some((place, axis, profile))
            }
            Variable::Loss | Variable::Formula => None,
        },
        _ => None,
    };
    let Some((place, axis, profile)) = setup.measure.histogram.iter().enumerate().find_map(suited) else {
        return;
    };
    let bins = axis.bins as usize;
    let joined = bins.div_ceil(MOST_BINS);
    let edge = |k: usize| axis.low + (axis.high - axis.low) * (k.min(bins) as f64 / bins as f64);
    let counts = |block: &&BlockTally| -> Vec<f64> {
        block.histograms[place].bins.chunks(joined).map(|bins| bins.iter().sum::<u64>() as f64).collect()
    };
    let counts: Vec<Vec<f64>> = blocks.iter().map(counts).collect();
    let edges = |k: usize| (edge(k * joined), edge((k + 1) * joined));
    let fit = SlopeFit { profile, bins: filled_bins(&weights(blocks), &counts, edges) };
    all.insert("gibbs_temperature_slope".into(), fit.estimate(weights(blocks), &counts));
}

/// The bins that take part.
struct SlopeFit<'a> {
    profile: &'a Profile,
    bins: Vec<Bin>,
}

struct Bin {
    place: usize,
    low: f64,
    high: f64,
    /// States in all blocks.
    count: f64,
    /// Error of ln of its share.
    sigma: f64,
}

/// The bins that more than one block has filled.
fn filled_bins(weights: &[f64], counts: &[Vec<f64>], edges: impl Fn(usize) -> (f64, f64)) -> Vec<Bin> {
    let states: Vec<f64> = counts.iter().map(|block| block.iter().sum()).collect();
    let mut bins = Vec::new();
    for place in 0..counts.first().map_or(0, Vec::len) {
        let here: Vec<f64> = counts.iter().map(|block| block[place]).collect();
        let count: f64 = here.iter().sum();
        let most = here.iter().copied().fold(0.0, f64::max);
        // A bin that one block alone has filled would be empty without it.
        if count == 0.0 || (here.len() > 1 && most == count) {
            continue;
        }
        let share = ratio(weights, &here, &states);
        let sigma = share.std_error.zip(share.value).map_or(0.0, |(error, value)| error / value);
        let (low, high) = edges(place);
        bins.push(Bin { place, low, high, count, sigma });
    }
    // The variance of one bin is known poorly from few blocks; then it is taken as that of independent
    // states, times a factor that all bins share.
    if counts.len() < FEWEST_BLOCKS {
        let factor = bins.iter().map(|bin| bin.sigma.powi(2) * bin.count).sum::<f64>() / bins.len() as f64;
        let factor = if factor > 0.0 { factor } else { 1.0 };
        for bin in &mut bins {
            bin.sigma = (factor / bin.count).sqrt();
        }
    }
    bins
}

impl Bin {
    /// This bin where it takes part in a fit in which it should hold `states`: the variance of a count is
    /// proportional to its mean.
    fn expecting(&self, states: f64) -> Option<Self> {
        let sigma = self.sigma * (self.count / states).sqrt();
        (states >= FEWEST_STATES && sigma > 0.0 && sigma <= LARGEST_ERROR).then_some(Self { sigma, ..*self })
    }
}

impl SlopeFit<'_> {
    fn estimate(&self, weights: Vec<f64>, counts: &[Vec<f64>]) -> Estimate {
        let blocks = weights.len();
        let fit = match self.with_expected_counts() {
            Ok(fit) => fit,
            Err(reason) => return Estimate::missing(blocks, reason),
        };
        let statistics = counts.iter().map(|block| fit.bins.iter().map(|bin| block[bin.place]).collect());
        let sums = BlockSums::new(weights, statistics.collect());
        // Bin energies depend weakly on T: their values at two temperatures near the fit serve all blocks.
        let start = match fit.first_temperature(sums.total()) {
            Ok(t) => fit.energies_near(t),
            Err(reason) => return Estimate::missing(blocks, reason),
        };
        let mut estimate = sums.estimate(|counts| fit.temperature(counts, &start));
        if let Some(t) = estimate.value {
            let line = fit.line(&start.at(t), sums.total());
            estimate.chi_squared = line.as_ref().map(|line| line.chi_squared);
            estimate.degrees_of_freedom = line.map(|line| line.degrees_of_freedom);
        }
        estimate
    }

    /// The bins that should hold enough states by a fit to those that do.
    fn with_expected_counts(&self) -> Result<Self, String> {
        let enough = |bins: Vec<Bin>| match bins.len() {
            0..3 => Err(format!("{} bins of the histogram hold enough states; three are needed", bins.len())),
            _ => Ok(Self { profile: self.profile, bins }),
        };
        let first = enough(self.bins.iter().filter_map(|bin| bin.expecting(bin.count)).collect())?;
        let counts: Vec<f64> = first.bins.iter().map(|bin| bin.count).collect();
        let t = first.first_temperature(&counts)?;
        let line = first.line(&first.energies(t), &counts).ok_or(NO_LINE)?;
        let expected = |(bin, energy): (&Bin, f64)| bin.expecting((-line.intercept - line.slope * energy).exp());
        enough(self.bins.iter().zip(self.energies(t)).filter_map(expected).collect())
    }

    fn line(&self, energies: &[f64], counts: &[f64]) -> Option<super::LineFit> {
        let y: Vec<f64> = counts.iter().zip(&self.bins).map(|(n, bin)| -n.ln() - 0.5 * bin.sigma.powi(2)).collect();
        let sigma: Vec<f64> = self.bins.iter().map(|bin| bin.sigma).collect();
        weighted_line(energies, &y, &sigma)
    }

    fn fitted(&self, energies: &[f64], counts: &[f64]) -> Result<f64, String> {
        let line = self.line(energies, counts).ok_or(NO_LINE)?;
        if line.slope > 0.0 { Ok(1.0 / line.slope) } else { Err("the histogram does not fall with the loss".into()) }
    }

    /// The temperature of the total, by three fits from U at the middle of the bins.
    fn first_temperature(&self, counts: &[f64]) -> Result<f64, String> {
        let middle: Vec<f64> = self.bins.iter().map(|bin| self.profile.value(0.5 * (bin.low + bin.high))).collect();
        let mut t = self.fitted(&middle, counts)?;
        for _ in 0..3 {
            t = self.fitted(&self.energies(t), counts)?;
        }
        Ok(t)
    }

    fn energies_near(&self, t: f64) -> BinEnergies {
        let step = 0.01 * t;
        let (below, above) = (self.energies(t - step), self.energies(t + step));
        let slope = above.iter().zip(&below).map(|(a, b)| (a - b) / (2.0 * step)).collect();
        BinEnergies { temperature: t, energies: self.energies(t), slope }
    }

    fn temperature(&self, counts: &[f64], start: &BinEnergies) -> Result<f64, String> {
        let mut t = start.temperature;
        for _ in 0..3 {
            t = self.fitted(&start.at(t), counts)?;
        }
        Ok(t)
    }

    /// −T ln ⟨exp(−U/T)⟩ of every bin, up to a constant; NaN where it is not defined.
    fn energies(&self, t: f64) -> Vec<f64> {
        let energy = |bin: &Bin| {
            let width = (bin.high - bin.low).ln();
            t * (gibbs::free_energy(self.profile, t, bin.low, bin.high).unwrap_or(f64::NAN) + width)
        };
        self.bins.iter().map(energy).collect()
    }
}

/// Bin energies, linear in T near a temperature.
struct BinEnergies {
    temperature: f64,
    energies: Vec<f64>,
    slope: Vec<f64>,
}

impl BinEnergies {
    fn at(&self, t: f64) -> Vec<f64> {
        self.energies.iter().zip(&self.slope).map(|(u, slope)| u + slope * (t - self.temperature)).collect()
    }
}

#[cfg(test)]
mod tests;
