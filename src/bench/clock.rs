//! The processor's clock, measured: what files and names say of it is a nominal one.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Instant;

/// Links of a chain, a few microseconds' worth: short against a time slice, so that the fastest of many
/// is undisturbed on a machine that does other things too.
const LINKS: u32 = 20_000;

/// Chains of which the fastest counts.
const CHAINS: usize = 200;

/// Cycles that a link takes: an exclusive-or and an addition, each waiting for the one before.
const CYCLES_PER_LINK: f64 = 2.0;

/// Cycles per second that `threads` threads have together, all busy at once. Threads that share a core
/// share its cycles.
pub(super) fn cycles_per_second(threads: usize) -> f64 {
    let cores = cores().map_or(threads, |cores| threads.min(cores));
    std::thread::scope(|scope| {
        let clocks: Vec<_> = (0..cores).map(|_| scope.spawn(clock)).collect();
        clocks.into_iter().filter_map(|clock| clock.join().ok()).sum()
    })
}

/// Cycles per second of the core that this runs on.
fn clock() -> f64 {
    let fastest = (0..CHAINS).map(|_| chain_seconds()).fold(f64::INFINITY, f64::min);
    CYCLES_PER_LINK * f64::from(LINKS) / fastest
}

fn chain_seconds() -> f64 {
    let (mut x, mask, step) = black_box((1u64, 0x5555_5555u64, 3u64));
    let began = Instant::now();
    for _ in 0..LINKS {
        x = (x ^ mask).wrapping_add(step);
    }
    black_box(x);
    began.elapsed().as_secs_f64()
}

/// Cores of this machine, as Linux tells them; none elsewhere.
fn cores() -> Option<usize> {
    let processors = std::fs::read_dir("/sys/devices/system/cpu").ok()?;
    let siblings = |entry: std::io::Result<std::fs::DirEntry>| {
        std::fs::read_to_string(entry.ok()?.path().join("topology/thread_siblings_list")).ok()
    };
    let cores: BTreeSet<String> = processors.filter_map(siblings).collect();
    (!cores.is_empty()).then_some(cores.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_is_that_of_a_processor() {
        let clock = clock();
        assert!((0.5e9..10e9).contains(&clock), "{clock} Hz");
    }
}
