//! Minibatch noise as shaders.

use crate::batches::{FIRST_WALKER, STEPS, batches};
use crate::{Outcome, engine, plan, require, run, run_with};
use kramers::engine::Engine;
use kramers::engine::cpu::CpuEngine;
use kramers::engine::gpu::{GpuOptions, probe};

/// As on the CPU; quotients and roots of a device may be off by a few units in the last place.
const TOLERANCE: f64 = 1.6e-5;

/// One step of each against a few lines of f64.
pub fn one_step() -> Outcome {
    let engine = engine(GpuOptions::default())?;
    for batch in batches() {
        let plan = batch.plan();
        for step in STEPS {
            let found = probe::one_step(&engine, &plan, 0, FIRST_WALKER, step, &batch.states())?;
            let deviation = batch.deviation(&plan, step, 0, &found);
            require(deviation < TOLERANCE, format!("{}, step {step}: {deviation:.1e}", batch.name))?;
            let canary = batch.deviation(&plan, step, 1, &found) > TOLERANCE;
            require(canary, format!("canary: {} passes for the batches of step {}", batch.name, step + 1))?;
        }
    }
    Ok(())
}

/// Whole walks, where words outlast steps and keys epochs, against the CPU engine's: sums over a thousand walkers
/// and a thousand measurements differ by rounding alone. Launches, which begin within epochs, change no bit.
pub fn walks() -> Outcome {
    let mut cpu = CpuEngine::new()?;
    for text in experiments() {
        let plan = plan(&text)?;
        let (found, twin) = (run(&plan)?, cpu.run(&plan, &plan.blocks(), &|_| {})?);
        let options = GpuOptions { steps_per_dispatch: Some(4), ..GpuOptions::default() };
        require(run_with(&plan, options)? == found, format!("launches of 4 steps change bits of {text}"))?;
        for ((id, found), (_, twin)) in found.blocks.iter().zip(&twin.blocks) {
            require(found.moments.count == twin.moments.count, format!("counts of {id:?} in {text}"))?;
            let count = twin.moments.count as f64;
            for (k, (a, b)) in found.moments.sums.iter().zip(&twin.moments.sums).enumerate() {
                let apart = (a - b).abs() / (count + b.abs());
                require(apart < 1e-4, format!("sum {k} of {id:?} is {a}, on the CPU {b}, in {text}"))?;
            }
        }
    }
    Ok(())
}

/// Those of all batches, and with other generators and distributions.
fn experiments() -> Vec<String> {
    let mut texts: Vec<String> = batches().iter().map(|batch| batch.experiment()).collect();
    let seven = texts.iter().map(|text| format!("random = \"philox4x32-7\"\n{text}"));
    let distributions = ["three-point", "laplace"].into_iter().flat_map(|distribution| {
        let with = format!("distribution = \"{distribution}\", covariance");
        let gaussian = texts.iter().filter(|text| text.contains("covariance"));
        gaussian.map(move |text| text.replace("covariance", &with))
    });
    let more: Vec<String> = seven.chain(distributions).collect();
    texts.extend(more);
    texts
}
