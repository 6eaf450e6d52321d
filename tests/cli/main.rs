//! The command line as a user meets it: what it says, on which stream, with which exit code, and what
//! it leaves on disk.

mod bench;
mod both_engines;
mod commands;
mod directory;
mod formulas;
mod shards;
mod studies;
mod wrong;

use assert_cmd::Command;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// A small experiment with a sweep, passages and a histogram: 3 cells, 1000 walkers each.
const EXPERIMENT: &str = r#"title = "A small escape"
seed = 7

[landscape]
kind = "double-well"
barrier = 0.25
separation = 1.0

[dynamics]
kind = "langevin"
temperature = 0.1
time_step = 0.1

[ensemble]
walkers = 1000
start = [-1.0]
burn_in = 100
steps = 300

[measure]
first_passage = { axis = 0, above = 0.0, after = "restart" }
histogram = { axis = 0, range = [-2.0, 0.5], bins = 20 }

[sweep]
"dynamics.temperature" = [0.08, 0.1, 0.125]
"#;

/// An empty directory that holds `experiment.toml` with `text`.
fn place(text: &str) -> TempDir {
    let place = tempfile::tempdir().expect("a temporary directory");
    fs::write(place.path().join("escape.toml"), text).expect("writable");
    place
}

/// `kramers` in a directory, with arguments in one string.
fn kramers(place: &Path, arguments: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kramers"));
    command.current_dir(place).args(arguments.split_whitespace());
    command
}

/// What a command did: exit code, stdout, stderr.
struct Outcome {
    code: i32,
    out: String,
    err: String,
}

fn outcome(mut command: Command) -> Outcome {
    let output = command.output().expect("the program starts");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    let code = output.status.code().expect("an exit code");
    Outcome { code, out: text(output.stdout), err: text(output.stderr) }
}

/// Runs `kramers` and expects exit code 0.
fn succeeds(place: &Path, arguments: &str) -> Outcome {
    let done = outcome(kramers(place, arguments));
    assert_eq!(done.code, 0, "kramers {arguments}: {}", done.err);
    done
}

/// Names in a directory, in order.
fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("readable");
    let mut names: Vec<String> =
        entries.map(|e| e.expect("readable").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
