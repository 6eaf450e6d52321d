//! The kernels that are validated.

use crate::experiment::{After, Covariances, Random, Sampling, Schedule, Variable};
use crate::formula::Formula;
use crate::plan::{
    CellPlan, ConditionStage, DistributionStage, DynamicsStage, HistogramStage, Kernel, LandscapeStage, NoiseStage,
    PassageStage, Record, SampleTerms, Scales, StartStage,
};
use std::sync::Arc;

/// A cell whose record has the lengths that the kernel's stages state.
pub fn cell(kernel: &Kernel) -> CellPlan {
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
                DynamicsStage::Rmsprop { .. } => d + 2,
                DynamicsStage::Adam => d + 3,
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

pub fn kernel(dimension: usize) -> Kernel {
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
        covariances: Covariances::usual(dimension),
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

pub const GENERATORS: [Random; 3] = [Random::Philox4x32x10, Random::Philox4x32x10Fast, Random::Philox4x32x7];

/// Every set of stages of an update that an experiment can have.
pub fn updates(dimension: usize) -> Vec<Kernel> {
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
    let loss = Formula::of_loss(&format!("{sum}{across}"), &variables, &parameters, &[]).expect("a formula");
    let circle = |i: usize| format!("a0*x{} - x{i}^3", (i + 1) % dimension);
    let texts: Vec<String> = (0..dimension).map(circle).collect();
    let force = Formula::of_force(&texts, &variables, &parameters, &[]).expect("formulas");
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

/// Batches of every kind, with the rules that ask for their squares and that do not.
pub fn batches(dimension: usize) -> Vec<Kernel> {
    let samplings = [Sampling::WithReplacement, Sampling::WithoutReplacement, Sampling::Epoch];
    let mut noises = Vec::new();
    for batch_size in [1, 5] {
        for sampling in samplings {
            for terms in [SampleTerms::Quadratic, SampleTerms::LeastSquares] {
                noises.push(NoiseStage::Minibatch { terms, sampling, batch_size, samples: 15 });
            }
        }
        noises.extend([NoiseStage::GaussianExamples { batch_size }, NoiseStage::Fresh { batch_size }]);
    }
    let rules = [
        DynamicsStage::Sgd,
        DynamicsStage::Rmsprop { per_example: false },
        DynamicsStage::Rmsprop { per_example: true },
    ];
    let landscape = LandscapeStage::QuadraticFull;
    let base = Kernel { landscape, wells: false, stochastic_gradient: true, ..kernel(dimension) };
    let of = |noise| rules.map(|dynamics| Kernel { noise, dynamics, ..base.clone() });
    noises.into_iter().flat_map(of).collect()
}

/// Every update with every measure, in `dimension` coordinates: all passages, and all sets of histograms and
/// time series; starts, schedules and covariances take turns.
pub fn kernels(dimension: usize) -> Vec<Kernel> {
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
        kernel.covariances = if k % 4 < 2 { Covariances::Full } else { Covariances::Variances };
    }
    kernels
}
