//! Kernels of rare passages.

use super::super::assembly::{self, Frame};
use super::super::wide_multiply::WideMultiply;
use super::kernels::{batches, formula, updates};
use super::{check, shape};
use crate::experiment::{After, Sampling};
use crate::plan::{AlongStage, ConditionStage, DistributionStage, DynamicsStage, Kernel, NoiseStage, PassageStage};

/// Whether walkers of an update can be looked for: its steps are all alike.
fn can_pass(kernel: &Kernel) -> bool {
    let rule = match kernel.dynamics {
        DynamicsStage::Sgd
        | DynamicsStage::Momentum
        | DynamicsStage::Rmsprop { .. }
        | DynamicsStage::Langevin
        | DynamicsStage::LeimkuhlerMatthews
        | DynamicsStage::Underdamped => true,
        // Averages that count steps; and what [rare] refuses.
        DynamicsStage::Adam
        | DynamicsStage::Adaptive
        | DynamicsStage::FluctuationDissipation
        | DynamicsStage::GradientFlow
        | DynamicsStage::LogLangevin { .. } => false,
    };
    rule && !matches!(kernel.noise, NoiseStage::Minibatch { sampling: Sampling::Epoch, .. })
}

/// All that says how far a walker is, with all that it may meet in the end.
fn passages(dimension: usize) -> Vec<(AlongStage, ConditionStage)> {
    let axis = dimension as u32 - 1;
    let alongs = [
        AlongStage::Coordinate { axis, downwards: false },
        AlongStage::Coordinate { axis: 0, downwards: true },
        AlongStage::Loss,
        AlongStage::Radius,
        AlongStage::Formula(formula("a*tanh(x0) + exp(b*x0)", dimension)),
    ];
    let conditions =
        [ConditionStage::Above(0), ConditionStage::Below(axis), ConditionStage::LossAbove, ConditionStage::RadiusAbove];
    alongs.into_iter().flat_map(|along| conditions.map(|condition| (along.clone(), condition))).collect()
}

/// Those of the updates that walkers of rare passages can make, along everything, to every condition.
pub fn kernels(updates: Vec<Kernel>) -> Vec<Kernel> {
    let mut kernels = Vec::new();
    for update in updates.into_iter().filter(can_pass) {
        for (along, condition) in passages(update.dimension) {
            let passage = Some(PassageStage { condition, after: After::Restart, bridge: false });
            kernels.push(Kernel { along: Some(along), passage, ..update.clone() });
        }
    }
    kernels
}

/// Both frames of every `stride`-th kernel; ways to multiply and kinds of numbers take turns.
fn check_every(stride: usize, dimension: usize) {
    let updates = [updates(dimension), batches(dimension)].concat();
    for (k, kernel) in kernels(updates).into_iter().step_by(stride).enumerate() {
        let distribution = DistributionStage::ALL[k / 3 % DistributionStage::ALL.len()];
        let kernel = Kernel { distribution, ..kernel };
        let (shape, multiply) = (shape(&kernel), WideMultiply::ALL[k % 3]);
        for frame in [Frame::Leave, Frame::GoOn] {
            check(&assembly::ways(&kernel, &shape, multiply, frame).expect("a rare passage"), multiply);
        }
    }
}

#[test]
fn every_way_is_valid_in_one_dimension() {
    check_every(1, 1);
}

/// 20 passages to an update; 7, 13 and 11 share no divisor with that.
#[test]
fn ways_are_valid_in_many_dimensions() {
    for (stride, dimension) in [(7, 3), (13, 16), (11, 64)] {
        check_every(stride, dimension);
    }
}

#[test]
fn without_a_passage_there_is_no_way() {
    let kernel = Kernel { passage: None, ..kernels(updates(1)).remove(0) };
    assert_eq!(assembly::ways(&kernel, &shape(&kernel), WideMultiply::U16, Frame::Leave), None);
    let kernel = Kernel { along: None, ..kernels(updates(1)).remove(0) };
    assert_eq!(assembly::ways(&kernel, &shape(&kernel), WideMultiply::U16, Frame::GoOn), None);
}
