//! Results: estimates and predictions side by side, and the directory that they are written to.
//!
//! [`run`] is the library's front: an [`Experiment`](crate::Experiment) and an engine in, [`Results`]
//! out. [`Results::document`] is what stands in `results.json`; [`Staging`] puts the whole directory in
//! place at once, or not at all.

mod batch;
mod compare;
mod density;
mod directory;
mod document;
mod existing;
mod figures;
mod parquet;
mod plot;
mod provenance;
mod rounding;
mod run;
mod shard;
mod tables;
mod warning;
mod write;

pub use batch::shard_from_environment;
pub use compare::z_score;
pub use directory::{Cleanup, DirectoryError, Staging};
pub use document::{
    CellResult, Document, EstimateResult, Exact, FitResult, LocalSlope, Lost, Place, PredictionResult, written,
};
pub use existing::{Difference, Existing, differences};
pub use provenance::Provenance;
pub use run::{Results, Simulation, run, simulate};
pub use shard::{Shard, ShardError, merge_shards, shard_in};
pub use warning::Warning;
pub use write::{CHECKPOINT, DOCUMENT, EXPERIMENT, OWNED, TALLY, write_results, write_tally};
