//! Every kernel that can be joined is valid WGSL, checked by naga without an adapter.

pub mod cells;
pub mod kernels;
pub mod ways;

use super::assembly;
use super::launch::Launch;
use super::shape::{Memory, Shape};
use super::wide_multiply::WideMultiply;
use crate::experiment::{Covariances, Random};
use crate::plan::{DistributionStage, DynamicsStage, Kernel, LandscapeStage, NoiseStage};
use cells::cell;
use kernels::{GENERATORS, batches, kernel, kernels, measured_updates, updates};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{AddressSpace, BinaryOperator, Expression, MathFunction, Module, ScalarKind, TypeInner};
use std::mem::offset_of;

pub fn shape(kernel: &Kernel) -> Shape {
    Shape::new(kernel, &cell(kernel), 64)
}

/// Validates with the capabilities of the variant alone, then looks for what our shaders must not do.
fn check(source: &str, multiply: WideMultiply) {
    check_but(source, multiply, &[]);
}

/// The same, but for functions that may use inaccurate built-ins.
fn check_but(source: &str, multiply: WideMultiply, inaccurate: &[&str]) {
    let capabilities = match multiply {
        WideMultiply::U64 | WideMultiply::U64Words => Capabilities::SHADER_INT64,
        WideMultiply::U16 => Capabilities::empty(),
    };
    let module = naga::front::wgsl::parse_str(source).unwrap_or_else(|e| panic!("{}", e.emit_to_string(source)));
    let mut validator = Validator::new(ValidationFlags::all(), capabilities);
    let info = validator.validate(&module).unwrap_or_else(|e| panic!("{}", e.emit_to_string(source)));
    if let Some(fault) = lint(&module, &info, inaccurate) {
        panic!("{fault} in\n{source}");
    }
    let bytes = workgroup_bytes(&module);
    assert!(bytes <= LEAST_WORKGROUP_BYTES, "{bytes} bytes of workgroup memory in\n{source}");
}

/// Workgroup memory that every device has.
const LEAST_WORKGROUP_BYTES: u32 = 16384;

fn workgroup_bytes(module: &Module) -> u32 {
    let shared = module.global_variables.iter().filter(|(_, variable)| variable.space == AddressSpace::WorkGroup);
    shared.map(|(_, variable)| module.types[variable.ty].inner.size(module.to_ctx())).sum()
}

/// What WGSL allows and our shaders must not use: built-in functions whose accuracy is too low for tails
/// of normal numbers, but in the functions `inaccurate`; and `!=` of floats, which naga turns into a
/// comparison that NaN does not meet.
fn lint(module: &Module, info: &ModuleInfo, inaccurate: &[&str]) -> Option<String> {
    let functions = module.functions.iter().map(|(handle, function)| (function, &info[handle]));
    let entries = module.entry_points.iter().enumerate().map(|(k, e)| (&e.function, info.get_entry_point(k)));
    for (function, types) in functions.chain(entries) {
        let exempt = function.name.as_deref().is_some_and(|name| inaccurate.contains(&name));
        for (_, expression) in function.expressions.iter() {
            match expression {
                Expression::Math { fun, .. } if !exempt && INACCURATE.contains(fun) => {
                    return Some(format!("built-in {fun:?}"));
                }
                Expression::Binary { op: BinaryOperator::NotEqual, left, .. }
                    if types[*left].ty.inner_with(&module.types).scalar_kind() == Some(ScalarKind::Float) =>
                {
                    return Some("`!=` of floats".to_owned());
                }
                _ => {}
            }
        }
    }
    None
}

const INACCURATE: [MathFunction; 11] = [
    MathFunction::Sin,
    MathFunction::Cos,
    MathFunction::Tan,
    MathFunction::Asin,
    MathFunction::Acos,
    MathFunction::Atan,
    MathFunction::Log,
    MathFunction::Log2,
    MathFunction::Exp,
    MathFunction::Exp2,
    MathFunction::Pow,
];

