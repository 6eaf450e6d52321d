//! Signals end a run with 128 + n and leave no half-made results directory.

use kramers::results::Cleanup;

/// From now on removes what `cleanup` names when a signal ends the process.
#[cfg(unix)]
pub(super) fn watch(cleanup: Cleanup) -> std::io::Result<()> {
    unix::watch(cleanup)
}

/// Where there are no signals a run cannot be ended by one.
#[cfg(not(unix))]
pub(super) fn watch(_: Cleanup) -> std::io::Result<()> {
    Ok(())
}

#[cfg(unix)]
mod unix {
    use kramers::results::Cleanup;
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGUSR1};
    use signal_hook::iterator::Signals;
    use std::io;
    use std::sync::{Mutex, PoisonError};
    use std::thread;

    /// What is to be removed; none before the first run of this process.
    static CURRENT: Mutex<Option<Cleanup>> = Mutex::new(None);

    pub(super) fn watch(cleanup: Cleanup) -> io::Result<()> {
        let mut current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
        let first = current.is_none();
        *current = Some(cleanup);
        drop(current);
        if !first {
            return Ok(());
        }
        let mut signals = Signals::new([SIGINT, SIGTERM, SIGUSR1, SIGHUP].into_iter().filter(|s| !is_ignored(*s)))?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            if let Some(signal) = signals.forever().next() {
                let current = CURRENT.lock().unwrap_or_else(PoisonError::into_inner);
                // The guard holds up the run, so that it does not report that its files are gone.
                let held = current.as_ref().map(Cleanup::discard);
                // After the results are in place there is nothing left to discard.
                let lost = held.as_ref().is_some_and(|(discarded, _)| *discarded);
                let what = if lost { "; nothing of this run is written" } else { "" };
                super::super::output::note(&format!("\nended by signal {signal}{what}"));
                signal_hook::low_level::exit(128 + signal);
            }
        })?;
        Ok(())
    }

    /// Whether the parent asked that a signal be ignored, as `nohup` does. Only Linux tells.
    fn is_ignored(signal: i32) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
        mask >> (signal - 1) & 1 == 1
    }
}
