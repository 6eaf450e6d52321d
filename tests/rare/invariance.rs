//! How the work is cut changes no bit.

use crate::rates::parse;
use crate::systems::{SYSTEMS, System};
use kramers::engine::Engine;
use kramers::engine::cpu::{CpuEngine, Isa};
use kramers::tally::Tally;
use kramers::{Experiment, Plan};

/// A system with few walkers, in two cells, by one of its methods; blocks of the last tile are short.
fn experiment(system: &System, method: &str) -> Experiment {
    let text = system.looked_for(method).replace("walkers = 512", "walkers = 90");
    parse(&format!("{text}[sweep]\nrare.repetitions = [2, 3]\n"))
}

fn run(experiment: &Experiment, isa: Isa, threads: usize) -> Tally {
    let plan = Plan::new(experiment);
    CpuEngine::with(isa, threads).expect("threads").run(&plan, &plan.blocks(), &|_| {}).expect("a run")
}

/// Every system, by every method.
fn experiments() -> impl Iterator<Item = (String, Experiment)> {
    SYSTEMS.iter().flat_map(|system| {
        system.methods().iter().map(|method| (format!("{}, {method}", system.name), experiment(system, method)))
    })
}

#[test]
fn instruction_sets_and_threads_change_no_bit() {
    for (name, experiment) in experiments() {
        let reference = run(&experiment, Isa::available()[0], 1);
        assert!(
            reference.blocks.values().any(|block| block.rare.as_ref().is_some_and(|r| r.probability > 0.0)),
            "{name}"
        );
        for isa in Isa::available() {
            assert!(run(&experiment, isa, 2) == reference, "{name}: {} on two threads differs", isa.name());
        }
        // Canary: another seed changes every repetition.
        let other = run(&Experiment { seed: experiment.seed + 1, ..experiment }, Isa::available()[0], 1);
        for (id, block) in &reference.blocks {
            assert_ne!(block.rare, other.blocks[id].rare, "{name}: {id:?} is the same with another seed");
        }
    }
}

/// Repetitions by themselves are those of the whole: levels are placed by walkers of none of them.
#[test]
fn shards_unite_to_the_whole() {
    for (name, experiment) in experiments() {
        let plan = Plan::new(&experiment);
        let blocks = plan.blocks();
        assert_eq!(blocks.len(), 5, "repetitions are blocks");
        let mut engine = CpuEngine::new().expect("threads");
        let whole = engine.run(&plan, &blocks, &|_| {}).expect("a run");
        let mut union = Tally::default();
        for shard in (0..5).rev() {
            union.merge(engine.run(&plan, &blocks[plan.shard(shard, 5)], &|_| {}).expect("a run")).expect("no overlap");
        }
        assert!(union == whole, "{name}: shards differ from the whole");
        let few = engine.run(&plan, &blocks[2..5], &|_| {}).expect("a run");
        assert_eq!(few.blocks.len(), 3);
        assert!(few.blocks.iter().all(|(id, block)| whole.blocks[id] == *block), "{name}: alone they differ");
    }
}

/// Walkers of a level, and with them the exits of a repetition, are as many as are asked for.
#[test]
fn what_is_counted_is_of_the_walkers_asked_for() {
    for (name, experiment) in experiments() {
        let tally = run(&experiment, Isa::available()[0], 2);
        for (id, block) in &tally.blocks {
            let setup = &experiment.cells[id.cell as usize].setup;
            let rare = block.rare.as_ref().expect("looked for");
            assert_eq!(rare.steps_at_risk, 90 * setup.ensemble.steps, "{name}: nobody is lost");
            assert!(rare.walker_steps > 90 * (200 + setup.ensemble.steps), "{name}: and ways");
            assert!((0.0..=1.0).contains(&rare.probability) && rare.levels > 0, "{name}: {rare:?}");
        }
    }
}
