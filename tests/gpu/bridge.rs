//! Passages between steps on the GPU engine, against the CPU engine, its twin.

use crate::{Outcome, engine, plan, require};
use kramers::engine::Engine;
use kramers::engine::cpu::CpuEngine;
use kramers::engine::gpu::GpuOptions;
use kramers::tally::Tally;

fn experiment(after: &str, condition: &str, seed: u64) -> String {
    format!(
        r#"
seed = {seed}
landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [2.0] }}
dynamics = {{ kind = "langevin", temperature = 0.2, time_step = 0.05 }}
ensemble = {{ walkers = 16384, burn_in = 10, steps = 203, start = [0.2, 0.1] }}
measure.first_passage = {{ axis = 0, {condition}, after = "{after}", crossing = "bridge" }}
"#
    )
}

fn passages(tally: &Tally) -> Vec<u64> {
    tally.blocks.values().map(|block| block.passages.as_ref().map_or(0, |p| p.count)).collect()
}

/// Both engines see the same passages, but for a few walkers that rounding puts on another side; another seed does not
/// (canary).
pub fn bridges() -> Outcome {
    let mut gpu = engine(GpuOptions::default())?;
    let mut cpu = CpuEngine::new()?;
    for after in ["restart", "absorb", "continue"] {
        for condition in ["above = 0.7", "below = -0.5"] {
            let differences = |a: &Tally, b: &Tally| -> (u64, u64) {
                let pairs = passages(a).into_iter().zip(passages(b));
                pairs.fold((0, 0), |(all, differ), (x, y)| (all + x, differ + x.abs_diff(y)))
            };
            let plan_of = |seed| plan(&experiment(after, condition, seed));
            let (mine, other) = (plan_of(5)?, plan_of(6)?);
            let on_gpu = gpu.run(&mine, &mine.blocks(), &|_| {})?;
            let on_cpu = cpu.run(&mine, &mine.blocks(), &|_| {})?;
            let (all, differ) = differences(&on_gpu, &on_cpu);
            require(all > 5000 && differ * 1000 < all, format!("{after}, {condition}: {differ} of {all} differ"))?;
            let (_, by_chance) = differences(&on_gpu, &cpu.run(&other, &other.blocks(), &|_| {})?);
            require(
                by_chance * 1000 > all,
                format!("canary, {after}, {condition}: another seed differs by {by_chance}"),
            )?;
        }
    }
    Ok(())
}
