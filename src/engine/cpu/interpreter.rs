//! Runs the program of a formula, one operation after the other over a whole tile.

use super::isa::Isa;
use super::real::Real;
use super::tile::{LANES, Row};
use crate::formula::{Function, Operand, Operation, Routine, Target};

/// Where an operand is.
#[derive(Clone, Copy)]
enum Place<R> {
    /// The same number for all walkers.
    Number(R),
    /// Row of a coordinate.
    Coordinate(usize),
    /// Row of a register.
    Register(usize),
}

/// Runs a routine on rows.
pub struct Interpreter<R> {
    isa: Isa,
    operations: Vec<(Operation<Place<R>>, Target)>,
    copies: Vec<(usize, Place<R>)>,
    registers: Vec<Box<Row<R>>>,
    /// Written by an operation, and then exchanged with its register, which it may read.
    spare: Box<Row<R>>,
}

impl<R: Real> Interpreter<R> {
    pub fn new(isa: Isa, routine: &Routine, uniforms: &[R]) -> Self {
        let allocated = routine.allocate();
        let place = |operand| match operand {
            Operand::Constant(number) => Place::Number(R::from_f64(number.value())),
            Operand::Uniform(k) => Place::Number(uniforms[k as usize]),
            Operand::Variable(i) => Place::Coordinate(i as usize),
            Operand::Value(k) => Place::Register(k as usize),
        };
        let row = || Box::new(Row::new(R::default()));
        Self {
            isa,
            operations: allocated
                .operations
                .iter()
                .map(|(operation, target)| (operation.map(place), *target))
                .collect(),
            copies: allocated.copies.iter().map(|(output, operand)| (*output as usize, place(*operand))).collect(),
            registers: (0..allocated.registers).map(|_| row()).collect(),
            spare: row(),
        }
    }

    /// The outputs at `x`, one row each.
    pub fn run(&mut self, x: &[Row<R>], outputs: &mut [Row<R>]) {
        self.isa.run(
            #[inline(always)]
            || {
                for (operation, target) in &self.operations {
                    match *target {
                        Target::Output(k) => apply(*operation, x, &self.registers, &mut outputs[k as usize]),
                        Target::Register(k) => {
                            apply(*operation, x, &self.registers, &mut self.spare);
                            std::mem::swap(&mut self.spare, &mut self.registers[k as usize]);
                        }
                    }
                }
                for (output, place) in &self.copies {
                    match *place {
                        Place::Number(number) => *outputs[*output] = [number; LANES],
                        Place::Coordinate(i) => *outputs[*output] = *x[i],
                        Place::Register(k) => *outputs[*output] = **self.registers[k],
                    }
                }
            },
        );
    }
}

/// A row, or the same number in all lanes.
trait Lanes<R>: Copy {
    fn at(self, lane: usize) -> R;
}

#[derive(Clone, Copy)]
struct Same<R>(R);

impl<R: Copy> Lanes<R> for Same<R> {
    #[inline(always)]
    fn at(self, _: usize) -> R {
        self.0
    }
}

impl<R: Copy> Lanes<R> for &Row<R> {
    #[inline(always)]
    fn at(self, lane: usize) -> R {
        self[lane]
    }
}

/// Either.
enum View<'v, R> {
    Same(Same<R>),
    Row(&'v Row<R>),
}

/// Writes `$value`, of the lanes of the places `$name`, to all lanes of `$out`: one loop for every
/// combination of rows and single numbers.
macro_rules! each {
    ($out:ident, $view:ident, |$lane:ident| $value:expr;) => {
        for $lane in 0..LANES {
            $out[$lane] = $value;
        }
    };
    ($out:ident, $view:ident, |$lane:ident| $value:expr; $name:ident $($rest:ident)*) => {
        match $view($name) {
            View::Same($name) => each!($out, $view, |$lane| $value; $($rest)*),
            View::Row($name) => each!($out, $view, |$lane| $value; $($rest)*),
        }
    };
}

#[inline(always)]
fn apply<R: Real>(operation: Operation<Place<R>>, x: &[Row<R>], registers: &[Box<Row<R>>], out: &mut Row<R>) {
    let view = |place| match place {
        Place::Number(number) => View::Same(Same(number)),
        Place::Coordinate(i) => View::Row(&x[i]),
        Place::Register(k) => View::Row(&*registers[k]),
    };
    match operation {
        Operation::Add(a, b) => each!(out, view, |l| a.at(l) + b.at(l); a b),
        Operation::Subtract(a, b) => each!(out, view, |l| a.at(l) - b.at(l); a b),
        Operation::Multiply(a, b) => each!(out, view, |l| a.at(l) * b.at(l); a b),
        Operation::Divide(a, b) => each!(out, view, |l| a.at(l) / b.at(l); a b),
        Operation::MultiplyAdd(a, b, c) => each!(out, view, |l| a.at(l).mul_add(b.at(l), c.at(l)); a b c),
        Operation::Apply(Function::Exp, a) => each!(out, view, |l| a.at(l).exponential(); a),
        Operation::Apply(Function::Log, a) => each!(out, view, |l| a.at(l).logarithm(); a),
        Operation::Apply(Function::Sqrt, a) => each!(out, view, |l| a.at(l).square_root(); a),
        Operation::Apply(Function::Sin, a) => each!(out, view, |l| a.at(l).sine(); a),
        Operation::Apply(Function::Cos, a) => each!(out, view, |l| a.at(l).cosine(); a),
        Operation::Apply(Function::Tanh, a) => each!(out, view, |l| a.at(l).hyperbolic_tangent(); a),
        Operation::Apply(Function::Abs, a) => each!(out, view, |l| a.at(l).modulus(); a),
        Operation::Apply(Function::Sign, a) => each!(out, view, |l| a.at(l).sign(); a),
        Operation::Apply(Function::LogSlope, a) => each!(out, view, |l| a.at(l).slope_of_logarithm(); a),
    }
}

#[cfg(test)]
mod tests;
