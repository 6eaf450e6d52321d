//! First passage: what is looked for, and what happens then.

use crate::experiment::{After, Condition, Crossing, Setup};

/// First passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct PassageStage {
    /// What is looked for.
    pub condition: ConditionStage,
    /// What happens then.
    pub after: After,
    /// Whether passages between steps are looked for.
    pub bridge: bool,
}

/// The condition of a first passage, without its threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConditionStage {
    /// A coordinate above the threshold.
    Above(u32),
    /// A coordinate below the threshold.
    Below(u32),
    /// The loss above the threshold.
    LossAbove,
    /// |θ| above the threshold.
    RadiusAbove,
}

/// Fewest steps from one look at who is left, of walkers that are absorbed, to the next.
const FEWEST_STEPS: u32 = 128;

/// Steps from one look at who is left to the next, after so many were made: as survival falls exponentially in the end,
/// an eighth of the steps that took it down to a hundredth leaves more than half.
pub fn steps_to_gathering(done: u32) -> u32 {
    (done / 8).max(FEWEST_STEPS)
}

impl PassageStage {
    /// Of a cell, where first passage is measured.
    pub(super) fn of(setup: &Setup) -> Option<Self> {
        let passage = setup.measure.first_passage.as_ref()?;
        let condition = match passage.condition() {
            Condition::Above(axis, _) => ConditionStage::Above(axis as u32),
            Condition::Below(axis, _) => ConditionStage::Below(axis as u32),
            Condition::LossAbove(_) => ConditionStage::LossAbove,
            Condition::RadiusAbove(_) => ConditionStage::RadiusAbove,
        };
        Some(Self { condition, after: passage.after, bridge: passage.crossing == Crossing::Bridge })
    }
}

impl ConditionStage {
    /// The coordinate that it looks at, where it is one.
    pub fn axis(self) -> Option<u32> {
        match self {
            Self::Above(axis) | Self::Below(axis) => Some(axis),
            Self::LossAbove | Self::RadiusAbove => None,
        }
    }
}
