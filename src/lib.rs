//! kramers moves millions of independent walkers under a stochastic update rule, counts what they do,
//! and holds the counts against theory.
//!
//! The road is straight: an [`Experiment`] is planned ([`Plan`]), an [`engine`] moves the walkers and
//! returns a [`Tally`](tally::Tally), [`analysis`] turns it into estimates, [`theory`] predicts, and
//! [`results`] holds the two side by side.

mod additive;
pub mod analysis;
pub mod bench;
mod divisor;
pub mod engine;
pub mod experiment;
mod formula;
mod free_energy;
mod gaussian;
pub mod gibbs;
pub mod increment_spectrum;
mod kolmogorov;
pub mod landscape;
mod loss_exponent;
mod lyapunov;
pub mod plan;
pub mod ramp;
pub mod random;
pub mod results;
pub mod samples;
mod spectrum;
mod spelling;
pub mod tally;
pub mod theory;

pub use experiment::{Experiment, ExperimentError};
pub use plan::Plan;
pub use results::{Results, run};
