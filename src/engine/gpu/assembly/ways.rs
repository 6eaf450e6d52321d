//! The kernels of rare passages.

use super::measures::condition;
use super::{join, random, start, update};
use crate::engine::gpu::constants::Constants;
use crate::engine::gpu::shape::Shape;
use crate::engine::gpu::wide_multiply::WideMultiply;
use crate::plan::{AlongStage, Kernel};
use std::borrow::Cow;

/// The frames of rare passages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Walkers leave the basin.
    Leave,
    /// Walkers go on from there.
    GoOn,
}

/// A kernel of rare passages; none where there is nothing that says how far walkers are.
pub fn ways(kernel: &Kernel, shape: &Shape, multiply: WideMultiply, frame: Frame) -> Option<String> {
    let mut files = random(kernel, multiply);
    files.extend(update(kernel, shape));
    files.extend([start(kernel), shader!("bounds.wgsl"), condition(kernel.passage?.condition)]);
    files.push(match kernel.along.as_ref()? {
        AlongStage::Coordinate { downwards: false, .. } => shader!("measure/along/upwards.wgsl"),
        AlongStage::Coordinate { downwards: true, .. } => shader!("measure/along/downwards.wgsl"),
        AlongStage::Loss => shader!("measure/along/loss.wgsl"),
        AlongStage::Radius => shader!("measure/along/radius.wgsl"),
        AlongStage::Formula(stage) => {
            let uniform = |k: u32| format!("parameter(AT_ALONG + {k}u)");
            ("the formula along the way", Cow::Owned(stage.routine.wgsl("along", uniform)))
        }
    });
    files.push(shader!("ways/launch.wgsl"));
    files.push(match frame {
        Frame::Leave => shader!("ways/leave.wgsl"),
        Frame::GoOn => shader!("ways/go_on.wgsl"),
    });
    Some(join(&Constants::of(kernel, shape).prelude(), &files))
}
