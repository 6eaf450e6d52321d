//! `kramers run`: simulate, analyse, compare with theory, write a results directory.

use super::options::{Loudness, Options};
use super::place::{self, Place};
use super::{check, device, exit, output, progress::Progress, table};
use clap::Args;
use kramers::Plan;
use kramers::engine::Engine;
use kramers::experiment::Experiment;
use kramers::results::{
    CHECKPOINT, Provenance, Results, Shard, Simulation, TALLY, Warning, simulate, write_results, write_tally,
};
use std::path::PathBuf;

/// Arguments of `run`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The experiment
    #[arg(value_name = "EXPERIMENT.toml")]
    experiment: PathBuf,
    #[command(flatten)]
    options: Options,
}

pub(super) fn main(arguments: &Arguments) -> anyhow::Result<u8> {
    let options = &arguments.options;
    let experiment = options.experiment(|set| Experiment::read(&arguments.experiment, set))?;
    run(&experiment, options)
}

/// Runs an experiment as the options say; the exit code.
pub(super) fn run(experiment: &Experiment, options: &Options) -> anyhow::Result<u8> {
    progress_log(options.loudness);
    let shard = options.shard()?;
    if let Some((shard, Some(source))) = &shard {
        output::note(&format!("shard {shard}, by {source}"));
    }
    let shard = shard.map(|(shard, _)| shard);
    let directory = options.directory(&experiment.name, shard);
    let place = Place { directory: &directory, experiment: &experiment.to_toml(), shard, force: options.force };
    if place.is_finished()? {
        place.say_finished(options.loudness);
        return if shard.is_some() {
            Ok(exit::DONE)
        } else {
            place::show(experiment, &directory, options.json, options.check, options.loudness)
        };
    }
    Warning::before(experiment).iter().for_each(|w| output::warning(&w.to_string()));

    let mut engine = device::open(&options.device, experiment.precision)?;
    let staging = place.prepare()?;
    let provenance = Provenance::now(experiment, std::env::args().collect());
    let simulation = advance(experiment, options, shard, engine.as_mut())?;
    drop(engine);

    if let Some(message) = &simulation.interrupted {
        output::error(&format!("the device was lost: {message}; what was finished before is written"));
    }
    let path = staging.path();
    if let Some(shard) = shard {
        let cut_short = simulation.interrupted.is_some();
        write_tally(experiment, simulation, shard, &path, if cut_short { CHECKPOINT } else { TALLY })?;
        place::commit(staging, place.mark())?;
        output::results(&format!("shard {shard} is in {}\n", directory.display()))?;
        return Ok(if cut_short { exit::FAILED } else { exit::DONE });
    }
    if let (Some(_), Some(whole)) = (&simulation.interrupted, Shard::new(0, 1)) {
        write_tally(experiment, simulation.clone(), whole, &path, CHECKPOINT)?;
    }
    let Simulation { tally, device, seconds, .. } = simulation;
    let results = Results::new(experiment, tally, device, seconds, provenance);
    write_results(&results, &path)?;
    place::commit(staging, place.mark())?;
    report(&results, &directory, options.json, options.check, options.loudness)
}

/// Moves the walkers, with progress on stderr.
fn advance(
    experiment: &Experiment,
    options: &Options,
    shard: Option<Shard>,
    engine: &mut dyn Engine,
) -> anyhow::Result<Simulation> {
    let plan = Plan::new(experiment);
    let mut blocks = plan.blocks();
    if let Some(shard) = shard {
        blocks = blocks[plan.shard(shard.index(), shard.count())].to_vec();
    }
    let total = plan.walker_steps(&blocks);
    if !options.loudness.quiet {
        let device = engine.device();
        let cells = plan.cells.len();
        output::note(&format!(
            "{}: {cells} {}, {} walker-steps on {} ({})",
            experiment.name,
            if cells == 1 { "cell" } else { "cells" },
            super::number::short(total as f64),
            device.name,
            device.details,
        ));
    }
    let progress = Progress::new(total, options.loudness.quiet);
    let simulation = simulate(&plan, &blocks, engine, &|steps| progress.add(steps))?;
    progress.finish();
    Ok(simulation)
}

/// Says what was found: warnings on stderr, the table or the document on stdout; the exit code.
pub(super) fn report(
    results: &Results,
    directory: &std::path::Path,
    json: bool,
    checked: bool,
    loudness: Loudness,
) -> anyhow::Result<u8> {
    results.warnings.iter().for_each(|w| match w.is_failure() {
        true => output::error(&w.to_string()),
        false => output::warning(&w.to_string()),
    });
    let document = &results.document;
    if json {
        output::results(&document.to_json())?;
    } else {
        let keys = results.experiment.sweep.keys();
        output::results(&format!(
            "{}\nresults in {}\n",
            table::of(document, &keys, loudness.verbose > 0),
            directory.display()
        ))?;
    }
    let missed = checked && !check::passes(document, &results.experiment);
    Ok(if results.warnings.iter().any(Warning::is_failure) {
        exit::FAILED
    } else if missed {
        exit::MISSED
    } else {
        exit::DONE
    })
}

/// Log messages of the libraries on stderr, as `-v` or `RUST_LOG` ask.
pub(super) fn progress_log(loudness: Loudness) {
    use tracing_subscriber::EnvFilter;
    let level = ["error", "info", "debug"][usize::from(loudness.verbose.min(2))];
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(level));
    // A second study of `--all` finds it set already.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .without_time()
        .try_init();
}
