//! The standard works: what is timed, written as experiments.

use crate::experiment::{Experiment, ExperimentError, Override};
use crate::plan::Plan;

/// A standard work: an experiment whose number of walkers is chosen when it is timed.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Its name.
    pub name: &'static str,
    /// Walkers of the standard size, in all cells together; a power of two.
    pub walkers: u64,
    /// Cells that share them.
    pub cells: u64,
    /// The experiment in parts, without its number of walkers.
    text: &'static [&'static str],
}

const DOUBLE_WELL: &str = r#"
landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
dynamics = { kind = "langevin", temperature = 0.15, time_step = 0.01 }
ensemble = { walkers = 64, steps = 2000, start = [-1.0] }
"#;

/// Final mean and variance only.
const AT_THE_END: &str = r#"
measure = { every = 2000 }
"#;

/// A histogram every ten steps, and every walker's first passage over 0.
const ALONG_THE_RUN: &str = r#"
[measure]
every = 10
histogram = { axis = 0, range = [-2, 2], bins = 256 }
first_passage = { above = 0.0, after = "continue" }
"#;

/// Further measures: both relations, every tenth update and in windows over all.
const RELATIONS: &str = r#"
fluctuation_dissipation = { windows = [100, 1000] }
"#;

const TEMPERATURES: &str = r#"
sweep = { "dynamics.temperature" = { from = 0.14, to = 0.16, count = 64 } }
"#;

const TWO_DIMENSIONS: &str = r#"
landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [1.0] }
dynamics = { kind = "langevin", temperature = 0.15, time_step = 0.01 }
ensemble = { walkers = 64, steps = 2000, start = [-1.0, 0.0] }
measure = { every = 2000 }
"#;

const SIXTEEN_DIMENSIONS: &str = r#"
dynamics = { kind = "langevin", temperature = 0.15, time_step = 0.01 }
measure = { every = 2000 }
[landscape]
kind = "double-well"
barrier = 0.25
separation = 1.0
transverse = [1, 1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.4, 2.6, 2.8, 3, 3.2, 3.4, 3.6, 3.8]
[ensemble]
walkers = 64
steps = 2000
start = [-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
"#;

const SGD: &str = r#"
landscape = { kind = "quadratic", hessian = [[2, 0.5, 0, 0], [0.5, 1, 0.2, 0], [0, 0.2, 0.5, 0.1], [0, 0, 0.1, 1]] }
dynamics = { kind = "sgd", learning_rate = 0.05, batch_size = 4 }
ensemble = { walkers = 64, steps = 2000, start = [0, 0, 0, 0] }
measure = { every = 2000 }
[noise]
kind = "gaussian"
covariance = [[1, 0.3, 0.1, 0], [0.3, 2, 0, 0.2], [0.1, 0, 1, 0.4], [0, 0.2, 0.4, 1]]
"#;

impl Work {
    /// W(a), the standard work unit: 2²⁰ walkers × 2000 Euler–Maruyama steps of L = (x² − 1)²/4 at
    /// T = 0.15, Δt = 0.01, from −1; final mean and variance only.
    pub const W_A: Self = Self { name: "W(a)", walkers: 1 << 20, cells: 1, text: &[DOUBLE_WELL, AT_THE_END] };

    /// W(b): the same with moments and a histogram of 256 bins on [−2, 2] every ten steps, and first
    /// passages over 0.
    pub const W_B: Self = Self { name: "W(b)", text: &[DOUBLE_WELL, ALONG_THE_RUN], ..Self::W_A };

    /// W(c): W(b) with fluctuation–dissipation relations, of every tenth update and, in windows of 100 and 1000, of all.
    pub const W_C: Self = Self { name: "W(c)", text: &[DOUBLE_WELL, ALONG_THE_RUN, RELATIONS], ..Self::W_A };

    /// W(a) at 64 temperatures, with as many walkers in all.
    pub const SWEEP: Self =
        Self { name: "sweep, 64 cells", cells: 64, text: &[DOUBLE_WELL, AT_THE_END, TEMPERATURES], ..Self::W_A };

    /// All works.
    pub const ALL: [Self; 7] = [
        Self::W_A,
        Self::W_B,
        Self::W_C,
        Self::SWEEP,
        Self { name: "2 dimensions", walkers: 1 << 19, cells: 1, text: &[TWO_DIMENSIONS] },
        Self { name: "16 dimensions", walkers: 1 << 16, cells: 1, text: &[SIXTEEN_DIMENSIONS] },
        Self { name: "SGD, full covariance", walkers: 1 << 18, cells: 1, text: &[SGD] },
    ];

    /// The plan of this work with `walkers` walkers in all cells together, and, where it is given,
    /// another generator than the default (`random` of an experiment).
    ///
    /// # Errors
    /// Where there is no such generator, or no walker is left for a cell.
    pub fn plan(&self, walkers: u64, random: Option<&str>) -> Result<Plan, ExperimentError> {
        let in_a_cell = i64::try_from(walkers / self.cells).unwrap_or(i64::MAX);
        let mut set = vec![Override { key: "ensemble.walkers".to_owned(), value: in_a_cell.into() }];
        set.extend(random.map(|name| Override { key: "random".to_owned(), value: name.into() }));
        Ok(Plan::new(&Experiment::parse("bench", self.name, &self.text.concat(), &set)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_work_is_a_valid_experiment_of_its_size() {
        for work in Work::ALL {
            let plan = work.plan(work.walkers, None).expect("a valid experiment");
            assert_eq!(plan.cells.len() as u64, work.cells, "{}", work.name);
            assert_eq!(plan.walker_steps(&plan.blocks()), 2000 * work.walkers, "{}", work.name);
        }
        assert!(Work::W_A.plan(64, Some("dice")).is_err(), "there is no such generator");
    }
}
