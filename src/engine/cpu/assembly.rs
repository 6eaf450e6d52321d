//! From the kinds of a kernel to the stages that run them: the only place of this engine that matches
//! on the kind of a generator, distribution, landscape, noise, rule or measure.

use super::draw::{ByWord, Calls, Draw, Normals, ThreePoint};
use super::dynamics::{self, Dynamics, Forces};
use super::isa::Isa;
use super::landscape::{self, Landscape};
use super::measure::{
    self, Along, Bridge, Condition, Correlations, Current, Histogram, Moments, Passage, Relations, Series,
};
use super::noise::minibatch::{
    Batch, ExampleNumbers, Examples, Fresh, GaussianExamples, LeastSquares, Minibatch, Permuted, Quadratic, Samples,
    WithReplacement,
};
use super::noise::{self, Amplitude, LossHessian, Noise};
use super::real::Real;
use super::start::{Generator, Start};
use super::tile::Row;
use crate::engine::rare::Passages;
use crate::experiment::{Random, Sampling};
use crate::plan::{
    ConditionStage, DistributionStage, DynamicsStage, Kernel, LandscapeStage, NoiseStage, Plan, Record, SampleTerms,
};
use crate::random::{TwoPoint, exponential, laplace, philox, rademacher, symmetric_uniform};
use std::sync::Arc;

/// The stages of one cell.
pub struct Stages<R: Real> {
    pub start: Start<R>,
    pub draw: Box<dyn Draw<R>>,
    pub forces: Forces<R>,
    pub dynamics: Box<dyn Dynamics<R>>,
}

/// The measures of one task, with their scratch rows.
pub struct Measures<R> {
    pub moments: Moments<R>,
    pub histograms: Vec<Histogram<R>>,
    pub passage: Option<Passage<R>>,
    pub relations: Option<Relations<R>>,
    pub current: Option<Current<R>>,
    pub correlations: Option<Correlations<R>>,
    pub series: Option<Series<R>>,
}

/// What says how far the walkers of a tile are on the way to a rare passage, and who is there.
pub struct Way<R> {
    pub isa: Isa,
    pub along: Along<R>,
    pub condition: Box<dyn Condition<R>>,
    /// 1 for walkers that are watched.
    pub waiting: Row<u8>,
    /// 1 for those that meet the condition.
    pub passed: Row<u8>,
    pub any_passed: bool,
    /// 1 for those that have left the basin, or arrived.
    pub left: Row<u8>,
    /// Where they are, and the furthest that they have been.
    pub value: Row<R>,
    pub furthest: Row<R>,
}

impl<R: Real> Way<R> {
    /// Of the rare passages of a cell.
    pub fn new(isa: Isa, passages: &Passages, record: &Record) -> Self {
        let (zeros, numbers) = (Row::new(0), Row::new(R::default()));
        Self {
            isa,
            along: Along::new(isa, passages.along, &record.along),
            condition: condition(isa, passages.condition, R::from_f64(record.threshold)),
            waiting: zeros.clone(),
            passed: zeros.clone(),
            any_passed: false,
            left: zeros,
            value: numbers.clone(),
            furthest: numbers,
        }
    }
}

impl<R: Real> Stages<R> {
    pub fn new(isa: Isa, plan: &Plan, cell: u32) -> Self {
        let (kernel, record) = (plan.kernel(cell), &plan.cells[cell as usize].record);
        let d = kernel.dimension;
        let numbers = Numbers::new(record);
        Self {
            start: Start::new(kernel.start, generator(kernel.random), &record.start, d, plan.seed),
            draw: draw(isa, plan, cell),
            forces: Forces { landscape: landscape(isa, kernel, &numbers), noise: noise(isa, plan, cell, &numbers) },
            dynamics: dynamics(isa, kernel, &numbers),
        }
    }
}

/// The generator of single calls.
pub fn generator(random: Random) -> Generator {
    match random {
        Random::Philox4x32x10 | Random::Philox4x32x10Fast => philox::<10>,
        Random::Philox4x32x7 => philox::<7>,
    }
}

/// The parameters of a cell's stages, in the walk's precision.
struct Numbers<R> {
    landscape: Vec<R>,
    noise: Vec<R>,
    dynamics: Vec<R>,
    floor: R,
}

impl<R: Real> Numbers<R> {
    fn new(record: &Record) -> Self {
        let round = |numbers: &[f64]| numbers.iter().map(|x| R::from_f64(*x)).collect();
        Self {
            landscape: round(&record.landscape),
            noise: round(&record.noise),
            dynamics: round(&record.dynamics),
            floor: R::from_f64(record.floor),
        }
    }
}

fn landscape<R: Real>(isa: Isa, kernel: &Kernel, numbers: &Numbers<R>) -> Box<dyn Landscape<R>> {
    let record = &numbers.landscape;
    match &kernel.landscape {
        LandscapeStage::QuadraticDiagonal => Box::new(landscape::QuadraticDiagonal::new(isa, record)),
        LandscapeStage::QuadraticFull => Box::new(landscape::QuadraticFull::new(isa, record, kernel.dimension)),
        LandscapeStage::DoubleWell => Box::new(landscape::DoubleWell::new(isa, record)),
        LandscapeStage::Formula(program) => Box::new(landscape::Formula::new(isa, program, record)),
    }
}

