//! Every rule as a shader.

use crate::invariance::unchanged;
use crate::reference::{STEPS, first_walker, rules};
use crate::{Outcome, engine, plan, require, run};
use kramers::engine::Engine;
use kramers::engine::cpu::CpuEngine;
use kramers::engine::gpu::{GpuOptions, probe};

/// As on the CPU; quotients and roots of a device may be off by a few units in the last place.
const TOLERANCE: f64 = 8e-6;

/// One step of each against a few lines of f64.
pub fn one_step() -> Outcome {
    let engine = engine(GpuOptions::default())?;
    for rule in rules() {
        let plan = plan(&rule.experiment())?;
        for step in STEPS {
            let mut found = probe::one_step(&engine, &plan, 0, first_walker(), step, &rule.states())?;
            let deviation = rule.deviation(step, &found);
            require(deviation < TOLERANCE, format!("{}, step {step}: {deviation:.1e}", rule.name))?;
            found[0] += 1e-4;
            let canary = rule.deviation(step, &found) > TOLERANCE;
            require(canary, format!("canary: {} moved by 1e-4 passes", rule.name))?;
        }
    }
    Ok(())
}

/// A schedule's table has a part for each cell and is read from any launch on.
const SCHEDULES: &str = r#"
    seed = 13
    landscape = { kind = "quadratic", hessian = [1.0, 0.5] }
    noise = { kind = "gaussian", covariance = 1.0 }
    dynamics = { kind = "momentum", learning_rate = 0.1, momentum_steps = 5, schedule = { kind = "power", offset = 10, exponent = 0.5 } }
    ensemble = { walkers = 1000, steps = 402, start = [1.0, -1.0] }
    sweep = { "dynamics.schedule.exponent" = [0.25, 1.0, 0.5] }
"#;

/// What a rule remembers, and where its schedule is, passes from launch to launch without a change.
pub fn launches() -> Outcome {
    let short = [GpuOptions { steps_per_dispatch: Some(12), ..GpuOptions::default() }];
    for rule in rules() {
        unchanged(&rule.experiment(), &short)?;
    }
    unchanged(SCHEDULES, &short)?;
    near_the_cpu("schedules", SCHEDULES)
}

/// Whole walks: sums over a thousand walkers and a thousand measurements, which differ by rounding alone. Walkers
/// of the double well are not chaotic enough for it to matter more.
pub fn ensembles() -> Outcome {
    rules().iter().try_for_each(|rule| near_the_cpu(rule.name, &rule.experiment()))
}

fn near_the_cpu(name: &str, text: &str) -> Outcome {
    let plan = plan(text)?;
    let (found, twin) = (run(&plan)?, CpuEngine::new()?.run(&plan, &plan.blocks(), &|_| {})?);
    for ((id, found), (_, twin)) in found.blocks.iter().zip(&twin.blocks) {
        require(found.moments.count == twin.moments.count, format!("{name}: counts of {id:?}"))?;
        let count = twin.moments.count as f64;
        for (k, (a, b)) in found.moments.sums.iter().zip(&twin.moments.sums).enumerate() {
            let apart = (a - b).abs() / (count + b.abs());
            require(apart < 2e-3, format!("{name}: sum {k} of {id:?}: {a}, on the CPU {b}"))?;
        }
    }
    Ok(())
}
