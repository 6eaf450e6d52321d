//! The command line: arguments in, exit codes out; the only place for anyhow.

mod bench;
mod check;
mod device;
mod devices;
mod exit;
mod grid;
mod late_passages;
mod merge;
mod number;
mod options;
mod output;
mod place;
mod potential;
mod predict;
mod progress;
mod relief;
mod run;
mod schema;
mod signals;
mod study;
mod table;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Simulates millions of walkers under SGD or Langevin dynamics and holds what they do against theory.
#[derive(Debug, Parser)]
#[command(name = "kramers", version, about, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Simulate, analyse, compare with theory, write a results directory
    Run(run::Arguments),
    /// Run a built-in experiment of the literature; without NAME, list them
    Study(study::Arguments),
    /// Theory only, no simulation
    Predict(predict::Arguments),
    /// Add shard directories into one results directory
    Merge(merge::Arguments),
    /// What this machine can run on, and which one `auto` takes
    Devices,
    /// Walker-steps per second on the standard works, per device, and their share of what it could do
    Bench(bench::Arguments),
    /// JSON Schema of the experiment file
    Schema,
}

/// Runs the program on its arguments.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = match arguments.command {
        Command::Run(arguments) => run::main(&arguments),
        Command::Study(arguments) => study::main(&arguments),
        Command::Predict(arguments) => predict::main(&arguments),
        Command::Merge(arguments) => merge::main(&arguments),
        Command::Devices => devices::main(),
        Command::Bench(arguments) => bench::main(&arguments),
        Command::Schema => schema::main(),
    };
    let code = result.unwrap_or_else(|error| {
        // Errors of the library say their cause themselves.
        output::error(&error.to_string());
        exit::code(&error)
    });
    ExitCode::from(code)
}
