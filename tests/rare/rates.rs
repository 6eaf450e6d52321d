//! Rates that are found, and those of theory.

use kramers::analysis::{Estimate, estimates};
use kramers::engine::Engine;
use kramers::theory::{Kind, predict};
use kramers::{Experiment, Plan};
use statrs::distribution::{ContinuousCDF, Normal, StudentsT};

/// The experiment in `text`.
pub fn parse(text: &str) -> Experiment {
    Experiment::parse("rare", "rare.toml", text, &[]).unwrap_or_else(|e| panic!("{e} in {text}"))
}

/// The rate that an experiment of one cell finds.
pub fn rate(engine: &mut dyn Engine, text: &str) -> Estimate {
    let experiment = parse(text);
    let plan = Plan::new(&experiment);
    let tally = engine.run(&plan, &plan.blocks(), &|_| {}).expect("a run");
    let mut all = estimates(&experiment.cells[0].setup, &tally.cell(0).collect::<Vec<_>>());
    all.remove("escape_rate").expect("an estimate")
}

/// The exact rate of an experiment of one cell.
pub fn exact(text: &str) -> f64 {
    let predictions = predict(&parse(text).cells[0].setup);
    predictions["escape_rate"].iter().find(|p| p.kind == Kind::Exact).expect("an exact rate").value
}

/// The rate and its standard error.
pub fn with_error(found: &Estimate) -> (f64, f64) {
    (found.value.expect("a rate"), found.std_error.expect("an error"))
}

/// How many standard deviations of a normal number a rate is from `value`, from Student's t with its repetitions.
pub fn z(found: &Estimate, value: f64) -> f64 {
    let (rate, error) = with_error(found);
    let t = StudentsT::new(0.0, 1.0, (found.blocks - 1) as f64).expect("repetitions");
    let tail = t.sf(((rate - value) / error).abs());
    -Normal::standard().inverse_cdf(tail.max(1e-300))
}
