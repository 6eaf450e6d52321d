//! The kernels that are validated.

use crate::experiment::{After, Covariances, Random, Sampling, Variable};
use crate::formula::{Formula, Observable};
use crate::plan::{
    ConditionStage, CorrelationStage, CurrentStage, DistributionStage, DynamicsStage, EntropyStage, HistogramStage,
    Kernel, LandscapeStage, NoiseStage, ObservableStage, PassageStage, RelationStage, SampleTerms, SeriesStage,
    StartStage,
};
use crate::tally::{Products, SeriesLayout, lag_sums};
use std::sync::Arc;

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
        relations: None,
        current: None,
        correlation: None,
        series: None,
        along: None,
        wells: true,
        block_size: 64,
    }
}

pub const GENERATORS: [Random; 3] = [Random::Philox4x32x10, Random::Philox4x32x10Fast, Random::Philox4x32x7];

/// Every set of stages of an update that an experiment can have.
pub fn updates(dimension: usize) -> Vec<Kernel> {
    updates_with(dimension, false)
}

/// The same, with products with the Hessian where the `curvature` is asked for.
fn updates_with(dimension: usize, curvature: bool) -> Vec<Kernel> {
    let mut kernels = Vec::new();
    for landscape in landscapes(dimension, curvature) {
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
fn landscapes(dimension: usize, curvature: bool) -> Vec<LandscapeStage> {
    let names = |prefix: &str, n: usize| (0..n).map(|i| format!("{prefix}{i}")).collect::<Vec<String>>();
    let (variables, parameters) = (names("x", dimension), names("a", 2));
    let sum = "a0*exp(-x0^2) + log(1 + x0^2)*sin(a1*x0) - cos(x0)/sqrt(2 + x0^2) + tanh(x0)*abs(x0)^1.5";
    let across: String = variables[1..].iter().map(|x| format!(" + a1*(x0 - {x})^2/2")).collect();
    let loss = Formula::of_loss(&format!("{sum}{across}"), &variables, &parameters, &[]).expect("a formula");
    let circle = |i: usize| format!("a0*x{} - x{i}^3", (i + 1) % dimension);
    let texts: Vec<String> = (0..dimension).map(circle).collect();
    let force = Formula::of_force(&texts, &variables, &parameters, &[]).expect("formulas");
    let stage = |formula: Formula| {
        let curvature = curvature && formula.loss().is_some();
        LandscapeStage::Formula(Arc::new(Arc::new(formula).programs(curvature).0))
    };
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
        DynamicsStage::FluctuationDissipation,
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
        let crossings: &[bool] = if condition.axis().is_some() { &[false, true] } else { &[false] };
        crossings.iter().flat_map(move |bridge| {
            [After::Restart, After::Absorb, After::Continue]
                .map(|after| Some(PassageStage { condition, after, bridge: *bridge }))
        })
    });
    [None].into_iter().chain(stages).collect()
}

/// None, one of every kind, and all with more bins than workgroups hold.
fn histograms(dimension: usize) -> Vec<Vec<HistogramStage>> {
    let last = Variable::Coordinate(dimension - 1);
    let of = |axes: &[(Variable, u32)]| HistogramStage { axes: axes.to_vec(), observable: None };
    let axis = |bins| of(&[(last, bins)]);
    let loss = of(&[(Variable::Loss, 50)]);
    let pair = of(&[(Variable::Coordinate(0), 20), (last, 30)]);
    let [formula, other] =
        ["a*tanh(x0) + exp(b*x0)", "log(x0^2 + b^2)/sqrt(a)"].map(|text| observable(text, dimension));
    vec![
        vec![],
        vec![axis(100), formula.clone()],
        vec![loss.clone()],
        vec![pair.clone()],
        vec![axis(1 << 16), other, loss, pair, formula],
    ]
}

/// A histogram of a formula of the first coordinate and the parameters a and b.
fn observable(text: &str, dimension: usize) -> HistogramStage {
    HistogramStage { axes: vec![(Variable::Formula, 40)], observable: Some(formula(text, dimension)) }
}

/// A formula of the coordinates and the parameters a and b.
pub fn formula(text: &str, dimension: usize) -> ObservableStage {
    let coordinates: Vec<(String, usize)> = (0..dimension).map(|i| (format!("x{i}"), i)).collect();
    let names = ["a", "b"].map(str::to_owned);
    let formula = Observable::read(text, &coordinates, &names, &[1.0, 2.0]).expect("a formula");
    let (routine, uniforms) = formula.routine();
    assert!(!uniforms.is_empty(), "the parameters are not in the program");
    ObservableStage { routine, uniforms: uniforms.len() }
}

