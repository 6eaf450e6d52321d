//! `[rare]`: passages too rare to wait for, reached by splitting the way to them into levels.

use super::error::{Fault, finite, require};
use super::read::count;
use super::{After, Condition, Dynamics, Landscape, Minibatch, Noise, Observable, Sampling, Setup};
use crate::formula;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The rate of the passages of `measure.first_passage` where walkers hardly ever make one. Walkers of a basin are
/// watched as they leave it; from where they left, their ways are gone on with, and those that get far are split,
/// until some pass. A coordinate says how far a walker is: that of the passage, or another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rare {
    /// How ways are split.
    pub method: RareMethod,
    /// Walkers are in the basin up to this value of the coordinate (down to it, where the passage is `below`).
    pub basin: f64,
    /// A coordinate of the state, from 0, in place of that of the passage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<usize>,
    /// The loss, or a formula of the state that grows on the way, in place of the passage's coordinate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<Observable>,
    /// Levels of forward flux sampling, on the way; placed by a run ahead where there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<f64>,
    /// Independent repetitions, each with `ensemble.walkers` walkers on every level; they give the error bar.
    #[serde(default = "thirty_two", deserialize_with = "count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    pub repetitions: u64,
    #[serde(skip)]
    parsed: Option<formula::Observable>,
}

/// How ways are split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RareMethod {
    /// From level to level, a full number of walkers from where others reached the last one (Allen, Warren & ten Wolde,
    /// Phys. Rev. Lett. 94, 018104 (2005)).
    ForwardFluxSampling,
    /// The half that got least far is replaced by continuations of the others, again and again (Cérou & Guyader,
    /// Stoch. Anal. Appl. 25, 417 (2007)).
    AdaptiveMultilevelSplitting,
}

/// What says how far a walker is on its way; it grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Along {
    /// A coordinate, or minus it.
    Coordinate {
        /// Its place.
        axis: usize,
        /// Whether the way leads downwards.
        downwards: bool,
    },
    /// The loss.
    Loss,
    /// |θ|.
    Radius,
    /// The formula.
    Formula,
}

/// Most levels that can be given.
const MOST_LEVELS: usize = 10_000;

fn thirty_two() -> u64 {
    32
}

impl Rare {
    /// What says how far a walker is.
    pub fn along(&self, passage: Condition) -> Along {
        let downwards = |axis| matches!(passage, Condition::Below(below, _) if below == axis);
        match (&self.of, self.axis, passage) {
            (Some(Observable::Loss), ..) => Along::Loss,
            (Some(Observable::Formula(_)), ..) => Along::Formula,
            (None, Some(axis), _) | (None, None, Condition::Above(axis, _) | Condition::Below(axis, _)) => {
                Along::Coordinate { axis, downwards: downwards(axis) }
            }
            (None, None, Condition::LossAbove(_)) => Along::Loss,
            (None, None, Condition::RadiusAbove(_)) => Along::Radius,
        }
    }

    /// The formula that it is along, where it is along one.
    pub(crate) fn formula(&self) -> Option<&formula::Observable> {
        self.parsed.as_ref()
    }

    /// Reads its formula on `landscape`.
    pub(super) fn complete(&mut self, landscape: &Landscape) -> Result<(), Fault> {
        if let Some(of) = &self.of {
            self.parsed = of.read(landscape, "of")?;
        }
        Ok(())
    }

    /// Refuses what does not go with the rest of the setup.
    pub(super) fn refuse(&self, setup: &Setup) -> Result<(), Fault> {
        let key = |name: &str| format!("rare.{name}");
        let Some(passage) = &setup.measure.first_passage else {
            return Err(Fault::new("rare", "needs a condition of passage: measure.first_passage"));
        };
        let message = "must be \"restart\" with [rare], whose walkers restart when they pass";
        require(passage.after == After::Restart, "measure.first_passage.after", message)?;
        require(
            self.axis.is_none() || self.of.is_none(),
            &key("axis"),
            "cannot be given together with `of`: the way is along one of them",
        )?;
        let d = setup.dimension();
        let message = format!("must be below {d}, the number of coordinates");
        require(self.axis.is_none_or(|axis| axis < d), &key("axis"), &message)?;
        finite(&[self.basin], &key("basin"))?;
        finite(&self.levels, &key("levels"))?;
        self.refuse_levels(passage.condition())?;
        require(self.repetitions >= 2, &key("repetitions"), "must be at least 2, for an error bar")?;
        // One more, for the run ahead.
        let walkers = (self.repetitions + 1).checked_mul(setup.ensemble.walkers);
        let message = "times ensemble.walkers must be below 2^32";
        require(walkers.is_some_and(|n| n <= u64::from(u32::MAX)), &key("repetitions"), message)?;
        alone(setup)?;
        same_at_all_times(setup)
    }

