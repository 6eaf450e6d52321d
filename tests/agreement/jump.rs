//! The learning rate at which the loss jumps on a ramp, on an engine, against exact theory.

use super::{measure, parse, z};
use kramers::engine::Engine;
use kramers::theory::{self, Source};

/// Ten dimensions, L* = 1, a jump to a hundred times it, a rate that is `factor` times as high every `every` updates.
fn experiment(every: u32, factor: f64, burn_in: u32, after: &str) -> String {
    let ones = ["1.0"; 10].join(", ");
    let zeros = ["0.0"; 10].join(", ");
    let steps = 600 - burn_in;
    format!(
        r#"
seed = 28
landscape = {{ kind = "quadratic", hessian = [{ones}], floor = 1.0 }}
noise = {{ kind = "loss-hessian" }}
ensemble = {{ walkers = 4096, steps = {steps}, burn_in = {burn_in}, start = [{zeros}], bounds = 1e15, lost_tolerance = 1.0 }}
measure = {{ every = {steps}, first_passage = {{ loss_above = 100.0, after = "{after}" }} }}
[dynamics]
kind = "sgd"
learning_rate = 0.1
schedule = {{ kind = "ramp", every = {every}, factor = {factor} }}
"#
    )
}

/// |z| < 4 for three numbers, a false alarm of 1.9·10⁻⁴ for a fresh seed; walkers that go on after the jump jump no later,
/// and those that are not watched for forty updates, in which none jumps, no sooner. Canary: a ramp that is slower by a
/// quarter. Jumps within a stage or two have no rate.
pub fn the_loss_jumps_where_it_is_predicted(engine: &mut dyn Engine) {
    let predicted = |every| {
        let all = theory::predict(&parse(&experiment(every, 1.01, 0, "absorb")).cells[0].setup);
        all["jump_learning_rate"].iter().find(|p| p.source == Source::TransitionKernel).expect("a prediction").value
    };
    for (burn_in, after) in [(0, "absorb"), (0, "continue"), (40, "absorb")] {
        let found = measure(engine, &experiment(4, 1.01, burn_in, after)).remove("jump_learning_rate").expect("a ramp");
        assert!(z(&found, predicted(4)) < 4.0, "{after}, {burn_in}: {found:?}, not {}", predicted(4));
        assert!(z(&found, predicted(5)) > 4.0, "canary: {after}: {found:?} and {}", predicted(5));
    }
    let coarse = measure(engine, &experiment(100, 1.5, 0, "absorb")).remove("jump_learning_rate").expect("a ramp");
    assert!(coarse.value.is_none() && coarse.reason.is_some_and(|reason| reason.contains("one or two stages")));
}
