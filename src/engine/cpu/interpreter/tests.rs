//! Programs on tiles against the same operations lane by lane, and against the graph in f64.

use super::{LANES, Row};
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::{Formula, Landscape};
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::rows;
use crate::formula::tests::{expressions, formula};
use crate::formula::{Function, Operand, Operation, Routine};
use proptest::prelude::*;

/// Positions of the walkers of a tile, between −1 and 1.
fn positions<R: Real>() -> Vec<Row<R>> {
    let along = |f: fn(f64) -> f64| {
        let mut row = Row::new(R::default());
        for (lane, x) in row.iter_mut().enumerate() {
            *x = R::from_f64(f(lane as f64));
        }
        row
    };
    vec![along(|lane| lane / 256.0 - 0.998), along(|lane| (0.1 + 0.618 * lane).fract() * 2.0 - 1.0)]
}

/// The outputs of a routine, every value kept.
fn outputs<R: Real>(routine: &Routine, uniforms: &[R], x: &[R]) -> Vec<R> {
    let mut values: Vec<R> = Vec::new();
    let operand = |values: &[R], operand| match operand {
        Operand::Constant(number) => R::from_f64(number.value()),
        Operand::Uniform(k) => uniforms[k as usize],
        Operand::Variable(i) => x[i as usize],
        Operand::Value(k) => values[k as usize],
    };
    for operation in &routine.operations {
        let value = match operation.map(|o| operand(&values, o)) {
            Operation::Add(a, b) => a + b,
            Operation::Subtract(a, b) => a - b,
            Operation::Multiply(a, b) => a * b,
            Operation::Divide(a, b) => a / b,
            Operation::MultiplyAdd(a, b, c) => a.mul_add(b, c),
            Operation::Apply(Function::Exp, a) => a.exponential(),
            Operation::Apply(Function::Log, a) => a.logarithm(),
            Operation::Apply(Function::Sqrt, a) => a.square_root(),
            Operation::Apply(Function::Sin, a) => a.sine(),
            Operation::Apply(Function::Cos, a) => a.cosine(),
            Operation::Apply(Function::Tanh, a) => a.hyperbolic_tangent(),
            Operation::Apply(Function::Abs, a) => a.modulus(),
            Operation::Apply(Function::Sign, a) => a.sign(),
            Operation::Apply(Function::LogSlope, a) => a.slope_of_logarithm(),
        };
        values.push(value);
    }
    routine.outputs.iter().map(|o| operand(&values, *o)).collect()
}

/// Loss and gradient of every walker on a tile, and lane by lane.
fn both<R: Real>(text: &str, parameters: &[(&str, f64)]) -> Vec<[Vec<R>; 2]> {
    let (names, values): (Vec<&str>, Vec<f64>) = parameters.iter().copied().unzip();
    let (program, uniforms) = formula(text, &["x", "y"], &names).programs(false);
    let uniforms: Vec<R> = uniforms.values(&values).into_iter().map(R::from_f64).collect();
    let x = positions::<R>();
    let (mut g, mut loss) = (rows(2), Row::new(R::default()));
    let mut stage = Formula::new(Isa::available()[0], &program, &uniforms);
    // Twice, as registers keep what was in them.
    for _ in 0..2 {
        stage.gradient(&x, &mut g);
        stage.loss(&x, &mut loss);
    }
    let loss_routine = program.loss.as_ref().expect("a loss");
    (0..LANES)
        .map(|lane| {
            let at = [x[0][lane], x[1][lane]];
            let alone = [outputs(loss_routine, &uniforms, &at), outputs(&program.gradient, &uniforms, &at)].concat();
            [vec![loss[lane], g[0][lane], g[1][lane]], alone]
        })
        .collect()
}

/// On all lanes the same bits, or neither a number.
fn same_bits<R: Real>(text: &str) -> bool {
    let same = |(a, b): (&R, &R)| {
        let (a, b) = (a.to_f64(), b.to_f64());
        a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
    };
    both::<R>(text, &[]).iter().all(|[tile, alone]| tile.iter().zip(alone).all(same))
}

