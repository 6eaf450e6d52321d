//! A team of engines, one a device, that share a run: each takes the next chunk of blocks when it has
//! finished one, so a fast device does more of them than a slow one.
//!
//! Blocks are independent, so engines of one kind of device give the bytes of one such engine alone,
//! whoever ran which block. The blocks that a failing engine leaves are run by the others.

use super::{Device, Engine, EngineError, panic_message};
use crate::plan::{Block, Plan};
use crate::tally::Tally;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Chunks for each engine while much is left; then they get smaller, so that all end together.
const SHARE: usize = 2;

/// Chunks for each engine if all were of the smallest size: smaller ones would not fill a device.
const SMALLEST_SHARE: usize = 16;

/// Engines that share a run.
pub struct Team<E> {
    members: Vec<E>,
    /// Whether the member at this place has failed, and gets no more work.
    failed: Vec<bool>,
}

impl<E: Engine + Send> Team<E> {
    /// A team of `members`.
    ///
    /// # Errors
    /// Where there are none.
    pub fn new(members: Vec<E>) -> Result<Self, EngineError> {
        if members.is_empty() {
            return Err(EngineError::NoDevice("a team of engines needs one at least".to_owned()));
        }
        Ok(Self { failed: vec![false; members.len()], members })
    }
}

impl<E: Engine + Send> Engine for Team<E> {
    /// The members' devices, those that are alike counted.
    fn device(&self) -> Device {
        let devices: Vec<Device> = self.members.iter().map(E::device).collect();
        let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
        let mut details: Vec<&str> = devices.iter().map(|device| device.details.as_str()).collect();
        details.sort_unstable();
        details.dedup();
        Device { engine: devices[0].engine, name: counted(&names), details: details.join("; ") }
    }

    /// # Errors
    /// Where every member has failed: the first failure, or [`EngineError::DeviceLost`] with what was finished
    /// before. A member that failed gets no work in later runs.
    fn run(&mut self, plan: &Plan, blocks: &[Block], progress: &(dyn Fn(u64) + Sync)) -> Result<Tally, EngineError> {
        let able = self.failed.iter().filter(|failed| !**failed).count();
        let queue = Queue::new(blocks, able, progress);
        thread::scope(|scope| {
            let members = self.members.iter_mut().zip(&mut self.failed).filter(|(_, failed)| !**failed);
            for (member, failed) in members {
                let queue = &queue;
                scope.spawn(move || *failed = work(member, plan, queue));
            }
        });
        queue.result()
    }
}

/// Runs chunks until none is left; whether the engine failed.
fn work<E: Engine>(engine: &mut E, plan: &Plan, queue: &Queue) -> bool {
    while let Some(chunk) = queue.take() {
        let reported = AtomicU64::new(0);
        let progress = |steps| {
            reported.fetch_add(steps, Ordering::Relaxed);
            queue.report(steps);
        };
        // An engine that panics fails like any other: the others must not wait for it.
        let outcome = catch_unwind(AssertUnwindSafe(|| engine.run(plan, &chunk, &progress)));
        match outcome.unwrap_or_else(|panic| Err(EngineError::Internal(panic_message(&*panic)))) {
            Ok(tally) => queue.finish(tally),
            Err(error) => {
                tracing::error!("{} failed, and its work is left to others: {error}", engine.device().name);
                queue.give_back(plan, chunk, error, reported.into_inner());
                return true;
            }
        }
    }
    false
}

/// The work that is left, and what is finished.
struct Queue<'r> {
    state: Mutex<State>,
    /// Told when an engine is through with a chunk.
    changed: Condvar,
    engines: usize,
    smallest: usize,
    progress: &'r (dyn Fn(u64) + Sync),
    /// Walker-steps that were reported and have to be done again.
    again: AtomicU64,
}

struct State {
    left: VecDeque<Block>,
    /// Engines at work on a chunk, which may come back.
    busy: usize,
    finished: Tally,
    error: Option<EngineError>,
}

