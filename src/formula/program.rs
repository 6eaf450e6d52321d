//! A formula as straight-line programs that both engines run, so that both compute the same.
//!
//! What depends on parameters alone is taken out of the programs: its values, worked out once in f64, are
//! the numbers of a cell's record, the *uniforms*. In what is left, a product and the sum it goes into are
//! one multiply-add, rounded once; whole powers are products; and a product with a reciprocal that nothing
//! else takes is a division.

use super::routine::{Operand, Operation, Routine};
use super::{Dependence, Formula, Graph, Id, Node, Number};
use std::collections::HashMap;
use std::sync::Arc;

/// The programs of a formula. Equal ones run in one kernel.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Program {
    /// ∇L, or minus the force: d outputs.
    pub gradient: Routine,
    /// L: one output; none where only a force is given.
    pub loss: Option<Routine>,
    /// H(x) u, where it is asked for: d outputs, of the variables x_0 … x_{d−1} and then u_0 … u_{d−1}.
    pub hessian_product: Option<Routine>,
    /// Number of uniforms.
    pub uniforms: usize,
}

/// How the uniforms of a program come from parameters.
#[derive(Clone, Debug)]
pub struct Uniforms {
    formula: Arc<Formula>,
    nodes: Vec<Id>,
}

impl Uniforms {
    /// Their values, in the order in which programs name them.
    pub fn values(&self, parameters: &[f64]) -> Vec<f64> {
        let values = self.formula.graph().values_of_parameters(parameters);
        self.nodes.iter().map(|id| values[id.index()]).collect()
    }
}

impl Formula {
    /// The programs, with that of `curvature` where it is wanted, and the uniforms that they take.
    pub fn programs(self: &Arc<Self>, curvature: bool) -> (Program, Uniforms) {
        let formula = if curvature { Arc::new(self.with_hessian_product()) } else { Arc::clone(self) };
        let mut nodes = Vec::new();
        let gradient = Compiler::new(formula.graph(), &mut nodes).routine(formula.gradient());
        let loss = formula.loss().map(|loss| Compiler::new(formula.graph(), &mut nodes).routine(&[loss]));
        let product = formula.hessian_product();
        let hessian_product = curvature.then(|| Compiler::new(formula.graph(), &mut nodes).routine(product));
        let program = Program { gradient, loss, hessian_product, uniforms: nodes.len() };
        (program, Uniforms { formula, nodes })
    }
}

/// Writes one routine.
pub(super) struct Compiler<'c> {
    graph: &'c Graph,
    uniforms: &'c mut Vec<Id>,
    routine: Routine,
    /// Where the values of nodes are.
    operands: HashMap<Id, Operand>,
    /// Where their powers are.
    powers: HashMap<(Operand, u32), Operand>,
}

/// How the value of a node comes about.
#[derive(Clone, Copy)]
enum Recipe {
    Operation(Operation<Id>),
    /// aⁿ, n > 1.
    Power(Id, u32),
    /// 1/aⁿ, n > 0.
    Reciprocal(Id, u32),
    /// a/bⁿ, n > 0.
    Quotient(Id, Id, u32),
}

impl<'c> Compiler<'c> {
    pub(super) fn new(graph: &'c Graph, uniforms: &'c mut Vec<Id>) -> Self {
        let (operands, powers) = (HashMap::new(), HashMap::new());
        Self { graph, uniforms, routine: Routine::default(), operands, powers }
    }

    pub(super) fn routine(mut self, outputs: &[Id]) -> Routine {
        let needed = self.graph.needed(outputs);
        let uses = self.uses(&needed, outputs);
        let mut wanted = vec![false; self.graph.nodes().len()];
        for output in outputs {
            wanted[output.index()] = true;
        }
        let mut recipes = Vec::new();
        for id in needed.into_iter().rev().filter(|id| !matches!(self.graph.node(*id), Node::Variable(_))) {
            if wanted[id.index()] {
                let recipe = self.recipe(id, &uses);
                recipe.operands().into_iter().flatten().for_each(|operand| wanted[operand.index()] = true);
                recipes.push((id, recipe));
            }
        }
        for (id, recipe) in recipes.into_iter().rev() {
            let operand = self.write(recipe);
            self.operands.insert(id, operand);
        }
        self.routine.outputs = outputs.iter().map(|output| self.operand(*output)).collect();
        self.routine
    }

    /// How often the nodes are operands or outputs.
    fn uses(&self, needed: &[Id], outputs: &[Id]) -> Vec<u32> {
        let mut uses = vec![0; self.graph.nodes().len()];
        let operands = needed.iter().flat_map(|id| self.graph.node(*id).operands());
        for id in operands.chain(outputs.iter().copied()) {
            uses[id.index()] += 1;
        }
        uses
    }

