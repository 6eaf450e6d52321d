//! How fast an engine does the standard works, and which share that is of what the machine could do.

mod clock;
mod floor;
mod machine;
mod measurement;
mod memory;
mod work;

pub use floor::{Abilities, Operations};
pub use machine::Machine;
pub use measurement::{BenchError, Effort, Measurement, Spread, measure};
pub use work::Work;
