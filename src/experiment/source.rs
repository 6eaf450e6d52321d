//! The text of an experiment: its values with overrides applied, and where each of them stands.

use super::error::{ExperimentError, Fault, Invalid};
use std::str::FromStr;
use toml::de::{DeTable, DeValue};
use toml::{Spanned, Table, Value};

/// One value set from the command line: `--set ensemble.walkers=1e6`.
#[derive(Clone, Debug, PartialEq)]
pub struct Override {
    /// Dotted key.
    pub key: String,
    /// Its new value.
    pub value: Value,
}

impl FromStr for Override {
    type Err = String;

    /// Reads `KEY=VALUE`; a value that is not TOML is taken as a string.
    fn from_str(text: &str) -> Result<Self, String> {
        let (key, value) = text.split_once('=').ok_or("must be KEY=VALUE, e.g. ensemble.walkers=1e6")?;
        let (key, value) = (key.trim(), value.trim());
        if key.is_empty() || key.split('.').any(str::is_empty) {
            return Err("must be KEY=VALUE with a dotted key, e.g. ensemble.walkers=1e6".to_owned());
        }
        let parsed = toml::from_str::<Table>(&format!("value = {value}"));
        let value = match parsed {
            Ok(mut table) if table.len() == 1 => table.remove("value").unwrap_or(Value::Boolean(false)),
            _ => Value::String(value.to_owned()),
        };
        Ok(Self { key: key.to_owned(), value })
    }
}

/// Sets the dotted `key` in `table`, making tables on the way.
pub(super) fn set(table: &mut Table, key: &str, value: Value) -> Result<(), Fault> {
    match key.split_once('.') {
        // A key may itself hold dots, as `[sweep]`'s do: one that is there is replaced.
        Some((first, rest)) if !table.contains_key(key) => {
            let inner = table.entry(first.to_owned()).or_insert_with(|| Value::Table(Table::new()));
            match inner {
                Value::Table(inner) => set(inner, rest, value).map_err(|f| f.under(first)),
                _ => Err(Fault::new(first, format!("is not a table, so `{rest}` cannot be set in it"))),
            }
        }
        _ => {
            table.insert(key.to_owned(), value);
            Ok(())
        }
    }
}

/// The value at a dotted `key`, or none.
pub(super) fn get<'t>(table: &'t Table, key: &str) -> Option<&'t Value> {
    if let Some(value) = table.get(key) {
        return Some(value);
    }
    // A key may itself hold dots (`[sweep]`'s do): try every split.
    key.match_indices('.').find_map(|(at, _)| match table.get(&key[..at])? {
        Value::Table(inner) => get(inner, &key[at + 1..]),
        _ => None,
    })
}

/// A parsed experiment file, with the overrides applied.
pub(super) struct Source<'a> {
    file: &'a str,
    text: &'a str,
    table: Table,
    overrides: &'a [Override],
}

impl<'a> Source<'a> {
    pub(super) fn parse(file: &'a str, text: &'a str, overrides: &'a [Override]) -> Result<Self, ExperimentError> {
        let mut table: Table = toml::from_str(text).map_err(|error| ExperimentError::Syntax {
            file: file.to_owned(),
            line: line_at(text, error.span().map_or(0, |span| span.start)),
            message: error.message().trim().replace('\n', "; "),
        })?;
        let mut source = Self { file, text, table: Table::new(), overrides };
        for Override { key, value } in overrides {
            set(&mut table, key, value.clone()).map_err(|fault| source.invalid(fault))?;
        }
        source.table = table;
        Ok(source)
    }

    /// The values, overrides applied.
    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    /// Refuses overrides of swept keys: the sweep would win, and the override do nothing.
    pub(super) fn refuse_overrides_of(&self, swept: &[String]) -> Result<(), Fault> {
        let within = |a: &str, b: &str| a == b || a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
        let clash = |o: &&Override| swept.iter().any(|key| within(&o.key, key) || within(key, &o.key));
        match self.overrides.iter().find(clash) {
            None => Ok(()),
            Some(o) => {
                let message = format!("cannot be set, as [sweep] gives it its values; set \"sweep.{}\"", o.key);
                Err(Fault::new(&o.key, message))
            }
        }
    }

    /// The fault with the file, line and value of its key.
    pub(super) fn invalid(&self, fault: Fault) -> ExperimentError {
        let swept = format!("sweep.{}", fault.key);
        let key = if get(&self.table, &swept).is_some() { &swept } else { &fault.key };
        let is_at = |key: &str, o: &Override| o.key == key || key.starts_with(&format!("{}.", o.key));
        let overridden = self.overrides.iter().any(|o| is_at(key, o));
        let (file, line) = if overridden { ("--set".to_owned(), None) } else { (self.file.to_owned(), self.line(key)) };
        ExperimentError::Invalid(Invalid {
            file,
            line,
            key: key.clone(),
            found: get(&self.table, key).filter(|v| !v.is_table()).map(shorten),
            message: fault.message,
        })
    }

    /// The line of `key`, or of the nearest table above it.
    fn line(&self, key: &str) -> Option<usize> {
        let document = DeTable::parse(self.text).ok()?;
        let at = position(document.get_ref(), key)?;
        Some(line_at(self.text, at))
    }
}

fn position(table: &DeTable<'_>, key: &str) -> Option<usize> {
    let entry = |name: &str| table.iter().find(|(k, _)| k.get_ref() == name);
    if let Some((k, _)) = entry(key) {
        return Some(k.span().start);
    }
    key.match_indices('.').rev().find_map(|(at, _)| {
        let (k, value): (_, &Spanned<DeValue<'_>>) = entry(&key[..at])?;
        let inner = match value.get_ref() {
            DeValue::Table(inner) => position(inner, &key[at + 1..]),
            _ => None,
        };
        Some(inner.unwrap_or(k.span().start))
    })
}

fn line_at(text: &str, at: usize) -> usize {
    text[..at.min(text.len())].matches('\n').count() + 1
}

fn shorten(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string().replace('\n', " ");
    if text.chars().count() <= LONGEST { text } else { text.chars().take(LONGEST - 1).chain(['…']).collect() }
}
