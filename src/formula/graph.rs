//! The graph of expressions: every subexpression once, in an order in which operands come first.

use super::Function;
use std::collections::HashMap;

/// A constant; equal if its bits are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Number(u64);

impl Number {
    /// The constant of that value.
    pub fn new(value: f64) -> Self {
        // Of the two zeros there is one.
        Self((value + 0.0).to_bits())
    }

    /// Its value.
    pub fn value(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// A node's place in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Id(u32);

impl Id {
    /// Its place as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One operation, with the places of its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Node {
    /// A number.
    Constant(Number),
    /// Parameter k.
    Parameter(u32),
    /// x_i.
    Variable(u32),
    /// a + b.
    Add(Id, Id),
    /// a · b.
    Multiply(Id, Id),
    /// aⁿ for a whole n.
    Power(Id, i32),
    /// f(a).
    Apply(Function, Id),
}

impl Node {
    /// Its operands, from left to right.
    pub fn operands(self) -> impl Iterator<Item = Id> {
        let (first, second) = match self {
            Self::Add(a, b) | Self::Multiply(a, b) => (Some(a), Some(b)),
            Self::Power(a, _) | Self::Apply(_, a) => (Some(a), None),
            Self::Constant(_) | Self::Parameter(_) | Self::Variable(_) => (None, None),
        };
        first.into_iter().chain(second)
    }
}

/// What a node depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dependence {
    /// On nothing.
    Nothing,
    /// On parameters.
    Parameters,
    /// On variables, and maybe on parameters.
    Variables,
}

/// The graph.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    nodes: Vec<Node>,
    dependences: Vec<Dependence>,
    places: HashMap<Node, Id>,
}

impl Graph {
    /// Its nodes; operands before what they are operands of.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = (Id, Node)> + ExactSizeIterator + '_ {
        self.nodes.iter().enumerate().map(|(place, node)| (Id(place as u32), *node))
    }

    /// The node there.
    pub fn node(&self, id: Id) -> Node {
        self.nodes[id.index()]
    }

    /// What the node there depends on.
    pub fn dependence(&self, id: Id) -> Dependence {
        self.dependences[id.index()]
    }

    /// The value of a constant; none of other nodes.
    pub fn number(&self, id: Id) -> Option<f64> {
        match self.node(id) {
            Node::Constant(number) => Some(number.value()),
            _ => None,
        }
    }

    /// The value of a node, with those of the nodes before it.
    #[inline]
    pub fn value(&self, id: Id, values: &[f64], parameters: &[f64], x: &[f64]) -> f64 {
        match self.node(id) {
            Node::Constant(number) => number.value(),
            Node::Parameter(k) => parameters[k as usize],
            Node::Variable(i) => x[i as usize],
            Node::Add(a, b) => values[a.index()] + values[b.index()],
            Node::Multiply(a, b) => values[a.index()] * values[b.index()],
            Node::Power(a, n) => values[a.index()].powi(n),
            Node::Apply(function, a) => function.value(values[a.index()]),
        }
    }

    /// Values of the nodes that depend on parameters at most; 0 for the others.
    pub fn values_of_parameters(&self, parameters: &[f64]) -> Vec<f64> {
        let mut values = vec![0.0; self.nodes.len()];
        for (id, _) in self.nodes().filter(|(id, _)| self.dependence(*id) < Dependence::Variables) {
            values[id.index()] = self.value(id, &values, parameters, &[]);
        }
        values
    }

    /// The place of a node, which is made if it is not there.
    pub(super) fn insert(&mut self, node: Node) -> Id {
        if let Some(id) = self.places.get(&node) {
            return *id;
        }
        let dependence = match node {
            Node::Variable(_) => Dependence::Variables,
            Node::Parameter(_) => Dependence::Parameters,
            _ => node.operands().map(|operand| self.dependence(operand)).max().unwrap_or(Dependence::Nothing),
        };
        let id = Id(self.nodes.len() as u32);
        self.nodes.push(node);
        self.dependences.push(dependence);
        self.places.insert(node, id);
        id
    }

    /// A number.
    pub fn constant(&mut self, value: f64) -> Id {
        self.insert(Node::Constant(Number::new(value)))
    }

    /// The nodes that depend on variables and that `outputs` take, operands first.
    pub fn needed(&self, outputs: &[Id]) -> Vec<Id> {
        let mut needed = vec![false; self.nodes().len()];
        for output in outputs {
            needed[output.index()] = true;
        }
        for (id, node) in self.nodes().rev() {
            if needed[id.index()] {
                node.operands().for_each(|operand| needed[operand.index()] = true);
            }
        }
        let depends = |id: &Id| self.dependence(*id) == Dependence::Variables;
        self.nodes().map(|(id, _)| id).filter(|id| needed[id.index()]).filter(depends).collect()
    }
}
