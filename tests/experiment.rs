//! Experiment files: what is written out reads back, and nothing is ignored in silence.

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

/// 1 walker at 0 in one dimension, but for what is given.
fn setup(landscape: &str, noise: &str, dynamics: &str, rest: &str) -> String {
    let table =
        |name: &str, keys: &str| if keys.is_empty() { String::new() } else { format!("{name} = {{ {keys} }}\n") };
    let tables =
        [("landscape", landscape), ("noise", noise), ("dynamics", dynamics)].map(|(name, keys)| table(name, keys));
    let start = if landscape.contains("double-well") { "[-1.0]" } else { "[0.0]" };
    format!("{}ensemble = {{ walkers = 1, steps = 10, start = {start} }}\n{rest}", tables.concat())
}

const HILL: &str = r#"kind = "quadratic", hessian = [-1.0], floor = 1.0"#;
const BOWL: &str = r#"kind = "quadratic", hessian = [1.0]"#;
const RAISED: &str = r#"kind = "quadratic", hessian = [1.0], floor = 1.0"#;
const TWO_WELLS: &str = r#"kind = "double-well", barrier = 1.0, separation = 1.0, floor = 0.1"#;
const TILTED: &str = r#"kind = "double-well", barrier = 1.0, separation = 1.0, floor = 0.1, tilt = 0.5"#;
const SUM: &str =
    r#"kind = "finite-sum", gradients = [[1.0], [2.0], [0.0], [1.0]], hessians = [[[1.0]], [[2.0]], [[0.0]], [[1.0]]]"#;
const FRESH: &str = r#"kind = "least-squares", synthetic = { samples = "fresh", features = 1, label_noise = 1.0 }"#;
const MADE: &str = r#"kind = "least-squares", synthetic = { samples = 1e2, features = 1, label_noise = 1.0 }"#;
const FORMULA: &str = r#"kind = "formula", loss = "a*x^2", variables = ["x"], parameters = { a = 1.0 }"#;
const FORCE: &str = r#"kind = "force", force = ["-a*x"], variables = ["x"], parameters = { a = 1.0 }"#;
const GAUSSIAN: &str = r#"kind = "gaussian", covariance = 1.0"#;
const LOSS_HESSIAN: &str = r#"kind = "loss-hessian""#;
const BATCHES: &str = r#"kind = "minibatch""#;
const SUBSETS: &str = r#"kind = "minibatch", sampling = "without-replacement""#;
const EPOCHS: &str = r#"kind = "minibatch", sampling = "epoch""#;
const LABEL: &str = r#"kind = "label", variance = 2.0"#;
const SGD: &str = r#"kind = "sgd", learning_rate = 0.1"#;
const FIVES: &str = r#"kind = "sgd", learning_rate = 0.1, batch_size = 5"#;
const MOMENTUM: &str = r#"kind = "momentum", learning_rate = 0.1, momentum_steps = 10"#;
const RMSPROP: &str = r#"kind = "rmsprop", learning_rate = 0.1, second_moment_steps = 10"#;
const PER_EXAMPLE: &str =
    r#"kind = "rmsprop", learning_rate = 0.1, second_moment_steps = 10, second_moment = "per-example""#;
const ADAM: &str = r#"kind = "adam", learning_rate = 0.1, momentum = 0.9, second_moment_steps = 1000"#;
const ADAPTIVE: &str = r#"kind = "adaptive""#;
const FLOW: &str = r#"kind = "gradient-flow", time_step = 0.1"#;
const LANGEVIN: &str = r#"kind = "langevin", temperature = 0.1, time_step = 0.1"#;
const DRIVEN: &str = r#"kind = "langevin", learning_rate = 0.1, time_step = 0.1"#;
const LOG: &str = r#"kind = "log-langevin", temperature = 0.1, time_step = 0.1"#;
const LOG_DRIVEN: &str = r#"kind = "log-langevin", learning_rate = 0.1, time_step = 0.1"#;
const UNDERDAMPED: &str = r#"kind = "underdamped", temperature = 0.1, friction = 1.0, time_step = 0.1"#;

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

