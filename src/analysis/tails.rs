//! Power laws far from a minimum, in the stationary state of noise that grows with the loss.

use super::jackknife::BlockSums;
use super::{Estimate, Estimates, weights};
use crate::experiment::{BinnedAxis, Noise, Quadratic, Setup, Variable};
use crate::loss_exponent::loss_exponent;
use crate::tally::BlockTally;

/// Share of the states that count as far out, ...
const SHARE: f64 = 1e-4;

/// ... or so many states, where these are more, ...
const FEWEST: f64 = 1000.0;

/// ... but at most this share.
const LARGEST_SHARE: f64 = 1e-2;

/// Share of the states that may be beyond the bins of the loss.
const BEYOND: f64 = 1e-3;

/// Adds, on a quadratic landscape whose noise grows with the loss from L* > 0 on,
///
/// - `tail_exponent[i]`, β of P(|θ_i − θ*_i| > X) ∝ X^−β, from the first histogram of coordinate i whose range has the
///   minimum in its middle, by the estimator of B. M. Hill (Ann. Stat. 3, 1163 (1975)) over the 10⁻⁴ of the states that
///   are farthest out, 1000 at least: β⁻¹ is the mean of ln(|θ_i − θ*_i|/X) over them, where those beyond the range R
///   count ln(R/X) in the sum and not in the number, as β is of maximum likelihood then;
/// - `loss_tail_exponent`, φ of the density p(θ) ∝ L^−φ of maximum likelihood, from the first histogram of the loss, or of
///   the only coordinate: in n dimensions ψ(φ) − ψ(φ − n/2) is the mean of ln(L/L*), as ∫ (1 + r²)^−φ dⁿr ∝
///   Γ(φ − n/2)/Γ(φ). States beyond the range count as at its end.
///
/// States are taken to be in the middle of their bins.
pub(super) fn estimate(setup: &Setup, blocks: &[&BlockTally], all: &mut Estimates) {
    let Some(landscape) = setup.landscape.quadratic() else { return };
    let grows = matches!(setup.noise, Some(Noise::LossHessian(_) | Noise::Minibatch(_))) && landscape.floor > 0.0;
    if !grows || setup.takes_walkers_out() {
        return;
    }
    for (place, histogram) in setup.measure.histogram.iter().enumerate() {
        let axes = histogram.axes();
        let [axis] = axes.as_slice() else { continue };
        let counts = Counts { axis: *axis, place, blocks };
        let loss = match axis.variable {
            Variable::Coordinate(i) => {
                if is_centred(axis, landscape.minimum[i]) {
                    all.entry(format!("tail_exponent[{i}]")).or_insert_with(|| counts.tail());
                }
                (setup.dimension() == 1).then(|| counts.loss_tail(1, |x| ratio_at(landscape, x)))
            }
            Variable::Loss => Some(counts.loss_tail(setup.dimension(), |loss| loss / landscape.floor)),
            Variable::Formula => None,
        };
        if let Some(exponent) = loss {
            all.entry("loss_tail_exponent".to_owned()).or_insert(exponent);
        }
    }
}

fn is_centred(axis: &BinnedAxis, minimum: f64) -> bool {
    (0.5 * (axis.low + axis.high) - minimum).abs() <= 1e-9 * (axis.high - axis.low)
}

/// L/L* of the only coordinate.
fn ratio_at(landscape: &Quadratic, x: f64) -> f64 {
    landscape.loss(&[x]) / landscape.floor
}

/// The counts of a histogram of one number.
struct Counts<'a> {
    axis: BinnedAxis,
    place: usize,
    blocks: &'a [&'a BlockTally],
}

