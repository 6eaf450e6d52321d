//! Quantiles of an ensemble, from counts by bin.

use super::Estimate;
use crate::tally::{BinCounts, LogLinearBins};

/// Half the width, in standard errors of the share of walkers below it, of the interval that tells a quantile's error.
const WIDTH: f64 = 2.0;

/// The quantiles of a number, of which every block has counts: the places, in units of its typical size, at which
/// their distribution function, a straight line through each bin, has the values `levels`. With N independent walkers
/// that function has the standard error δ = √(q(1 − q)/N) there, and the quantile that of the places at q ± 2δ (R. S.
/// Woodruff, J. Am. Stat. Assoc. 47, 635 (1952)); the jackknife of as many blocks as there are walkers in each tells it
/// too small. None where there are not so many walkers on either side.
pub(super) fn quantiles(blocks: &[&BinCounts], levels: &[f64]) -> Vec<Estimate> {
    let mut counts = BinCounts::default();
    blocks.iter().for_each(|block| counts.add(block));
    let ends = counts.0.first_key_value().zip(counts.0.last_key_value());
    let Some((first, last)) = ends.map(|(first, last)| (*first.0, *last.0)) else {
        return vec![Estimate::missing(blocks.len(), "no walker left to measure"); levels.len()];
    };
    let mut below = vec![0; (last - first) as usize + 2];
    counts.0.iter().for_each(|(bin, walkers)| below[(bin - first) as usize + 1] += walkers);
    (1..below.len()).for_each(|k| below[k] += below[k - 1]);
    let walkers = below[below.len() - 1] as f64;
    let one = |level: &f64| {
        let Some(value) = place(first, &below, *level) else {
            let reason = "the quantile is beyond 64 times the size that was expected";
            return Estimate::missing(blocks.len(), reason);
        };
        let away = WIDTH * (level * (1.0 - level) / walkers).sqrt();
        let ends = place(first, &below, level + away).zip(place(first, &below, level - away));
        let std_error = ends.filter(|_| blocks.len() > 1).map(|(high, low)| (high - low) / (2.0 * WIDTH));
        Estimate { value: Some(value), std_error, blocks: blocks.len(), ..Estimate::default() }
    };
    levels.iter().map(one).collect()
}

/// Where a distribution function has the value `level`, with `below[k]` walkers below bin `first` + k; none without
/// walkers, or in a bin without end.
fn place(first: u32, below: &[u64], level: f64) -> Option<f64> {
    let walkers = *below.last()? as f64;
    let wanted = level * walkers;
    let end = below.partition_point(|count| (*count as f64) < wanted);
    let bin = end.checked_sub(1)?;
    let [low, high] = LogLinearBins::edges(first + bin as u32)?;
    let share = (wanted - below[bin] as f64) / (*below.get(end)? - below[bin]) as f64;
    Some(low + share * (high - low))
}

#[cfg(test)]
mod tests {
    use super::super::synthetic::SplitMix;
    use super::*;

    /// Normal numbers of mean 0.3 and deviation 0.8, 128 blocks of 1000: quantiles within 4 σ (false-alarm rate
    /// 3·10⁻⁴; the seed is fixed), with the error √(q(1 − q)/N)/p of a quantile's to within 4 √(1/(2·127)) of it.
    /// Canaries: another level, and half the error.
    #[test]
    fn of_normal_numbers_are_theirs() {
        let mut random = SplitMix(3);
        let mut block = || {
            let mut counts = BinCounts::default();
            (0..1000).for_each(|_| counts.count(LogLinearBins::index((0.3 + 0.8 * random.normal()) as f32), 1));
            counts
        };
        let blocks: Vec<BinCounts> = (0..128).map(|_| block()).collect();
        // Levels and standard normal quantiles.
        let levels: [(f64, f64); 4] =
            [(0.05, -1.6448536269514722), (0.25, -0.6744897501960817), (0.5, 0.0), (0.95, 1.6448536269514722)];
        let found = quantiles(&blocks.iter().collect::<Vec<_>>(), &levels.map(|(q, _)| q));
        for ((q, z), found) in levels.iter().zip(&found) {
            let (value, error) = (found.value.expect("a value"), found.std_error.expect("an error"));
            let density = (-0.5 * z * z).exp() / (0.8 * std::f64::consts::TAU.sqrt());
            let expected = (q * (1.0 - q) / 128_000.0_f64).sqrt() / density;
            assert!((value - 0.3 - 0.8 * z).abs() < 4.0 * error, "{q}: {value} ± {error}");
            assert!((value - 0.3 - 0.8 * (z + 0.03)).abs() > 4.0 * error, "canary: {q}: {value} ± {error}");
            assert!((error / expected - 1.0).abs() < 0.25, "{q}: {error}, not {expected}");
            assert!((error / (0.5 * expected) - 1.0).abs() > 0.25, "canary: {q}");
        }
    }

    #[test]
    fn without_walkers_or_bounds_there_is_a_reason() {
        let none = BinCounts::default();
        let mut far = BinCounts::default();
        far.count(LogLinearBins::COUNT - 1, 3);
        far.count(LogLinearBins::HALF, 1);
        for (blocks, missing) in [(vec![&none, &none], [true, true]), (vec![&none, &far], [false, true])] {
            let found = quantiles(&blocks, &[0.2, 0.9]);
            assert_eq!([found[0].value.is_none(), found[1].value.is_none()], missing, "{found:?}");
            assert!(found.iter().all(|e| e.value.is_some() || e.reason.is_some()), "{found:?}");
        }
        assert_eq!(quantiles(&[&far], &[0.2])[0].std_error, None, "a single block");
    }
}
