//! Errors of a formula: the formula, the character, what is allowed there.

use std::fmt;

/// Why a formula cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormulaError {
    /// The formula as written.
    pub formula: String,
    /// Byte of the formula at which the fault is; its length where something is missing at the end.
    pub at: usize,
    /// What is wrong there, and what is allowed.
    pub message: String,
}

impl FormulaError {
    /// Number of the character at which the fault is, from 1.
    pub fn character(&self) -> usize {
        self.formula[..self.at].chars().count() + 1
    }

    /// The line of the formula in which the fault is, and a line with a caret under the character.
    pub fn rendering(&self) -> String {
        let start = self.formula[..self.at].rfind('\n').map_or(0, |at| at + 1);
        let line = self.formula[start..].lines().next().unwrap_or_default();
        let before = self.formula[start..self.at].chars();
        let caret: String = before.map(|c| if c == '\t' { c } else { ' ' }).chain(['^']).collect();
        format!("{line}\n{caret}")
    }
}

impl fmt::Display for FormulaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "at character {}: {}", self.character(), self.message)
    }
}

impl std::error::Error for FormulaError {}
