//! Fluctuation–dissipation relations of a kernel, and their numbers.

use crate::experiment::{Dynamics, Setup};

/// Which relations are summed, and over which windows. θ → θ' = θ − Δ is an update, η_i the learning rate of a
/// coordinate or the time step, c the centre.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RelationStage {
    /// Whether the first relation is that of momentum, (θ − c)·ĝ and ½ (1 + β) Σ v_i'²/η_i, not
    /// Σ (θ_i − c_i) Δ_i/η_i and ½ Σ Δ_i²/η_i.
    pub momentum: bool,
    /// Whether the second, ∇L·Δ/τ and ½ Δᵀ H Δ/τ, is summed.
    pub curvature: bool,
    /// Whether τ is the learning rate that all coordinates share, which follows the schedule, and not 1.
    pub shared_rate: bool,
    /// Steps after which sums are handed on to windows; 0 without windows.
    pub stretch: u32,
    /// Lengths of windows.
    pub windows: Vec<u32>,
    /// (⌊T/2⌋, T) of half-running averages, T descending.
    pub half_running: Vec<(u32, u32)>,
}

/// Whether products with the Hessian are asked for.
pub(super) fn has_curvature(setup: &Setup) -> bool {
    setup.measure.fluctuation_dissipation.is_some() && setup.landscape.has_loss()
}

impl RelationStage {
    /// Of a cell, where relations are measured.
    pub(super) fn of(setup: &Setup) -> Option<Self> {
        let relations = setup.measure.fluctuation_dissipation.as_ref()?;
        let steps = |n: u64| u32::try_from(n).expect("reading an experiment keeps steps below 2^32");
        let half_running = relations.half_running(setup.ensemble.steps);
        Some(Self {
            momentum: matches!(setup.dynamics, Dynamics::Momentum(_)),
            curvature: has_curvature(setup),
            shared_rate: setup.dynamics.learning_rate().is_none_or(|rate| rate.shared().is_some()),
            stretch: steps(relations.stretch()),
            windows: relations.windows.iter().copied().map(steps).collect(),
            half_running: half_running.into_iter().map(|(half, end)| (steps(half), steps(end))).collect(),
        })
    }

    /// Steps of the windows of every row of sums: those of each length, then the half-running ones.
    pub fn lengths(&self) -> impl ExactSizeIterator<Item = u32> {
        let rows = self.windows.len() + self.half_running.len();
        (0..rows).map(|row| match row.checked_sub(self.windows.len()) {
            None => self.windows[row],
            Some(place) => self.half_running[place].1 - self.half_running[place].0,
        })
    }

    /// Numbers that a walker carries for its windows: both sums of the stretch, of every window, and of the
    /// half-running average.
    pub fn memory(&self) -> usize {
        if self.windows.is_empty() { 0 } else { 2 * (self.windows.len() + 2) }
    }
}

/// [`Setup::update_rates`], 1 of a rule that has none.
pub(super) fn rates(setup: &Setup) -> (Vec<f64>, f64) {
    setup.update_rates().unwrap_or_else(|| (vec![1.0; setup.dimension()], 1.0))
}

/// The numbers of the relations; none where they are not measured.
pub(super) fn record(setup: &Setup) -> Vec<f64> {
    let Some(relations) = &setup.measure.fluctuation_dissipation else { return Vec::new() };
    let (rates, shared) = rates(setup);
    let friction = match &setup.dynamics {
        Dynamics::Momentum(rule) => 1.0 - 0.5 / rule.averaging_steps(),
        _ => 0.5,
    };
    let inverses = rates.iter().map(|rate| 1.0 / rate);
    relations.centre().iter().copied().chain(inverses).chain([1.0 / shared, friction]).collect()
}

/// One over the steps of every row of windows.
pub(super) fn windows(setup: &Setup) -> Vec<f64> {
    let Some(stage) = RelationStage::of(setup) else { return Vec::new() };
    stage.lengths().map(|steps| 1.0 / f64::from(steps)).collect()
}
