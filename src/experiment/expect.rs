//! `[expect]`: what the author of an experiment expects, checked like any prediction.

use super::Setup;
use crate::formula::{self, Names, Node, Number};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// The expected value of one estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// A number, or an expression of the experiment's parameters.
    pub value: ExpectedValue,
    /// What kind of prediction it is: "exact" holds at the finite step and parameters used.
    #[serde(default)]
    pub kind: ExpectedKind,
    /// Where it comes from.
    #[serde(default)]
    pub source: String,
}

/// A number, or an expression of the experiment's numeric keys by their last name (`temperature`,
/// `barrier`, …) and of `pi` and `e`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "must be a number or an expression in quotes")]
pub enum ExpectedValue {
    /// A number.
    Number(f64),
    /// An expression.
    Expression(String),
}

pub use crate::theory::Kind as ExpectedKind;

impl Expectation {
    /// The expected value in a cell.
    ///
    /// # Errors
    /// Where the expression cannot be read or uses a name that the cell does not have.
    pub fn evaluate(&self, setup: &Setup) -> Result<f64, String> {
        let text = match &self.value {
            ExpectedValue::Number(value) => return finite(*value),
            ExpectedValue::Expression(text) => text,
        };
        finite(formula::number(text, &Keys(numbers(setup))).map_err(|e| format!("cannot be read {e}"))?)
    }
}

/// The numbers of a setup, by their dotted keys and, where one key ends so, by their last names.
struct Keys(Vec<(String, f64)>);

impl Names for Keys {
    fn find(&self, name: &str) -> Result<Option<Node>, String> {
        let Self(keys) = self;
        let mut found = keys.iter().filter(|(key, _)| key.rsplit('.').next() == Some(name) || key == name);
        match (found.next(), found.next()) {
            (None, _) => Ok(None),
            (Some((_, value)), None) => Ok(Some(Node::Constant(Number::new(*value)))),
            (Some((a, _)), Some((b, _))) => {
                Err(format!("`{name}` could be {a} or {b}; write it in full, in braces: {{{a}}}"))
            }
        }
    }

    fn known(&self) -> Vec<String> {
        self.0.iter().map(|(key, _)| key.clone()).collect()
    }
}

fn finite(value: f64) -> Result<f64, String> {
    if value.is_finite() { Ok(value) } else { Err(format!("is {value}; it must be finite")) }
}

/// Every number of the setup with its dotted key.
fn numbers(setup: &Setup) -> Vec<(String, f64)> {
    fn collect(table: &Table, parent: &str, found: &mut Vec<(String, f64)>) {
        for (key, value) in table {
            let key = if parent.is_empty() { key.clone() } else { format!("{parent}.{key}") };
            match value {
                Value::Integer(n) => found.push((key, *n as f64)),
                Value::Float(x) => found.push((key, *x)),
                Value::Table(inner) => collect(inner, &key, found),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    if let Ok(table) = Table::try_from(setup) {
        collect(&table, "", &mut found);
    }
    found
}
