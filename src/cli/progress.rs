//! Progress on stderr: a bar on a terminal, a plain line now and then elsewhere.

use super::number::short;
use super::output;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use std::fmt::Write;
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Seconds between two plain lines.
const SECONDS: u64 = 10;

/// What is done of a run.
pub(super) struct Progress {
    total: u64,
    done: AtomicU64,
    started: Instant,
    /// Seconds after the start when the next plain line is due.
    due: AtomicU64,
    shown: Shown,
}

enum Shown {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

impl Progress {
    /// Progress towards `total` walker-steps.
    pub(super) fn new(total: u64, quiet: bool) -> Self {
        let shown = match std::io::stderr().is_terminal() {
            _ if quiet => Shown::Nothing,
            true => Shown::Bar(bar(total)),
            false => Shown::Lines,
        };
        Self { total, done: AtomicU64::new(0), started: Instant::now(), due: AtomicU64::new(SECONDS), shown }
    }

    /// Further walker-steps are done.
    pub(super) fn add(&self, steps: u64) {
        let done = self.done.fetch_add(steps, Ordering::Relaxed) + steps;
        match &self.shown {
            Shown::Nothing => {}
            Shown::Bar(bar) => bar.set_position(done),
            Shown::Lines => {
                let (now, due) = (self.started.elapsed().as_secs(), self.due.load(Ordering::Relaxed));
                let mine =
                    || self.due.compare_exchange(due, now + SECONDS, Ordering::Relaxed, Ordering::Relaxed).is_ok();
                if now >= due && done < self.total && mine() {
                    self.line(done);
                }
            }
        }
    }

    /// The run is over.
    pub(super) fn finish(&self) {
        if let Shown::Bar(bar) = &self.shown {
            bar.finish_and_clear();
        }
        if !matches!(self.shown, Shown::Nothing) {
            let seconds = self.started.elapsed().as_secs_f64();
            let done = self.done.load(Ordering::Relaxed) as f64;
            output::note(&format!("{seconds:.1} s, {} walker-steps/s", short(done / seconds)));
        }
    }

    fn line(&self, done: u64) {
        let seconds = self.started.elapsed().as_secs_f64();
        let rate = done as f64 / seconds;
        let left = (self.total - done) as f64 / rate;
        let percent = 100.0 * done as f64 / self.total as f64;
        output::note(&format!("{percent:.0} %, {} walker-steps/s, {left:.0} s left", short(rate)));
    }
}

fn bar(total: u64) -> ProgressBar {
    let rate = |state: &ProgressState, text: &mut dyn Write| {
        let _ = write!(text, "{} walker-steps/s", short(state.per_sec()));
    };
    // Without colours, so that NO_COLOR has nothing to take away.
    let style = ProgressStyle::with_template("{bar:32} {percent:>3} %  {rate}  {eta} left")
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .with_key("rate", rate);
    let bar = ProgressBar::new(total).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
