//! What stands already where results are to be written.

use super::directory::DirectoryError;
use super::write::{CHECKPOINT, EXPERIMENT};
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use toml::{Table, Value};

/// What stands in the place of a results directory.
#[derive(Clone, Debug, PartialEq)]
pub enum Existing {
    /// Nothing of kramers: no directory, or one with other files.
    Nothing,
    /// Finished results of the same experiment.
    Finished,
    /// A run of the same experiment that was cut short.
    Unfinished,
    /// Another experiment.
    Different(Vec<Difference>),
    /// The same experiment's file, but not these results: a file that a user keeps there, or a shard.
    Unmarked,
}

/// A key that two experiments do not agree on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Dotted key.
    pub key: String,
    /// Its value in the directory; none where it is absent.
    pub found: Option<String>,
    /// Its value now; none where it is absent.
    pub wanted: Option<String>,
}

impl Existing {
    /// Looks at `target` for results of `experiment` (TOML, every default written out), whose presence
    /// the file `mark` shows.
    ///
    /// # Errors
    /// Where the directory cannot be read.
    pub fn look(target: &Path, experiment: &str, mark: &str) -> Result<Self, DirectoryError> {
        let path = target.join(EXPERIMENT);
        let found = match fs::read_to_string(&path) {
            Ok(text) => text,
            // What is in the way of a directory shows when it is made.
            Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                return Ok(Self::Nothing);
            }
            Err(e) => return Err(DirectoryError::at(&path)(e)),
        };
        let differences = differences(&found, experiment);
        Ok(if !differences.is_empty() {
            Self::Different(differences)
        } else if target.join(CHECKPOINT).exists() {
            Self::Unfinished
        } else if target.join(mark).exists() {
            Self::Finished
        } else {
            Self::Unmarked
        })
    }
}

/// The keys that two experiments do not agree on, `found` being what stands in a directory and `wanted`
/// what is to be run. A text that is not TOML has no keys.
pub fn differences(found: &str, wanted: &str) -> Vec<Difference> {
    let (found, wanted) = (values(found), values(wanted));
    let get = |values: &[(String, String)], key: &str| values.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone());
    let only_found = found.iter().filter(|(key, _)| get(&wanted, key).is_none());
    let keys = wanted.iter().chain(only_found).map(|(key, _)| key);
    keys.map(|key| Difference { key: key.clone(), found: get(&found, key), wanted: get(&wanted, key) })
        .filter(|d| d.found != d.wanted)
        .collect()
}

fn values(text: &str) -> Vec<(String, String)> {
    fn collect(table: &Table, parent: &str, found: &mut Vec<(String, String)>) {
        for (key, value) in table {
            let key = if parent.is_empty() { key.clone() } else { format!("{parent}.{key}") };
            match value {
                Value::Table(inner) => collect(inner, &key, found),
                value => found.push((key, value.to_string())),
            }
        }
    }
    let mut found = Vec::new();
    if let Ok(table) = toml::from_str(text) {
        collect(&table, "", &mut found);
    }
    found
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "absent".to_owned());
        write!(f, "{}: {} there, {} now", self.key, side(&self.found), side(&self.wanted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_name_the_key_and_both_values() {
        let found = "seed = 1\n[ensemble]\nwalkers = 10\nbounds = 1.0\n";
        let wanted = "seed = 1\n[ensemble]\nwalkers = 20\n[noise]\nkind = \"gaussian\"\n";
        let shown: Vec<String> = differences(found, wanted).iter().map(ToString::to_string).collect();
        assert_eq!(
            shown,
            [
                "ensemble.walkers: 10 there, 20 now",
                "noise.kind: absent there, \"gaussian\" now",
                "ensemble.bounds: 1.0 there, absent now",
            ]
        );
        assert_eq!(differences(found, found), []);
    }
}
