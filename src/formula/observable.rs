//! A function of the state that is written as a formula: its value alone, without derivatives.

use super::parse::{Names, parse};
use super::program::Compiler;
use super::{FormulaError, Graph, Id, Node, Routine};

/// An expression of coordinates and parameters, with the values of the parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Observable {
    graph: Graph,
    value: Id,
    parameters: Vec<f64>,
}

/// The names of coordinates, of which one may have several, and of parameters.
struct Leaves<'n> {
    coordinates: &'n [(String, usize)],
    parameters: &'n [String],
    values: &'n [f64],
}

impl Names for Leaves<'_> {
    fn find(&self, name: &str) -> Result<Option<Node>, String> {
        let coordinate = self.coordinates.iter().find(|(known, _)| known == name);
        let parameter = || self.parameters.iter().position(|known| known == name);
        Ok(coordinate
            .map(|(_, i)| Node::Variable(*i as u32))
            .or_else(|| parameter().map(|place| Node::Parameter(place as u32))))
    }

    fn known(&self) -> Vec<String> {
        self.coordinates.iter().map(|(name, _)| name).chain(self.parameters).cloned().collect()
    }

    fn parameters(&self) -> &[f64] {
        self.values
    }
}

impl Observable {
    /// The expression in `text`, of coordinates by their names and places, and of parameters with these values.
    ///
    /// # Errors
    /// Where the text is no formula of these names.
    pub fn read(
        text: &str,
        coordinates: &[(String, usize)],
        parameters: &[String],
        values: &[f64],
    ) -> Result<Self, FormulaError> {
        let mut graph = Graph::default();
        let value = parse(text, &Leaves { coordinates, parameters, values }, &mut graph)?;
        Ok(Self { graph, value, parameters: values.to_vec() })
    }

    /// Its value at `x`.
    pub fn value(&self, x: &[f64]) -> f64 {
        let mut values = Vec::with_capacity(self.graph.nodes().len());
        for (id, _) in self.graph.nodes() {
            values.push(self.graph.value(id, &values, &self.parameters, x));
        }
        values[self.value.index()]
    }

    /// Its program, of one output, and the uniforms that it takes.
    pub fn routine(&self) -> (Routine, Vec<f64>) {
        let mut nodes = Vec::new();
        let routine = Compiler::new(&self.graph, &mut nodes).routine(&[self.value]);
        let values = self.graph.values_of_parameters(&self.parameters);
        (routine, nodes.into_iter().map(|id| values[id.index()]).collect())
    }
}
