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
pub fn wgsl_functions() -> String {
    [EXP, LOG, LOG_SLOPE, SQRT, SINE_COSINE, TANH, UNDEFINED].concat()
}

impl Program {
    /// `gradient` and `loss` in WGSL, after the functions that they use. Uniform k is parameter
    /// `AT_LANDSCAPE + k`. The loss of a force is 0.
    pub fn wgsl(&self) -> String {
        let mut source = String::new();
        for text in self.functions() {
            source.push_str(text);
        }
        source.push_str("\nfn gradient(x: Vector) -> Vector {\n");
        values(&self.gradient, &mut source);
        source.push_str("    var g: Vector;\n");
        for (i, output) in self.gradient.outputs.iter().enumerate() {
            let _ = writeln!(source, "    g[{i}] = {};", text(*output));
        }
        source.push_str("    return g;\n}\n\nfn loss(x: Vector, g: Vector) -> f32 {\n");
        let mut level = "0.0".to_owned();
        if let Some(loss) = &self.loss {
            values(loss, &mut source);
            level = text(loss.outputs[0]);
        }
        let _ = writeln!(source, "    return {level};\n}}");
        source
    }

    /// The texts of the functions that are used, each once, in an order in which they can stand.
    fn functions(&self) -> impl Iterator<Item = &'static str> {
        let routines = [Some(&self.gradient), self.loss.as_ref()];
        let used = routines.into_iter().flatten().flat_map(Routine::functions);
        let files = used.flat_map(|function| match function {
            Function::Exp => vec![EXP],
            Function::Log => vec![UNDEFINED, LOG],
            Function::LogSlope => vec![UNDEFINED, LOG_SLOPE],
            Function::Sqrt => vec![UNDEFINED, SQRT],
            Function::Sin | Function::Cos => vec![UNDEFINED, SINE_COSINE],
            Function::Tanh => vec![EXP, TANH],
            Function::Abs | Function::Sign => vec![],
        });
        files.collect::<BTreeSet<_>>().into_iter()
    }
}

/// The operations of a routine, a line each.
fn values(routine: &Routine, source: &mut String) {
    for (k, operation) in routine.operations.iter().enumerate() {
        let value = match operation.map(text) {
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

fn text(operand: Operand) -> String {
    match operand {
        // A number beyond the range of f32 is its largest.
        Operand::Constant(number) => format!("({:?})", (number.value() as f32).clamp(f32::MIN, f32::MAX)),
        Operand::Uniform(k) => format!("parameter(AT_LANDSCAPE + {k}u)"),
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