    /// The recipe of a node that depends on variables, and is none itself.
    fn recipe(&self, id: Id, uses: &[u32]) -> Recipe {
        let depends = |id: Id| self.graph.dependence(id) == Dependence::Variables;
        let once = |id: Id| uses[id.index()] == 1;
        match self.graph.node(id) {
            Node::Add(a, b) => {
                // Of two products, the one that nothing else takes.
                let (a, b) = if once(a) && !once(b) { (b, a) } else { (a, b) };
                for (sum, product) in [(a, b), (b, a)] {
                    if let Node::Multiply(c, d) = self.graph.node(product)
                        && depends(product)
                    {
                        return Recipe::Operation(match self.graph.number(c) {
                            Some(-1.0) => Operation::Subtract(sum, d),
                            _ => Operation::MultiplyAdd(c, d, sum),
                        });
                    }
                }
                Recipe::Operation(Operation::Add(a, b))
            }
            Node::Multiply(a, b) => {
                for (factor, reciprocal) in [(a, b), (b, a)] {
                    match self.graph.node(reciprocal) {
                        Node::Power(base, n) if n < 0 && once(reciprocal) && depends(reciprocal) => {
                            return Recipe::Quotient(factor, base, n.unsigned_abs());
                        }
                        _ => {}
                    }
                }
                Recipe::Operation(Operation::Multiply(a, b))
            }
            Node::Power(a, n) if n < 0 => Recipe::Reciprocal(a, n.unsigned_abs()),
            Node::Power(a, n) => Recipe::Power(a, n.unsigned_abs()),
            Node::Apply(function, a) => Recipe::Operation(Operation::Apply(function, a)),
            Node::Constant(_) | Node::Parameter(_) | Node::Variable(_) => Recipe::Power(id, 1),
        }
    }

    /// Appends what the recipe asks for.
    fn write(&mut self, recipe: Recipe) -> Operand {
        match recipe {
            Recipe::Operation(operation) => {
                let operation = operation.map(|id| self.operand(id));
                self.push(operation)
            }
            Recipe::Power(a, n) => {
                let base = self.operand(a);
                self.power(base, n)
            }
            Recipe::Reciprocal(a, n) => {
                let base = self.operand(a);
                let power = self.power(base, n);
                self.push(Operation::Divide(Operand::Constant(Number::new(1.0)), power))
            }
            Recipe::Quotient(a, b, n) => {
                let (factor, base) = (self.operand(a), self.operand(b));
                let power = self.power(base, n);
                self.push(Operation::Divide(factor, power))
            }
        }
    }

    fn push(&mut self, operation: Operation<Operand>) -> Operand {
        self.routine.operations.push(operation);
        Operand::Value(self.routine.operations.len() as u32 - 1)
    }

    /// baseⁿ by squaring: at most 2 log₂ n products.
    fn power(&mut self, base: Operand, n: u32) -> Operand {
        if n == 1 {
            return base;
        }
        if let Some(power) = self.powers.get(&(base, n)) {
            return *power;
        }
        let half = self.power(base, n / 2);
        let operation = match n % 2 {
            0 => Operation::Multiply(half, half),
            _ => {
                let even = self.power(base, n - 1);
                Operation::Multiply(even, base)
            }
        };
        let power = self.push(operation);
        self.powers.insert((base, n), power);
        power
    }

    /// The operand that has the value of a node, which has been written.
    fn operand(&mut self, id: Id) -> Operand {
        match self.graph.node(id) {
            Node::Constant(number) => Operand::Constant(number),
            Node::Variable(i) => Operand::Variable(i),
            _ => match self.operands.get(&id) {
                Some(operand) => *operand,
                None => {
                    let place = self.uniforms.iter().position(|uniform| *uniform == id);
                    let place = place.unwrap_or(self.uniforms.len());
                    if place == self.uniforms.len() {
                        self.uniforms.push(id);
                    }
                    let operand = Operand::Uniform(place as u32);
                    self.operands.insert(id, operand);
                    operand
                }
            },
        }
    }
}

impl Recipe {
    fn operands(self) -> [Option<Id>; 3] {
        match self {
            Self::Operation(operation) => {
                let mut operands = [None; 3];
                let mut place = operands.iter_mut();
                operation.map(|id| place.next().map(|place| *place = Some(id)));
                operands
            }
            Self::Power(a, _) | Self::Reciprocal(a, _) => [Some(a), None, None],
            Self::Quotient(a, b, _) => [Some(a), Some(b), None],
        }
    }
}
