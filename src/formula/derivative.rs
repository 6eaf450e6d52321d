//! Derivatives of expressions, as expressions: the chain rule from an output back to the variables
//! (reverse accumulation), so that all of a gradient costs a few times what the loss does.

use super::{Dependence, Function, Graph, Id, Node};

impl Graph {
    /// The derivatives of `output` by x_0, …, x_(dimension − 1).
    pub fn gradient(&mut self, output: Id, dimension: usize) -> Vec<Id> {
        let mut gradient = vec![self.constant(0.0); dimension];
        // Derivative of the output by each node.
        let mut adjoints: Vec<Option<Id>> = vec![None; output.index() + 1];
        adjoints[output.index()] = Some(self.constant(1.0));
        let nodes: Vec<_> = self.nodes().take(output.index() + 1).collect();
        for (id, node) in nodes.into_iter().rev() {
            let Some(adjoint) = adjoints[id.index()] else { continue };
            match node {
                Node::Constant(_) | Node::Parameter(_) => {}
                Node::Variable(i) => gradient[i as usize] = adjoint,
                Node::Add(a, b) => {
                    self.pass(&mut adjoints, a, adjoint);
                    self.pass(&mut adjoints, b, adjoint);
                }
                Node::Multiply(a, b) => {
                    let (by_a, by_b) = (self.multiply(adjoint, b), self.multiply(adjoint, a));
                    self.pass(&mut adjoints, a, by_a);
                    self.pass(&mut adjoints, b, by_b);
                }
                Node::Power(a, n) => {
                    let (factor, power) = (self.constant(f64::from(n)), self.power(a, n - 1));
                    let derivative = self.multiply(factor, power);
                    let by_a = self.multiply(adjoint, derivative);
                    self.pass(&mut adjoints, a, by_a);
                }
                Node::Apply(function, a) => {
                    let derivative = self.derivative(function, a, id);
                    let by_a = self.multiply(adjoint, derivative);
                    self.pass(&mut adjoints, a, by_a);
                }
            }
        }
        gradient
    }

    /// Adds `part` to the adjoint of an operand, if it depends on variables.
    fn pass(&mut self, adjoints: &mut [Option<Id>], operand: Id, part: Id) {
        if self.dependence(operand) == Dependence::Variables {
            let adjoint = &mut adjoints[operand.index()];
            *adjoint = Some(adjoint.map_or(part, |sum| self.add(sum, part)));
        }
    }

    /// f'(u), where `value` is f(u).
    fn derivative(&mut self, function: Function, u: Id, value: Id) -> Id {
        match function {
            Function::Exp => value,
            Function::Log => self.apply(Function::LogSlope, u),
            Function::Sqrt => {
                let (half, reciprocal) = (self.constant(0.5), self.power(value, -1));
                self.multiply(half, reciprocal)
            }
            Function::Sin => self.apply(Function::Cos, u),
            Function::Cos => {
                let sine = self.apply(Function::Sin, u);
                self.negate(sine)
            }
            Function::Tanh => {
                let (one, square) = (self.constant(1.0), self.power(value, 2));
                self.subtract(one, square)
            }
            Function::Abs => self.apply(Function::Sign, u),
            Function::Sign => self.constant(0.0),
            Function::LogSlope => {
                let square = self.power(value, 2);
                self.negate(square)
            }
        }
    }
}
