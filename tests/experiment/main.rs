//! Experiment files: what is written out reads back, and nothing is ignored in silence.

mod combinations;
mod rare;

use kramers::experiment::Override;
use kramers::{Experiment, ExperimentError};

const WELL: &str = r#"
[landscape]
kind = "double-well"
barrier = 0.25
separation = 1.0
[dynamics]
kind = "langevin"
temperature = 0.1
time_step = 0.01
[ensemble]
walkers = 1e3
steps = 1e3
start = [-1.0]
"#;

const QUADRATIC: &str = r#"
[landscape]
kind = "quadratic"
hessian = [1.0]
[dynamics]
kind = "sgd"
learning_rate = 0.1
[ensemble]
walkers = 10
steps = 10
start = [0.0]
"#;

fn read(text: &str, overrides: &[&str]) -> Result<Experiment, ExperimentError> {
    let overrides: Vec<Override> = overrides.iter().map(|o| o.parse().expect("KEY=VALUE")).collect();
    Experiment::parse("test", "test.toml", text, &overrides)
}

fn refusal(text: &str, overrides: &[&str]) -> String {
    read(text, overrides).expect_err("refused").to_string()
}

#[test]
fn what_is_written_out_reads_back() {
    let sweeps = [
        (WELL, ""),
        (WELL, r#""dynamics.temperature" = [0.1, 0.2]"#),
        (WELL, "ensemble.steps = [1000, 5000, 7]"),
        (WELL, r#""ensemble.steps" = { from = 2000, to = 9000, count = 3 }"#),
        (WELL, "zip = true\nensemble.walkers = [100, 200]\ndynamics.time_step = [0.01, 0.02]"),
        (QUADRATIC, "zip = true\nlandscape.hessian = [[1.0], [1.0, 2.0]]\nensemble.start = [[0.5], [0.5, 0.5]]"),
        (QUADRATIC, "zip = true\nlandscape.hessian = [[1.0], [2.0]]\nlandscape.floor = [1, 2]"),
    ];
    for (base, sweep) in sweeps {
        let text = if sweep.is_empty() { base.to_owned() } else { format!("{base}\n[sweep]\n{sweep}\n") };
        let experiment = read(&text, &[]).expect("a valid experiment");
        let written = experiment.to_toml();
        let again = read(&written, &[]).expect("what is written is valid");
        assert_eq!(again, experiment, "{written}");
    }
}

#[test]
fn any_seed_is_read_and_written() {
    for (given, seed) in [("1e6", 1_000_000), ("7", 7), ("18446744073709551615", u64::MAX)] {
        let experiment = read(WELL, &[&format!("seed={given}")]).expect("a valid seed");
        assert_eq!(experiment.seed, seed);
        assert_eq!(read(&experiment.to_toml(), &[]).expect("valid").seed, seed);
    }
    for wrong in ["-1", "1.5", "18446744073709551616", "one"] {
        assert!(refusal(WELL, &[&format!("seed={wrong}")]).contains("must be a whole number"), "{wrong}");
    }
}

#[test]
fn an_override_of_a_sweep_replaces_it() {
    let text = format!("{WELL}\n[sweep]\n\"dynamics.temperature\" = [0.1, 0.2, 0.3]\n");
    let experiment = read(&text, &["sweep.dynamics.temperature=[0.4, 0.5]"]).expect("a valid sweep");
    let temperatures: Vec<String> = experiment.cells.iter().map(|c| c.parameters[0].1.to_string()).collect();
    assert_eq!(temperatures, ["0.4", "0.5"]);
    let message = refusal(&text, &["dynamics.temperature=0.2"]);
    assert!(message.contains("cannot be set, as [sweep]"), "{message}");
    let message = refusal(&format!("{text}dynamics.temperature = [0.1]\n"), &[]);
    assert!(message.contains("is given twice"), "{message}");
}

#[test]
fn a_list_of_equal_rates_is_one_rate() {
    let one = read(QUADRATIC, &[]).expect("valid");
    let list = read(QUADRATIC, &["dynamics.learning_rate=[0.1]"]).expect("valid");
    assert_eq!(one.cells[0].setup.time_per_step(), list.cells[0].setup.time_per_step());
    let unequal = ["landscape.hessian=[1, 1]", "ensemble.start=[0, 0]", "dynamics.learning_rate=[0.1, 0.2]"];
    assert_eq!(read(QUADRATIC, &unequal).expect("valid").cells[0].setup.time_per_step(), Some(1.0), "counts steps");
}

#[test]
fn what_would_do_nothing_or_fill_memory_is_refused() {
    let cases = [
        ("ensemble.start={ points = [[0.0]], foo = 3 }", "must be a point"),
        ("ensemble.start=[2e6]", "within ensemble.bounds"),
        ("sweep.seed=[1, 2]", "cannot be swept"),
        ("measure.time_series={ points = 100001 }", "must be at least 1"),
        ("measure.histogram={ axis = 0, range = [0, 1], bins = 2_000_000 }", "must be between 1 and"),
    ];
    for (set, expected) in cases {
        let message = refusal(WELL, &[set]);
        assert!(message.contains(expected), "{set}: {message}");
    }
    let histogram = "measure.histogram={ axis = 0, range = [0, 1], bins = 1_000_000 }";
    let message = refusal(WELL, &[histogram, "ensemble.walkers=1e6", "sweep.dynamics.temperature=[1, 2, 3]"]);
    assert!(message.contains("numbers of moments, histograms, time series and the like"), "{message}");
}

/// y = 2 w_1 − w_2 at four places but for 0.1 at the last: a relative path starts at the experiment's folder, and what
/// is written out reads from any.
#[test]
fn samples_are_read_from_the_folder_of_the_experiment() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("data.csv"), "w1,w2,y\n1,0,2\n0,1,-1\n1,1,1\n0,0,0.1\n").expect("written");
    let text = "landscape = { kind = \"least-squares\", data = \"data.csv\" }
        dynamics = { kind = \"sgd\", learning_rate = 0.1 }
        ensemble = { walkers = 1, steps = 10, start = [0.0, 0.0] }";
    let path = folder.path().join("samples.toml");
    std::fs::write(&path, text).expect("written");
    let experiment = Experiment::read(&path, &[]).expect("valid");
    let quadratic = experiment.cells[0].setup.landscape.quadratic().expect("on average");
    // The last place has no features: it adds ½ 0.1²/4 to the loss and nothing to the solution.
    let near = |a: f64, b: f64| (a - b).abs() < 1e-14;
    assert!(near(quadratic.minimum[0], 2.0) && near(quadratic.minimum[1], -1.0), "{quadratic:?}");
    assert!(near(quadratic.floor, 0.00125), "{quadratic:?}");
    assert_eq!(read(&experiment.to_toml(), &[]).expect("valid").cells, experiment.cells);

    let message = refusal(text, &["landscape.data=none.csv"]);
    assert!(message.contains("--set: landscape.data = \"none.csv\": cannot be read"), "{message}");
}
