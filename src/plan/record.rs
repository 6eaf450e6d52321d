//! The parameters of a cell's stages, as the engines take them.

use super::observable::ObservableStage;
use super::rare::AlongStage;
use super::{current, dynamics, landscape, noise, relations};
use crate::additive::step_covariance;
use crate::experiment::{Condition, Crossing, Distribution, Ensemble, Measure, Setup, Start, Variable};
use crate::random::TwoPoint;

/// Parameters of each stage, in the order that the stage's file states. They are worked out once, in
/// f64, and rounded to the walk's precision by the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// `points`: d numbers a point. `normal`: means, standard deviations. `uniform`: lower corner, widths.
    pub start: Vec<f64>,
    /// Of [`LandscapeStage`](super::LandscapeStage).
    pub landscape: Vec<f64>,
    /// Of [`NoiseStage`](super::NoiseStage).
    pub noise: Vec<f64>,
    /// `two-point`: number of words of the rarer value, that value, the other. Else nothing.
    pub distribution: Vec<f64>,
    /// Of [`DynamicsStage`](super::DynamicsStage).
    pub dynamics: Vec<f64>,
    /// For every axis of every histogram: lower edge and bins per unit.
    pub histograms: Vec<f64>,
    /// Uniforms of the formulas that histograms bin, one after another.
    pub observables: Vec<f64>,
    /// Of [`RelationStage`](super::RelationStage): c; then 1/η of every coordinate; 1/τ; ½ (1 + β) of momentum,
    /// else ½.
    pub relations: Vec<f64>,
    /// One over the steps of every row of windows.
    pub windows: Vec<f64>,
    /// Uniforms of the formula of [`AlongStage`](super::AlongStage).
    pub along: Vec<f64>,
    /// Of [`CurrentStage`](super::CurrentStage).
    pub current: Vec<f64>,
    /// 2/s² of the noise of a step along the coordinate of a first passage that is looked for between steps.
    pub bridge: Option<f64>,
    /// Threshold of the first passage; of the loss, without the floor; 0 where there is none.
    pub threshold: f64,
    /// Constant that stages leave out of the loss.
    pub floor: f64,
    /// θ_0 of the saddle between two wells, else 0.
    pub saddle: f64,
    /// |θ_i| beyond which a walker is lost.
    pub bounds: f64,
}

impl Record {
    pub(super) fn new(setup: &Setup) -> Self {
        let floor = setup.landscape.floor();
        Self {
            start: start(&setup.ensemble),
            landscape: landscape::record(setup),
            distribution: distribution(setup.distribution()),
            noise: noise::record(setup),
            dynamics: dynamics::record(setup),
            histograms: histograms(&setup.measure, floor),
            observables: setup.measure.histogram.iter().filter_map(ObservableStage::of).flat_map(|(_, u)| u).collect(),
            relations: relations::record(setup),
            windows: relations::windows(setup),
            along: setup.rare.as_ref().and_then(|rare| AlongStage::of(setup, rare)).map_or_else(Vec::new, |(_, u)| u),
            current: current::record(setup),
            bridge: bridge(setup),
            threshold: setup.measure.first_passage.as_ref().map_or(0.0, |p| match p.condition() {
                Condition::Above(_, x) | Condition::Below(_, x) | Condition::RadiusAbove(x) => x,
                Condition::LossAbove(l) => l - floor,
            }),
            floor,
            saddle: setup.landscape.saddle().unwrap_or(0.0),
            bounds: setup.ensemble.bounds,
        }
    }
}

fn bridge(setup: &Setup) -> Option<f64> {
    let passage = setup.measure.first_passage.as_ref().filter(|passage| passage.crossing == Crossing::Bridge)?;
    match passage.condition() {
        Condition::Above(i, _) | Condition::Below(i, _) => Some(2.0 / step_covariance(setup)[(i, i)]),
        Condition::LossAbove(_) | Condition::RadiusAbove(_) => None,
    }
}

fn start(ensemble: &Ensemble) -> Vec<f64> {
    match &ensemble.start {
        Start::Point(point) => point.clone(),
        Start::Points { points } => points.concat(),
        Start::Normal { normal } => [normal.mean.clone(), normal.std.clone()].concat(),
        Start::Uniform { uniform } => {
            let widths = uniform.low.iter().zip(&uniform.high).map(|(low, high)| high - low);
            uniform.low.iter().copied().chain(widths).collect()
        }
    }
}

fn distribution(distribution: Distribution) -> Vec<f64> {
    match distribution {
        Distribution::TwoPoint(p) => {
            let TwoPoint { rare_words, rare, common } = TwoPoint::new(p);
            vec![f64::from(rare_words), rare, common]
        }
        _ => Vec::new(),
    }
}

fn histograms(measure: &Measure, floor: f64) -> Vec<f64> {
    let axes = measure.histogram.iter().flat_map(|h| h.axes());
    axes.flat_map(|axis| {
        let shift = if axis.variable == Variable::Loss { floor } else { 0.0 };
        [axis.low - shift, axis.bins as f64 / (axis.high - axis.low)]
    })
    .collect()
}
