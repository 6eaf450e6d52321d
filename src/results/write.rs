//! Writes the files of a results directory.

use super::directory::DirectoryError;
use super::figures::figures;
use super::run::{Results, Simulation};
use super::shard::{Shard, device_text};
use super::tables::tables;
use crate::experiment::Experiment;
use crate::tally::{TallyFile, TallyFileError};
use std::fs;
use std::path::Path;

/// The experiment as run, every default written out.
pub const EXPERIMENT: &str = "experiment.toml";
/// The results document.
pub const DOCUMENT: &str = "results.json";
/// The blocks of a shard.
pub const TALLY: &str = "tally";
/// The finished blocks of a run that was cut short.
pub const CHECKPOINT: &str = "checkpoint";
/// The folder of figures.
const FIGURES: &str = "figures";

/// What a run writes into its directory besides [`DOCUMENT`].
pub const OWNED: &[&str] = &[
    EXPERIMENT,
    TALLY,
    CHECKPOINT,
    FIGURES,
    "estimates.parquet",
    "histograms.parquet",
    "passages.parquet",
    "time_series.parquet",
    "correlations.parquet",
    "spectra.parquet",
    "current.parquet",
    "blocks.parquet",
];

/// Writes experiment, document, tables and figures into `directory`.
///
/// # Errors
/// Where a file cannot be written.
pub fn write_results(results: &Results, directory: &Path) -> Result<(), DirectoryError> {
    write(&directory.join(EXPERIMENT), results.experiment.to_toml())?;
    for (name, table) in tables(results) {
        let path = directory.join(format!("{name}.parquet"));
        table.write(&path).map_err(DirectoryError::at(&path))?;
    }
    let figures = figures(results);
    if !figures.is_empty() {
        let folder = directory.join(FIGURES);
        fs::create_dir(&folder).map_err(DirectoryError::at(&folder))?;
        for (name, svg) in figures {
            write(&folder.join(format!("{name}.svg")), svg)?;
        }
    }
    write(&directory.join(DOCUMENT), results.document.to_json())
}

/// Writes the experiment and the finished blocks of a shard, or of a run that was cut short, as `name`
/// into `directory`.
///
/// # Errors
/// Where a file cannot be written.
pub fn write_tally(
    experiment: &Experiment,
    simulation: Simulation,
    shard: Shard,
    directory: &Path,
    name: &str,
) -> Result<(), DirectoryError> {
    write(&directory.join(EXPERIMENT), experiment.to_toml())?;
    let path = directory.join(name);
    let file = TallyFile {
        experiment: experiment.to_toml(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        device: device_text(&simulation.device),
        shard: (shard.index(), shard.count()),
        seconds: simulation.seconds,
        tally: simulation.tally,
    };
    file.write(&path).map_err(|error| match error {
        TallyFileError::Io(source) => DirectoryError { path, source },
        other => DirectoryError { path, source: std::io::Error::other(other.to_string()) },
    })
}

fn write(path: &Path, contents: String) -> Result<(), DirectoryError> {
    fs::write(path, contents).map_err(DirectoryError::at(path))
}