fn noise<R: Real>(isa: Isa, plan: &Plan, cell: u32, numbers: &Numbers<R>) -> Option<Box<dyn Noise<R>>> {
    let kernel = plan.kernel(cell);
    let (record, d) = (&numbers.noise, kernel.dimension);
    let amplitude = |full| Amplitude::new(record, d, full);
    let of_examples =
        |batch_size| ExampleNumbers::new(draw(isa, plan, cell), batch_size, kernel.noise.numbers_of_example(d));
    match kernel.noise {
        NoiseStage::None => None,
        NoiseStage::GaussianDiagonal => Some(Box::new(noise::GaussianDiagonal::new(isa, record))),
        NoiseStage::GaussianFull => Some(Box::new(noise::GaussianFull::new(isa, record, d))),
        NoiseStage::LossHessianDiagonal => Some(Box::new(LossHessian::new(isa, amplitude(false), numbers.floor))),
        NoiseStage::LossHessianFull => Some(Box::new(LossHessian::new(isa, amplitude(true), numbers.floor))),
        NoiseStage::GaussianExamples { batch_size } => {
            minibatch(isa, kernel, batch_size, Box::new(GaussianExamples::new(isa, record, of_examples(batch_size))))
        }
        NoiseStage::Fresh { batch_size } => {
            minibatch(isa, kernel, batch_size, Box::new(Fresh::new(isa, record, of_examples(batch_size))))
        }
        NoiseStage::Minibatch { terms, sampling, batch_size, samples } => {
            let shape = (sampling, batch_size, samples);
            let batch = match kernel.random {
                Random::Philox4x32x10 | Random::Philox4x32x10Fast => batch::<10>(isa, plan.seed, shape),
                Random::Philox4x32x7 => batch::<7>(isa, plan.seed, shape),
            };
            let place = kernel.samples.expect("a plan has the samples that its kernels draw batches from");
            let data = Arc::clone(&plan.samples[place]);
            let examples: Box<dyn Examples<R>> = match terms {
                SampleTerms::Quadratic => Box::new(Samples::<R, Quadratic>::new(isa, batch, data, d)),
                SampleTerms::LeastSquares => Box::new(Samples::<R, LeastSquares>::new(isa, batch, data, d)),
            };
            minibatch(isa, kernel, batch_size, examples)
        }
    }
}

fn minibatch<R: Real>(
    isa: Isa,
    kernel: &Kernel,
    batch_size: u32,
    examples: Box<dyn Examples<R>>,
) -> Option<Box<dyn Noise<R>>> {
    let squares = kernel.dynamics == DynamicsStage::Rmsprop { per_example: true };
    Some(Box::new(Minibatch::new(isa, examples, batch_size, kernel.dimension, squares)))
}

/// Batches of so many of so many samples.
fn batch<const ROUNDS: u32>(isa: Isa, seed: u64, (sampling, size, samples): (Sampling, u32, u32)) -> Box<dyn Batch> {
    match sampling {
        Sampling::WithReplacement => Box::new(WithReplacement::<ROUNDS>::new(isa, seed, size, samples)),
        Sampling::WithoutReplacement => Box::new(Permuted::<ROUNDS>::each_step(isa, seed, size, samples)),
        Sampling::Epoch => Box::new(Permuted::<ROUNDS>::each_epoch(isa, seed, size, samples)),
    }
}

fn dynamics<R: Real>(isa: Isa, kernel: &Kernel, numbers: &Numbers<R>) -> Box<dyn Dynamics<R>> {
    let (record, d) = (&numbers.dynamics[..], kernel.dimension);
    match kernel.dynamics {
        DynamicsStage::Sgd => Box::new(dynamics::Sgd::new(isa, record)),
        DynamicsStage::Momentum => Box::new(dynamics::Momentum::new(isa, record, d)),
        DynamicsStage::Rmsprop { per_example } => Box::new(dynamics::Rmsprop::new(isa, record, d, per_example)),
        DynamicsStage::Adam => Box::new(dynamics::Adam::new(isa, record, d)),
        DynamicsStage::Adaptive => Box::new(dynamics::Adaptive::new(isa, record)),
        DynamicsStage::GradientFlow => Box::new(dynamics::GradientFlow::new(isa, record, d)),
        DynamicsStage::Langevin => Box::new(dynamics::Langevin::new(isa, record)),
        DynamicsStage::LeimkuhlerMatthews => Box::new(dynamics::LeimkuhlerMatthews::new(isa, record)),
        DynamicsStage::LogLangevin { full } => {
            let amplitude = Amplitude::new(&record[1..], d, full);
            Box::new(dynamics::LogLangevin::new(isa, record[0], amplitude, numbers.floor))
        }
        DynamicsStage::FluctuationDissipation => Box::new(dynamics::FluctuationDissipation::new(isa, record, d)),
        DynamicsStage::Underdamped => Box::new(dynamics::Underdamped::new(isa, record)),
    }
}

