//! `kramers merge`: add shard directories into one results directory.

use super::options::Loudness;
use super::place::{self, Place};
use super::run;
use clap::Args;
use kramers::results::{merge_shards, write_results};
use std::path::PathBuf;

/// Arguments of `merge`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Results directory
    #[arg(value_name = "OUT")]
    out: PathBuf,
    /// Directories of all shards
    #[arg(value_name = "SHARD", required = true)]
    shards: Vec<PathBuf>,
    /// Replace the results of another experiment in OUT
    #[arg(long)]
    force: bool,
    /// Exit with 3 if an exact prediction is missed by 5 standard errors or more
    #[arg(long)]
    check: bool,
    /// The results document on stdout, nothing else there
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    loudness: Loudness,
}

pub(super) fn main(arguments: &Arguments) -> anyhow::Result<u8> {
    run::progress_log(arguments.loudness);
    let results = merge_shards(&arguments.shards, std::env::args().collect())?;
    let experiment = results.experiment.to_toml();
    let directory = &arguments.out;
    let place = Place { directory, experiment: &experiment, shard: None, force: arguments.force };
    if place.is_finished()? {
        place.say_finished(arguments.loudness);
        return place::show(&results.experiment, directory, arguments.json, arguments.check, arguments.loudness);
    }
    let staging = place.prepare()?;
    write_results(&results, &staging.path())?;
    place::commit(staging, place.mark())?;
    run::report(&results, directory, arguments.json, arguments.check, arguments.loudness)
}
