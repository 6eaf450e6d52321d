//! What the experiment file can say and no engine can do yet.

use super::error::{Fault, require};
use super::{Dynamics, Noise, SecondMoment, Setup};

/// Refuses a setup that needs a stage which is missing; one line for each.
pub(super) fn refuse(setup: &Setup) -> Result<(), Fault> {
    let Setup { noise, dynamics, .. } = setup;
    let unbuilt = [
        ("noise.kind", matches!(noise, Some(Noise::Minibatch(_)))),
        (
            "dynamics.second_moment",
            matches!(dynamics, Dynamics::Rmsprop(rule) if rule.second_moment == SecondMoment::PerExample),
        ),
    ];
    unbuilt.into_iter().try_for_each(|(key, missing)| require(!missing, key, "is not built yet"))
}
