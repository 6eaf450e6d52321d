//! Every rule of the CPU engine, one step against a few lines of f64.

mod numbers;
mod reference;

use kramers::engine::cpu::one_step;
use kramers::{Experiment, Plan};
use reference::{STEPS, first_walker, rules};

/// f32 keeps 6·10⁻⁸; a step is a few dozen roundings, and the quotients of the adaptive rules lose digits.
const TOLERANCE: f64 = 4e-6;

#[test]
fn every_rule_moves_as_written() {
    for rule in rules() {
        let experiment = Experiment::parse("rule", "rule.toml", &rule.experiment(), &[]);
        let plan = Plan::new(&experiment.unwrap_or_else(|e| panic!("{}: {e}", rule.name)));
        for step in STEPS {
            let mut found = one_step(&plan, 0, first_walker(), step, &rule.states());
            let deviation = rule.deviation(step, &found);
            assert!(deviation < TOLERANCE, "{}, step {step}: {deviation:.1e}", rule.name);
            found[0] += 1e-4;
            assert!(rule.deviation(step, &found) > TOLERANCE, "canary: {} moved by 1e-4 passes", rule.name);
        }
    }
}
