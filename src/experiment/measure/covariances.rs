//! Which covariances are measured.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Most coordinates whose covariances are all measured where nothing is asked for.
const MOST_IN_FULL: usize = 16;

/// Which covariances are measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Covariances {
    /// Those of all pairs of coordinates.
    Full,
    /// The variance of every coordinate.
    Variances,
}

impl Covariances {
    /// What is measured in `dimension` coordinates where nothing is asked for.
    pub fn usual(dimension: usize) -> Self {
        if dimension <= MOST_IN_FULL { Self::Full } else { Self::Variances }
    }

    /// The coordinates j ≥ i whose covariance with coordinate i of `dimension` is measured.
    pub fn partners(self, i: usize, dimension: usize) -> Range<usize> {
        match self {
            Self::Full => i..dimension,
            Self::Variances => i..i + 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::experiment::Experiment;

    fn read(d: usize, measure: &str) -> Result<Experiment, String> {
        let ones = vec!["1.0"; d].join(", ");
        let text = format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [{ones}] }}
            dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.1 }}
            ensemble = {{ walkers = 64, steps = 10, start = [{ones}] }}
            measure = {{ {measure} }}
            "#
        );
        Experiment::parse("test", "test.toml", &text, &[]).map_err(|error| error.to_string())
    }

    #[test]
    fn the_choice_is_written_out_or_refused() {
        for (d, measure, expected) in [
            (16, "", Covariances::Full),
            (17, "", Covariances::Variances),
            (64, r#"covariance = "full""#, Covariances::Full),
            (3, r#"covariance = "variances""#, Covariances::Variances),
        ] {
            let experiment = read(d, measure).expect("an experiment");
            assert_eq!(experiment.cells[0].setup.measure.covariance, Some(expected), "{d} dimensions, {measure}");
            let again = Experiment::parse("test", "test.toml", &experiment.to_toml(), &[]).expect("as written back");
            assert_eq!(again.cells, experiment.cells, "{d} dimensions, {measure}");
        }
        let message = read(3, r#"covariance = "all""#).expect_err("no such choice");
        assert!(message.contains("measure.covariance = \"all\"") && message.contains("\"variances\""), "{message}");
    }

    #[test]
    fn sixty_five_dimensions_are_refused() {
        assert!(read(64, "").is_ok());
        let message = read(65, "").expect_err("65 dimensions");
        assert!(message.contains("landscape.hessian"), "{message}");
        assert!(message.contains("may have at most 64 dimensions"), "{message}");
    }
}
