//! Up to 64 dimensions.

use crate::agreement::dimensions::{LIMIT, SETS, sgd};
use crate::agreement::{measure, worst_z};
use crate::{Outcome, engine, plan, require, run};
use kramers::engine::Engine;
use kramers::engine::cpu::{self, CpuEngine};
use kramers::engine::gpu::{GpuOptions, probe};

/// One step from common states, equal to the CPU engine's within 4 units in the last place of the largest
/// coordinate.
pub fn one_step() -> Outcome {
    let engine = engine(GpuOptions::default())?;
    for (name, _, text) in SETS {
        let plan = plan(&text(1.0))?;
        let d = plan.kernel(0).dimension;
        let positions: Vec<f32> = (0..77 * d).map(|k| ((k * 7919 % 4001) as f32 - 2000.0) / 800.0).collect();
        for step in [0, 1, 2, 3, 1001] {
            let gpu = probe::one_step(&engine, &plan, 0, 300, step, &positions)?;
            let cpu = cpu::one_step(&plan, 0, 300, step, &positions);
            let largest = cpu.iter().fold(0f32, |largest, x| largest.max(x.abs()));
            let apart = gpu.iter().zip(&cpu).fold(0f32, |apart, (a, b)| apart.max((a - b).abs()));
            let ulps = apart / (largest * f32::EPSILON);
            require(ulps <= 4.0, format!("{name}, step {step}: {ulps} ulp from the CPU"))?;
            let moved = gpu.iter().zip(&positions).filter(|(after, before)| after != before).count();
            require(moved > 76 * d, format!("{name}, step {step}: only {moved} coordinates moved"))?;
        }
    }
    Ok(())
}

pub fn ensembles() -> Outcome {
    let (mut gpu, mut cpu) = (engine(GpuOptions::default())?, CpuEngine::new()?);
    for (name, covariances, text) in SETS {
        let (found, twin) = (measure(&mut gpu, &text(1.0)), measure(&mut cpu, &text(1.0)));
        let (checked, worst, which) = worst_z(&found, &text(1.0));
        require(checked > covariances + 20, format!("{name}: only {checked} exact predictions"))?;
        require(worst < LIMIT, format!("{name}: z = {worst:.2} of {checked}, {which}"))?;
        let (_, wrong, _) = worst_z(&found, &text(1.02));
        require(wrong > LIMIT, format!("canary: {name}: theory of an amplitude wrong by 2 % passes, z = {wrong:.2}"))?;
        for (estimate, found) in &found {
            let (Some(a), Some(b), Some(error)) = (found.value, twin[estimate].value, found.std_error) else {
                continue;
            };
            // The same walkers with the same noise: rounding alone parts them.
            require((a - b).abs() <= 0.1 * error, format!("{name}: {estimate} = {a}, on the CPU {b}, error {error}"))?;
        }
    }
    Ok(())
}

const MEASURES: &str = r#"
histogram = [{ axis = 63, range = [-1, 1], bins = 50 }, { of = "loss", range = [0, 20], bins = 50 }]
first_passage = { axis = 5, above = 0.5, after = "continue" }
time_series = { points = 20, noise_covariance = true }
correlation = { lags = [2, 20], axes = [0, 41, 63] }
"#;

/// Histograms, passages, correlations and a time series whose points in one launch are fewer than elsewhere.
pub fn measures() -> Outcome {
    let text = sgd(64, 1.0, MEASURES).replace("walkers = 8192", "walkers = 1024").replace("steps = 20", "steps = 40");
    let plan = plan(&text)?;
    let (gpu, cpu) = (run(&plan)?, CpuEngine::new()?.run(&plan, &plan.blocks(), &|_| {})?);
    for (k, (gpu, cpu)) in gpu.cell(0).zip(cpu.cell(0)).enumerate() {
        // Walkers differ by rounding, and few are as close as that to an edge.
        for (a, b) in gpu.histograms.iter().zip(&cpu.histograms) {
            let differ: u64 = a.bins.iter().zip(&b.bins).map(|(a, b)| a.abs_diff(*b)).sum();
            let counted: u64 = a.bins.iter().sum::<u64>() + a.outside;
            require(counted == 64 * 4 && differ <= 2, format!("block {k}: {differ} of {counted} bins apart"))?;
            require(a.bins.iter().filter(|n| **n > 0).count() > 5, "a histogram of few bins shows little")?;
        }
        let passages = [gpu, cpu].map(|block| block.passages.as_ref().map(|p| (p.count, p.steps_at_risk)));
        require(passages[0] == passages[1], format!("block {k}: passages {passages:?}"))?;
        require(gpu.correlations.len() == 3, "3 lags")?;
        for (k, (a, b)) in gpu.correlations.iter().zip(&cpu.correlations).enumerate() {
            require((a.count, a.overflows) == (b.count, 0) && b.count > 0, format!("lag {k}: {} pairs", a.count))?;
            let apart = a.sums.iter().zip(&b.sums).map(|(a, b)| (a - b).abs() / (1.0 + b.abs())).fold(0.0, f64::max);
            require(apart < 1e-4, format!("lag {k}: sums apart by {apart}"))?;
        }
        require(gpu.series.len() == 20 && cpu.series.len() == 20, "20 points")?;
        for (j, (a, b)) in gpu.series.iter().zip(&cpu.series).enumerate() {
            require((a.count, a.overflows) == (64, 0), format!("point {j}: {} walkers", a.count))?;
            for (i, (a, b)) in a.sums.iter().zip(&b.sums).enumerate() {
                let largest = 64.0;
                require((a - b).abs() < 1e-5 * largest, format!("block {k}, point {j}, sum {i}: {a}, on the CPU {b}"))?;
            }
        }
    }
    let passages: u64 = gpu.cell(0).filter_map(|block| block.passages.as_ref()).map(|p| p.count).sum();
    require(passages > 50, format!("{passages} passages show little"))
}
