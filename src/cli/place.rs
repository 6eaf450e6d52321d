//! Where results go: what stands there already, and what replaces it.

use super::exit::usage;
use super::options::Loudness;
use super::{check, exit, output, signals, table};
use kramers::Experiment;
use kramers::results::{
    DOCUMENT, DirectoryError, Document, EXPERIMENT, Existing, OWNED, Shard, Staging, TALLY, shard_in,
};
use std::fs;
use std::io;
use std::path::Path;

/// Most differences between two experiments that are named.
const MOST_DIFFERENCES: usize = 10;

/// A results directory that is to be written.
pub(super) struct Place<'a> {
    /// The directory.
    pub(super) directory: &'a Path,
    /// The experiment, every default written out.
    pub(super) experiment: &'a str,
    /// The part of the experiment that is to be written; none for all of it.
    pub(super) shard: Option<Shard>,
    /// Whether results of another experiment may be replaced.
    pub(super) force: bool,
}

impl Place<'_> {
    /// Whether the same experiment's results are there already, complete.
    ///
    /// # Errors
    /// Where another experiment's or another shard's are, or a damaged shard, unless they may be replaced.
    pub(super) fn is_finished(&self) -> anyhow::Result<bool> {
        let place = self.directory.display();
        match Existing::look(self.directory, self.experiment, self.mark())? {
            Existing::Nothing | Existing::Unfinished => Ok(false),
            _ if self.force => Ok(false),
            Existing::Finished => self.is_shard_there(),
            Existing::Unmarked => Err(usage(format!(
                "{place}: holds this experiment's {EXPERIMENT} but no {}; use another --out, or --force to replace it",
                self.mark()
            ))),
            Existing::Different(differences) => {
                let mut named: Vec<String> =
                    differences.iter().take(MOST_DIFFERENCES).map(|d| format!("\n  {d}")).collect();
                if let Some(more) = differences.len().checked_sub(MOST_DIFFERENCES).filter(|n| *n > 0) {
                    named.push(format!("\n  and {more} more"));
                }
                Err(usage(format!(
                    "{place}: holds another experiment; use another --out, or --force to replace it{}",
                    named.concat()
                )))
            }
        }
    }

    /// The file that shows that it is finished.
    pub(super) fn mark(&self) -> &'static str {
        if self.shard.is_some() { TALLY } else { DOCUMENT }
    }

    /// Whether the finished results are those of the shard that is asked for.
    fn is_shard_there(&self) -> anyhow::Result<bool> {
        let Some(wanted) = self.shard else { return Ok(true) };
        let found = shard_in(self.directory)?;
        if found == wanted {
            return Ok(true);
        }
        let place = self.directory.display();
        Err(usage(format!(
            "{place}: holds shard {found}, not {wanted}; use another --out for each shard, or --force to replace it"
        )))
    }

    /// Says that there is nothing to do.
    pub(super) fn say_finished(&self, loudness: Loudness) {
        if !loudness.quiet {
            output::note(&format!("{}: finished already, with the same experiment", self.directory.display()));
        }
    }

    /// Makes ready to write there; a signal from now on leaves nothing of it.
    pub(super) fn prepare(&self) -> Result<Staging, DirectoryError> {
        Staging::create(self.directory, signals::watch)
    }
}

/// Puts the results in place of what an earlier run left.
pub(super) fn commit(staging: Staging, mark: &str) -> Result<(), DirectoryError> {
    let other = [DOCUMENT];
    let owned: Vec<&str> = OWNED.iter().chain(&other).copied().collect();
    staging.commit(&owned, &[mark])
}

/// Shows finished results of `experiment` again; the exit code, which is that of the run that wrote them.
pub(super) fn show(
    experiment: &Experiment,
    directory: &Path,
    json: bool,
    checked: bool,
    loudness: Loudness,
) -> anyhow::Result<u8> {
    let path = directory.join(DOCUMENT);
    let failed = |source| DirectoryError { path: path.clone(), source };
    let text = fs::read_to_string(&path).map_err(failed)?;
    let document: Document =
        serde_json::from_str(&text).map_err(|e| failed(io::Error::new(io::ErrorKind::InvalidData, e)))?;
    if json {
        output::results(&text)?;
    } else {
        let table = table::of(&document, &experiment.sweep.keys(), loudness.verbose > 0);
        output::results(&format!("{table}\nresults in {}\n", directory.display()))?;
    }
    let beyond_tolerance = document.cells.iter().zip(&experiment.cells).any(|(found, cell)| {
        found.lost.count as f64 / cell.setup.walkers() as f64 > cell.setup.ensemble.lost_tolerance
    });
    if beyond_tolerance {
        output::error("walkers were lost, more than ensemble.lost_tolerance allows");
        return Ok(exit::FAILED);
    }
    Ok(if checked && !check::passes(&document, experiment) { exit::MISSED } else { exit::DONE })
}