/// Largest distance of loss and gradient from those of the graph, relative to their size if that is
/// above 1.
fn distance<R: Real>(text: &str, parameters: &[(&str, f64)]) -> f64 {
    let (names, values): (Vec<&str>, Vec<f64>) = parameters.iter().copied().unzip();
    let surface = formula(text, &["x", "y"], &names).with(&values);
    let x = positions::<R>();
    let mut worst = 0_f64;
    for (lane, [tile, _]) in both::<R>(text, parameters).iter().enumerate() {
        let at = [x[0][lane].to_f64(), x[1][lane].to_f64()];
        let exact = [vec![surface.loss(&at)], surface.gradient(&at)].concat();
        for (found, exact) in tile.iter().zip(exact) {
            let size = exact.abs().max(1.0);
            if size < 1e9 {
                worst = worst.max((found.to_f64() - exact).abs() / size);
            }
        }
    }
    worst
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn tiles_hold_what_the_program_says(text in expressions()) {
        prop_assert!(same_bits::<f32>(&text), "f32: {text}");
        prop_assert!(same_bits::<f64>(&text), "f64: {text}");
    }

    #[test]
    fn programs_compute_their_formula(text in expressions()) {
        let distance = distance::<f64>(&text, &[]);
        prop_assert!(distance < 1e-9, "{distance:e}: {text}");
    }
}

#[test]
fn single_precision_is_near() {
    let parameters = [("h", 0.7), ("a", 1.3), ("k", 2.0), ("p", 2.5)];
    for text in [
        "h*((x/a)^2 - 1)^2 + k*y^2/2",
        "k*(1 - cos(3*x)) + h*sin(x*y)",
        "h*exp(-(x^2 + y^2)/a) + log(1 + k*x^2)",
        "h*tanh(k*x) + sqrt(a + y^2)",
        "x^4/(1 + y^2)^3 + abs(x - y)",
        "(2 + x)^p + k/(3 + y)",
        "3",
        "x + h",
    ] {
        let distance = distance::<f32>(text, &parameters);
        assert!(distance < 3e-6, "{distance:e}: {text}");
    }
}

/// Powers of a scaled coordinate are within f32 where those of the scale, and of the coordinate, are not.
#[test]
fn high_powers_of_scaled_coordinates_are_near() {
    for (text, parameters) in
        [("(x/2e4)^12 + (y/1e-4)^12", &[][..]), ("(x/a)^12 + (y/b)^12", &[("a", 2e4), ("b", 1e-4)])]
    {
        let (names, values): (Vec<&str>, Vec<f64>) = parameters.iter().copied().unzip();
        let (program, uniforms) = formula(text, &["x", "y"], &names).programs(false);
        let uniforms: Vec<f32> = uniforms.values(&values).into_iter().map(|value| value as f32).collect();
        let loss = program.loss.as_ref().expect("a loss");
        let found = [loss, &program.gradient].map(|routine| outputs(routine, &uniforms, &[1e4_f32, 2e-4])).concat();
        let exact = [0.5_f64.powi(12) + 4096.0, 12.0 * 0.5_f64.powi(11) / 2e4, 12.0 * 2_f64.powi(11) / 1e-4];
        for (found, exact) in found.into_iter().zip(exact) {
            assert!((f64::from(found) / exact - 1.0).abs() < 2e-6, "{found} for {exact}: {text}");
        }
    }
}

/// Another sign in the formula is far away.
#[test]
fn distances_tell_a_wrong_program() {
    let exact = formula("x^2 + y", &["x", "y"], &[]).with(&[]);
    let wrong = both::<f32>("x^2 - y", &[]);
    let x = positions::<f32>();
    let [tile, _] = &wrong[7];
    let at = [x[0][7].to_f64(), x[1][7].to_f64()];
    assert!((f64::from(tile[0]) - exact.loss(&at)).abs() > 1e-2);
}
