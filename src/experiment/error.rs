//! Errors of an experiment file: file, line, key, the value found, the values allowed.

use crate::formula::FormulaError;
use std::fmt;
use std::path::PathBuf;

/// Why an experiment cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExperimentError {
    /// The file cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The text is not TOML.
    #[error("{file}:{line}: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// Line of the fault, from 1.
        line: usize,
        /// What the TOML parser says.
        message: String,
    },
    /// A key is unknown, missing, or its value is not allowed.
    #[error("{0}")]
    Invalid(Invalid),
}

/// A key that cannot stand, with its place and value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalid {
    /// The file, or `--set` for a value from the command line.
    pub file: String,
    /// Line in the file, from 1.
    pub line: Option<usize>,
    /// Dotted key.
    pub key: String,
    /// The value found, as written; none where the key is missing.
    pub found: Option<String>,
    /// What is allowed.
    pub message: String,
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.key)?;
        if let Some(found) = &self.found {
            write!(f, " = {found}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// A fault found while reading or validating, before its place in the file is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Dotted key, relative to the table being read.
    pub key: String,
    /// What is allowed there.
    pub message: String,
}

impl Fault {
    pub(crate) fn new(key: impl Into<String>, message: impl Into<String>) -> Self {
        Self { key: key.into(), message: message.into() }
    }

    /// The message, and below it the formula with a caret under the character.
    pub(crate) fn in_formula(key: &str, error: &FormulaError) -> Self {
        let indented = |line: &str| format!("\n    {line}");
        Self::new(key, format!("{error}{}", error.rendering().lines().map(indented).collect::<String>()))
    }

    /// The same fault, seen from the table above.
    pub(crate) fn under(mut self, table: &str) -> Self {
        self.key = if self.key.is_empty() { table.to_owned() } else { format!("{table}.{}", self.key) };
        self
    }
}

/// Fails with `message` at `key` unless `holds`.
pub(crate) fn require(holds: bool, key: &str, message: &str) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::new(key, message)) }
}

/// Fails at `key` unless `value` is finite and positive.
pub(crate) fn positive(value: f64, key: &str) -> Result<(), Fault> {
    require(value.is_finite() && value > 0.0, key, "must be positive and finite")
}

/// Fails at `key` unless `value` is finite and not negative.
pub(crate) fn not_negative(value: f64, key: &str) -> Result<(), Fault> {
    require(value.is_finite() && value >= 0.0, key, "must be finite and not negative")
}

/// Fails at `key` unless every value is finite.
pub(crate) fn finite(values: &[f64], key: &str) -> Result<(), Fault> {
    require(values.iter().all(|v| v.is_finite()), key, "must be finite (no nan, no inf)")
}

/// Fails at `key` unless `values` has one entry per coordinate.
pub(crate) fn one_per_coordinate(values: &[f64], dimension: usize, key: &str) -> Result<(), Fault> {
    require(
        values.len() == dimension,
        key,
        &format!("must have one number per coordinate: the landscape has {dimension}, this list {}", values.len()),
    )
}
