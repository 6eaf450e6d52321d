//! A program as a stage of the GPU engine, of the form of `shaders/landscape/`.

use super::{Function, Operand, Operation, Program, Routine};
use std::collections::BTreeSet;
use std::fmt::Write;

const EXP: &str = include_str!("../../shaders/formula/exp.wgsl");
const LOG: &str = include_str!("../../shaders/formula/log.wgsl");
const LOG_SLOPE: &str = include_str!("../../shaders/formula/log_slope.wgsl");
const SQRT: &str = include_str!("../../shaders/formula/sqrt.wgsl");
const SINE_COSINE: &str = include_str!("../../shaders/formula/sine_cosine.wgsl");
const TANH: &str = include_str!("../../shaders/formula/tanh.wgsl");
const UNDEFINED: &str = include_str!("../../shaders/formula/undefined.wgsl");

/// All functions in WGSL, for a probe of them.
pub fn all_functions() -> String {
    [EXP, LOG, LOG_SLOPE, SQRT, SINE_COSINE, TANH, UNDEFINED].concat()
}

/// The functions in WGSL that routines use, each once, in an order in which they can stand.
pub fn functions<'r>(
    routines: impl IntoIterator<Item = &'r Routine>,
    others: impl IntoIterator<Item = Function>,
) -> String {
    let used = routines.into_iter().flat_map(Routine::functions).chain(others);
    let files = used.flat_map(|function| match function {
        Function::Exp => vec![EXP],
        Function::Log => vec![UNDEFINED, LOG],
        Function::LogSlope => vec![UNDEFINED, LOG_SLOPE],
        Function::Sqrt => vec![UNDEFINED, SQRT],
        Function::Sin | Function::Cos => vec![UNDEFINED, SINE_COSINE],
        Function::Tanh => vec![EXP, TANH],
        Function::Abs | Function::Sign => vec![],
    });
    files.collect::<BTreeSet<_>>().into_iter().collect()
}

impl Program {
    /// Its routines.
    pub fn routines(&self) -> impl Iterator<Item = &Routine> {
        std::iter::once(&self.gradient).chain(&self.loss).chain(&self.hessian_product)
    }

    /// `gradient`, `loss` and, where there is one, `hessian_product` in WGSL, to stand after the [`functions`] that
    /// they use. Uniform k is parameter `AT_LANDSCAPE + k`. The loss of a force is 0.
    pub fn wgsl(&self) -> String {
        let uniform = |k: u32| format!("parameter(AT_LANDSCAPE + {k}u)");
        let mut source = String::new();
        source.push_str("fn gradient(x: Vector) -> Vector {\n");
        vector(&self.gradient, &uniform, &mut source);
        if let Some(product) = &self.hessian_product {
            // The variables after x are u.
            source.push_str("\nfn hessian_product(at: Vector, u: Vector) -> Vector {\n");
            source.push_str("    var x: array<f32, 2u * DIMENSION>;\n    for (var i = 0u; i < DIMENSION; i++) {\n");
            source.push_str("        x[i] = at[i];\n        x[DIMENSION + i] = u[i];\n    }\n");
            vector(product, &uniform, &mut source);
        }
        source.push_str("\nfn loss(x: Vector, g: Vector) -> f32 {\n");
        let mut level = "0.0".to_owned();
        if let Some(loss) = &self.loss {
            values(loss, &uniform, &mut source);
            level = text(loss.outputs[0], &uniform);
        }
        let _ = writeln!(source, "    return {level};\n}}");
        source
    }
}

impl Routine {
    /// In WGSL the function `name` of the state, whose value is the one output; `uniform` gives the text of uniform k.
    pub fn wgsl(&self, name: &str, uniform: impl Fn(u32) -> String) -> String {
        let mut source = format!("fn {name}(x: Vector) -> f32 {{\n");
        values(self, &uniform, &mut source);
        let _ = writeln!(source, "    return {};\n}}", text(self.outputs[0], &uniform));
        source
    }
}

/// The operations of a routine, and its outputs as a vector, to the end of the function.
fn vector(routine: &Routine, uniform: &dyn Fn(u32) -> String, source: &mut String) {
    values(routine, uniform, source);
    source.push_str("    var g: Vector;\n");
    for (i, output) in routine.outputs.iter().enumerate() {
        let _ = writeln!(source, "    g[{i}] = {};", text(*output, uniform));
    }
    source.push_str("    return g;\n}\n");
}

/// The operations of a routine, a line each.
fn values(routine: &Routine, uniform: &dyn Fn(u32) -> String, source: &mut String) {
    for (k, operation) in routine.operations.iter().enumerate() {
        let value = match operation.map(|operand| text(operand, uniform)) {
            Operation::Add(a, b) => format!("{a} + {b}"),
            Operation::Subtract(a, b) => format!("{a} - {b}"),
            Operation::Multiply(a, b) => format!("{a} * {b}"),
            Operation::Divide(a, b) => format!("{a} / {b}"),
            Operation::MultiplyAdd(a, b, c) => format!("fma({a}, {b}, {c})"),
            Operation::Apply(function, a) => format!("{}({a})", name(function)),
        };
        let _ = writeln!(source, "    let v{k} = {value};");
    }
}

fn text(operand: Operand, uniform: &dyn Fn(u32) -> String) -> String {
    match operand {
        // A number beyond the range of f32 is its largest.
        Operand::Constant(number) => format!("({:?})", (number.value() as f32).clamp(f32::MIN, f32::MAX)),
        Operand::Uniform(k) => uniform(k),
        Operand::Variable(i) => format!("x[{i}]"),
        Operand::Value(k) => format!("v{k}"),
    }
}

fn name(function: Function) -> &'static str {
    match function {
        Function::Exp => "exponential",
        Function::Log => "logarithm",
        Function::Sqrt => "square_root",
        Function::Sin => "sine",
        Function::Cos => "cosine",
        Function::Tanh => "hyperbolic_tangent",
        Function::Abs => "abs",
        Function::Sign => "sign",
        Function::LogSlope => "slope_of_logarithm",
    }
}