    fn refuse_levels(&self, passage: Condition) -> Result<(), Fault> {
        let adaptive = self.method == RareMethod::AdaptiveMultilevelSplitting;
        let message = "are for forward-flux-sampling; adaptive-multilevel-splitting finds its own";
        require(self.levels.is_empty() || !adaptive, "rare.levels", message)?;
        require(self.levels.len() <= MOST_LEVELS, "rare.levels", &format!("may be {MOST_LEVELS} at most"))?;
        let downwards = matches!(self.along(passage), Along::Coordinate { downwards: true, .. });
        let onward = |from: f64, to: f64| if downwards { to < from } else { to > from };
        let ways = std::iter::once(&self.basin).chain(&self.levels).zip(&self.levels);
        let message = "must lead from the basin to the passage, one beyond the other";
        for (from, to) in ways {
            require(onward(*from, *to), "rare.levels", message)?;
        }
        self.refuse_beyond(passage)
    }

    /// Refuses a basin or levels where walkers have passed already, where both are along one thing.
    fn refuse_beyond(&self, passage: Condition) -> Result<(), Fault> {
        let (side, threshold) = match (self.along(passage), passage) {
            (Along::Coordinate { axis, .. }, Condition::Above(passing, threshold)) if axis == passing => {
                ("below", threshold)
            }
            (Along::Coordinate { axis, .. }, Condition::Below(passing, threshold)) if axis == passing => {
                ("above", threshold)
            }
            (Along::Loss, Condition::LossAbove(threshold)) | (Along::Radius, Condition::RadiusAbove(threshold)) => {
                ("below", threshold)
            }
            _ => return Ok(()),
        };
        let message = format!("must be {side} {threshold}, beyond which walkers have passed");
        let before = |level: &f64| if side == "above" { *level > threshold } else { *level < threshold };
        require(before(&self.basin), "rare.basin", &message)?;
        require(self.levels.iter().all(before), "rare.levels", &message)
    }
}

/// Refuses other measures: walkers of a rare passage are not those of a run.
fn alone(setup: &Setup) -> Result<(), Fault> {
    let measure = &setup.measure;
    let asked = [
        ("measure.histogram", !measure.histogram.is_empty()),
        ("measure.time_series", measure.time_series.is_some()),
        ("measure.fluctuation_dissipation", measure.fluctuation_dissipation.is_some()),
        ("measure.correlation", measure.correlation.is_some()),
        ("measure.current", measure.current.is_some()),
    ];
    let message = "cannot be measured with [rare], which gives the rate of passages alone";
    asked.into_iter().try_for_each(|(key, asked)| require(!asked, key, message))
}

/// Refuses rules whose steps are not all alike, of which there is no rate.
fn same_at_all_times(setup: &Setup) -> Result<(), Fault> {
    let message = "must be constant with [rare]: there is no rate where steps differ";
    require(setup.dynamics.schedule().is_constant(), "dynamics.schedule", message)?;
    let message = "has steps of different lengths, and [rare] a rate per step";
    require(!setup.is_time_changed(), "dynamics.kind", message)?;
    require(!matches!(setup.dynamics, Dynamics::GradientFlow(_)), "dynamics.kind", "has no noise, and never passes")?;
    let epochs = matches!(&setup.noise, Some(Noise::Minibatch(Minibatch { sampling: Sampling::Epoch, .. })));
    require(!epochs, "noise.sampling", "cannot be \"epoch\" with [rare], whose walkers begin within a run")
}
