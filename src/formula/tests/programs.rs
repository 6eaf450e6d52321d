//! The programs of formulas: what they cost, and that their WGSL is valid.

use super::super::{Formula, Operation, Program, functions};
use super::{expressions, formula, names};
use naga::valid::{Capabilities, ValidationFlags, Validator};
use proptest::prelude::*;
use std::sync::Arc;

/// What the frame defines for a landscape, and a use of it.
const FRAME: &str = "
const DIMENSION: u32 = 2u;
alias Vector = array<f32, DIMENSION>;
const AT_LANDSCAPE: u32 = 3u;
var<private> registers: array<f32, 64>;
fn parameter(i: u32) -> f32 { return registers[i]; }
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(1) fn main() {
    var x: Vector;
    x[0] = out[0];
    let g = gradient(x);
    out[0] = g[0] + g[1] + loss(x, g);
}
";

fn check(program: &Program) -> Result<String, String> {
    let source = format!("{FRAME}{}{}", functions(program.routines(), []), program.wgsl());
    let module = naga::front::wgsl::parse_str(&source).map_err(|e| e.emit_to_string(&source))?;
    let mut validator = Validator::new(ValidationFlags::all(), Capabilities::empty());
    validator.validate(&module).map_err(|e| e.emit_to_string(&source))?;
    Ok(source)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(200) })]

    #[test]
    fn wgsl_is_valid(text in expressions()) {
        let (program, _) = formula(&text, &["x", "y"], &[]).programs(false);
        let checked = check(&program);
        prop_assert!(checked.is_ok(), "{text}: {}", checked.unwrap_err());
    }
}

/// Every function is defined where it is used, with what it takes, once, and where it is not used not.
#[test]
fn wgsl_has_the_functions_that_are_used() {
    let defined = |text: &str| {
        let (program, _) = formula(text, &["x", "y"], &["k"]).programs(false);
        let source = check(&program).unwrap_or_else(|error| panic!("{text}: {error}"));
        let of_functions = source.lines().filter_map(|line| line.strip_prefix("fn ")?.split_once('('));
        let all: Vec<_> = of_functions.map(|(name, _)| name.to_owned()).collect();
        all.into_iter().filter(|name| !["parameter", "main", "gradient", "loss"].contains(&name.as_str())).collect()
    };
    let none: Vec<String> = defined("x^2*y/k + abs(x) + 1e300 + 1e-300*x + 1e40*y");
    assert!(none.is_empty(), "{none:?}");
    let mut log: Vec<String> = defined("log(x) + x^k");
    log.sort();
    assert_eq!(log, ["exponential", "logarithm", "slope_of_logarithm", "undefined"]);
    let mut all: Vec<String> = defined("exp(x) + tanh(x) + sin(y) + cos(y) + sqrt(x) + log(y)");
    all.sort();
    let expected = [
        "cosine",
        "exponential",
        "hyperbolic_tangent",
        "logarithm",
        "sine",
        "sine_after",
        "slope_of_logarithm",
        "square_root",
        "undefined",
    ];
    assert_eq!(all, expected);
}

#[test]
fn a_program_is_short() {
    let (program, uniforms) = formula("h*((x/a)^2 - 1)^2 + k*y^2/2", &["x", "y"], &["h", "a", "k"]).programs(false);
    let multiply_adds = program.gradient.operations.iter().filter(|o| matches!(o, Operation::MultiplyAdd(..)));
    assert_eq!((program.gradient.operations.len(), multiply_adds.count()), (5, 1), "{:?}", program.gradient);
    assert_eq!(program.loss.as_ref().map(|loss| loss.operations.len()), Some(6), "{:?}", program.loss);
    assert!(program.gradient.allocate().registers <= 2);
    // 1/a², 4 h/a², k, h, k/2.
    let mut numbers = uniforms.values(&[3.0, 2.0, 5.0]);
    numbers.sort_by(f64::total_cmp);
    assert_eq!((program.uniforms, numbers), (5, vec![0.25, 2.5, 3.0, 3.0, 5.0]));
}

/// A power that is whole or half by the values of parameters is no exponential, and takes the base that it takes.
#[test]
fn powers_by_parameters_are_whole_or_half_where_their_values_are() {
    let program = |text: &str, values: &[f64]| {
        let formula = Formula::of_loss(text, &names(&["x", "y"]), &names(&["p", "q"]), values);
        Arc::new(formula.expect("a formula")).programs(false).0
    };
    for (value, written) in [(2.0, "x^2"), (1.0, "x"), (0.0, "1"), (-3.0, "x^(-3)"), (1.5, "x^1.5"), (-0.5, "x^-0.5")] {
        assert_eq!(program("x^p", &[value, 0.25]), program(written, &[]), "p = {value}");
        assert_eq!(program("x^(p + 2*q - 0.5)", &[value, 0.25]), program(written, &[]), "p = {value}");
    }
    let general = program("x^p", &[]);
    assert_eq!(program("x^p", &[2.2, 0.0]), general);
    assert_ne!(program("x^p", &[2.0, 0.0]), general);
}

/// Cells that differ in parameters share a program.
#[test]
fn programs_do_not_depend_on_the_values_of_parameters() {
    let program = |text| formula(text, &["x", "y"], &["h"]).programs(false).0;
    assert_eq!(program("h*x^2 + y"), program("h * x^2+y"));
    assert_ne!(program("h*x^2 + y"), program("h*x^2 + 2*y"));
}

#[test]
fn a_force_has_a_program_without_a_loss() {
    let force =
        Formula::of_force(&names(&["-x + k*y", "-y^3"]), &names(&["x", "y"]), &names(&["k"]), &[]).expect("a force");
    let force = Arc::new(force);
    assert_eq!(force.with(&[2.0]).gradient(&[1.0, 2.0]), [-3.0, 8.0]);
    assert_eq!(force.with(&[2.0]).hessian(&[1.0, 2.0]), [1.0, -2.0, 0.0, 12.0]);
    let (program, _) = force.programs(false);
    assert!(program.loss.is_none() && check(&program).is_ok());
    let (place, error) = Formula::of_force(&names(&["x", "z"]), &names(&["x", "y"]), &[], &[]).expect_err("no z");
    assert_eq!((place, error.at), (1, 0));
}