/// Relations with and without windows.
fn relations(dynamics: DynamicsStage, curvature: bool) -> [RelationStage; 3] {
    let momentum = dynamics == DynamicsStage::Momentum;
    [(0, vec![], vec![]), (3, vec![3], vec![]), (10, vec![10, 40], vec![(50, 100), (20, 50)])].map(
        |(stretch, windows, half_running)| RelationStage {
            momentum,
            curvature,
            shared_rate: stretch > 3,
            stretch,
            windows,
            half_running,
        },
    )
}

/// Currents with and without entropy and grid.
fn currents(dimension: usize) -> Vec<CurrentStage> {
    let entropies = [EntropyStage::None, EntropyStage::Diagonal, EntropyStage::Full];
    let axes = [dimension as u32 - 1, 0];
    let of = |entropy| [None, Some([7, 9])].map(|grid| CurrentStage { axes, entropy, grid });
    if dimension > 1 { entropies.into_iter().flat_map(of).collect() } else { Vec::new() }
}

/// Correlations: of one coordinate at even lags, of the loss too at listed ones between measured states, and of many
/// signals at more lags than workgroups hold.
fn correlations(dimension: usize, has_loss: bool, every: u32) -> [CorrelationStage; 3] {
    let last = dimension as u32 - 1;
    let many: Vec<u32> = (0..dimension.min(16) as u32).collect();
    let beyond = 1600 / lag_sums(many.len() + usize::from(has_loss)) as u32;
    let of = |axes, loss, lags| CorrelationStage { axes, loss, lags, every };
    [
        of(vec![last], false, vec![0, 2, 4]),
        of(vec![0], has_loss, vec![0, 1, 7, 50]),
        of(many, has_loss, (0..=beyond).collect()),
    ]
}

/// Every update with what is measured of updates, relations and currents, which take turns to be alone.
pub fn measured_updates(dimension: usize) -> Vec<Kernel> {
    let mut kernels = Vec::new();
    for (k, update) in updates_with(dimension, true).into_iter().enumerate() {
        let has_loss = match &update.landscape {
            LandscapeStage::Formula(program) => program.loss.is_some(),
            _ => true,
        };
        if matches!(update.dynamics, DynamicsStage::LogLangevin { .. } | DynamicsStage::FluctuationDissipation) {
            continue;
        }
        let relations = relations(update.dynamics, has_loss);
        let currents = currents(dimension);
        for (turn, relations) in relations.into_iter().enumerate() {
            let current = (turn + k) % 7;
            let covariances = if (turn + k) % 3 == 0 { Covariances::Variances } else { Covariances::Full };
            let passage = passages(dimension)[(turn + k) % 13];
            let scheduled = (turn + k) % 2 == 0;
            let base = Kernel { covariances, passage, scheduled, ..update.clone() };
            let current = currents.get(current).copied();
            // In more dimensions a launch of a software rasteriser has no room for all of them.
            let correlation = correlations(dimension, has_loss, base.every)[(turn + k / 3) % 3].clone();
            let correlation = Some(correlation).filter(|_| dimension <= 16);
            kernels.push(Kernel { relations: Some(relations), current, correlation, ..base.clone() });
            let correlation = Some(correlations(dimension, has_loss, base.every)[turn].clone());
            kernels.push(Kernel { correlation, ..base.clone() });
            kernels.push(Kernel { current, ..base });
        }
    }
    kernels
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

/// A time series; `k` chooses the products.
pub fn series(dimension: usize, k: usize, noise_covariance: bool, dynamics: DynamicsStage) -> SeriesStage {
    let which = if k % 4 < 2 && dimension <= 16 { Covariances::Full } else { Covariances::Variances };
    let (quantiles, own_rates) = (k % 3 == 1, dynamics == DynamicsStage::FluctuationDissipation);
    let products = Products { dimension, which };
    let layout = SeriesLayout { products, noise_covariance, quantiles, log_distance: k % 2 == 1, own_rates };
    SeriesStage { steps: vec![1, 2, 3, 4, 10, 100, 1001], layout }
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
            for with_series in [false, true] {
                let passage = passages(dimension)[(kernels.len() + k) % 13];
                let noise_covariance = update.stochastic_gradient && k % 2 == 0;
                let series = with_series.then(|| series(dimension, k, noise_covariance, update.dynamics));
                kernels.push(Kernel { passage, histograms: histograms.clone(), series, ..update.clone() });
            }
        }
    }
    for (k, kernel) in kernels.iter_mut().enumerate() {
        kernel.start = STARTS[k % 3];
        kernel.scheduled = k % 2 == 1 && kernel.dynamics != DynamicsStage::FluctuationDissipation;
        kernel.covariances = if k % 4 < 2 { Covariances::Full } else { Covariances::Variances };
    }
    kernels
}
