//! Wrong experiments: one message each that names file, line, key, value and what is allowed; exit code
//! 2; nothing on disk.

use super::{EXPERIMENT, kramers, names, outcome, place};
use std::fs;

/// What is wrong: the text replaced, its replacement, then what the message says: a line that holds
/// this, the key (with the value found), and what is allowed.
struct Case(&'static str, &'static str, &'static str, &'static str, &'static str);

const LANGEVIN: &str = "[dynamics]\nkind = \"langevin\"\ntemperature = 0.1\ntime_step = 0.1";

const DOUBLE_WELL: &str = "[landscape]\nkind = \"double-well\"\nbarrier = 0.25\nseparation = 1.0";

const CASES: &[Case] = &[
    Case("barrier =", "barier =", "barier", "landscape.barier = 0.25", "did you mean `barrier`?"),
    Case("seed = 7", "sed = 7", "sed =", "sed = 7", "did you mean `seed`?"),
    Case("seed = 7", "seed = -7", "seed", "seed = -7", "must be a whole number, not negative"),
    Case("walkers = 1000", "walkers = \"many\"", "walkers", "ensemble.walkers = \"many\"", "must be a whole number"),
    Case("walkers = 1000", "walkers = 0", "walkers", "ensemble.walkers = 0", "must be between 1 and 2^32"),
    Case("walkers = 1000", "walkers = 1e3.5", "walkers", "", ""),
    Case("steps = 300", "steps = 5e9", "steps", "ensemble.steps = 5000000000", "burn_in + steps must be below 2^32"),
    Case("steps = 300\n", "", "[ensemble]", "ensemble.steps", "is missing"),
    Case("time_step = 0.1", "time_step = -0.1", "time_step", "dynamics.time_step = -0.1", "must be positive"),
    Case(
        "[0.08, 0.1, 0.125]",
        "[0.08, nan]",
        "\"dynamics.temperature\"",
        "sweep.dynamics.temperature = [",
        "must be finite",
    ),
    Case(
        "separation = 1.0",
        "separation = inf",
        "separation",
        "landscape.separation = inf",
        "must be positive and finite",
    ),
    Case("start = [-1.0]", "start = [-1.0, 0.0]", "start", "ensemble.start = [-1.0, 0.0]", "one number per coordinate"),
    Case("bins = 20", "bins = 0", "histogram", "measure.histogram.bins = 0", "must be between 1 and"),
    Case("axis = 0, range", "axis = 1, range", "histogram", "measure.histogram.axis = 1", "must be below 1"),
    Case("above = 0.0, ", "", "first_passage", "measure.first_passage", "needs a condition"),
    Case(
        "above = 0.0",
        "above = 0.0, below = 0.0",
        "first_passage",
        "measure.first_passage.below = 0.0",
        "only one condition",
    ),
    Case("\"restart\"", "\"restrat\"", "first_passage", "measure.first_passage.after = \"restrat\"", "\"restart\""),
    Case(
        "\"double-well\"",
        "\"triple-well\"",
        "kind = \"triple",
        "landscape.kind = \"triple-well\"",
        "\"double-well\"",
    ),
    Case(DOUBLE_WELL, "", "", "landscape", "needs a [landscape] table"),
    Case("[measure]", "[measure]\nevery = 301", "every", "measure.every = 301", "must be at most ensemble.steps = 300"),
    Case("separation = 1.0", "separation = 1.0\ntilt = 0.5", "tilt", "landscape.tilt = 0.5", "must be smaller than"),
    Case("seed = 7", "precision = \"f16\"", "precision", "precision = \"f16\"", "\"f32\" or \"f64\""),
    Case(
        "seed = 7",
        "random = \"philox4x32-8\"",
        "random",
        "random = \"philox4x32-8\"",
        "must be \"philox4x32-10\" or \"philox4x32-10-fast\" or \"philox4x32-7\"",
    ),
    Case(
        "time_step = 0.1",
        "time_step = 0.1\ndistribution = \"three-points\"",
        "distribution",
        "dynamics.distribution = \"three-points\"",
        "must be \"gaussian\", \"rademacher\", \"uniform\", \"laplace\", \"exponential\", \"three-point\" or { two-point = p }, did you mean `three-point`?",
    ),
    Case(
        LANGEVIN,
        "[noise]\nkind = \"gaussian\"\ncovariance = 1.0\ndistribution = \"normal\"\n[dynamics]\nkind = \"sgd\"\nlearning_rate = 0.1",
        "distribution",
        "noise.distribution = \"normal\"",
        "must be \"gaussian\", \"rademacher\"",
    ),
    Case(
        "time_step = 0.1",
        "time_step = 0.1\ndistribution = { two-point = 1.0 }",
        "distribution",
        "dynamics.distribution.two-point = 1.0",
        "must be above 0 and below 1",
    ),
    Case(
        "time_step = 0.1",
        "time_step = 0.1\ndistribution = \"two-point\"",
        "distribution",
        "dynamics.distribution = \"two-point\"",
        "or { two-point = p }",
    ),
    Case(
        "[0.08, 0.1, 0.125]",
        "[]",
        "\"dynamics.temperature\"",
        "sweep.dynamics.temperature = []",
        "at least one value",
    ),
    Case(
        "[sweep]",
        "[expect]\nloss = { value = \"2*tempreature\" }\n[sweep]",
        "loss",
        "expect.loss.value = \"2*tempreature\"",
        "knows no `tempreature`",
    ),
    Case(
        LANGEVIN,
        "[noise]\nkind = \"gaussian\"\ncovariance = [[-1.0]]\n[dynamics]\nkind = \"sgd\"\nlearning_rate = 0.1",
        "covariance",
        "noise.covariance = [[-1.0]]",
        "must be positive semidefinite",
    ),
    Case(
        "[sweep]",
        "[noise]\nkind = \"gaussian\"\ncovariance = 1.0\n[sweep]",
        "kind = \"langevin\"",
        "dynamics.kind = \"langevin\"",
        "remove the [noise] table",
    ),
];

#[test]
fn a_wrong_experiment_gets_one_message_and_exit_code_2() {
    for Case(old, new, line, key, allowed) in CASES {
        let text = EXPERIMENT.replacen(old, new, 1);
        assert_ne!(text, EXPERIMENT, "{old} is in the experiment");
        let place = place(&text);
        let wrong = outcome(kramers(place.path(), "run escape.toml --device cpu"));
        assert_eq!(wrong.code, 2, "{new}: {}", wrong.err);
        assert_eq!(wrong.out, "", "{new}: nothing on stdout");
        assert_eq!(wrong.err.lines().count(), 1, "{new}: one message, not\n{}", wrong.err);
        assert!(!wrong.err.contains("panicked"), "{new}: {}", wrong.err);
        let number = text.lines().position(|l| !line.is_empty() && l.contains(line)).map(|n| n + 1);
        let begin = match number {
            Some(number) => format!("error: escape.toml:{number}: {key}"),
            None => format!("error: escape.toml: {key}"),
        };
        assert!(wrong.err.starts_with(&begin), "{new}: {begin:?} does not begin\n{}", wrong.err);
        assert!(wrong.err.contains(allowed), "{new}: {allowed:?} is not in\n{}", wrong.err);
        assert_eq!(names(place.path()), ["escape.toml"], "{new}: nothing else is on disk");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let place = place(EXPERIMENT);
    let wrong = outcome(kramers(place.path(), "run absent.toml"));
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(wrong.err.contains("absent.toml"), "{}", wrong.err);
}

#[test]
fn wrong_options_are_named_with_what_is_allowed() {
    for (arguments, says) in [
        ("run escape.toml --set ensemble.walkers", "must be KEY=VALUE"),
        ("run escape.toml --set ensemble.walkers=-1", "--set: ensemble.walkers = -1: must be a whole number"),
        ("run escape.toml --walkers 0", "must be between 1 and 2^32"),
        ("run escape.toml --set dynamics.temperature=0.1", "[sweep] gives it its values"),
        ("run escape.toml --shard 3/3", "must be I/N"),
        ("run escape.toml --shard auto", "no variable of a batch system is set"),
        ("run escape.toml --shard 0/2 --json", "cannot be used with"),
        ("run escape.toml --quick --walkers 5", "cannot be used with"),
        ("study no-such", "kramers-escape"),
        ("study --quick", "--all"),
        ("run", "EXPERIMENT.toml"),
    ] {
        let place = place(EXPERIMENT);
        let mut command = kramers(place.path(), arguments);
        for variable in ["SLURM_ARRAY_TASK_ID", "SLURM_PROCID", "SGE_TASK_ID", "PMI_RANK", "JOB_COMPLETION_INDEX"] {
            command.env_remove(variable);
        }
        let wrong = outcome(command);
        assert_eq!(wrong.code, 2, "{arguments}: {}", wrong.err);
        assert!(wrong.err.contains(says), "{arguments}: {says:?} is not in\n{}", wrong.err);
        assert_eq!(names(place.path()), ["escape.toml"], "{arguments}: nothing else is on disk");
    }
}

#[test]
fn a_directory_that_cannot_be_written_is_exit_code_74_before_the_run() {
    let place = place(EXPERIMENT);
    // Below a regular file nobody can write, root neither.
    for out in ["escape.toml", "escape.toml/below"] {
        let wrong = outcome(kramers(place.path(), &format!("run escape.toml --device cpu --walkers 1e9 --out {out}")));
        assert_eq!(wrong.code, 74, "{}", wrong.err);
        assert!(wrong.err.contains(out), "{}", wrong.err);
        assert_eq!(names(place.path()), ["escape.toml"]);
        assert_eq!(fs::read_to_string(place.path().join("escape.toml")).expect("still there"), EXPERIMENT);
    }
}

#[test]
fn a_device_that_is_not_there_is_exit_code_69() {
    let place = place(EXPERIMENT);
    for arguments in ["--device no-such-device", "--device 99", "--device gpu --set precision=f64"] {
        let wrong = outcome(kramers(place.path(), &format!("run escape.toml {arguments}")));
        assert_eq!(wrong.code, 69, "{arguments}: {}", wrong.err);
        assert_eq!(names(place.path()), ["escape.toml"]);
    }
}
