//! The results directory: made ready before a run, put in place at its end, or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Why a results directory cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub struct DirectoryError {
    /// What was being written.
    pub path: PathBuf,
    /// What the operating system says.
    pub source: io::Error,
}

impl DirectoryError {
    pub(super) fn at(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self { path, source }
    }
}

/// A hidden directory that is filled during a run: beside a results directory that does not exist yet,
/// inside one that does. Dropped without [`Staging::commit`] it leaves nothing.
#[derive(Debug)]
pub struct Staging {
    target: PathBuf,
    cleanup: Cleanup,
}

/// What is to be removed if a run ends early; may be held by another thread, such as one that waits for
/// signals.
#[derive(Clone, Debug)]
pub struct Cleanup(Arc<Mutex<Made>>);

/// What has been made on disk and is not yet a results directory.
#[derive(Debug)]
struct Made {
    /// The hidden directory; none once it is in place or removed.
    staging: Option<PathBuf>,
    /// Parent directories that did not exist before, innermost first.
    parents: Vec<PathBuf>,
}

impl Staging {
    /// Makes ready to write `target`, with the directories above it, so that a place that cannot be
    /// written is known before the run. `watch` is given what removes it all, before anything is made.
    ///
    /// # Errors
    /// Where the place cannot be written or watched.
    pub fn create(target: &Path, watch: impl FnOnce(Cleanup) -> io::Result<()>) -> Result<Self, DirectoryError> {
        let hidden = |name: &str| format!(".{name}.unfinished-{}", std::process::id());
        let (parent, name) = match (target.is_dir(), target.file_name()) {
            (false, Some(name)) => {
                let parent = target.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
                (parent, hidden(&name.to_string_lossy()))
            }
            // In place already (or `.` and the like): files are staged inside, on the same file system.
            _ => (target, hidden("kramers")),
        };
        if target.ancestors().find(|p| p.exists()).is_some_and(|standing| !standing.is_dir()) {
            return Err(DirectoryError::at(target)(io::Error::from(io::ErrorKind::NotADirectory)));
        }
        let parents: Vec<PathBuf> =
            parent.ancestors().take_while(|p| !p.as_os_str().is_empty() && !p.exists()).map(Path::to_owned).collect();
        let staging = parent.join(name);
        let cleanup = Cleanup(Arc::new(Mutex::new(Made { staging: Some(staging.clone()), parents })));
        let this = Self { target: target.to_owned(), cleanup };
        watch(this.cleanup.clone()).map_err(DirectoryError::at(target))?;
        // Held, so that nothing is made after another thread has removed it.
        let made = this.cleanup.lock();
        fs::create_dir_all(parent).map_err(DirectoryError::at(parent))?;
        fs::create_dir(&staging).map_err(DirectoryError::at(&staging))?;
        drop(made);
        Ok(this)
    }

    /// Where files are to be written meanwhile.
    pub fn path(&self) -> PathBuf {
        self.cleanup.lock().staging.clone().unwrap_or_default()
    }

    /// Puts everything in place: at once where there was no directory, else file by file after removing
    /// what an earlier run left under `owned` (files, and whole directories of figures); other files in
    /// the directory stay. Entries of `last` come last, as they say that the directory is finished.
    ///
    /// # Errors
    /// Where a file cannot be moved.
    pub fn commit(self, owned: &[&str], last: &[&str]) -> Result<(), DirectoryError> {
        let mut made = self.cleanup.lock();
        let Some(staging) = made.staging.clone() else { return Ok(()) };
        if !self.target.is_dir() {
            fs::rename(&staging, &self.target).map_err(DirectoryError::at(&self.target))?;
        } else {
            for name in last.iter().chain(owned) {
                remove(&self.target.join(name))?;
            }
            let entries = fs::read_dir(&staging).and_then(|entries| entries.collect::<io::Result<Vec<_>>>());
            let mut names: Vec<_> =
                entries.map_err(DirectoryError::at(&staging))?.into_iter().map(|e| e.file_name()).collect();
            names.sort_by_key(|name| last.iter().any(|l| name == *l));
            for name in names {
                let to = self.target.join(&name);
                fs::rename(staging.join(&name), &to).map_err(DirectoryError::at(&to))?;
            }
            fs::remove_dir(&staging).map_err(DirectoryError::at(&staging))?;
        }
        *made = Made { staging: None, parents: Vec::new() };
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        drop(self.cleanup.discard());
    }
}

impl Cleanup {
    /// Removes what is not yet a results directory, and says whether there was any. While the guard is held, the directory can neither
    /// be put in place nor a failure to write it be reported: a thread that is about to end the process
    /// holds it until then.
    #[must_use = "dropping the guard lets the run go on"]
    pub fn discard(&self) -> (bool, impl Sized + use<'_>) {
        let mut made = self.lock();
        let discarded = made.staging.is_some();
        if let Some(staging) = made.staging.take() {
            // Another thread may still be writing files there.
            for _ in 0..20 {
                match fs::remove_dir_all(&staging) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => {
                        std::thread::sleep(Duration::from_millis(10));
                    }
                    _ => break,
                }
            }
        }
        for parent in made.parents.drain(..) {
            // One that holds something else by now stays.
            let _ = fs::remove_dir(parent);
        }
        (discarded, made)
    }

    fn lock(&self) -> MutexGuard<'_, Made> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn remove(path: &Path) -> Result<(), DirectoryError> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(DirectoryError::at(path)(error)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(directory: &Path) -> Vec<String> {
        let entries = fs::read_dir(directory).expect("readable");
        let mut names: Vec<String> =
            entries.map(|e| e.expect("readable").file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_directory_appears_at_once_and_whole() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let target = place.path().join("a/b");
        let staging = Staging::create(&target, |_| Ok(())).expect("writable");
        fs::write(staging.path().join("x"), "1").expect("writable");
        assert!(!target.exists(), "nothing is in place before the end");
        staging.commit(&[], &["x"]).expect("writable");
        assert_eq!(names(&target), ["x"]);
        assert_eq!(names(&place.path().join("a")), ["b"], "no staging directory stays");
    }

    #[test]
    fn dropped_it_leaves_nothing_not_even_parents() {
        let place = tempfile::tempdir().expect("a temporary directory");
        let staging = Staging::create(&place.path().join("a/b/c"), |_| Ok(())).expect("writable");
        fs::write(staging.path().join("x"), "1").expect("writable");
        drop(staging);
        assert_eq!(names(place.path()), Vec::<String>::new());
    }

    #[test]
    fn an_existing_directory_keeps_files_of_others() {
        let place = tempfile::tempdir().expect("a temporary directory");
        for name in ["notes", "results.json", "old.parquet"] {
            fs::write(place.path().join(name), "old").expect("writable");
        }
        let staging = Staging::create(place.path(), |_| Ok(())).expect("writable");
        fs::write(staging.path().join("results.json"), "new").expect("writable");
        staging.commit(&["old.parquet"], &["results.json"]).expect("writable");
        assert_eq!(names(place.path()), ["notes", "results.json"]);
        assert_eq!(fs::read_to_string(place.path().join("results.json")).expect("readable"), "new");
    }

    #[test]
    fn a_place_that_cannot_be_written_is_known_at_once() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file");
        for target in [file.path().to_owned(), file.path().join("below")] {
            assert!(Staging::create(&target, |_| Ok(())).is_err(), "{}", target.display());
        }
    }
}