fn draw<R: Real>(isa: Isa, plan: &Plan, cell: u32) -> Box<dyn Draw<R>> {
    // A processor has no logarithm, sine and cosine of its own: the fast ones are the polynomials.
    match plan.kernel(cell).random {
        Random::Philox4x32x10 | Random::Philox4x32x10Fast => numbers_of::<R, 10>(isa, plan, cell),
        Random::Philox4x32x7 => numbers_of::<R, 7>(isa, plan, cell),
    }
}

fn numbers_of<R: Real, const ROUNDS: u32>(isa: Isa, plan: &Plan, cell: u32) -> Box<dyn Draw<R>> {
    let calls = Calls::<ROUNDS>::new(isa, plan.seed);
    match plan.kernel(cell).distribution {
        DistributionStage::Gaussian => Box::new(Normals(calls)),
        DistributionStage::Rademacher => Box::new(ByWord::new(calls, rademacher)),
        DistributionStage::Uniform => Box::new(ByWord::new(calls, symmetric_uniform)),
        DistributionStage::Laplace => Box::new(ByWord::new(calls, laplace)),
        DistributionStage::Exponential => Box::new(ByWord::new(calls, exponential)),
        DistributionStage::TwoPoint => {
            let numbers = &plan.cells[cell as usize].record.distribution;
            let law = TwoPoint { rare_words: numbers[0] as u32, rare: numbers[1], common: numbers[2] };
            Box::new(ByWord::new(
                calls,
                #[inline(always)]
                move |word| law.number(word),
            ))
        }
        DistributionStage::ThreePoint => Box::new(ThreePoint::<ROUNDS>::new(isa, plan.seed)),
    }
}

impl<R: Real> Measures<R> {
    pub fn new(isa: Isa, plan: &Plan, cell: u32) -> Self {
        let (kernel, numbers) = (plan.kernel(cell), &plan.cells[cell as usize]);
        let mut ranges = &numbers.record.histograms[..];
        let mut uniforms = &numbers.record.observables[..];
        let histograms = kernel.histograms.iter().enumerate().map(|(place, stage)| {
            let range = take(&mut ranges, 2 * stage.axes.len());
            let uniforms = take(&mut uniforms, stage.observable.as_ref().map_or(0, |o| o.uniforms));
            Histogram::new(isa, place, stage, range, uniforms)
        });
        Self {
            histograms: histograms.collect(),
            moments: Moments::new(isa, kernel, numbers),
            passage: kernel.passage.map(|stage| {
                let condition = condition(isa, stage.condition, R::from_f64(numbers.record.threshold));
                let bridge = stage.bridge.then(|| stage.condition.axis().zip(numbers.record.bridge)).flatten();
                let bridge = bridge.map(|(axis, factor)| {
                    let threshold = numbers.record.threshold;
                    Bridge::new(axis as usize, threshold, factor, generator(kernel.random), plan.seed)
                });
                Passage::new(condition, bridge, stage.after, kernel)
            }),
            relations: kernel.relations.as_ref().map(|stage| Relations::new(isa, kernel, stage, numbers)),
            current: kernel.current.map(|stage| Current::new(isa, kernel, stage, numbers)),
            correlations: kernel.correlation.as_ref().map(|stage| Correlations::new(isa, stage, numbers)),
            series: kernel.series.as_ref().map(|stage| Series::new(isa, stage, kernel, numbers)),
        }
    }

    /// Ready for the next tile, of so many segments, after so many measured steps.
    pub fn rewind(&mut self, segments: usize, measured: u32) {
        self.moments.begin(segments);
        if let Some(relations) = &mut self.relations {
            relations.begin();
        }
        if let Some(series) = &mut self.series {
            series.rewind(measured);
        }
    }

    /// Whether what is measured after measured step `n` needs the state before its update.
    pub fn need_before(&self, n: u32, every: u32) -> bool {
        let sees_updates = self.relations.is_some() || self.current.is_some();
        self.relations.as_ref().is_some_and(Relations::sees_all)
            || (sees_updates && n.is_multiple_of(every))
            || self.series.as_ref().is_some_and(|series| series.keeps_before() && series.is_due(n))
    }
}

/// The first `count` of `numbers`, which become the others.
fn take<'n>(numbers: &mut &'n [f64], count: usize) -> &'n [f64] {
    let (mine, rest) = numbers.split_at(count);
    *numbers = rest;
    mine
}

fn condition<R: Real>(isa: Isa, stage: ConditionStage, threshold: R) -> Box<dyn Condition<R>> {
    match stage {
        ConditionStage::Above(axis) => Box::new(measure::Above(isa, axis, threshold)),
        ConditionStage::Below(axis) => Box::new(measure::Below(isa, axis, threshold)),
        ConditionStage::LossAbove => Box::new(measure::LossAbove(isa, threshold, Row::new(threshold))),
        ConditionStage::RadiusAbove => Box::new(measure::RadiusAbove(isa, threshold)),
    }
}
