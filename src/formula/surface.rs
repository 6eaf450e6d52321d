//! A landscape that is written as a formula, and its values in f64.

use super::parse::{CONSTANTS, Names, parse};
use super::token::is_of_name;
use super::{FormulaError, Function, Graph, Id, Node};
use std::sync::Arc;

/// A loss, or a force, as expressions of variables and parameters, with the derivatives worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    graph: Graph,
    pub(super) variables: Vec<String>,
    pub(super) parameters: Vec<String>,
    loss: Option<Id>,
    gradient: Vec<Id>,
    /// Row by row.
    hessian: Vec<Id>,
    /// Σ_j H_ij u_j, with u_j variable d + j; nothing unless it was asked for.
    hessian_product: Vec<Id>,
}

/// The names of a landscape's formula.
struct Leaves<'n> {
    variables: &'n [String],
    parameters: &'n [String],
    /// None, or one each.
    values: &'n [f64],
}

impl Names for Leaves<'_> {
    fn find(&self, name: &str) -> Result<Option<Node>, String> {
        let place = |names: &[String]| names.iter().position(|n| n == name).map(|place| place as u32);
        let variable = place(self.variables).map(Node::Variable);
        Ok(variable.or_else(|| place(self.parameters).map(Node::Parameter)))
    }

    fn known(&self) -> Vec<String> {
        self.variables.iter().chain(self.parameters).cloned().collect()
    }

    fn parameters(&self) -> &[f64] {
        self.values
    }
}

/// Why `name` cannot name a variable or parameter; none where it can.
pub fn unfit_name(name: &str) -> Option<String> {
    let starts_well = name.chars().next().is_some_and(|c| is_of_name(c) && !c.is_ascii_digit());
    if !starts_well || !name.chars().all(is_of_name) {
        return Some(format!("`{name}` is not a name: a letter, then letters, digits and _"));
    }
    if Function::named(name).is_some() || CONSTANTS.iter().any(|(constant, _)| *constant == name) {
        return Some(format!("`{name}` is taken: it is a function or a constant of formulas"));
    }
    None
}

impl Formula {
    /// The landscape of the loss `text`. Names must be fit ([`unfit_name`]) and different. With `values` of the
    /// parameters it is for these alone: powers that are whole or half numbers by them are so once and for all.
    ///
    /// # Errors
    /// Where the text is no formula of these names.
    pub fn of_loss(
        text: &str,
        variables: &[String],
        parameters: &[String],
        values: &[f64],
    ) -> Result<Self, FormulaError> {
        let mut graph = Graph::default();
        let loss = parse(text, &Leaves { variables, parameters, values }, &mut graph)?;
        let gradient = graph.gradient(loss, variables.len());
        Ok(Self::new(graph, Some(loss), gradient, variables, parameters))
    }

    /// The landscape of a force, one text a variable, which need not have a loss. Else as [`Formula::of_loss`].
    ///
    /// # Errors
    /// The number of a text that is no formula of these names, and why.
    pub fn of_force(
        texts: &[String],
        variables: &[String],
        parameters: &[String],
        values: &[f64],
    ) -> Result<Self, (usize, FormulaError)> {
        let mut graph = Graph::default();
        let names = Leaves { variables, parameters, values };
        let mut gradient = Vec::with_capacity(texts.len());
        for (i, text) in texts.iter().enumerate() {
            let force = parse(text, &names, &mut graph).map_err(|error| (i, error))?;
            gradient.push(graph.negate(force));
        }
        Ok(Self::new(graph, None, gradient, variables, parameters))
    }

    fn new(mut graph: Graph, loss: Option<Id>, gradient: Vec<Id>, variables: &[String], parameters: &[String]) -> Self {
        let hessian = gradient.iter().flat_map(|g| graph.gradient(*g, variables.len())).collect();
        let (variables, parameters, hessian_product) = (variables.to_vec(), parameters.to_vec(), Vec::new());
        Self { graph, variables, parameters, loss, gradient, hessian, hessian_product }
    }

    /// The same, with [`Formula::hessian_product`].
    pub(super) fn with_hessian_product(&self) -> Self {
        let mut graph = self.graph.clone();
        let d = self.dimension();
        let direction: Vec<Id> = (0..d).map(|j| graph.insert(Node::Variable((d + j) as u32))).collect();
        let rows = self.hessian.chunks(d).map(|row| {
            row.iter().zip(&direction).fold(graph.constant(0.0), |sum, (h, u)| {
                let product = graph.multiply(*h, *u);
                graph.add(sum, product)
            })
        });
        let hessian_product = rows.collect();
        Self { graph, hessian_product, ..self.clone() }
    }

    /// H(x) u of variables x and then u; nothing unless it was asked for.
    pub(super) fn hessian_product(&self) -> &[Id] {
        &self.hessian_product
    }

    /// Number of variables.
    pub fn dimension(&self) -> usize {
        self.variables.len()
    }

    /// Its expressions.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// L; none where only a force is given.
    pub fn loss(&self) -> Option<Id> {
        self.loss
    }

    /// ∂L/∂x_i, or minus the force.
    pub fn gradient(&self) -> &[Id] {
        &self.gradient
    }

    /// The landscape with these values of its parameters.
    pub fn with(self: &Arc<Self>, parameters: &[f64]) -> Surface {
        Surface {
            formula: Arc::clone(self),
            values: self.graph.values_of_parameters(parameters),
            of_loss: self.graph.needed(self.loss.as_slice()),
            of_gradient: self.graph.needed(&self.gradient),
            of_hessian: self.graph.needed(&self.hessian),
        }
    }
}

/// The landscape of a formula with values of its parameters, in f64.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    formula: Arc<Formula>,
    /// Values of the nodes that do not depend on variables.
    values: Vec<f64>,
    of_loss: Vec<Id>,
    of_gradient: Vec<Id>,
    of_hessian: Vec<Id>,
}

impl Surface {
    /// The formula.
    pub fn formula(&self) -> &Arc<Formula> {
        &self.formula
    }

    /// Number of variables.
    pub fn dimension(&self) -> usize {
        self.formula.dimension()
    }

    /// L(x); NaN where only a force is given.
    pub fn loss(&self, x: &[f64]) -> f64 {
        self.formula.loss.map_or(f64::NAN, |loss| self.outputs(&self.of_loss, &[loss], x)[0])
    }

    /// ∇L(x), or minus the force.
    pub fn gradient(&self, x: &[f64]) -> Vec<f64> {
        self.outputs(&self.of_gradient, &self.formula.gradient, x)
    }

    /// The derivatives of the gradient, row by row: ∂g_i/∂x_j at i d + j.
    pub fn hessian(&self, x: &[f64]) -> Vec<f64> {
        self.outputs(&self.of_hessian, &self.formula.hessian, x)
    }

    fn outputs(&self, needed: &[Id], outputs: &[Id], x: &[f64]) -> Vec<f64> {
        let mut values = self.values.clone();
        for id in needed {
            values[id.index()] = self.formula.graph.value(*id, &values, &[], x);
        }
        outputs.iter().map(|output| values[output.index()]).collect()
    }
}

/// The value of an expression of numbers: `names` must find constants only.
///
/// # Errors
/// Where the text is no such expression.
pub fn number(text: &str, names: &dyn Names) -> Result<f64, FormulaError> {
    let mut graph = Graph::default();
    let id = parse(text, names, &mut graph)?;
    // What has no finite value is refused by the parser.
    Ok(graph.number(id).unwrap_or(f64::NAN))
}
