//! Landscapes, noises, rules and measures that go together, and those that do not.

use crate::{read, refusal};

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
        (BOWL, LOSS_HESSIAN, SGD, ""),
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
        (
            &TWO_WELLS.replace("floor = 0.1", "floor = 0"),
            LOSS_HESSIAN,
            SGD,
            "",
            "above 0 everywhere; at its minimum it is 0",
        ),
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
