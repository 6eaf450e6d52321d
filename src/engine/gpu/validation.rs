//! Every kernel that can be joined is valid WGSL, checked by naga without an adapter.

use super::assembly::{self, WideMultiply};
use super::launch::Launch;
use super::shape::Shape;
use crate::experiment::{After, Random, Schedule, Variable};
use crate::formula::Formula;
use crate::plan::{
    CellPlan, ConditionStage, DistributionStage, DynamicsStage, HistogramStage, Kernel, LandscapeStage, NoiseStage,
    PassageStage, Record, Scales, StartStage,
};
use naga::valid::{Capabilities, ModuleInfo, ValidationFlags, Validator};
use naga::{BinaryOperator, Expression, MathFunction, Module, ScalarKind, TypeInner};
use std::mem::offset_of;
use std::sync::Arc;

/// A cell whose record has the lengths that the kernel's stages state.
fn cell(kernel: &Kernel) -> CellPlan {
    let d = kernel.dimension;
    let zeros = |n: usize| vec![0.0; n];
    CellPlan {
        kernel: 0,
        walkers: u64::from(kernel.block_size),
        record: Record {
            start: zeros(match kernel.start {
                StartStage::Points(n) => n as usize * d,
                StartStage::Normal | StartStage::Uniform => 2 * d,
            }),
            landscape: zeros(match &kernel.landscape {
                LandscapeStage::QuadraticDiagonal => 2 * d,
                LandscapeStage::QuadraticFull => d * d + d,
                LandscapeStage::DoubleWell => 4 + d,
                LandscapeStage::Formula(program) => program.uniforms,
            }),
            noise: zeros(match kernel.noise {
                NoiseStage::None => 0,
                NoiseStage::GaussianDiagonal | NoiseStage::LossHessianDiagonal => d,
                NoiseStage::GaussianFull | NoiseStage::LossHessianFull => d * d,
                NoiseStage::GaussianExamples { .. } => d,
                NoiseStage::Fresh { .. } => d + 1,
                NoiseStage::Minibatch { .. } => 0,
            }),
            distribution: zeros(if kernel.distribution == DistributionStage::TwoPoint { 3 } else { 0 }),
            dynamics: zeros(match kernel.dynamics {
                DynamicsStage::Sgd => d,
                DynamicsStage::Momentum => d + 1,
                DynamicsStage::Rmsprop { .. } | DynamicsStage::Adam => d + 3,
                DynamicsStage::Adaptive => 6,
                DynamicsStage::GradientFlow => 1,
                DynamicsStage::Langevin | DynamicsStage::LeimkuhlerMatthews => 1 + d,
                DynamicsStage::LogLangevin { full } => 1 + if full { d * d } else { d },
                DynamicsStage::Underdamped => 2 + d,
            }),
            histograms: zeros(2 * kernel.histograms.iter().map(|h| h.axes.len()).sum::<usize>()),
            threshold: 0.0,
            floor: 1.0,
            saddle: 0.0,
            bounds: 1.0,
        },
        schedule: Schedule::default(),
        scales: Scales { reference: zeros(d), exponents: vec![0; kernel.moment_layout().len() + 1] },
    }
}

fn kernel(dimension: usize) -> Kernel {
    Kernel {
        dimension,
        random: Random::default(),
        distribution: DistributionStage::Gaussian,
        start: StartStage::Points(1),
        landscape: LandscapeStage::DoubleWell,
        noise: NoiseStage::None,
        samples: None,
        dynamics: DynamicsStage::Langevin,
        scheduled: false,
        stochastic_gradient: false,
        burn_in: 10,
        steps: 1001,
        every: 3,
        histograms: Vec::new(),
        passage: None,
        series_points: 0,
        wells: true,
        block_size: 64,
    }
}

const GENERATORS: [Random; 3] = [Random::Philox4x32x10, Random::Philox4x32x10Fast, Random::Philox4x32x7];

/// Every set of stages of an update that an experiment can have.
fn updates(dimension: usize) -> Vec<Kernel> {
    let mut kernels = Vec::new();
    for landscape in landscapes(dimension) {
        for (dynamics, noise) in rules() {
            let wells = landscape == LandscapeStage::DoubleWell;
            let stochastic_gradient = noise != NoiseStage::None;
            let base = Kernel { wells, stochastic_gradient, ..kernel(dimension) };
            kernels.push(Kernel { landscape: landscape.clone(), noise, dynamics, ..base });
        }
    }
    kernels
}

/// Every landscape: those built in, a formula with every function, and a force.
fn landscapes(dimension: usize) -> Vec<LandscapeStage> {
    let names = |prefix: &str, n: usize| (0..n).map(|i| format!("{prefix}{i}")).collect::<Vec<String>>();
    let (variables, parameters) = (names("x", dimension), names("a", 2));
    let sum = "a0*exp(-x0^2) + log(1 + x0^2)*sin(a1*x0) - cos(x0)/sqrt(2 + x0^2) + tanh(x0)*abs(x0)^1.5";
    let across: String = variables[1..].iter().map(|x| format!(" + a1*(x0 - {x})^2/2")).collect();
    let loss = Formula::of_loss(&format!("{sum}{across}"), &variables, &parameters).expect("a formula");
    let circle = |i: usize| format!("a0*x{} - x{i}^3", (i + 1) % dimension);
    let texts: Vec<String> = (0..dimension).map(circle).collect();
    let force = Formula::of_force(&texts, &variables, &parameters).expect("formulas");
    let stage = |formula: Formula| LandscapeStage::Formula(Arc::new(Arc::new(formula).programs().0));
    let built_in = [LandscapeStage::QuadraticDiagonal, LandscapeStage::QuadraticFull, LandscapeStage::DoubleWell];
    built_in.into_iter().chain([stage(loss), stage(force)]).collect()
}