impl<'r> Queue<'r> {
    fn new(blocks: &[Block], engines: usize, progress: &'r (dyn Fn(u64) + Sync)) -> Self {
        let engines = engines.max(1);
        let left = blocks.iter().copied().collect();
        Self {
            state: Mutex::new(State { left, busy: 0, finished: Tally::default(), error: None }),
            changed: Condvar::new(),
            engines,
            smallest: (blocks.len() / (SMALLEST_SHARE * engines)).max(1),
            progress,
            again: AtomicU64::new(0),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next chunk; waits while blocks may still come back, and is none when all are finished.
    fn take(&self) -> Option<Vec<Block>> {
        let idle = |state: &mut State| state.left.is_empty() && state.busy > 0;
        let mut state = self.changed.wait_while(self.lock(), idle).unwrap_or_else(PoisonError::into_inner);
        let wanted = (state.left.len() / (SHARE * self.engines)).max(self.smallest);
        let size = wanted.min(state.left.len());
        let chunk: Vec<Block> = state.left.drain(..size).collect();
        state.busy += usize::from(size > 0);
        (size > 0).then_some(chunk)
    }

    fn finish(&self, tally: Tally) {
        let mut state = self.lock();
        state.finished.blocks.extend(tally.blocks);
        state.busy -= 1;
        self.changed.notify_all();
    }

    /// Takes back what a failed engine leaves of `chunk`, of which it `reported` so many walker-steps.
    fn give_back(&self, plan: &Plan, chunk: Vec<Block>, error: EngineError, reported: u64) {
        let (finished, error) = match error {
            EngineError::DeviceLost { message, finished } => {
                (*finished, EngineError::DeviceLost { message, finished: Box::default() })
            }
            error => (Tally::default(), error),
        };
        let (done, left): (Vec<Block>, Vec<Block>) = chunk.iter().partition(|b| finished.blocks.contains_key(&b.id));
        self.again.fetch_add(reported.saturating_sub(plan.walker_steps(&done)), Ordering::Relaxed);
        let mut state = self.lock();
        state.finished.blocks.extend(finished.blocks);
        state.left.extend(left);
        state.error.get_or_insert(error);
        state.busy -= 1;
        self.changed.notify_all();
    }

    /// Passes progress on, but for what was reported before by an engine that failed.
    fn report(&self, steps: u64) {
        let repay = |owed: u64| Some(owed.saturating_sub(steps));
        let owed = self.again.fetch_update(Ordering::Relaxed, Ordering::Relaxed, repay).unwrap_or(0);
        if steps > owed {
            (self.progress)(steps - owed);
        }
    }

    fn result(self) -> Result<Tally, EngineError> {
        let State { left, finished, error, .. } = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if left.is_empty() {
            return Ok(finished);
        }
        let lost = |message| EngineError::DeviceLost { message, finished: Box::new(finished.clone()) };
        Err(match error {
            None => lost("every device of the team failed in an earlier run".to_owned()),
            Some(EngineError::DeviceLost { message, .. }) => lost(message),
            Some(error) if finished.blocks.is_empty() => error,
            Some(error) => lost(error.to_string()),
        })
    }
}

/// Names in their order, each once, with how often it is there: `2 × A; B`.
fn counted(names: &[&str]) -> String {
    let mut each: Vec<(&str, usize)> = Vec::new();
    for name in names {
        match each.iter_mut().find(|(other, _)| other == name) {
            Some((_, count)) => *count += 1,
            None => each.push((name, 1)),
        }
    }
    let named = |(name, count)| if count == 1 { String::from(name) } else { format!("{count} × {name}") };
    each.into_iter().map(named).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::counted;

    #[test]
    fn names_are_counted() {
        assert_eq!(counted(&["A"]), "A");
        assert_eq!(counted(&["A", "B", "A"]), "2 × A; B");
    }
}