/// Every `stride`-th kernel; ways to multiply take turns.
fn check_every(stride: usize, dimension: usize) {
    for (k, kernel) in kernels(dimension).iter().step_by(stride).enumerate() {
        let multiply = WideMultiply::ALL[k % 3];
        check(&assembly::walk(kernel, &shape(kernel), multiply), multiply);
    }
}

#[test]
fn every_combination_is_valid_in_one_dimension() {
    check_every(1, 1);
}

/// What is measured of updates, in one, two and many dimensions.
#[test]
fn measures_of_updates_are_valid() {
    for dimension in [1, 2, 5] {
        for (k, kernel) in measured_updates(dimension).iter().enumerate() {
            let multiply = WideMultiply::ALL[k % 3];
            check(&assembly::walk(kernel, &shape(kernel), multiply), multiply);
        }
    }
}

/// Three coordinates: the records, groups of steps and sums of many dimensions.
#[test]
fn every_combination_is_valid_in_three_dimensions() {
    check_every(1, 3);
}

/// In further dimensions every update; measures take turns.
#[test]
fn updates_and_passages_are_valid_in_many_dimensions() {
    for dimension in [2, 5, 16] {
        // 23 measures to an update.
        check_every(7, dimension);
        for kernel in updates(dimension) {
            check(&assembly::step_probe(&kernel, &shape(&kernel), WideMultiply::U16), WideMultiply::U16);
        }
    }
    for multiply in WideMultiply::ALL {
        for generator in GENERATORS {
            check(&assembly::philox_probe(generator, multiply), multiply);
        }
    }
}

/// The largest number of dimensions: records and series beyond what workgroups hold.
#[test]
fn kernels_of_64_dimensions_are_valid_and_read_long_records_where_they_lie() {
    // Coprime to the measures of an update, and to all that takes turns.
    check_every(31, 64);
    for landscape in [LandscapeStage::QuadraticDiagonal, LandscapeStage::QuadraticFull] {
        let long = landscape == LandscapeStage::QuadraticFull;
        let series = Some(kernels::series(64, 0, false, DynamicsStage::Langevin));
        let kernel = Kernel { landscape, covariances: Covariances::Full, series, ..kernel(64) };
        let shape = shape(&kernel);
        assert_eq!(shape.step_record_in, if long { Memory::Storage } else { Memory::Workgroup });
        assert_eq!(shape.measure_record_in, Memory::Storage, "2147 scales");
        assert!(shape.series_slots >= 4, "a launch makes at least four steps");
        for multiply in WideMultiply::ALL {
            check(&assembly::walk(&kernel, &shape, multiply), multiply);
        }
    }
}

/// The points with most sums: all products of sixteen coordinates and of their noise, and counts besides.
#[test]
fn the_largest_points_of_a_series_fit_a_workgroup() {
    let base = Kernel { stochastic_gradient: true, noise: NoiseStage::GaussianFull, ..kernel(16) };
    let kernel =
        Kernel { dynamics: DynamicsStage::Sgd, series: Some(kernels::series(16, 1, true, DynamicsStage::Sgd)), ..base };
    let layout = kernel.series.as_ref().expect("a series").layout;
    assert!(layout.len() == 16 + 2 * 136 + 3 && layout.quantiles && layout.log_distance, "{layout:?}");
    for workgroup_size in [64, 128, 256] {
        let shape = Shape::new(&kernel, &cell(&kernel), workgroup_size);
        assert_eq!(shape.series_slots, 4, "as many as steps in the shortest launch");
        check(&assembly::walk(&kernel, &shape, WideMultiply::U16), WideMultiply::U16);
    }
}

#[test]
fn functions_of_formulas_are_valid() {
    check(&assembly::functions_probe(), WideMultiply::U16);
}

/// Walks and single steps of every kind of batch; ways to multiply take turns.
#[test]
fn batches_are_valid() {
    for dimension in [1, 3] {
        for (k, kernel) in batches(dimension).iter().enumerate() {
            let (shape, multiply) = (shape(kernel), WideMultiply::ALL[k % 3]);
            check(&assembly::walk(kernel, &shape, multiply), multiply);
            check(&assembly::step_probe(kernel, &shape, multiply), multiply);
        }
    }
    for noise in [NoiseStage::GaussianExamples { batch_size: 5 }, NoiseStage::Fresh { batch_size: 5 }] {
        for distribution in DistributionStage::ALL {
            let kernel = Kernel { noise, distribution, dynamics: DynamicsStage::Sgd, ..kernel(2) };
            check(&assembly::walk(&kernel, &shape(&kernel), WideMultiply::U16), WideMultiply::U16);
        }
    }
}

