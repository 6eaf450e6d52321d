//! Rare passages: what says how far walkers are on their way, and how it is split.

use super::observable::ObservableStage;
use crate::experiment::{Along, Precision, Rare, RareMethod, Setup};

/// What says how far a walker is on its way; it grows.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AlongStage {
    /// A coordinate, or minus it.
    Coordinate {
        /// Its place.
        axis: u32,
        /// Whether the way leads downwards.
        downwards: bool,
    },
    /// The loss, without the floor.
    Loss,
    /// |θ|².
    Radius,
    /// A formula, whose uniforms are in [`Record::along`](super::Record::along).
    Formula(ObservableStage),
}

impl AlongStage {
    /// Of a setup that looks for a rare passage, with its uniforms.
    pub(super) fn of(setup: &Setup, rare: &Rare) -> Option<(Self, Vec<f64>)> {
        let passage = setup.measure.first_passage.as_ref()?;
        Some(match (rare.along(passage.condition()), rare.formula()) {
            (Along::Coordinate { axis, downwards }, _) => {
                (Self::Coordinate { axis: axis as u32, downwards }, Vec::new())
            }
            (Along::Loss, _) => (Self::Loss, Vec::new()),
            (Along::Radius, _) => (Self::Radius, Vec::new()),
            (Along::Formula, formula) => {
                let (stage, uniforms) = ObservableStage::of_formula(formula?);
                (Self::Formula(stage), uniforms)
            }
        })
    }

    /// A value of what the user gave, as the stage has it.
    fn value(&self, given: f64, floor: f64) -> f64 {
        match self {
            Self::Coordinate { downwards: true, .. } => -given,
            Self::Coordinate { downwards: false, .. } | Self::Formula(_) => given,
            Self::Loss => given - floor,
            Self::Radius => given * given.abs(),
        }
    }
}

/// How the way to a rare passage is split. Values are of [`AlongStage`].
#[derive(Clone, Debug, PartialEq)]
pub struct RarePlan {
    /// The method.
    pub method: RareMethod,
    /// Walkers are in the basin up to this.
    pub basin: f64,
    /// Levels, ascending; none where they are to be placed.
    pub levels: Vec<f64>,
    /// Repetitions: blocks of a cell.
    pub repetitions: u32,
}

impl RarePlan {
    /// Of a setup that looks for a rare passage. Values are rounded to the walk's precision, as engines compare them
    /// with what they find in it.
    pub(super) fn of(setup: &Setup, precision: Precision) -> Option<Self> {
        let rare = setup.rare.as_ref()?;
        let (stage, _) = AlongStage::of(setup, rare)?;
        let value = |given: f64| match (stage.value(given, setup.landscape.floor()), precision) {
            (value, Precision::F32) => f64::from(value as f32),
            (value, Precision::F64) => value,
        };
        Some(Self {
            method: rare.method,
            basin: value(rare.basin),
            levels: rare.levels.iter().copied().map(value).collect(),
            repetitions: rare.repetitions as u32,
        })
    }
}
