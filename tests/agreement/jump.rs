//! The learning rate at which the loss jumps on a ramp, on an engine, against exact theory.

use super::{measure, parse, z};
use kramers::engine::Engine;
use kramers::theory::{self, Source};

/// Ten dimensions, L* = 1, a jump to a hundred times it, `every` updates for one per cent.
fn experiment(every: u32, after: &str) -> String {
    let ones = ["1.0"; 10].join(", ");
    let zeros = ["0.0"; 10].join(", ");
    format!(
        r#"
seed = 28
landscape = {{ kind = "quadratic", hessian = [{ones}], floor = 1.0 }}
noise = {{ kind = "loss-hessian" }}
ensemble = {{ walkers = 4096, steps = 600, start = [{zeros}], bounds = 1e15, lost_tolerance = 1.0 }}
measure = {{ every = 600, first_passage = {{ loss_above = 100.0, after = "{after}" }} }}
[dynamics]
kind = "sgd"
learning_rate = 0.1
schedule = {{ kind = "ramp", every = {every}, factor = 1.01 }}
"#
    )
}

/// |z| < 4 for two numbers, a false alarm of 1.3·10⁻⁴ for a fresh seed; walkers that go on after the jump jump no later.
/// Canary: a ramp that is slower by a quarter.
pub fn the_loss_jumps_where_it_is_predicted(engine: &mut dyn Engine) {
    let predicted = |every| {
        let all = theory::predict(&parse(&experiment(every, "absorb")).cells[0].setup);
        all["jump_learning_rate"].iter().find(|p| p.source == Source::TransitionKernel).expect("a prediction").value
    };
    for after in ["absorb", "continue"] {
        let found = measure(engine, &experiment(4, after)).remove("jump_learning_rate").expect("a ramp");
        assert!(z(&found, predicted(4)) < 4.0, "{after}: {found:?}, not {}", predicted(4));
        assert!(z(&found, predicted(5)) > 4.0, "canary: {after}: {found:?} and {}", predicted(5));
    }
}