/// Every rule with every noise that it takes.
fn rules() -> Vec<(DynamicsStage, NoiseStage)> {
    let descents = [
        DynamicsStage::Sgd,
        DynamicsStage::Momentum,
        DynamicsStage::Rmsprop { per_example: false },
        DynamicsStage::Adam,
        DynamicsStage::Adaptive,
    ];
    let noises = [
        NoiseStage::None,
        NoiseStage::GaussianDiagonal,
        NoiseStage::GaussianFull,
        NoiseStage::LossHessianDiagonal,
        NoiseStage::LossHessianFull,
    ];
    let equations = [
        DynamicsStage::GradientFlow,
        DynamicsStage::Langevin,
        DynamicsStage::LeimkuhlerMatthews,
        DynamicsStage::LogLangevin { full: false },
        DynamicsStage::LogLangevin { full: true },
        DynamicsStage::Underdamped,
    ];
    let pairs = descents.into_iter().flat_map(|rule| noises.map(|noise| (rule, noise)));
    pairs.chain(equations.map(|rule| (rule, NoiseStage::None))).collect()
}

const STARTS: [StartStage; 3] = [StartStage::Points(3), StartStage::Normal, StartStage::Uniform];

fn passages(dimension: usize) -> Vec<Option<PassageStage>> {
    let axis = dimension as u32 - 1;
    let conditions =
        [ConditionStage::Above(0), ConditionStage::Below(axis), ConditionStage::LossAbove, ConditionStage::RadiusAbove];
    let stages = conditions.into_iter().flat_map(|condition| {
        [After::Restart, After::Absorb, After::Continue].map(|after| Some(PassageStage { condition, after }))
    });
    [None].into_iter().chain(stages).collect()
}

/// None, one of every kind, and all with more bins than workgroups hold.
fn histograms(dimension: usize) -> Vec<Vec<HistogramStage>> {
    let last = Variable::Coordinate(dimension - 1);
    let axis = |bins| HistogramStage { axes: vec![(last, bins)] };
    let loss = HistogramStage { axes: vec![(Variable::Loss, 50)] };
    let pair = HistogramStage { axes: vec![(Variable::Coordinate(0), 20), (last, 30)] };
    vec![vec![], vec![axis(100)], vec![loss.clone()], vec![pair.clone()], vec![axis(1 << 16), loss, pair]]
}

/// Every update with every measure, in `dimension` coordinates: all passages, and all sets of histograms and
/// time series; starts and schedules take turns.
fn kernels(dimension: usize) -> Vec<Kernel> {
    let mut kernels = Vec::new();
    for update in updates(dimension) {
        for passage in passages(dimension) {
            kernels.push(Kernel { passage, ..update.clone() });
        }
        for (k, histograms) in histograms(dimension).into_iter().enumerate() {
            for series_points in [0, 7] {
                let passage = passages(dimension)[(kernels.len() + k) % 13];
                kernels.push(Kernel { passage, histograms: histograms.clone(), series_points, ..update.clone() });
            }
        }
    }
    for (k, kernel) in kernels.iter_mut().enumerate() {
        kernel.start = STARTS[k % 3];
        kernel.scheduled = k % 2 == 1;
    }
    kernels
}

fn shape(kernel: &Kernel) -> Shape {
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

#[test]
fn functions_of_formulas_are_valid() {
    check(&assembly::functions_probe(), WideMultiply::U16);
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

#[test]
fn the_launch_has_the_same_layout_on_both_sides() {
    let module = naga::front::wgsl::parse_str(&assembly::walk(&kernel(1), &shape(&kernel(1)), WideMultiply::U16))
        .expect("valid WGSL");
    let (_, launch) = module.types.iter().find(|(_, t)| t.name.as_deref() == Some("Launch")).expect("a struct");
    let TypeInner::Struct { members, span } = &launch.inner else { panic!("Launch is a struct") };
    let found: Vec<_> = members.iter().map(|m| (m.name.as_deref().unwrap_or_default(), m.offset as usize)).collect();
    let expected = [
        ("first_step", offset_of!(Launch, first_step)),
        ("last_step", offset_of!(Launch, last_step)),
        ("key", offset_of!(Launch, key)),
        ("parts", offset_of!(Launch, parts)),
        ("row", offset_of!(Launch, row)),
        ("stride", offset_of!(Launch, stride)),
        ("series_point", offset_of!(Launch, series_point)),
        ("series_whole", offset_of!(Launch, series_whole)),
        ("series_rest", offset_of!(Launch, series_rest)),
    ];
    assert_eq!(found, expected);
    assert_eq!(*span as usize, size_of::<Launch>());
}