/// The functions of `random/logarithm_hardware.wgsl` and `random/normal_hardware.wgsl`.
const OF_HARDWARE: [&str; 2] = ["minus_two_ln", "normal_pair"];

#[test]
fn every_choice_of_randomness_is_valid_and_fast_alone_uses_built_ins() {
    for random in GENERATORS {
        let fast = random == Random::Philox4x32x10Fast;
        let exempt: &[&str] = if fast { &OF_HARDWARE } else { &[] };
        check_but(&assembly::normals_probe(random), WideMultiply::U16, exempt);
        for dimension in [1, 2, 3, 16] {
            for update in updates(dimension) {
                for distribution in DistributionStage::ALL {
                    let kernel = Kernel { random, distribution, ..update.clone() };
                    let (shape, multiply) = (shape(&kernel), WideMultiply::U16);
                    check_but(&assembly::walk(&kernel, &shape, multiply), multiply, exempt);
                    check_but(&assembly::step_probe(&kernel, &shape, multiply), multiply, exempt);
                }
            }
        }
    }
}

#[test]
#[ignore = "takes minutes: every combination in further dimensions"]
fn every_combination_is_valid_in_many_dimensions() {
    [2, 5, 16].into_iter().for_each(|dimension| check_every(1, dimension));
}

#[test]
fn the_lint_accepts_and_rejects() {
    let faults = |body: &str| {
        let source = format!("fn f(x: f32, n: u32) -> bool {{ return {body}; }}");
        let module = naga::front::wgsl::parse_str(&source).expect("valid WGSL");
        let info = Validator::new(ValidationFlags::all(), Capabilities::empty()).validate(&module).expect("valid");
        let found = lint(&module, &info, &[]);
        assert_eq!(lint(&module, &info, &["f"]), found.clone().filter(|fault| fault.contains("`!=`")), "{body}");
        found.is_some()
    };
    for body in ["sin(x) > 0.0", "log(x) > 0.0", "x != 1.0"] {
        assert!(faults(body), "{body} is let through");
    }
    for body in ["sqrt(x) > 0.0", "n != 1u", "fma(x, x, x) < 2.0"] {
        assert!(!faults(body), "{body} is refused");
    }
}

/// The names and places of the members of `Launch` in a kernel, and its size.
pub fn members_of_launch(source: &str) -> (Vec<(String, usize)>, usize) {
    let module = naga::front::wgsl::parse_str(source).expect("valid WGSL");
    let (_, launch) = module.types.iter().find(|(_, t)| t.name.as_deref() == Some("Launch")).expect("a struct");
    let TypeInner::Struct { members, span } = &launch.inner else { panic!("Launch is a struct") };
    (members.iter().map(|m| (m.name.clone().unwrap_or_default(), m.offset as usize)).collect(), *span as usize)
}

#[test]
fn the_launch_has_the_same_layout_on_both_sides() {
    let (found, size) = members_of_launch(&assembly::walk(&kernel(1), &shape(&kernel(1)), WideMultiply::U16));
    let expected = [
        ("first_step", offset_of!(Launch, first_step)),
        ("last_step", offset_of!(Launch, last_step)),
        ("key", offset_of!(Launch, key)),
        ("parts", offset_of!(Launch, parts)),
        ("row", offset_of!(Launch, row)),
        ("workgroups", offset_of!(Launch, workgroups)),
        ("finishes", offset_of!(Launch, finishes)),
        ("stride", offset_of!(Launch, stride)),
        ("series_point", offset_of!(Launch, series_point)),
        ("series_steps", offset_of!(Launch, series_steps)),
    ];
    assert_eq!(found, expected.map(|(name, place)| (name.to_owned(), place)));
    assert_eq!(size, size_of::<Launch>());
}
