//! What is counted and summed on the way; twins of `shaders/measure/`.

mod along;
mod axis;
mod bridge;
mod condition;
mod correlations;
mod current;
mod histogram;
mod moments;
mod passage;
mod relations;
mod series;
mod sums;
mod weights;
mod windows;

pub use along::Along;
pub use bridge::Bridge;
pub use condition::{Above, Below, Condition, LossAbove, RadiusAbove};
pub use correlations::Correlations;
pub use current::Current;
pub use histogram::Histogram;
pub use moments::Moments;
pub use passage::Passage;
pub use relations::Relations;
pub use series::Series;
pub use sums::PARTIAL_SUMS;
