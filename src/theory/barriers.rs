//! The barriers of a landscape, and the rates at which walkers cross them at low temperature.

use super::kramers::eyring_kramers_rate;
use crate::experiment::{Dynamics, Setup};
use crate::landscape::Relief;

/// The way from a minimum over a pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Barrier {
    /// Place of the minimum in the list of critical points.
    pub from: usize,
    /// Place of the saddle.
    pub over: usize,
    /// Place of the minimum on the other side; none where the loss falls out of the region that was searched.
    pub to: Option<usize>,
    /// ΔL = L(saddle) − L(minimum).
    pub height: f64,
    /// [`eyring_kramers_rate`], per unit time; none where there is no temperature that all directions share.
    pub rate: Option<f64>,
}

/// The barriers of `relief`, the relief of the setup's landscape: from both sides of every pass.
pub fn barriers(setup: &Setup, relief: &Relief) -> Vec<Barrier> {
    let friction = match &setup.dynamics {
        Dynamics::Underdamped(rule) => Some(rule.friction),
        _ => None,
    };
    let points = &relief.points;
    let sides = relief.passes.iter().flat_map(|pass| {
        let [a, b] = pass.minima;
        [(a, pass.saddle, b), (b, pass.saddle, a)]
    });
    sides
        .filter_map(|(from, over, to)| {
            let from = from?;
            let rate = setup.temperature().and_then(|t| eyring_kramers_rate(&points[from], &points[over], t, friction));
            Some(Barrier { from, over, to, height: points[over].loss - points[from].loss, rate })
        })
        .collect()
}
