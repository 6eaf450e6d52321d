//! From the kinds of a kernel to the shader files that run them: the only place of this engine that
//! matches on kinds. Files are joined by concatenation, after a prelude of constants.

use super::constants::Constants;
use super::observables;
use super::shape::{Memory, Shape};
use super::survivors;
use super::wide_multiply::WideMultiply;
use crate::experiment::{Random, Sampling};
use crate::formula::{self, Function};
use crate::plan::{
    AlongStage, DistributionStage, DynamicsStage, Kernel, LandscapeStage, NoiseStage, SampleTerms, StartStage,
};
use std::borrow::Cow;
use std::fmt::Write;

macro_rules! shader {
    ($path:literal) => {
        ($path, Cow::Borrowed(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/shaders/", $path))))
    };
}

// After the macro, which they use.
mod measures;
mod ways;

pub use ways::{Frame, ways};

type File = (&'static str, Cow<'static, str>);

/// Files of the generator.
fn words(multiply: WideMultiply) -> [File; 3] {
    let multiplication = match multiply {
        WideMultiply::U64 | WideMultiply::U64Words => shader!("random/wide_multiply_u64.wgsl"),
        WideMultiply::U16 => shader!("random/wide_multiply_u16.wgsl"),
    };
    let round = match multiply {
        WideMultiply::U64 | WideMultiply::U16 => shader!("random/philox_round_u32.wgsl"),
        WideMultiply::U64Words => shader!("random/philox_round_u64.wgsl"),
    };
    [multiplication, round, shader!("random/philox.wgsl")]
}

/// Files of the normal transform.
fn normals(generator: Random) -> [File; 3] {
    let [logarithm, functions] = match generator {
        Random::Philox4x32x10 | Random::Philox4x32x7 => {
            [shader!("random/logarithm_polynomial.wgsl"), shader!("random/normal_polynomials.wgsl")]
        }
        Random::Philox4x32x10Fast => {
            [shader!("random/logarithm_hardware.wgsl"), shader!("random/normal_hardware.wgsl")]
        }
    };
    [logarithm, functions, shader!("random/normal.wgsl")]
}

/// Files of the random numbers of streams.
fn random(kernel: &Kernel, multiply: WideMultiply) -> Vec<File> {
    [&words(multiply)[..], &[shader!("random/stream.wgsl")], &normals(kernel.random)].concat()
}

/// Files of quads of the kernel's numbers.
fn quads(kernel: &Kernel) -> Vec<File> {
    let by_word = |number| vec![number, shader!("random/quad_by_word.wgsl")];
    match kernel.distribution {
        DistributionStage::Gaussian => vec![shader!("random/quad_normal.wgsl")],
        DistributionStage::Rademacher => by_word(shader!("random/number_rademacher.wgsl")),
        DistributionStage::Uniform => by_word(shader!("random/number_uniform.wgsl")),
        DistributionStage::Laplace => by_word(shader!("random/number_laplace.wgsl")),
        DistributionStage::Exponential => by_word(shader!("random/number_exponential.wgsl")),
        DistributionStage::TwoPoint => by_word(shader!("random/number_two_point.wgsl")),
        DistributionStage::ThreePoint => vec![shader!("random/quad_three_point.wgsl")],
    }
}

/// Files of the random numbers of a step.
fn draw(kernel: &Kernel) -> Vec<File> {
    match kernel.numbers_per_step() {
        0 => vec![shader!("random/no_draw.wgsl")],
        _ => [quads(kernel), vec![shader!("random/draw.wgsl")]].concat(),
    }
}

/// Files of the gradient noise.
fn noise(kernel: &Kernel) -> Vec<File> {
    let loss_hessian = shader!("noise/loss_hessian.wgsl");
    let with_numbers = |example| {
        let files = vec![shader!("random/numbers_in_turn.wgsl"), example];
        minibatch(kernel, [quads(kernel), files].concat())
    };
    match kernel.noise {
        NoiseStage::None => vec![shader!("noise/none.wgsl")],
        NoiseStage::GaussianDiagonal => vec![shader!("noise/gaussian_diagonal.wgsl")],
        NoiseStage::GaussianFull => vec![shader!("noise/lower_row.wgsl"), shader!("noise/gaussian_full.wgsl")],
        NoiseStage::LossHessianDiagonal => with_amplitude(false, loss_hessian),
        NoiseStage::LossHessianFull => with_amplitude(true, loss_hessian),
        NoiseStage::GaussianExamples { .. } => with_numbers(shader!("noise/example/gaussian.wgsl")),
        NoiseStage::Fresh { .. } => with_numbers(shader!("noise/example/fresh.wgsl")),
        NoiseStage::Minibatch { terms, sampling, .. } => {
            let permutation = shader!("random/permutation.wgsl");
            let mut files = match sampling {
                Sampling::WithReplacement => vec![shader!("noise/batch/with_replacement.wgsl")],
                Sampling::WithoutReplacement => vec![permutation, shader!("noise/batch/without_replacement.wgsl")],
                Sampling::Epoch => vec![permutation, shader!("noise/batch/epoch.wgsl")],
            };
            files.push(match terms {
                SampleTerms::Quadratic => shader!("noise/example/quadratic.wgsl"),
                SampleTerms::LeastSquares => shader!("noise/example/least_squares.wgsl"),
            });
            minibatch(kernel, files)
        }
    }
}

/// The files that make a batch of its examples.
fn minibatch(kernel: &Kernel, mut files: Vec<File>) -> Vec<File> {
    files.push(match kernel.dynamics {
        DynamicsStage::Rmsprop { per_example: true } => shader!("noise/squares_of_examples.wgsl"),
        _ => shader!("noise/no_squares.wgsl"),
    });
    files.push(shader!("noise/minibatch.wgsl"));
    files
}

/// A file and, before it, those that make its noise of numbers by amplitudes in a record.
fn with_amplitude(full: bool, file: File) -> Vec<File> {
    match full {
        true => vec![shader!("noise/lower_row.wgsl"), shader!("noise/amplitude_full.wgsl"), file],
        false => vec![shader!("noise/amplitude_diagonal.wgsl"), file],
    }
}

/// Files of the update rule.
fn dynamics(kernel: &Kernel) -> Vec<File> {
    let root = shader!("dynamics/root.wgsl");
    let mut files = match kernel.dynamics {
        DynamicsStage::Sgd => vec![shader!("dynamics/sgd.wgsl")],
        DynamicsStage::Momentum => vec![shader!("dynamics/momentum.wgsl")],
        DynamicsStage::Rmsprop { per_example: false } => {
            vec![shader!("noise/mean_square_of_batch.wgsl"), root, shader!("dynamics/rmsprop.wgsl")]
        }
        // The noise has the mean square.
        DynamicsStage::Rmsprop { per_example: true } => vec![root, shader!("dynamics/rmsprop.wgsl")],
        DynamicsStage::Adam => vec![root, shader!("dynamics/adam.wgsl")],
        DynamicsStage::Adaptive => vec![shader!("dynamics/adaptive.wgsl")],
        DynamicsStage::GradientFlow => vec![shader!("dynamics/gradient_flow.wgsl")],
        DynamicsStage::Langevin => vec![shader!("dynamics/langevin.wgsl")],
        DynamicsStage::LeimkuhlerMatthews => vec![shader!("dynamics/leimkuhler_matthews.wgsl")],
        DynamicsStage::LogLangevin { full } => with_amplitude(full, shader!("dynamics/log_langevin.wgsl")),
        DynamicsStage::FluctuationDissipation => vec![shader!("dynamics/fluctuation_dissipation.wgsl")],
        DynamicsStage::Underdamped => vec![shader!("dynamics/underdamped.wgsl")],
    };
    files.push(match kernel.memory() {
        0 => shader!("dynamics/no_memory.wgsl"),
        _ => shader!("dynamics/memory.wgsl"),
    });
    files.push(match kernel.scheduled {
        true => shader!("schedule/table.wgsl"),
        false => shader!("schedule/constant.wgsl"),
    });
    files
}

/// What the formulas of landscape and histograms, and bridges, use.
fn functions(kernel: &Kernel) -> Option<File> {
    let of_landscape = match &kernel.landscape {
        LandscapeStage::Formula(program) => Some(program.routines()),
        _ => None,
    };
    let binned = observables::of(kernel).map(|(_, stage)| &stage.routine);
    let along = match &kernel.along {
        Some(AlongStage::Formula(stage)) => Some(&stage.routine),
        _ => None,
    };
    let text = formula::functions(
        of_landscape.into_iter().flatten().chain(binned).chain(along),
        kernel.is_bridged().then_some(Function::Exp),
    );
    (!text.is_empty()).then_some(("functions of formulas", Cow::Owned(text)))
}

/// Files of one update.
fn update(kernel: &Kernel, shape: &Shape) -> Vec<File> {
    let mut files = draw(kernel);
    files.extend([
        shader!("walker.wgsl"),
        match shape.step_record_in {
            Memory::Registers => shader!("record/step_in_registers.wgsl"),
            Memory::Workgroup => shader!("record/step_in_workgroup.wgsl"),
            Memory::Storage => shader!("record/step_in_storage.wgsl"),
        },
    ]);
    files.extend(functions(kernel));
    files.push(match &kernel.landscape {
        LandscapeStage::QuadraticDiagonal => shader!("landscape/quadratic_diagonal.wgsl"),
        LandscapeStage::QuadraticFull => shader!("landscape/quadratic_full.wgsl"),
        LandscapeStage::DoubleWell => shader!("landscape/double_well.wgsl"),
        LandscapeStage::Formula(program) => ("the landscape's formula", Cow::Owned(program.wgsl())),
    });
    files.extend(hessian_product(kernel));
    files.extend(noise(kernel));
    files.extend(dynamics(kernel));
    files
}

/// The landscape's products with the Hessian, where they are asked for; formulas have theirs already.
fn hessian_product(kernel: &Kernel) -> Option<File> {
    let asked = kernel.relations.as_ref().is_some_and(|relations| relations.curvature);
    match &kernel.landscape {
        _ if !asked => None,
        LandscapeStage::QuadraticDiagonal => Some(shader!("landscape/hessian_product/quadratic_diagonal.wgsl")),
        LandscapeStage::QuadraticFull => Some(shader!("landscape/hessian_product/quadratic_full.wgsl")),
        LandscapeStage::DoubleWell => Some(shader!("landscape/hessian_product/double_well.wgsl")),
        LandscapeStage::Formula(_) => None,
    }
}

/// The file of where walkers start.
fn start(kernel: &Kernel) -> File {
    match kernel.start {
        StartStage::Points(_) => shader!("start/points.wgsl"),
        StartStage::Normal => shader!("start/normal.wgsl"),
        StartStage::Uniform => shader!("start/uniform.wgsl"),
    }
}

/// The kernel that walks.
pub fn walk(kernel: &Kernel, shape: &Shape, multiply: WideMultiply) -> String {
    let mut files = random(kernel, multiply);
    files.extend(update(kernel, shape));
    files.extend([start(kernel), shader!("bounds.wgsl")]);
    files.extend(measures::measures(kernel, shape));
    files.push(match survivors::are_listed(kernel) {
        true => shader!("survivors/listed.wgsl"),
        false => shader!("survivors/all.wgsl"),
    });
    files.push(shader!("walk.wgsl"));
    join(&Constants::of(kernel, shape).prelude(), &files)
}

/// A kernel that gives the words of given counters.
pub fn philox_probe(generator: Random, multiply: WideMultiply) -> String {
    let prelude = format!("const ROUNDS: u32 = {}u;\n", generator.rounds());
    join(&prelude, &[&words(multiply)[..], &[shader!("probe/philox.wgsl")]].concat())
}

/// A kernel that gives the normals of given words.
pub fn normals_probe(generator: Random) -> String {
    join("", &[&normals(generator)[..], &[shader!("probe/normals.wgsl")]].concat())
}

/// A kernel that gives the functions of formulas at given numbers.
pub fn functions_probe() -> String {
    join(&formula::all_functions(), &[shader!("probe/functions.wgsl")])
}

/// A kernel that makes one step from given positions.
pub fn step_probe(kernel: &Kernel, shape: &Shape, multiply: WideMultiply) -> String {
    let mut files = random(kernel, multiply);
    files.extend(update(kernel, shape));
    files.push(shader!("probe/step.wgsl"));
    join(&Constants::of(kernel, shape).prelude(), &files)
}

fn join(prelude: &str, files: &[File]) -> String {
    let mut source = prelude.to_owned();
    for (path, text) in files {
        // Writing to a String cannot fail.
        let _ = write!(source, "\n// ---- {path}\n{text}");
    }
    source
}