impl Counts<'_> {
    fn missing(&self, reason: &str) -> Estimate {
        Estimate::missing(self.blocks.len(), reason)
    }

    fn width(&self) -> f64 {
        (self.axis.high - self.axis.low) / self.axis.bins as f64
    }

    /// Sums over the states of every block.
    fn sums(&self, of: impl Fn(&[u64], u64) -> Vec<f64>) -> BlockSums {
        let counts = self.blocks.iter().map(|block| &block.histograms[self.place]);
        BlockSums::new(weights(self.blocks), counts.map(|counts| of(&counts.bins, counts.outside)).collect())
    }

    fn tail(&self) -> Estimate {
        let bins = self.axis.bins as usize;
        let pair = |counts: &[u64], k: usize| counts[k] + if bins - 1 - k == k { 0 } else { counts[bins - 1 - k] };
        let of_all = |count: &dyn Fn(&[u64], u64) -> u64| -> u64 {
            self.blocks.iter().map(|b| &b.histograms[self.place]).map(|c| count(&c.bins, c.outside)).sum()
        };
        let states = of_all(&|counts, outside| counts.iter().sum::<u64>() + outside) as f64;
        let wanted = (SHARE * states).max(FEWEST);
        if wanted > LARGEST_SHARE * states {
            return self.missing("there are too few states for a tail; measure 10⁵ or more");
        }
        // Pairs of bins from both ends inwards.
        let mut far = of_all(&|_, outside| outside) as f64;
        let mut pairs = 0;
        while pairs < bins / 2 {
            far += of_all(&|counts, _| pair(counts, pairs)) as f64;
            if far > wanted {
                break;
            }
            pairs += 1;
        }
        let (range, width) = (0.5 * (self.axis.high - self.axis.low), self.width());
        let threshold = range - pairs as f64 * width;
        if pairs == 0 || threshold < 8.0 * width {
            return self
                .missing("the tail is beyond the histogram's range, or within a few bins: other bins are needed");
        }
        let sums = self.sums(|counts, outside| {
            let of_pair = |k: usize| (pair(counts, k) as f64, (range - (k as f64 + 0.5) * width) / threshold);
            let within = (0..pairs).map(of_pair);
            let number: f64 = within.clone().map(|(count, _)| count).sum();
            let logarithms: f64 = within.map(|(count, ratio)| count * ratio.ln()).sum();
            vec![number, logarithms + outside as f64 * (range / threshold).ln()]
        });
        sums.estimate(|s| if s[0] > 0.0 { Ok(s[0] / s[1]) } else { Err("no state is in the tail".to_owned()) })
    }

    /// φ in `dimension` coordinates, where L/L* at a number is its `ratio`.
    fn loss_tail(&self, dimension: usize, ratio: impl Fn(f64) -> f64) -> Estimate {
        let middle = |k: usize| self.axis.low + (k as f64 + 0.5) * self.width();
        let logarithm = |x: f64| ratio(x).max(1.0).ln();
        let logarithms: Vec<f64> = (0..self.axis.bins as usize).map(|k| logarithm(middle(k))).collect();
        let end = logarithm(self.axis.high);
        let sums = self.sums(|counts, outside| {
            let within: f64 = counts.iter().zip(&logarithms).map(|(count, ln)| *count as f64 * ln).sum();
            let states = counts.iter().sum::<u64>() + outside;
            vec![states as f64, within + outside as f64 * end, outside as f64]
        });
        if sums.total()[2] > BEYOND * sums.total()[0] {
            return self.missing("more than one state in 1000 is beyond the histogram's range; make it wider");
        }
        sums.estimate(|s| loss_exponent(s[1] / s[0], dimension).ok_or("no state is away from the minimum".to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::{SplitMix, references, setup};
    use super::*;
    use crate::tally::HistogramCounts;

    const WIDE: f64 = 400.0;
    const BINS: usize = 400_000;

    /// One coordinate under noise that grows from `floor` on, with a histogram about the minimum 0.
    fn regression(label_noise: f64) -> Setup {
        setup(&format!(
            r#"
            landscape = {{ kind = "least-squares", synthetic = {{ samples = "fresh", features = 1, label_noise = {label_noise} }} }}
            noise = {{ kind = "minibatch" }}
            dynamics = {{ kind = "sgd", learning_rate = 0.5 }}
            ensemble = {{ walkers = 64, steps = 10, start = [0.0] }}
            measure.histogram = {{ axis = 0, range = [-{WIDE}, {WIDE}], bins = {BINS} }}
        "#
        ))
    }

    fn counted(states: &[f64]) -> BlockTally {
        let mut counts = HistogramCounts { bins: vec![0; BINS], outside: 0 };
        for x in states {
            let place = (x + WIDE) / (2.0 * WIDE) * BINS as f64;
            match place >= 0.0 && place < BINS as f64 {
                true => counts.bins[place as usize] += 1,
                false => counts.outside += 1,
            }
        }
        BlockTally { walkers: 1, histograms: vec![counts], ..BlockTally::default() }
    }

    /// Both exponents are within 4 σ, a false alarm of 6·10⁻⁵ each (fixed seeds), and those of the canaries are not.
    fn check(setup: &Setup, blocks: &[BlockTally], right: [f64; 2], wrong: [f64; 2]) {
        let mut all = Estimates::new();
        estimate(setup, &references(blocks), &mut all);
        for (k, name) in ["tail_exponent[0]", "loss_tail_exponent"].into_iter().enumerate() {
            let (value, error) = (all[name].value.expect("a tail"), all[name].std_error.expect("blocks"));
            assert!((value - right[k]).abs() < 4.0 * error, "{name}: {value} ± {error}, not {}", right[k]);
            assert!((value - wrong[k]).abs() > 4.0 * error, "canary of {name}: {value} ± {error}");
        }
    }

    /// Student's t of three degrees of freedom: p ∝ (1 + x²/3)^−2, β = 3, φ = 2 with L* = 3/2.
    #[test]
    fn of_students_t() {
        let setup = regression(3f64.sqrt());
        let mut random = SplitMix(21);
        let mut sample = || {
            let squares: f64 = (0..3).map(|_| random.normal().powi(2)).sum();
            random.normal() / (squares / 3.0).sqrt()
        };
        let blocks: Vec<_> = (0..32).map(|_| counted(&(0..60_000).map(|_| sample()).collect::<Vec<_>>())).collect();
        check(&setup, &blocks, [3.0, 2.0], [4.0, 2.05]);
    }

    /// x' = x − η w(w x − ε), SGD on fresh samples at η = 0.5: E|1 − ηw²|^β = 1 at β = 2.90397, and φ = 1.9536 of the
    /// stationary law, both by an independent program; under noise whose law decouples they would be 5 and 3.
    #[test]
    fn of_regression_on_fresh_samples() {
        let setup = regression(1.0);
        let mut random = SplitMix(22);
        let mut walk = || {
            let mut x = 0.0;
            let mut step = || {
                let (w, label) = (random.normal(), random.normal());
                x -= 0.5 * w * (w * x - label);
                x
            };
            (0..30).for_each(|_| _ = step());
            (0..3000).map(|_| step()).collect::<Vec<f64>>()
        };
        let blocks: Vec<_> = (0..32).map(|_| counted(&(0..40).flat_map(|_| walk()).collect::<Vec<_>>())).collect();
        check(&setup, &blocks, [2.90397, 1.9536], [5.0, 3.0]);
    }

    #[test]
    fn few_states_and_narrow_ranges_have_a_reason() {
        let setup = regression(1.0);
        let of = |states: &[f64]| {
            let mut all = Estimates::new();
            estimate(&setup, &references(&[counted(states)]), &mut all);
            all.into_values().map(|e| e.reason.unwrap_or_default()).collect::<Vec<_>>()
        };
        assert!(of(&[0.5; 1000]).iter().any(|reason| reason.contains("too few")));
        let beyond: Vec<f64> = (0..200_000).map(|k| if k % 100 == 0 { 1e3 } else { 0.1 }).collect();
        let reasons = of(&beyond);
        assert!(
            reasons.iter().any(|r| r.contains("wider")) && reasons.iter().any(|r| r.contains("beyond")),
            "{reasons:?}"
        );
    }

    /// ψ(φ) − ψ(φ − 1) = 1/(φ − 1) in two dimensions; in one ψ(2) − ψ(3/2) = 2 ln 2 − 1.
    #[test]
    fn exponents_in_closed_form() {
        for (mean, dimension, exponent) in [(0.25, 2, 5.0), (4.0, 2, 1.25), (2.0 * 2f64.ln() - 1.0, 1, 2.0)] {
            let found = loss_exponent(mean, dimension).expect("an exponent");
            assert!((found - exponent).abs() < 1e-10, "{mean}, {dimension}: {found}");
        }
        assert_eq!(loss_exponent(0.0, 1), None);
    }
}
