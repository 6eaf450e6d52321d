//! Reading what is measured of updates and between states: what goes together, what does not, and why.

use kramers::Experiment;

const LANGEVIN: &str = r#"kind = "langevin", temperature = 0.1, time_step = 0.1"#;
const SGD: &str = r#"kind = "sgd", learning_rate = 0.1"#;
const OWN: &str = r#"kind = "sgd", learning_rate = 0.1, schedule = { kind = "fluctuation-dissipation" }"#;
const RMSPROP: &str = r#"kind = "rmsprop", learning_rate = 0.1, second_moment_steps = 5, schedule = { kind = "fluctuation-dissipation" }"#;
const FLOW: &str = r#"kind = "gradient-flow", time_step = 0.1"#;
const LOG: &str = r#"kind = "log-langevin", temperature = 0.1, time_step = 0.1"#;

fn read(dynamics: &str, measure: &str) -> Result<Experiment, String> {
    let text = format!(
        r#"
landscape = {{ kind = "quadratic", hessian = [1.0, 2.0], floor = 1.0 }}
dynamics = {{ {dynamics} }}
ensemble = {{ walkers = 64, steps = 1000, start = [0.5, 0.5] }}
measure = {{ {measure} }}
"#
    );
    Experiment::parse("test", "test.toml", &text, &[]).map_err(|error| error.to_string())
}

#[test]
fn what_is_measured_of_updates_reads_back() {
    for (dynamics, measure) in [
        (SGD, "fluctuation_dissipation = {}"),
        (SGD, "fluctuation_dissipation = { windows = [1e1, 100], centre = [0.1, 0.2] }"),
        (LANGEVIN, "fluctuation_dissipation = {}, first_passage = { axis = 0, above = 2.0 }"),
        (LANGEVIN, "correlation = { lags = [1, 2, 5e0] }"),
        (LANGEVIN, "correlation = { lags = { to = 20 }, axes = [1] }, every = 1"),
        (LANGEVIN, "current = {}"),
        (LANGEVIN, "current = { axes = [1, 0], centre = [0.1, 0], range = [[-1, 1], [-2, 2]] }"),
        (FLOW, "current = {}"),
        (OWN, "time_series = { points = 5 }"),
    ] {
        let experiment = read(dynamics, measure).unwrap_or_else(|message| panic!("{message}: {measure}"));
        let again = Experiment::parse("test", "test.toml", &experiment.to_toml(), &[]).expect("as written back");
        assert_eq!(again.cells, experiment.cells, "{measure}");
    }
    let defaults =
        read(LANGEVIN, "current = { range = [[-1, 1], [-1, 1]] }, correlation = { lags = [3] }").expect("read");
    let measure = &defaults.cells[0].setup.measure;
    assert_eq!(measure.current.as_ref().map(|current| current.bins.clone()), Some(vec![20, 20]));
    assert_eq!(measure.correlation.as_ref().map(|correlation| correlation.lags()), Some(vec![0, 3]));
}

#[test]
fn what_cannot_be_measured_of_updates_is_refused_with_the_reason() {
    for (dynamics, measure, reason) in [
        (SGD, "fluctuation_dissipation = { windows = [0] }", "must be between 1 and ensemble.steps"),
        (SGD, "fluctuation_dissipation = { windows = [2000] }", "must be between 1 and ensemble.steps"),
        (SGD, "fluctuation_dissipation = { windows = [20, 10] }", "ascending"),
        (SGD, "fluctuation_dissipation = { windows = [1, 2, 3, 4, 5, 6, 7, 8, 9] }", "at most 8"),
        (SGD, "fluctuation_dissipation = { centre = [1.0] }", "must have 2 numbers"),
        (SGD, "fluctuation_dissipation = { window = [1] }", "did you mean `windows`"),
        (FLOW, "fluctuation_dissipation = {}", "has no noise"),
        (LOG, "fluctuation_dissipation = {}", "at different times"),
        (LOG, "correlation = { lags = [1] }", "at different times"),
        (LOG, "current = {}", "at different times"),
        (LANGEVIN, "correlation = { lags = [] }", "at least one"),
        (LANGEVIN, "correlation = { lags = [5, 4] }", "ascending"),
        (LANGEVIN, "correlation = { lags = [1000] }", "must be below ensemble.steps"),
        (LANGEVIN, "correlation = { lags = 5 }", "must be a list of whole numbers or { to = N }"),
        (LANGEVIN, "correlation = { lags = [1], axes = [2] }", "must be below 2"),
        (LANGEVIN, "correlation = { lags = [1], axes = [1, 0] }", "ascending"),
        (LANGEVIN, "correlation = { lags = [1] }, first_passage = { axis = 0, above = 2.0 }", "paths that go on"),
        (LANGEVIN, "current = { axes = [0, 0] }", "two different coordinates"),
        (LANGEVIN, "current = { axes = [0, 2] }", "below 2"),
        (LANGEVIN, "current = { bins = [3, 4] }", "needs a `range`"),
        (LANGEVIN, "current = { range = [[1, -1], [0, 1]] }", "low < high"),
        (LANGEVIN, "current = { range = [[0, 1], [0, 1]], bins = [3] }", "two numbers"),
        (LANGEVIN, "current = { range = [[0, 1], [0, 1]], bins = [3e5, 3e5] }", "bins together"),
        (OWN, "first_passage = { axis = 0, above = 2.0 }", "cannot be \"restart\" with this schedule"),
        (OWN, "fluctuation_dissipation = {}", "needs one learning rate"),
        (RMSPROP, "", "the relation is that of sgd and momentum"),
        (&OWN.replace("dissipation\"", "dissipation\", every = 3"), "", "must be even"),
        (&OWN.replace("dissipation\"", "dissipation\", reduction = 1.0"), "", "below 1"),
        (&OWN.replace("dissipation\"", "dissipation\", centre = [1]"), "", "must have 2 numbers"),
    ] {
        let message = read(dynamics, measure).expect_err(measure);
        assert!(message.contains(reason), "{dynamics}, {measure}: {message}");
    }
}

/// One coordinate has no plane for a current.
#[test]
fn a_current_needs_a_plane() {
    let text = r#"
landscape = { kind = "quadratic", hessian = [1.0] }
dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.1 }
ensemble = { walkers = 64, steps = 1000, start = [0.5] }
measure = { current = {} }
"#;
    let message = Experiment::parse("test", "test.toml", text, &[]).expect_err("one coordinate").to_string();
    assert!(message.contains("needs at least two coordinates"), "{message}");
}
