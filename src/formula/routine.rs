//! Straight-line programs: operations in the order in which they are done.

use super::{Function, Number};

/// Where an operand is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operand {
    /// In the program.
    Constant(Number),
    /// Uniform k, a number of the cell.
    Uniform(u32),
    /// x_i.
    Variable(u32),
    /// The value of operation k.
    Value(u32),
}

impl Operand {
    /// The number of the operation whose value it is.
    fn value(self) -> Option<usize> {
        match self {
            Self::Value(k) => Some(k as usize),
            Self::Constant(_) | Self::Uniform(_) | Self::Variable(_) => None,
        }
    }
}

/// One operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation<O> {
    /// a + b.
    Add(O, O),
    /// a − b.
    Subtract(O, O),
    /// a · b.
    Multiply(O, O),
    /// a / b.
    Divide(O, O),
    /// a · b + c, rounded once.
    MultiplyAdd(O, O, O),
    /// f(a).
    Apply(Function, O),
}

impl<O: Copy> Operation<O> {
    /// The same operation on what `f` makes of its operands, taken from left to right.
    pub fn map<P>(self, mut f: impl FnMut(O) -> P) -> Operation<P> {
        match self {
            Self::Add(a, b) => Operation::Add(f(a), f(b)),
            Self::Subtract(a, b) => Operation::Subtract(f(a), f(b)),
            Self::Multiply(a, b) => Operation::Multiply(f(a), f(b)),
            Self::Divide(a, b) => Operation::Divide(f(a), f(b)),
            Self::MultiplyAdd(a, b, c) => Operation::MultiplyAdd(f(a), f(b), f(c)),
            Self::Apply(function, a) => Operation::Apply(function, f(a)),
        }
    }
}

/// Operations, and which operands are the outputs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Routine {
    /// The operations.
    pub operations: Vec<Operation<Operand>>,
    /// The outputs.
    pub outputs: Vec<Operand>,
}

impl Routine {
    /// The functions that it uses, each once.
    pub fn functions(&self) -> impl Iterator<Item = Function> {
        let used = self.operations.iter().filter_map(|operation| match operation {
            Operation::Apply(function, _) => Some(*function),
            _ => None,
        });
        used.collect::<std::collections::BTreeSet<_>>().into_iter()
    }
}

/// Where a value is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Register k.
    Register(u32),
    /// Output k.
    Output(u32),
}

/// A routine whose values share registers: [`Operand::Value`] is the number of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocated {
    /// The operations, and where their values go. That may be a register which the operation reads.
    pub operations: Vec<(Operation<Operand>, Target)>,
    /// Outputs that no operation writes, and what they are copies of.
    pub copies: Vec<(u32, Operand)>,
    /// Number of registers.
    pub registers: usize,
}

impl Routine {
    /// Gives every value a register from its operation to the last that takes it (linear scan; Poletto
    /// and Sarkar, 1999). What is an output and nothing else goes there at once.
    pub fn allocate(&self) -> Allocated {
        let end = self.operations.len();
        let mut last_use = vec![0; end];
        for (at, operation) in self.operations.iter().enumerate() {
            operation.map(|operand| operand.value().map(|k| last_use[k] = at));
        }
        let mut outputs_of = vec![Vec::new(); end];
        let mut copies = Vec::new();
        for (output, operand) in (0..).zip(&self.outputs) {
            match operand.value() {
                Some(k) => outputs_of[k].push(output),
                None => copies.push((output, *operand)),
            }
        }
        let (mut free, mut registers) = (Vec::new(), 0);
        let mut place = vec![0; end];
        let mut operations = Vec::with_capacity(end);
        for (at, operation) in self.operations.iter().enumerate() {
            let read = operation.map(|operand| operand.value().map_or(operand, |k| Operand::Value(place[k])));
            operation.map(|operand| {
                let Some(k) = operand.value() else { return };
                if last_use[k] == at && outputs_of[k].is_empty() && !free.contains(&place[k]) {
                    free.push(place[k]);
                }
            });
            let target = match outputs_of[at][..] {
                [output] if last_use[at] <= at => Target::Output(output),
                _ => {
                    place[at] = free.pop().unwrap_or_else(|| {
                        registers += 1;
                        registers - 1
                    });
                    copies.extend(outputs_of[at].iter().map(|output| (*output, Operand::Value(place[at]))));
                    Target::Register(place[at])
                }
            };
            operations.push((read, target));
        }
        Allocated { operations, copies, registers: registers as usize }
    }
}
