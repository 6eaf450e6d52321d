//! Rare passages as shaders: the ways of the CPU engine, however the work is cut.

use crate::invariance::{fixed, unchanged};
use crate::rare_systems::{METHODS, SYSTEMS, escapes};
use crate::{Outcome, engine, plan, require, run};
use kramers::analysis::{Estimate, estimates};
use kramers::engine::Engine;
use kramers::engine::cpu::CpuEngine;
use kramers::engine::gpu::{GpuEngine, GpuOptions};
use kramers::tally::{RarePassages, Tally};
use kramers::{Experiment, Plan};

/// Largest difference of a repetition's exits, from walkers that a rounding puts on the other side of the basin's edge:
/// 2·10⁻⁷ of the width of a well, times some thousand exits.
const MOST_OTHER_EXITS: u64 = 2;

/// Most standard errors between the estimates of engines that walk the same ways. A walker that arrives on one of them
/// alone shifts the choice of those to go on with, so that what follows is another sample.
const MOST_APART: f64 = 0.5;

fn passages(tally: &Tally) -> Vec<&RarePassages> {
    tally.blocks.values().filter_map(|block| block.rare.as_ref()).collect()
}

/// Repetitions of whom more exits differ than rounding explains.
fn others(a: &Tally, b: &Tally) -> usize {
    let pairs = passages(a).into_iter().zip(passages(b));
    pairs.filter(|(a, b)| a.exits.abs_diff(b.exits) > MOST_OTHER_EXITS).count()
}

fn rate(experiment: &Experiment, tally: &Tally) -> Estimate {
    let mut all = estimates(&experiment.cells[0].setup, &tally.cell(0).collect::<Vec<_>>());
    all.remove("escape_rate").unwrap_or_default()
}

/// How many standard errors the rates of two tallies are apart.
fn apart(experiment: &Experiment, a: &Tally, b: &Tally) -> Option<f64> {
    let (a, b) = (rate(experiment, a), rate(experiment, b));
    Some((a.value? - b.value?).abs() / a.std_error?.max(b.std_error?))
}

/// On every system, by every method, and where passages are rarest.
pub fn ways() -> Outcome {
    let mut engines = (CpuEngine::new()?, engine(GpuOptions::default())?);
    for system in &SYSTEMS {
        for method in system.methods() {
            let few = system.looked_for(method).replace("rare = {", "rare = { repetitions = 8,");
            // The precision of the device.
            let text = few.replace("\"f64\"", "\"f32\"");
            walk_alike(&mut engines, &text, &system.hotter(&text))?;
        }
    }
    for method in METHODS {
        walk_alike(&mut engines, &escapes(0.0125, 512, method), &escapes(0.013, 512, method))?;
    }
    Ok(())
}

/// Canaries: another seed, whose exits are other, and walkers that are hotter.
fn walk_alike((cpu, gpu): &mut (CpuEngine, GpuEngine), text: &str, hotter: &str) -> Outcome {
    let experiment = Experiment::parse("rare", "rare.toml", text, &[])?;
    let plan = Plan::new(&experiment);
    let on_gpu = gpu.run(&plan, &plan.blocks(), &|_| {})?;
    let mut of = |plan: &Plan| cpu.run(plan, &plan.blocks(), &|_| {});

    let on_cpu = of(&plan)?;
    let found = others(&on_cpu, &on_gpu);
    require(found == 0, format!("{found} repetitions have other exits of\n{text}"))?;
    let found = apart(&experiment, &on_cpu, &on_gpu).ok_or("a rate")?;
    require(found < MOST_APART, format!("{found:.2} standard errors apart:\n{text}"))?;

    let wrong = others(&of(&Plan::new(&Experiment { seed: experiment.seed + 1, ..experiment.clone() }))?, &on_gpu);
    require(2 * wrong > plan.blocks().len(), format!("canary: only {wrong} are other with another seed:\n{text}"))?;
    let hotter = Plan::new(&Experiment::parse("hotter", "hotter.toml", hotter, &[])?);
    let wrong = apart(&experiment, &of(&hotter)?, &on_gpu).ok_or("a rate")?;
    require(wrong > MOST_APART, format!("canary: hotter is only {wrong:.2} standard errors apart:\n{text}"))
}

/// Workgroups, and repetitions alone.
pub fn cuts() -> Outcome {
    for method in METHODS {
        let text = escapes(0.03, 100, method).replace("rare = {", "rare = { repetitions = 6,");
        unchanged(&text, &[fixed(40, 32), fixed(1 << 20, 256)])?;
        let plan = plan(&text)?;
        let (blocks, whole) = (plan.blocks(), run(&plan)?);
        let some = engine(GpuOptions::default())?.run(&plan, &blocks[3..5], &|_| {})?;
        let same = some.blocks.iter().all(|(id, block)| whole.blocks[id] == *block);
        require(same && some.blocks.len() == 2, format!("repetitions alone differ of\n{text}"))?;
    }
    Ok(())
}
