//! Time series: at which times, and of what.

use crate::experiment::error::{Fault, require};
use crate::experiment::read::count;
use crate::experiment::schema;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Most times whose numbers are estimates by name.
const MOST_NAMED: usize = 32;

/// Most levels of quantiles.
const MOST_QUANTILES: usize = 32;

/// Most coordinates and losses, at all points together, whose walkers are counted by bin: each takes some thousand
/// bins.
const MOST_COUNTED: u64 = 1 << 14;

/// Most times.
const MOST_POINTS: u64 = 100_000;

/// Means, covariances and their eigenvalues, loss, squared gradient, well populations and, where walkers stay normal, free
/// energies of the ensemble at chosen times of the measured steps. Of at most 32 times they are estimates by name too:
/// `mean[i,n]`, `covariance[i,j,n]`, `loss[n]` and so on, n the measured step. Where loss and gradient noise vanish at the
/// minimum θ* of a quadratic landscape, `growth_rate` is d E ln|θ − θ*|/dt from the first of these times to the last; in
/// f32 the distance should stay between 10⁻¹⁸ and 10¹⁸, and `ensemble.bounds` may have to be wider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeSeries {
    /// Number of times.
    #[serde(deserialize_with = "count")]
    #[schemars(schema_with = "schema::positive_count")]
    pub points: u64,
    /// How they are spaced.
    #[serde(default)]
    pub spacing: Spacing,
    /// Levels between 0 and 1 of the quantiles, over the ensemble, of every coordinate and of the loss: `quantile[i,q]`
    /// and `loss_quantile[q]`. Walkers are counted in bins about the minimum or the start, no wider than 1/128 of the
    /// distance from there or 2⁻¹⁷ of the largest that is expected, in which a quantile's place follows by
    /// interpolation.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quantiles: Vec<f64>,
    /// Whether the covariance of the gradient noise is measured, in the updates that lead to the points.
    #[serde(default)]
    pub noise_covariance: bool,
}

/// How the points of a time series are spaced.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Spacing {
    /// Point j = 1, 2, …, n is after measured step ⌈j steps / n⌉.
    #[default]
    Linear,
    /// Point j = 0, 1, …, n − 1 is after measured step steps^(j/(n − 1)), rounded: from 1 to the last. Of points
    /// that fall on one step a single one stays, so that there may be fewer. One point is at the last step.
    Log,
}

impl TimeSeries {
    /// The measured steps, from 1, of the points, in ascending order, of a run of `steps`.
    pub fn steps(&self, steps: u64) -> Vec<u64> {
        let n = self.points;
        match self.spacing {
            Spacing::Linear => {
                (1..=n).map(|j| (u128::from(j) * u128::from(steps)).div_ceil(u128::from(n)) as u64).collect()
            }
            Spacing::Log if n == 1 => vec![steps],
            Spacing::Log => {
                let place = |j: u64| (steps as f64).powf(j as f64 / (n - 1) as f64).round() as u64;
                // The power is off by rounding.
                let mut all: Vec<u64> = (0..n).map(|j| place(j).clamp(1, steps)).collect();
                all.dedup();
                all
            }
        }
    }

    /// The same where they are few enough, 32 at most, for their numbers to be estimates by name; else none.
    pub fn named_steps(&self, steps: u64) -> Vec<u64> {
        let all = self.steps(steps);
        if all.len() <= MOST_NAMED { all } else { Vec::new() }
    }

    pub(super) fn validate(&self, dimension: usize, steps: u64) -> Result<(), Fault> {
        let message = format!("must be at least 1 and at most ensemble.steps and {MOST_POINTS}");
        require((1..=steps.min(MOST_POINTS)).contains(&self.points), "time_series.points", &message)?;
        let key = "time_series.quantiles";
        require(self.quantiles.len() <= MOST_QUANTILES, key, &format!("may list at most {MOST_QUANTILES} levels"))?;
        let between = self.quantiles.iter().all(|level| 0.0 < *level && *level < 1.0);
        require(between, key, "must be between 0 and 1, both excluded")?;
        require(self.quantiles.is_sorted_by(|a, b| a < b), key, "must be in ascending order")?;
        let counted = self.points * (dimension as u64 + 1);
        let message = format!("of {} points count {counted} numbers; the most is {MOST_COUNTED}", self.points);
        require(self.quantiles.is_empty() || counted <= MOST_COUNTED, key, &message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;

    fn steps(points: u64, spacing: Spacing, steps: u64) -> Vec<u64> {
        TimeSeries { points, spacing, quantiles: Vec::new(), noise_covariance: false }.steps(steps)
    }

    #[test]
    fn points_are_spaced_as_stated() {
        assert_eq!(steps(6, Spacing::Linear, 17), [3, 6, 9, 12, 15, 17]);
        assert_eq!(steps(5, Spacing::Log, 10_000), [1, 10, 100, 1000, 10_000]);
        assert_eq!(steps(7, Spacing::Log, 8), [1, 2, 3, 4, 6, 8], "1, 1.41, 2, 2.83, 4, 5.66, 8");
        assert_eq!(steps(1, Spacing::Log, 9), [9]);
        for (points, total) in [(100, 100), (1000, u64::from(u32::MAX)), (3, 3)] {
            for spacing in [Spacing::Linear, Spacing::Log] {
                let all = steps(points, spacing, total);
                assert!(all.is_sorted_by(|a, b| a < b), "{spacing:?} {points} of {total}: {all:?}");
                assert!(all[0] >= 1 && all.last() == Some(&total), "{spacing:?} {points} of {total}");
            }
        }
    }

    fn read(noise: &str, series: &str) -> Result<Experiment, String> {
        let text = format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [1.0] }}
            {noise}
            dynamics = {{ kind = "sgd", learning_rate = 0.1 }}
            ensemble = {{ walkers = 64, steps = 10, start = [0.0] }}
            measure = {{ time_series = {{ points = 2, {series} }} }}
            "#
        );
        Experiment::parse("test", "test.toml", &text, &[]).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_asked_for_is_written_out_or_refused() {
        let noise = r#"noise = { kind = "gaussian", covariance = 1.0 }"#;
        let experiment =
            read(noise, r#"spacing = "log", noise_covariance = true, quantiles = [0.05, 0.5]"#).expect("an experiment");
        let again = Experiment::parse("test", "test.toml", &experiment.to_toml(), &[]).expect("as written back");
        assert_eq!(again.cells, experiment.cells);
        for (noise, series, expected) in [
            ("", "noise_covariance = true", "measure.time_series.noise_covariance = true: needs a stochastic gradient"),
            (noise, r#"spacing = "cubic""#, r#"must be "linear" or "log""#),
            (noise, "noise_covarianc = true", "noise_covariance"),
            (noise, "quantiles = [0.5, 1.0]", "measure.time_series.quantiles = [0.5, 1.0]: must be between 0 and 1"),
            (noise, "quantiles = [0.5, 0.1]", "ascending"),
            (noise, "quantiles = 0.5", "quantiles"),
        ] {
            let message = read(noise, series).expect_err("to be refused");
            assert!(message.contains(expected), "not \"{expected}\": {message}");
        }
    }
}
