//! `[expect]`: what the author of an experiment expects, checked like any prediction.

use super::{Cell, Setup};
use crate::formula::{self, Names, Node, Number};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// The expected value of one estimate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// A number or an expression of the experiment's parameters, for all cells; or a list of such, one for each
    /// cell in order, with `"none"` where nothing is expected.
    pub value: ExpectedValue,
    /// What kind of prediction it is: "exact" holds at the finite step and parameters used.
    #[serde(default)]
    pub kind: ExpectedKind,
    /// Where it comes from.
    #[serde(default)]
    pub source: String,
}

/// What is expected of the cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "must be a number, an expression in quotes, or a list with one of these for each cell")]
pub enum ExpectedValue {
    /// The same of all.
    All(Quantity),
    /// One for each cell, in order.
    Each(Vec<Quantity>),
}

/// A number, or an expression of the experiment's numeric keys by their last name (`temperature`,
/// `barrier`, …) and of `pi` and `e`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "must be a number or an expression in quotes")]
pub enum Quantity {
    /// A number.
    Number(f64),
    /// An expression.
    Expression(String),
}

pub use crate::theory::Kind as ExpectedKind;

/// What a list holds for a cell of which nothing is expected.
const NOTHING: &str = "none";

impl Expectation {
    /// The expected value in each cell, none where nothing is expected.
    ///
    /// # Errors
    /// Where a list is not as long as there are cells, or an expression cannot be read or uses a name that the cell
    /// does not have.
    pub fn evaluate(&self, cells: &[Cell]) -> Result<Vec<Option<f64>>, String> {
        match &self.value {
            ExpectedValue::All(quantity) => cells.iter().map(|cell| quantity.evaluate(&cell.setup).map(Some)).collect(),
            ExpectedValue::Each(quantities) if quantities.len() != cells.len() => {
                Err(format!("lists {} values, but there are {} cells", quantities.len(), cells.len()))
            }
            ExpectedValue::Each(quantities) => {
                let each = quantities.iter().zip(cells).map(|(quantity, cell)| match quantity {
                    Quantity::Expression(text) if text == NOTHING => Ok(None),
                    _ => quantity.evaluate(&cell.setup).map(Some),
                });
                each.collect()
            }
        }
    }
}

impl Quantity {
    fn evaluate(&self, setup: &Setup) -> Result<f64, String> {
        match self {
            Self::Number(value) => finite(*value),
            Self::Expression(text) => {
                finite(formula::number(text, &Keys(numbers(setup))).map_err(|e| format!("cannot be read {e}"))?)
            }
        }
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

    fn short(&self) -> Vec<String> {
        self.0.iter().filter_map(|(key, _)| key.rsplit('.').next()).map(str::to_owned).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Experiment;

    const SYSTEM: &str = r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 2.0, floor = 3.0 }
        dynamics = { kind = "langevin", temperature = 0.5, time_step = 0.01 }
        ensemble = { walkers = 64, steps = 100, start = [1.0] }
        measure = { first_passage = { above = 0.0 }, time_series = { points = 10 } }
    "#;

    fn value(text: &str) -> Result<f64, String> {
        let experiment = Experiment::parse("test", "test.toml", SYSTEM, &[]).expect("a valid experiment");
        Quantity::Expression(text.to_owned()).evaluate(&experiment.cells[0].setup)
    }

    #[test]
    fn a_list_holds_one_value_for_each_cell() {
        let values = |list: &str| {
            let text = format!(
                "sweep.\"dynamics.temperature\" = [0.5, 0.25, 0.125]\nexpect.escape_rate = {{ value = {list} }}\n{SYSTEM}"
            );
            let experiment = Experiment::parse("test", "test.toml", &text, &[]).map_err(|e| e.to_string())?;
            experiment.expect["escape_rate"].evaluate(&experiment.cells)
        };
        assert_eq!(values("[1, \"2*temperature\", \"none\"]"), Ok(vec![Some(1.0), Some(0.5), None]));
        assert_eq!(values("\"4*temperature\""), Ok(vec![Some(2.0), Some(1.0), Some(0.5)]));
        for (list, part) in [
            ("[1.0, 2.0]", "lists 2 values, but there are 3 cells"),
            ("\"none\"", "none"),
            ("[1, 2, [3]]", "a list with one of these for each cell"),
        ] {
            assert!(values(list).is_err_and(|message| message.contains(part)), "{list}: {:?}", values(list));
        }
    }

    #[test]
    fn expressions_know_the_numbers_of_the_setup() {
        assert_eq!(value("2*temperature^2"), Ok(0.5));
        assert_eq!(value("{dynamics.temperature}/2 + {landscape.floor}"), Ok(3.25));
        let kramers = 0.5 / (2.0 * std::f64::consts::PI) * (-0.5_f64).exp();
        assert!(
            (value("barrier*separation/(2*pi)*exp(-barrier/temperature)").expect("a number") - kramers).abs() < 1e-15
        );
        for (text, part) in [
            ("2*tempreature", "did you mean `temperature`?"),
            ("2*{dynamics.tempreature}", "did you mean `dynamics.temperature`?"),
            ("temperature/(floor - 3)", "at character 12: this has no finite value"),
            ("", "is empty"),
        ] {
            assert!(value(text).is_err_and(|message| message.contains(part)), "{text}: {:?}", value(text));
        }
    }

    #[test]
    fn a_last_name_of_two_keys_is_ambiguous() {
        let keys = Keys(vec![("a.x".to_owned(), 1.0), ("b.x".to_owned(), 2.0)]);
        assert_eq!(formula::number("{b.x}", &keys), Ok(2.0));
        let error = formula::number("3*x", &keys).expect_err("two keys");
        assert_eq!(
            (error.at, error.message.as_str()),
            (2, "`x` could be a.x or b.x; write it in full, in braces: {a.x}")
        );
    }
}
