//! A team of engines gives what one of them gives, whoever fails.

use kramers::engine::cpu::{CpuEngine, Isa};
use kramers::engine::{Device, Engine, EngineError, Team};
use kramers::plan::Block;
use kramers::tally::Tally;
use kramers::{Experiment, Plan};
use std::sync::atomic::{AtomicU64, Ordering};

const WALK: &str = r#"
    landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
    dynamics = { kind = "langevin", temperature = 0.2, time_step = 0.05 }
    ensemble = { walkers = 9_000, burn_in = 21, steps = 101, start = [-1.0] }
    measure = { every = 7, first_passage = { axis = 0, above = 0.8, after = "restart" } }
    sweep = { "dynamics.temperature" = [0.2, 0.3] }
"#;

fn plan() -> Plan {
    Plan::new(&Experiment::parse("test", "test.toml", WALK, &[]).expect("a valid experiment"))
}

fn engine() -> CpuEngine {
    CpuEngine::with(Isa::available()[0], 1).expect("a thread")
}

/// What happens to an engine after some blocks.
#[derive(Clone, Copy)]
enum Fate {
    Works,
    Lost,
    Fails,
    Panics,
}

/// An engine that meets its fate when it has finished `blocks` blocks.
struct Fated {
    engine: CpuEngine,
    blocks: usize,
    fate: Fate,
}

impl Engine for Fated {
    fn device(&self) -> Device {
        self.engine.device()
    }

    fn run(&mut self, plan: &Plan, blocks: &[Block], progress: &(dyn Fn(u64) + Sync)) -> Result<Tally, EngineError> {
        let fated = !matches!(self.fate, Fate::Works) && blocks.len() > self.blocks;
        if !fated {
            self.blocks -= blocks.len().min(self.blocks);
            return self.engine.run(plan, blocks, progress);
        }
        let finished = Box::new(self.engine.run(plan, &blocks[..self.blocks], progress)?);
        // Part of the next block is done, and in vain.
        progress(1000);
        self.blocks = 0;
        match self.fate {
            Fate::Lost => Err(EngineError::DeviceLost { message: "unplugged".to_owned(), finished }),
            Fate::Panics => panic!("a fault of the program"),
            _ => Err(EngineError::Internal("a fault of the driver".to_owned())),
        }
    }
}

fn team(fates: &[(Fate, usize)]) -> Team<Fated> {
    let member = |(fate, blocks): &(Fate, usize)| Fated { engine: engine(), blocks: *blocks, fate: *fate };
    Team::new(fates.iter().map(member).collect()).expect("a team of some")
}

/// What a team finds, and the walker-steps that it reports.
fn run(team: &mut Team<Fated>, plan: &Plan) -> (Result<Tally, EngineError>, u64) {
    let reported = AtomicU64::new(0);
    let result = team.run(plan, &plan.blocks(), &|steps| {
        reported.fetch_add(steps, Ordering::Relaxed);
    });
    (result, reported.into_inner())
}

fn alone(plan: &Plan) -> Tally {
    engine().run(plan, &plan.blocks(), &|_| {}).expect("a run")
}

#[test]
fn a_team_gives_what_one_engine_gives() {
    let plan = plan();
    let expected = alone(&plan);
    for members in 1..=3 {
        let (found, reported) = run(&mut team(&vec![(Fate::Works, 0); members]), &plan);
        assert!(found.expect("a run") == expected, "{members} engines find something else");
        assert_eq!(reported, plan.walker_steps(&plan.blocks()), "all progress of {members} is told");
    }
}

#[test]
fn the_blocks_of_a_failed_engine_are_run_by_the_others() {
    let plan = plan();
    let expected = alone(&plan);
    for fate in [Fate::Lost, Fate::Fails, Fate::Panics] {
        for blocks in [0, 3] {
            let mut team = team(&[(fate, blocks), (Fate::Works, 0), (fate, blocks)]);
            for _ in 0..2 {
                let (found, reported) = run(&mut team, &plan);
                assert!(found.expect("a run") == expected, "after {blocks} blocks the others find something else");
                assert_eq!(reported, plan.walker_steps(&plan.blocks()), "what is done again is not told again");
            }
        }
    }
}

#[test]
fn a_team_that_fails_as_a_whole_keeps_what_was_finished() {
    let plan = plan();
    let expected = alone(&plan);
    let mut lost = team(&[(Fate::Lost, 2), (Fate::Lost, 3)]);
    let Err(EngineError::DeviceLost { message, finished }) = run(&mut lost, &plan).0 else { panic!("all are lost") };
    assert_eq!(message, "unplugged");
    assert_eq!(finished.blocks.len(), 5, "two blocks of one and three of the other");
    assert!(finished.blocks.iter().all(|(id, block)| expected.blocks[id] == *block), "they are the right ones");
    let Err(EngineError::DeviceLost { finished, .. }) = run(&mut lost, &plan).0 else { panic!("they stay lost") };
    assert!(finished.blocks.is_empty(), "and do nothing more");

    let failed = run(&mut team(&[(Fate::Fails, 0), (Fate::Fails, 0)]), &plan).0;
    assert!(matches!(&failed, Err(EngineError::Internal(m)) if m == "a fault of the driver"), "{failed:?}");
}

#[test]
fn a_team_is_called_by_its_members() {
    let (one, two) = (engine().device(), team(&[(Fate::Works, 0); 2]).device());
    assert_eq!(two, Device { name: format!("2 × {}", one.name), ..one });
    assert!(Team::<CpuEngine>::new(Vec::new()).is_err(), "a team of none");
}
