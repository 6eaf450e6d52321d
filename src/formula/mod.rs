//! Formulas: a loss or a force as a user writes it, its derivatives, and the programs that both engines
//! run it as.
//!
//! ```text
//! text ──parse──▶ Graph ──gradient──▶ Formula ──with parameters──▶ Surface: f64, for theory
//!                                        └──────▶ Program ──▶ WGSL, rows of the CPU engine
//! ```
//!
//! An [`Observable`] is an expression of the state that is binned: its value alone, as a program.
//!
//! A formula has the operators `+ - * / ^` (a power binds tighter than a sign, and to the right), the
//! functions of [`Function::WRITTEN`], `pi` and `e`. |u| counts as having slope 0 at u = 0. A power that is
//! not a whole or half number, written so or by the values of parameters, takes a positive base.

mod algebra;
mod derivative;
mod elementary;
mod error;
mod function;
mod graph;
mod observable;
mod parse;
mod program;
mod routine;
mod surface;
mod token;
mod wgsl;

#[cfg(test)]
pub(crate) mod tests;

pub use elementary::Elementary;
pub use error::FormulaError;
pub use function::Function;
pub use graph::{Dependence, Graph, Id, Node, Number};
pub use observable::Observable;
pub use parse::Names;
pub use program::Program;
pub use routine::{Operand, Operation, Routine, Target};
pub use surface::{Formula, Surface, number, unfit_name};
pub use wgsl::{all_functions, functions};