#[test]
fn what_goes_together_is_read_and_reads_back() {
    let restart = "measure.first_passage = { above = 1.0 }";
    let right = [
        (SUM, "", SGD, ""),
        (SUM, GAUSSIAN, SGD, ""),
        (SUM, BATCHES, FIVES, ""),
        (SUM, SUBSETS, SGD, ""),
        (SUM, EPOCHS, SGD, ""),
        (MADE, EPOCHS, FIVES, ""),
        (MADE, LABEL, SGD, ""),
        (MADE, LABEL, DRIVEN, ""),
        (FRESH, BATCHES, MOMENTUM, restart),
        (RAISED, LOSS_HESSIAN, SGD, ""),
        (TWO_WELLS, LOSS_HESSIAN, MOMENTUM, ""),
        (MADE, LOSS_HESSIAN, DRIVEN, ""),
        (BOWL, GAUSSIAN, MOMENTUM, restart),
        (BOWL, GAUSSIAN, RMSPROP, restart),
        (BOWL, GAUSSIAN, PER_EXAMPLE, ""),
        (MADE, BATCHES, PER_EXAMPLE, ""),
        (BOWL, GAUSSIAN, ADAM, ""),
        (TWO_WELLS, GAUSSIAN, ADAPTIVE, ""),
        (TWO_WELLS, "", FLOW, ""),
        (TWO_WELLS, "", LANGEVIN, restart),
        (TWO_WELLS, GAUSSIAN, DRIVEN, restart),
        (TWO_WELLS, "", UNDERDAMPED, restart),
        (TWO_WELLS, "", LOG, restart),
        (TWO_WELLS, LOSS_HESSIAN, LOG_DRIVEN, restart),
        (FORMULA, GAUSSIAN, SGD, ""),
        (FORCE, "", LANGEVIN, restart),
    ];
    for (landscape, noise, dynamics, rest) in right {
        let text = setup(landscape, noise, dynamics, rest);
        let experiment = read(&text, &[]).unwrap_or_else(|e| panic!("{e}\n{text}"));
        let written = experiment.to_toml();
        assert_eq!(read(&written, &[]).expect("what is written is valid"), experiment, "{written}");
    }
}

