//! From the kinds of a kernel to the stages that run them: the only place of this engine that matches
//! on the kind of a generator, distribution, landscape, noise, rule or measure.

use super::draw::{Draw, Normals, ThreePoint};
use super::dynamics::{self, Dynamics, Forces};
use super::isa::Isa;
use super::landscape;
use super::measure::{self, Condition, Histogram, Moments, Passage, Series};
use super::noise;
use super::real::Real;
use super::start::{Generator, Start};
use super::tile::Row;
use crate::experiment::{Distribution, Random};
use crate::plan::{ConditionStage, DynamicsStage, Kernel, LandscapeStage, NoiseStage, Plan};
use crate::random::philox;

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
    pub series: Option<Series<R>>,
}

impl<R: Real> Stages<R> {
    pub fn new(isa: Isa, plan: &Plan, cell: u32) -> Self {
        let (kernel, record) = (plan.kernel(cell), &plan.cells[cell as usize].record);
        let d = kernel.dimension;
        let round = |numbers: &[f64]| numbers.iter().map(|x| R::from_f64(*x)).collect::<Vec<R>>();
        let (l, n, r) = (&round(&record.landscape), &round(&record.noise), &round(&record.dynamics));
        // A processor has no logarithm, sine and cosine of its own: the fast ones are the polynomials.
        let (generator, draw): (Generator, _) = match kernel.random {
            Random::Philox4x32x10 | Random::Philox4x32x10Fast => (philox::<10>, draw::<R, 10>(isa, plan, cell)),
            Random::Philox4x32x7 => (philox::<7>, draw::<R, 7>(isa, plan, cell)),
        };
        Self {
            start: Start::new(kernel.start, generator, &record.start, d, plan.seed, cell),
            draw,
            forces: Forces {
                landscape: match kernel.landscape {
                    LandscapeStage::QuadraticDiagonal => Box::new(landscape::QuadraticDiagonal::new(isa, l)),
                    LandscapeStage::QuadraticFull => Box::new(landscape::QuadraticFull::new(isa, l, d)),
                    LandscapeStage::DoubleWell => Box::new(landscape::DoubleWell::new(isa, l)),
                },
                noise: match kernel.noise {
                    NoiseStage::None => None,
                    NoiseStage::GaussianDiagonal => Some(Box::new(noise::GaussianDiagonal::new(isa, n))),
                    NoiseStage::GaussianFull => Some(Box::new(noise::GaussianFull::new(isa, n, d))),
                },
            },
            dynamics: match kernel.dynamics {
                DynamicsStage::Sgd => Box::new(dynamics::Sgd::new(isa, r)),
                DynamicsStage::Langevin => Box::new(dynamics::Langevin::new(isa, r)),
            },
        }
    }
}

fn draw<R: Real, const ROUNDS: u32>(isa: Isa, plan: &Plan, cell: u32) -> Box<dyn Draw<R>> {
    match plan.kernel(cell).distribution {
        Distribution::Gaussian => Box::new(Normals::<ROUNDS>::new(isa, plan.seed, cell)),
        Distribution::ThreePoint => Box::new(ThreePoint::<ROUNDS>::new(isa, plan.seed, cell)),
    }
}

impl<R: Real> Measures<R> {
    pub fn new(isa: Isa, plan: &Plan, cell: u32) -> Self {
        let (kernel, numbers) = (plan.kernel(cell), &plan.cells[cell as usize]);
        let mut ranges = &numbers.record.histograms[..];
        let histograms = kernel.histograms.iter().enumerate().map(|(place, stage)| {
            let (mine, rest) = ranges.split_at(2 * stage.axes.len());
            ranges = rest;
            Histogram::new(isa, place, stage, mine)
        });
        Self {
            histograms: histograms.collect(),
            moments: Moments::new(isa, kernel, numbers),
            passage: kernel.passage.map(|stage| {
                let condition = condition(isa, stage.condition, R::from_f64(numbers.record.threshold));
                Passage::new(condition, stage.after, kernel)
            }),
            series: (kernel.series_points > 0).then(|| Series::new(isa, kernel, numbers)),
        }
    }

    /// Ready for the next tile, of so many segments.
    pub fn rewind(&mut self, kernel: &Kernel, segments: usize) {
        self.moments.begin(segments);
        if let Some(series) = &mut self.series {
            series.rewind(kernel);
        }
    }
}

fn condition<R: Real>(isa: Isa, stage: ConditionStage, threshold: R) -> Box<dyn Condition<R>> {
    match stage {
        ConditionStage::Above(axis) => Box::new(measure::Above(isa, axis, threshold)),
        ConditionStage::Below(axis) => Box::new(measure::Below(isa, axis, threshold)),
        ConditionStage::LossAbove => Box::new(measure::LossAbove(isa, threshold, Row::new(threshold))),
        ConditionStage::RadiusAbove => Box::new(measure::RadiusAbove(isa, threshold)),
    }
}
