//! Formulas as users write them, right and wrong, and at random.

mod derivatives;
mod expressions;
mod malformed;
mod print;
mod programs;

pub use derivatives::expressions;

use super::{Formula, Surface};
use std::sync::Arc;

/// The names x, y, … as a list.
fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

pub fn formula(loss: &str, variables: &[&str], parameters: &[&str]) -> Arc<Formula> {
    let formula = Formula::of_loss(loss, &names(variables), &names(parameters), &[]);
    Arc::new(formula.unwrap_or_else(|error| panic!("{error}")))
}

/// A loss of x and y without parameters.
fn surface(loss: &str) -> Surface {
    formula(loss, &["x", "y"], &[]).with(&[])
}
