//! Rules that scale their step by running averages of the gradient, in one coordinate.

mod batch_size;
mod predict;
mod sign_descent;
mod stationary;
mod warm_up;

pub use batch_size::first_rate;
pub use predict::predict;
pub use sign_descent::{sign_descent_law, sign_descent_pooled};
pub use stationary::AdaptiveRule;
pub use warm_up::{step_correlation, step_fourth_moment, warm_up_variance};
