//! Landscapes written as formulas.

use super::MAX_DIMENSION;
use crate::experiment::error::{Fault, finite, require};
use crate::formula::{self, Program, Surface, unfit_name};
use crate::landscape::critical_points::{CriticalPoint, Region, critical_points};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A loss written as a formula; its gradient and Hessian are derived.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// L, a formula of the variables and parameters: numbers, `+ - * / ^` and brackets, the functions exp, log (to
    /// the base e), sqrt, sin, cos, tanh and abs, and pi and e. A power binds tighter than a sign and to the right; a
    /// product needs its `*`. A power takes a negative base where it is a whole number, written so or by the values of
    /// parameters; else a walker there is lost.
    pub loss: String,
    /// Names of the coordinates, in order.
    pub variables: Vec<String>,
    /// Numbers that the formula calls by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, f64>,
    #[serde(skip)]
    parsed: Option<Parsed>,
}

/// A drift without a loss, which may hold a stationary current: dθ/dt = force.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Force {
    /// The drift along every coordinate, formulas of the variables and parameters: numbers, `+ - * / ^` and brackets,
    /// the functions exp, log (to the base e), sqrt, sin, cos, tanh and abs, and pi and e.
    pub force: Vec<String>,
    /// Names of the coordinates, in order.
    pub variables: Vec<String>,
    /// Numbers that the formulas call by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parameters: BTreeMap<String, f64>,
    #[serde(skip)]
    parsed: Option<Parsed>,
}

/// A formula as it was read.
#[derive(Clone, Debug, PartialEq)]
struct Parsed {
    surface: Arc<Surface>,
    /// Values of the parameters, in the order of their names.
    parameters: Vec<f64>,
    /// Critical points of a loss of one variable, from left to right.
    along: Arc<[CriticalPoint]>,
}

impl Parsed {
    fn new(formula: formula::Formula, parameters: Vec<f64>) -> Self {
        let surface = Arc::new(formula).with(&parameters);
        let along = match surface.formula().loss() {
            Some(_) if surface.dimension() == 1 => {
                critical_points(&surface, &Region::around(&surface, &[vec![0.0]])).into()
            }
            _ => Arc::default(),
        };
        Self { surface: Arc::new(surface), parameters, along }
    }
}

impl Formula {
    pub(super) fn complete(&mut self) -> Result<(), Fault> {
        let (names, values) = parameters(&self.variables, &self.parameters)?;
        let formula = formula::Formula::of_loss(&self.loss, &self.variables, &names, &values);
        self.parsed = Some(Parsed::new(formula.map_err(|error| Fault::in_formula("loss", &error))?, values));
        Ok(())
    }

    /// What theory needs to know of it, with the critical points of a loss of one variable.
    pub(crate) fn surface(&self) -> (&Arc<Surface>, &Arc<[CriticalPoint]>) {
        let parsed = self.parsed.as_ref().expect("reading parses formulas");
        (&parsed.surface, &parsed.along)
    }

    /// Its programs, with that of `curvature` where it is wanted, and the numbers that they take.
    pub(crate) fn program(&self, curvature: bool) -> (Program, Vec<f64>) {
        program(self.parsed.as_ref(), curvature)
    }
}

impl Force {
    pub(super) fn complete(&mut self) -> Result<(), Fault> {
        let (names, values) = parameters(&self.variables, &self.parameters)?;
        let (forces, variables) = (self.force.len(), self.variables.len());
        let message = format!("must have one formula per variable: there are {variables} variables, {forces} formulas");
        require(forces == variables, "force", &message)?;
        let formula = formula::Formula::of_force(&self.force, &self.variables, &names, &values);
        let formula = formula.map_err(|(place, error)| match Fault::in_formula("force", &error) {
            fault if forces == 1 => fault,
            fault => Fault::new("force", format!("that of `{}`, {}", self.variables[place], fault.message)),
        })?;
        self.parsed = Some(Parsed::new(formula, values));
        Ok(())
    }

    /// What theory needs to know of it: minus the force as a gradient.
    pub(crate) fn surface(&self) -> &Arc<Surface> {
        &self.parsed.as_ref().expect("reading parses formulas").surface
    }

    /// Its program, and the numbers that it takes.
    pub(crate) fn program(&self) -> (Program, Vec<f64>) {
        program(self.parsed.as_ref(), false)
    }
}

fn program(parsed: Option<&Parsed>, curvature: bool) -> (Program, Vec<f64>) {
    let parsed = parsed.expect("reading parses formulas");
    let (program, uniforms) = parsed.surface.formula().programs(curvature);
    (program, uniforms.values(&parsed.parameters))
}

/// The names of the parameters and their values; refuses names that no formula could tell apart.
fn parameters(variables: &[String], parameters: &BTreeMap<String, f64>) -> Result<(Vec<String>, Vec<f64>), Fault> {
    require(!variables.is_empty(), "variables", "must name at least one coordinate")?;
    let message = format!("may name at most {MAX_DIMENSION} coordinates");
    require(variables.len() <= MAX_DIMENSION, "variables", &message)?;
    for (i, name) in variables.iter().enumerate() {
        is_fit(name, "variables")?;
        require(!variables[..i].contains(name), "variables", &format!("has `{name}` twice"))?;
    }
    for (name, value) in parameters {
        let key = format!("parameters.{name}");
        is_fit(name, &key)?;
        require(!variables.contains(name), &key, "has the name of a variable")?;
        finite(&[*value], &key)?;
    }
    Ok((parameters.keys().cloned().collect(), parameters.values().copied().collect()))
}

fn is_fit(name: &str, key: &str) -> Result<(), Fault> {
    unfit_name(name).map_or(Ok(()), |message| Err(Fault::new(key, message)))
}
