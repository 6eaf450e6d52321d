//! Correlations of pairs written out by hand.

use super::super::synthetic::{references, setup};
use super::*;

fn well(lags: &str) -> Setup {
    setup(&format!(
        r#"
        landscape = {{ kind = "quadratic", hessian = [1.0, 2.0] }}
        dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.5 }}
        ensemble = {{ walkers = 128, steps = 10, start = [0.0, 0.0] }}
        measure = {{ every = 4, correlation = {{ lags = {lags}, axes = [1] }} }}
        "#
    ))
}

/// Pairs of (coordinate, loss) at every lag.
fn block(lags: &[&[[[f64; 2]; 2]]]) -> BlockTally {
    let row = |pairs: &&[[[f64; 2]; 2]]| {
        let mut sums = Sums { count: pairs.len() as u64, ..Sums::new(8) };
        for [a, b] in *pairs {
            let added = [a[0], a[1], b[0], b[1], a[0] * b[0], a[0] * b[1], a[1] * b[0], a[1] * b[1]];
            sums.sums.iter_mut().zip(added).for_each(|(sum, x)| *sum += x);
        }
        sums
    };
    BlockTally { walkers: 64, correlations: lags.iter().map(row).collect(), ..BlockTally::default() }
}

const SAME: &[[[f64; 2]; 2]] = &[[[1.0, 3.0], [1.0, 3.0]], [[-1.0, 3.0], [-1.0, 3.0]], [[0.0, 0.0], [0.0, 0.0]]];
const LATER: &[[[f64; 2]; 2]] = &[[[1.0, 3.0], [0.5, 2.0]], [[-1.0, 3.0], [0.5, -4.0]]];

#[test]
fn correlations_by_hand() {
    let blocks = [block(&[SAME, LATER]), block(&[SAME, LATER])];
    let points = correlations(&well("[2]"), &references(&blocks));
    let found: Vec<_> = points.iter().map(|p| (p.i.as_str(), p.j.as_str(), p.lag, p.time)).collect();
    let names = [("1", "1"), ("1", "loss"), ("loss", "1"), ("loss", "loss")];
    let expected: Vec<_> = names.iter().flat_map(|(i, j)| [(*i, *j, 0, Some(0.0)), (*i, *j, 2, Some(1.0))]).collect();
    assert_eq!(found, expected);
    // Variances of the coordinate 2/3, of the loss 2. Of later pairs the covariances are 0, 3, 0 and 0.
    let values: Vec<f64> = points.iter().map(|p| p.correlation.value.expect("a value")).collect();
    let expected = [1.0, 0.0, 0.0, 3.0 / (4.0f64 / 3.0).sqrt(), 0.0, 0.0, 1.0, 0.0];
    assert!(values.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-15), "{values:?}");
    assert_eq!(points[3].covariance, Some(3.0));
    assert!(spectra(&well("[2]"), &references(&blocks)).is_empty(), "lag 1 is missing");
}

#[test]
fn the_flat_spectrum_is_the_mean_of_the_measured_one() {
    let blocks = [block(&[SAME, LATER, SAME]), block(&[SAME, SAME, LATER])];
    let points = spectra(&well("{ to = 2 }"), &references(&blocks));
    let value = |k: usize| points[k].spectrum.value.expect("a value");
    assert_eq!((points.len(), points[2].frequency, points[0].i), (3, PI, 1));
    let mean = 0.25 * value(0) + 0.5 * value(1) + 0.25 * value(2);
    assert!((mean - points[0].flat.expect("lag 1")).abs() < 1e-15, "{points:?}");
}

#[test]
fn what_cannot_be_estimated_has_a_reason() {
    let reason = |blocks: [BlockTally; 2], lags: &str, name: &str| {
        let mut all = Estimates::new();
        estimate(&well(lags), &references(&blocks), &mut all);
        all[name].reason.clone().unwrap_or_default()
    };
    let none: &[[[f64; 2]; 2]] = &[];
    let blocks = [block(&[SAME, none]), block(&[SAME, none])];
    for name in ["correlation[1,loss,8]", "correlation_time[loss]", "relaxation_rate[1]"] {
        assert!(reason(blocks.clone(), "[8]", name).contains("so many steps"), "{name}");
    }
    assert!(reason(blocks.clone(), "[8]", "effective_sample_size[1]").contains("same mean"));
    let mut overflown = blocks;
    overflown[1].correlations[1].overflows = 2;
    assert!(reason(overflown, "[8]", "correlation[1,1,0]").contains("2 measured values were too large"));
    let slow = [block(&[SAME, SAME]), block(&[SAME, SAME])];
    assert!(reason(slow, "[8]", "correlation_time[1]").contains("longer lags"));
}
