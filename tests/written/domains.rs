//! Walkers where a formula is not defined.

use kramers::engine::Engine;
use kramers::{Experiment, Plan};

/// Losses that are numbers at x = ½ and not at −½; the textbook's slope of most is a number there too.
const HALVES: [&str; 6] =
    ["x - log(x)", "x - y*sqrt(x)", "x + y*sqrt(x)^2", "(x - 1)^2 + x^p", "x^2*log(x^3)", "sqrt(x)*x^1.5 + log(x)^2"];

/// Losses that are numbers everywhere; the power is whole by the value of its parameter.
const EVERYWHERE: [&str; 2] = ["x - log(abs(x))", "x^q + y^2"];

/// Walkers lost, of 100 from ½ and −½ in turn.
fn lost(engine: &mut dyn Engine, loss: &str) -> u64 {
    let text = format!(
        r#"
        landscape = {{ kind = "formula", loss = "{loss}", variables = ["x", "y"], parameters = {{ p = 1.3, q = 2 }} }}
        dynamics = {{ kind = "sgd", learning_rate = 0.01 }}
        [ensemble]
        walkers = 100
        steps = 4
        lost_tolerance = 1.0
        start = {{ points = [[0.5, 1.0], [-0.5, 1.0]] }}
        "#
    );
    let plan = Plan::new(&Experiment::parse("domain", "domain.toml", &text, &[]).expect("a valid experiment"));
    let tally = engine.run(&plan, &plan.blocks(), &|_| {}).expect("a run");
    tally.blocks.values().map(|block| block.lost.count).sum()
}

/// # Errors
/// Where a walker outside the domain of a loss is not lost, or one inside is.
pub fn are_left_by_no_walker(engine: &mut dyn Engine) -> Result<(), String> {
    let expected = HALVES.iter().map(|loss| (loss, 50)).chain(EVERYWHERE.iter().map(|loss| (loss, 0)));
    for (loss, expected) in expected {
        let lost = lost(engine, loss);
        if lost != expected {
            return Err(format!("{loss}: {lost} walkers of {expected} are lost"));
        }
    }
    Ok(())
}
