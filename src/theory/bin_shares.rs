//! The exact law of one coordinate when it is measured, as shares of the bins of a histogram; and the law
//! of the distance between it and what is counted.

use super::predict::add;
use super::reduction::Coordinate;
use super::{Kind, MeasuringTimes, Predictions, Source, TransitionKernel, coordinates};
use crate::experiment::{Distribution, Histogram, Setup, Variable};
use crate::kolmogorov::KOLMOGOROV_MEAN;

/// Updates after which the atoms of [`uniform`] are closer than walkers can tell.
const UNIFORM_AFTER: u64 = 40;

/// From this many bins and walkers on, the limiting law of the distance holds to a tenth of its deviation.
const EXACT_FROM: (u64, u64) = (1000, 10_000);

/// The exact share of measured states in every bin between `edges` of coordinate `i`, pooled over the
/// measuring times. None where walkers that pass are taken out, where coordinates are coupled, where noise
/// is neither normal nor signs that add up to the uniform law, or where the kernel cannot be worked out.
pub fn bin_shares(setup: &Setup, i: usize, edges: &[f64]) -> Option<Vec<f64>> {
    if setup.takes_walkers_out() {
        return None;
    }
    let coordinate = coordinates(setup)?.into_iter().nth(i)?;
    if let Some((low, high)) = uniform(setup, &coordinate) {
        let below = |x: f64| ((x - low) / (high - low)).clamp(0.0, 1.0);
        return Some(edges.windows(2).map(|bin| below(bin[1]) - below(bin[0])).collect());
    }
    if setup.distribution() != Distribution::Gaussian {
        return None;
    }
    let start = coordinate.start(setup, i)?;
    let kernel = TransitionKernel::on_line(&coordinate, &start)?;
    // The law one step before every measurement, so that the kernel itself gives each bin's share.
    let law = kernel.pooled(&start, MeasuringTimes::of(setup).before(), 1.0)?;
    Some(edges.windows(2).map(|bin| law.next_between(bin[0], bin[1])).collect())
}

/// x' = m + (x − m)/2 ± s with either sign as likely: after k updates from a point, 2^k atoms of equal
/// weight, 2^(2−k) s apart, between m − 2s and m + 2s, as Σ ±2^-k is a number with random binary digits
/// (P. Erdős, Amer. J. Math. 61, 974 (1939)). The ends of the uniform law that they tend to.
fn uniform(setup: &Setup, coordinate: &Coordinate) -> Option<(f64, f64)> {
    let quadratic = setup.landscape.quadratic().is_some() && setup.distribution() == Distribution::Rademacher;
    let minimum = *coordinate.profile.minima().first()?;
    let halves = quadratic && (coordinate.next(minimum + 1.0) - minimum - 0.5).abs() < 1e-12;
    let settled = MeasuringTimes::of(setup).first > UNIFORM_AFTER;
    (halves && settled).then_some((minimum - 2.0 * coordinate.deviation, minimum + 2.0 * coordinate.deviation))
}

/// The place and the coordinate of the histogram that `ks_distance` is of: the first of one coordinate,
/// where every walker is measured once, so that what is counted is independent.
pub fn tested_histogram(setup: &Setup) -> Option<(usize, usize)> {
    let one = |(place, histogram): (usize, &Histogram)| match histogram.axes().as_slice() {
        [axis] => match axis.variable {
            Variable::Coordinate(i) => Some((place, i)),
            Variable::Loss | Variable::Formula => None,
        },
        _ => None,
    };
    let once = MeasuringTimes::of(setup).count == 1;
    setup.measure.histogram.iter().enumerate().find_map(one).filter(|_| once)
}

/// Adds the mean distance between the shares of as many walkers and their law: √(π/2) ln 2/√n, the
/// Kolmogorov law's, which holds as n → ∞ and bins get narrow.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let Some((place, i)) = tested_histogram(setup) else { return };
    let axes = setup.measure.histogram[place].axes();
    let [axis] = axes.as_slice() else { return };
    if bin_shares(setup, i, &[axis.low, axis.high]).is_some() {
        let walkers = setup.ensemble.walkers;
        let exact = axis.bins >= EXACT_FROM.0 && walkers >= EXACT_FROM.1;
        let kind = if exact { Kind::Exact } else { Kind::Asymptotic };
        add(all, "ks_distance", Source::Kolmogorov, kind, KOLMOGOROV_MEAN / (walkers as f64).sqrt());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Experiment;
    use crate::experiment::Cell;
    use crate::theory::predict::predict as predict_all;

    const SIGNS: &str = r#"
        landscape = { kind = "quadratic", hessian = [2.0], minimum = [1.0] }
        noise = { kind = "gaussian", covariance = 4.0, distribution = "rademacher" }
        dynamics = { kind = "sgd", learning_rate = 0.25 }
        ensemble = { walkers = 10_000, start = [1.0], burn_in = 40, steps = 1 }
        measure = { histogram = { axis = 0, range = [-1, 3], bins = 1000 } }
    "#;

    fn cell(text: &str) -> Cell {
        let mut experiment = Experiment::parse("test", "test.toml", text, &[]).unwrap_or_else(|e| panic!("{e}"));
        experiment.cells.remove(0)
    }

    /// x' = 1 + (x − 1)/2 ± 1/2 is uniform on [0, 2].
    #[test]
    fn signs_at_half_the_inverse_curvature_are_uniform() {
        let shares = bin_shares(&cell(SIGNS).setup, 0, &[-1.0, 0.5, 1.0, 1.25, 4.0]).expect("a law");
        assert_eq!(shares, [0.25, 0.25, 0.125, 0.375]);
        for other in ["0.2", "0.3"] {
            let text = SIGNS.replace("learning_rate = 0.25", &format!("learning_rate = {other}"));
            assert_eq!(bin_shares(&cell(&text).setup, 0, &[0.0, 1.0]), None, "{other}");
        }
        assert_eq!(bin_shares(&cell(&SIGNS.replace("burn_in = 40", "burn_in = 3")).setup, 0, &[0.0, 1.0]), None);
    }

    #[test]
    fn distance_is_predicted_where_states_are_independent() {
        let found = |text: &str| predict_all(&cell(text).setup).remove("ks_distance");
        let [prediction] = found(SIGNS).expect("one")[..] else { panic!("one prediction") };
        assert_eq!((prediction.source, prediction.kind), (Source::Kolmogorov, Kind::Exact));
        assert!((prediction.value - 0.008_687_311_606_361_6).abs() < 1e-12, "{}", prediction.value);
        assert_eq!(found(&SIGNS.replace("bins = 1000", "bins = 10")).expect("one")[0].kind, Kind::Asymptotic);
        assert_eq!(found(&SIGNS.replace("steps = 1 ", "steps = 2 ")), None, "states of one walker");
        assert_eq!(found(&SIGNS.replace("axis = 0", "of = \"loss\"")), None);
    }
}
