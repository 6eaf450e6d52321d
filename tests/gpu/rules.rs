//! Every rule as a shader.

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

/// Whole walks: sums over a thousand walkers and a thousand measurements, which differ by rounding alone. Walkers
/// of the double well are not chaotic enough for it to matter more.
pub fn ensembles() -> Outcome {
    let mut cpu = CpuEngine::new()?;
    for rule in rules() {
        let plan = plan(&rule.experiment())?;
        let (found, twin) = (run(&plan)?, cpu.run(&plan, &plan.blocks(), &|_| {})?);
        for ((id, found), (_, twin)) in found.blocks.iter().zip(&twin.blocks) {
            require(found.moments.count == twin.moments.count, format!("{}: counts of {id:?}", rule.name))?;
            let count = twin.moments.count as f64;
            for (k, (a, b)) in found.moments.sums.iter().zip(&twin.moments.sums).enumerate() {
                let apart = (a - b).abs() / (count + b.abs());
                require(apart < 2e-3, format!("{}: sum {k} of {id:?}: {a}, on the CPU {b}", rule.name))?;
            }
        }
    }
    Ok(())
}
