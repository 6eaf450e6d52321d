//! Up to 64 dimensions: what is read, and the CPU engine against exact theory.

mod agreement;

use agreement::dimensions::{LIMIT, SETS};
use agreement::{measure, worst_z};
use kramers::Experiment;
use kramers::engine::cpu::CpuEngine;
use kramers::experiment::Covariances;
use kramers::theory::predict;
use std::collections::BTreeSet;

fn read(text: &str) -> Result<Experiment, String> {
    Experiment::parse("test", "test.toml", text, &[]).map_err(|error| error.to_string())
}

fn of_dimension(d: usize, measure: &str) -> String {
    let ones = vec!["1.0"; d].join(", ");
    format!(
        r#"
landscape = {{ kind = "quadratic", hessian = [{ones}] }}
dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.1 }}
ensemble = {{ walkers = 64, steps = 10, start = [{ones}] }}
measure = {{ {measure} }}
"#
    )
}

#[test]
fn sixty_five_dimensions_are_refused() {
    assert!(read(&of_dimension(64, "")).is_ok());
    let message = read(&of_dimension(65, "")).expect_err("65 dimensions");
    assert!(message.contains("may have at most 64 dimensions"), "{message}");
}

#[test]
fn covariances_are_written_out_and_refused() {
    for (d, measure, expected) in [
        (16, "", Covariances::Full),
        (17, "", Covariances::Variances),
        (17, r#"covariance = "full""#, Covariances::Full),
        (3, r#"covariance = "variances""#, Covariances::Variances),
    ] {
        let experiment = read(&of_dimension(d, measure)).expect("an experiment");
        assert_eq!(experiment.cells[0].setup.measure.covariance, Some(expected), "{d} dimensions, {measure}");
        let again = read(&experiment.to_toml()).expect("as written back");
        assert_eq!(again.cells, experiment.cells, "{d} dimensions, {measure}");
    }
    let message = read(&of_dimension(3, r#"covariance = "all""#)).expect_err("no such choice");
    assert!(message.contains("covariance") && message.contains("variances"), "{message}");
}

#[test]
fn what_is_measured_is_predicted_and_agrees() {
    let mut engine = CpuEngine::new().expect("threads");
    for (name, covariances, text) in SETS {
        let found = measure(&mut engine, &text(1.0));
        let predictions = predict(&read(&text(1.0)).expect("an experiment").cells[0].setup);
        let of = |names: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> {
            names.filter(|name| name.starts_with("covariance")).cloned().collect()
        };
        let measured = of(&mut found.keys());
        assert_eq!(measured.len(), covariances, "{name}");
        assert_eq!(of(&mut predictions.keys()), measured, "{name}");

        let (checked, worst, which) = worst_z(&found, &text(1.0));
        assert!(checked > covariances + 20, "{name}: only {checked} exact predictions");
        assert!(worst < LIMIT, "{name}: z = {worst:.2} of {checked}, {which}");
        let (_, wrong, _) = worst_z(&measure(&mut engine, &text(1.02)), &text(1.0));
        assert!(wrong > LIMIT, "canary: {name}: an amplitude wrong by 2 % passes with z = {wrong:.2}");
        println!("{name}: {checked} predictions, worst z = {worst:.2}; canary {wrong:.1}");
    }
}
