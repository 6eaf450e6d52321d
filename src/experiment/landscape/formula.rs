//! Landscapes written as formulas.

use super::MAX_DIMENSION;
use crate::experiment::error::{Fault, finite, require};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A loss written as a formula; its gradient and Hessian are derived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// L, a formula of the variables and parameters.
    pub loss: String,
    /// Names of the coordinates, in order.
    pub variables: Vec<String>,
    /// Numbers that the formula calls by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, f64>,
}

/// A drift without a loss, which may hold a stationary current: dθ/dt = force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Force {
    /// The drift along every coordinate, formulas of the variables and parameters.
    pub force: Vec<String>,
    /// Names of the coordinates, in order.
    pub variables: Vec<String>,
    /// Numbers that the formulas call by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, f64>,
}

impl Formula {
    pub(super) fn complete(&self) -> Result<(), Fault> {
        names(&self.variables, &self.parameters)?;
        formula(&self.loss, "loss")
    }
}

impl Force {
    pub(super) fn complete(&self) -> Result<(), Fault> {
        names(&self.variables, &self.parameters)?;
        let (forces, variables) = (self.force.len(), self.variables.len());
        let message = format!("must have one formula per variable: there are {variables} variables, {forces} formulas");
        require(forces == variables, "force", &message)?;
        self.force.iter().try_for_each(|text| formula(text, "force"))
    }
}

/// Checks one formula: where it is parsed.
fn formula(text: &str, key: &str) -> Result<(), Fault> {
    require(!text.trim().is_empty(), key, "must be a formula")
}

/// Refuses names that no formula could tell apart.
fn names(variables: &[String], parameters: &BTreeMap<String, f64>) -> Result<(), Fault> {
    require(!variables.is_empty(), "variables", "must name at least one coordinate")?;
    let message = format!("may name at most {MAX_DIMENSION} coordinates");
    require(variables.len() <= MAX_DIMENSION, "variables", &message)?;
    for (i, name) in variables.iter().enumerate() {
        require(is_name(name), "variables", &format!("`{name}` must be a letter, then letters, digits and _"))?;
        require(!variables[..i].contains(name), "variables", &format!("has `{name}` twice"))?;
    }
    for (name, value) in parameters {
        let key = format!("parameters.{name}");
        require(is_name(name), &key, "must be called by a letter, then letters, digits and _")?;
        require(!variables.contains(name), &key, "has the name of a variable")?;
        finite(&[*value], &key)?;
    }
    Ok(())
}

fn is_name(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|c| c.is_ascii_alphabetic()) && letters.all(|c| c.is_ascii_alphanumeric() || c == '_')
}
