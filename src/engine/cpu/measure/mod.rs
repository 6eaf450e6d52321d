//! What is counted and summed on the way; twins of `shaders/measure/`.

mod condition;
mod histogram;
mod moments;
mod passage;
mod series;
mod sums;
mod weights;

pub use condition::{Above, Below, Condition, LossAbove, RadiusAbove};
pub use histogram::Histogram;
pub use moments::Moments;
pub use passage::Passage;
pub use series::Series;
