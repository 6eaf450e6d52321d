//! Columns of text.

use std::fmt;

/// On which side a column's entries stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// Rows of text under column heads, each column as wide as its widest entry.
#[derive(Clone, Debug, Default)]
pub(super) struct Grid {
    columns: Vec<(String, Align)>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// A table with these columns so far.
    pub(super) fn new(columns: Vec<(String, Align)>) -> Self {
        Self { columns, rows: Vec::new() }
    }

    /// Adds a column; before any row.
    pub(super) fn column(&mut self, head: impl Into<String>, align: Align) {
        self.columns.push((head.into(), align));
    }

    /// Adds a row with an entry for every column.
    pub(super) fn row(&mut self, entries: Vec<String>) {
        self.rows.push(entries);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn width(&self, column: usize) -> usize {
        let entries = self.rows.iter().filter_map(|row| row.get(column)).map(|entry| entry.chars().count());
        entries.chain([self.columns[column].0.chars().count()]).max().unwrap_or(0)
    }

    fn line(&self, f: &mut fmt::Formatter<'_>, entries: &[&str]) -> fmt::Result {
        let mut line = String::new();
        for (k, ((_, align), entry)) in self.columns.iter().zip(entries).enumerate() {
            let width = self.width(k);
            line += &match align {
                Align::Left => format!("  {entry:<width$}"),
                Align::Right => format!("  {entry:>width$}"),
            };
        }
        writeln!(f, "{}", line.trim_end())
    }
}

impl fmt::Display for Grid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.line(f, &self.columns.iter().map(|(head, _)| head.as_str()).collect::<Vec<_>>())?;
        self.rows.iter().try_for_each(|row| self.line(f, &row.iter().map(String::as_str).collect::<Vec<_>>()))
    }
}
