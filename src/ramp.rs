//! A learning rate that is raised until the loss jumps, which both theory and analysis read.

use crate::experiment::{After, Condition, Schedule, Setup};

/// A ramp of the learning rate under which every walker's loss is watched. It jumps in the first update past the burn-in
/// after which L > `threshold`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// The learning rate of the first stage.
    pub rate: f64,
    /// Updates of a stage.
    pub every: u64,
    /// Learning rate of a stage over that of the stage before.
    pub factor: f64,
    /// The loss beyond which it has jumped.
    pub threshold: f64,
}

impl Ramp {
    /// None where the learning rate is not raised, or not the same for all coordinates, where no loss is watched, and of
    /// walkers that restart, which would go on along the ramp.
    pub fn of(setup: &Setup) -> Option<Self> {
        let passage = setup.measure.first_passage.as_ref().filter(|passage| passage.after != After::Restart)?;
        let Condition::LossAbove(threshold) = passage.condition() else { return None };
        let Schedule::Ramp { every, factor } = setup.dynamics.schedule() else { return None };
        Some(Self { rate: setup.dynamics.learning_rate()?.shared()?, every, factor, threshold })
    }

    /// The learning rate of stage `k`, from 0.
    pub fn stage(&self, k: u64) -> f64 {
        self.rate * self.factor.powf(k as f64)
    }

    /// The learning rate at update `n`, from 1, on the smooth ramp that has the rate of every stage in its middle. At the
    /// mean of many updates it is the geometric mean of the rates in force where every update is a stage. Else it is off by
    /// the mean place of the updates in their stages, up to half a stage. Of updates with a smooth law of deviation σ that
    /// is e^(−2π²σ²/every²)/π of a stage (Poisson summation, derived here); of jumps, of which more come early in a stage as
    /// their rate per update rises from stage to stage, below a tenth of a stage where σ ≥ every, falling as every/σ.
    pub fn at(&self, n: f64) -> f64 {
        let every = self.every as f64;
        self.rate * self.factor.powf((n - 0.5 * (every + 1.0)) / every)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_smooth_ramp_is_the_geometric_mean_of_rates_in_force() {
        for every in [1, 4, 7] {
            let ramp = Ramp { rate: 0.02, every, factor: 1.03, threshold: 1.0 };
            let schedule = Schedule::Ramp { every, factor: 1.03 };
            let steps: Vec<u64> = (3 * every + 1..=9 * every).collect();
            let n = steps.len() as f64;
            let mean = steps.iter().sum::<u64>() as f64 / n;
            let logs: f64 = steps.iter().map(|step| (0.02 * schedule.factor(step - 1)).ln()).sum();
            assert!((ramp.at(mean) / (logs / n).exp() - 1.0).abs() < 1e-13, "{every} updates a stage");
            assert!((ramp.stage(5) / (0.02 * schedule.factor(5 * every)) - 1.0).abs() < 1e-14);
        }
    }
}