#[test]
fn what_does_not_go_together_is_refused_with_the_reason() {
    let with = |rule: &str, keys: &str| format!("{rule}, {keys}");
    let restart = "measure.first_passage = { above = 1.0 }";
    let absorb = r#"measure.first_passage = { above = 1.0, after = "absorb" }"#;
    let histogram = "measure.histogram = { axis = 0, range = [0, 1] }";
    let of_loss = r#"measure.histogram = { of = "loss", range = [0, 1] }"#;
    let full = r#"kind = "gaussian", covariance = [[1.0]]"#;
    let leimkuhler = with(DRIVEN, r#"scheme = "leimkuhler-matthews""#);
    let both = with(MOMENTUM, "momentum = 0.9");
    let neither = r#"kind = "momentum", learning_rate = 0.1"#;
    let steep = SUM.replace("[[[1.0]], [[2.0]], [[0.0]], [[1.0]]]", "[[[1.0]], [[0.0]], [[0.0]], [[-1.0]]]");
    let few = SUM.replace("[2.0], ", "");
    let empty = MADE.replace("1e2", "0");
    let seeded = FRESH.replace("features", "seed = 1, features");
    let wide = MADE.replace("features", "spectrum = [1.0, 1.0], features");
    let two_sources = with(MADE, r#"data = "samples.csv""#);
    let scheduled = |schedule: &str| with(SGD, &format!("schedule = {{ {schedule} }}"));
    let wrong = [
        (BOWL, BATCHES, SGD, "", "finite-sum or least-squares"),
        (SUM, LABEL, SGD, "", "least-squares"),
        (FRESH, "", SGD, "", "needs [noise] kind = \"minibatch\""),
        (FRESH, LABEL, SGD, "", "needs [noise] kind = \"minibatch\""),
        (FRESH, EPOCHS, SGD, "", "noise.sampling = \"epoch\": cannot be chosen"),
        (SUM, SUBSETS, FIVES, "", "must be at most 4"),
        (SUM, EPOCHS, FIVES, "", "must divide 4"),
        (SUM, BATCHES, DRIVEN, "", "with a `batch_size`"),
        (&steep, BATCHES, SGD, "", "no stationary point"),
        (&few, BATCHES, SGD, "", "one matrix per sample"),
        (&empty, BATCHES, SGD, "", "must be between 1 and"),
        (&seeded, BATCHES, SGD, "", "landscape.synthetic.seed = 1: is of samples made once"),
        (&wide, BATCHES, SGD, "", "one number per feature"),
        (&two_sources, BATCHES, SGD, "", "cannot go with `synthetic`"),
        (BOWL, LOSS_HESSIAN, SGD, "", "above 0 everywhere; at its minimum it is 0"),
        (TILTED, LOSS_HESSIAN, SGD, "", "above 0 everywhere; at its minimum it is -"),
        (HILL, LOSS_HESSIAN, SGD, "", "falls without end"),
        (FORCE, LOSS_HESSIAN, SGD, "", "a force does not have"),
        (BOWL, GAUSSIAN, FLOW, "", "has no noise"),
        (BOWL, GAUSSIAN, UNDERDAMPED, "", "remove the table"),
        (BOWL, GAUSSIAN, LANGEVIN, "", "remove the [noise] table"),
        (BOWL, "", DRIVEN, "", "needs a [noise] table"),
        (BOWL, GAUSSIAN, &leimkuhler, "", "noise of constant size"),
        (BOWL, "", &with(LANGEVIN, "learning_rate = 0.1"), "", "cannot go with `temperature`"),
        (BOWL, "", &with(LANGEVIN, "batch_size = 2"), "", "dynamics.batch_size = 2: goes with"),
        (BOWL, GAUSSIAN, &with(DRIVEN, r#"distribution = "gaussian""#), "", "dynamics.distribution"),
        (BOWL, "", r#"kind = "langevin", time_step = 0.1"#, "", "dynamics.temperature: is missing"),
        (BOWL, "", LOG, "", "above 0 everywhere"),
        (RAISED, "", LOG, histogram, "different times"),
        (RAISED, "", LOG, "measure.time_series = { points = 2 }", "different times"),
        (RAISED, "", LOG, absorb, "must be \"restart\""),
        (RAISED, GAUSSIAN, LOG_DRIVEN, "", "must be \"loss-hessian\""),
        (FORCE, "", LOG, "", "a force does not have"),
        (FORCE, "", LANGEVIN, of_loss, "measure.histogram"),
        (FORCE, "", LANGEVIN, "measure.first_passage = { loss_above = 1.0 }", "measure.first_passage.loss_above = 1.0"),
        (FORCE, "", ADAPTIVE, "", "dynamics.cap: is missing"),
        (HILL, "", ADAPTIVE, "", "dynamics.cap: is missing"),
        (BOWL, "", &with(ADAPTIVE, "cap = true"), "", "false to do without"),
        (BOWL, GAUSSIAN, ADAM, restart, "count steps from the start"),
        (BOWL, GAUSSIAN, ADAPTIVE, restart, "count steps from the start"),
        (BOWL, "", PER_EXAMPLE, "", "squares of single examples"),
        (BOWL, full, PER_EXAMPLE, "", "squares of single examples"),
        (BOWL, "", &both, "", "cannot go with `momentum_steps`"),
        (BOWL, "", neither, "", "give it or `momentum`"),
        (BOWL, "", &with(neither, "momentum = 1"), "", "below 1"),
        (BOWL, "", &with(neither, "momentum_steps = 0.5"), "", "at least 1 step"),
        (
            BOWL,
            "",
            &scheduled(r#"kind = "ramp", every = 10, factor = 1.0"#),
            "",
            "dynamics.schedule.factor = 1.0: must be above 1",
        ),
        (BOWL, "", &scheduled(r#"kind = "step", every = 0, factor = 0.5"#), "", "at least 1"),
        (BOWL, "", &scheduled(r#"kind = "power", offset = 1"#), "", "exponent"),
        (BOWL, "", &scheduled(r#"kind = "constant", every = 1"#), "", "every"),
        (BOWL, "", &scheduled(r#"kind = "cosine-restarts", period = 9, minimum = 2"#), "", "between 0 and 1"),
        (&FORMULA.replace("\"x\"]", "\"x\", \"x\"]"), "", SGD, "", "`x` twice"),
        (&FORMULA.replace("{ a =", "{ x ="), "", SGD, "", "name of a variable"),
        (&FORCE.replace("[\"-a*x\"]", "[]"), "", LANGEVIN, "", "one formula per variable"),
    ];
    for (landscape, noise, dynamics, rest, expected) in wrong {
        let message = refusal(&setup(landscape, noise, dynamics, rest), &[]);
        assert!(message.contains(expected), "not \"{expected}\": {message}");
    }
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
