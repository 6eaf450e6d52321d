//! Wells that a rare passage's way can be caught in.

use crate::experiment::{Along, Condition, Setup};
use crate::landscape::critical_points::CriticalPoint;

/// A minimum as near to the passage's threshold, relative to it, is no well before it.
const AT_THRESHOLD: f64 = 1e-6;

/// Minima of the loss, among its critical points, that are out of the basin of a rare passage though a walker there has not
/// passed: where a way comes to one, it stays until it escapes.
pub fn wells_on_way<'p>(setup: &Setup, points: &'p [CriticalPoint]) -> Vec<&'p [f64]> {
    let (Some(rare), Some(passage)) = (&setup.rare, &setup.measure.first_passage) else { return Vec::new() };
    let condition = passage.condition();
    let radius = |x: &[f64]| x.iter().map(|x| x * x).sum::<f64>().sqrt();
    let is_out = |x: &[f64]| match (rare.along(condition), rare.formula()) {
        (Along::Coordinate { axis, downwards: true }, _) => x[axis] < rare.basin,
        (Along::Coordinate { axis, downwards: false }, _) => x[axis] > rare.basin,
        (Along::Loss, _) => setup.landscape.loss(x) > rare.basin,
        (Along::Radius, _) => radius(x) > rare.basin,
        (Along::Formula, formula) => formula.is_some_and(|formula| formula.value(x) > rare.basin),
    };
    let before = |value: f64, threshold: f64| value < threshold - AT_THRESHOLD * threshold.abs();
    let is_waiting = |x: &[f64]| match condition {
        Condition::Above(axis, threshold) => before(x[axis], threshold),
        Condition::Below(axis, threshold) => before(-x[axis], -threshold),
        Condition::LossAbove(threshold) => before(setup.landscape.loss(x), threshold),
        Condition::RadiusAbove(threshold) => before(radius(x), threshold),
    };
    let minima =
        points.iter().filter(|point| point.index == 0 && !point.is_degenerate()).map(|point| point.position.as_slice());
    minima.filter(|x| is_out(x) && is_waiting(x)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Experiment;

    /// Minima at x = ±1, of which y is 0, or ½ along the valley y = x²/2.
    fn wells(landscape: &str, passage: &str, rare: &str) -> Vec<Vec<f64>> {
        let text = format!(
            r#"
            landscape = {{ {landscape} }}
            dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.1 }}
            ensemble = {{ walkers = 64, steps = 10, start = [-1.0, 0.0] }}
            measure.first_passage = {{ {passage} }}
            rare = {{ method = "forward-flux-sampling", {rare} }}
        "#
        );
        let setup = Experiment::parse("way", "way.toml", &text, &[]).expect("valid").cells.remove(0).setup;
        let points = setup.landscape.critical_points(&setup.ensemble.start.corners()).expect("a loss");
        wells_on_way(&setup, &points).into_iter().map(<[f64]>::to_vec).collect()
    }

    #[test]
    fn wells_between_the_basin_and_the_passage_are_found() {
        const WELL: &str = r#"kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [1.0]"#;
        const VALLEY: &str = r#"kind = "formula", loss = "(x^2 - 1)^2/4 + (y - x^2/2)^2", variables = ["x", "y"]"#;
        let right = |y: f64| vec![vec![1.0, y]];
        for (landscape, passage, rare, expected) in [
            (WELL, "axis = 0, above = 2.0", "basin = -0.9", right(0.0)),
            (WELL, "axis = 0, above = 1.0", "basin = -0.9", vec![]),
            (WELL, "axis = 0, above = 0.5", "basin = -0.9", vec![]),
            (WELL, "axis = 0, above = 2.0", "basin = 1.2", vec![]),
            (WELL, "axis = 0, above = 2.0", "basin = -1.1", vec![vec![-1.0, 0.0], vec![1.0, 0.0]]),
            (WELL, "axis = 0, below = -2.0", "basin = 0.9", vec![vec![-1.0, 0.0]]),
            (WELL, "axis = 1, above = 2.0", "basin = 0.5", vec![]),
            (WELL, "axis = 1, above = 2.0", "basin = -0.9, axis = 0", right(0.0)),
            (WELL, "radius_above = 2.0", "basin = 1.1", vec![]),
            (WELL, "radius_above = 2.0", "basin = 0.9", vec![vec![-1.0, 0.0], vec![1.0, 0.0]]),
            (WELL, "loss_above = 2.0", "basin = 0.1", vec![]),
            (VALLEY, "axis = 0, above = 2.0", r#"basin = -0.9, of = "x - y^2/2""#, right(0.5)),
            (VALLEY, "axis = 0, above = 1.0", r#"basin = -0.9, of = "x - y^2/2""#, vec![]),
        ] {
            let found = wells(landscape, passage, rare);
            let same = |(a, b): (&Vec<f64>, &Vec<f64>)| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
            assert!(
                found.len() == expected.len() && found.iter().zip(&expected).all(same),
                "{passage}, {rare}: {found:?}, not {expected:?}"
            );
        }
    }
}
