//! The shape of a kernel: which stages, and the counts that are constants in it.

use super::block_size;
use super::correlation::CorrelationStage;
use super::current::{CurrentStage, EntropyStage};
use super::dynamics::DynamicsStage;
use super::landscape::LandscapeStage;
use super::noise::NoiseStage;
use super::observable::ObservableStage;
use super::passage::PassageStage;
use super::rare::AlongStage;
use super::relations::RelationStage;
use super::series::SeriesStage;
use crate::experiment::{Covariances, Distribution, Random, Setup, Start, Variable};
use crate::tally::{CurrentSums, MomentLayout, RelationSums};

/// What cells that run in one launch share.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Kernel {
    /// Number of coordinates.
    pub dimension: usize,
    /// The random number generator.
    pub random: Random,
    /// Shape of the steps' noise.
    pub distribution: DistributionStage,
    /// Where walkers start.
    pub start: StartStage,
    /// The landscape.
    pub landscape: LandscapeStage,
    /// The gradient noise.
    pub noise: NoiseStage,
    /// Place in [`super::Plan::samples`] of those that batches are drawn from, if they are.
    pub samples: Option<usize>,
    /// The update rule.
    pub dynamics: DynamicsStage,
    /// Whether the learning rate varies with the step, by [`super::CellPlan::schedule`].
    pub scheduled: bool,
    /// Which products of coordinates are summed.
    pub covariances: Covariances,
    /// Whether |ĝ|² is summed.
    pub stochastic_gradient: bool,
    /// Steps before measuring.
    pub burn_in: u32,
    /// Measured steps.
    pub steps: u32,
    /// Steps between measurements.
    pub every: u32,
    /// Histograms.
    pub histograms: Vec<HistogramStage>,
    /// First passage, where it is measured.
    pub passage: Option<PassageStage>,
    /// Fluctuation–dissipation relations, where they are measured.
    pub relations: Option<RelationStage>,
    /// The current, where it is measured.
    pub current: Option<CurrentStage>,
    /// Correlations in time, where they are measured.
    pub correlation: Option<CorrelationStage>,
    /// The time series, where there is one.
    pub series: Option<SeriesStage>,
    /// What says how far walkers are on a rare passage, where one is looked for.
    pub along: Option<AlongStage>,
    /// Whether x_0 has a saddle, so that well populations are counted.
    pub wells: bool,
    /// Walkers of a full block; of a repetition, where a rare passage is looked for.
    pub block_size: u32,
}

/// Shape of the noise: what the numbers of a step are drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DistributionStage {
    /// Normal.
    Gaussian,
    /// ±1.
    Rademacher,
    /// Uniform.
    Uniform,
    /// Laplace's.
    Laplace,
    /// Exponential, less its mean.
    Exponential,
    /// One of two values.
    TwoPoint,
    /// ±√3 or 0.
    ThreePoint,
}

impl DistributionStage {
    /// All.
    pub const ALL: [Self; 7] = [
        Self::Gaussian,
        Self::Rademacher,
        Self::Uniform,
        Self::Laplace,
        Self::Exponential,
        Self::TwoPoint,
        Self::ThreePoint,
    ];
}

/// Where walkers start; the numbers are in the [`super::Record`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartStage {
    /// Walker i at point i mod n, for the n given.
    Points(u32),
    /// Normally distributed.
    Normal,
    /// Uniformly distributed in a box.
    Uniform,
}

/// A histogram: its variables and their numbers of bins.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HistogramStage {
    /// One axis or two, the second running fastest.
    pub axes: Vec<(Variable, u32)>,
    /// The formula, where it bins one.
    pub observable: Option<ObservableStage>,
}

impl Kernel {
    pub(super) fn new(setup: &Setup, random: Random, samples: Option<usize>) -> Self {
        let steps = |n: u64| u32::try_from(n).expect("reading an experiment keeps steps below 2^32");
        Self {
            dimension: setup.dimension(),
            random,
            distribution: match setup.distribution() {
                Distribution::Gaussian => DistributionStage::Gaussian,
                Distribution::Rademacher => DistributionStage::Rademacher,
                Distribution::Uniform => DistributionStage::Uniform,
                Distribution::Laplace => DistributionStage::Laplace,
                Distribution::Exponential => DistributionStage::Exponential,
                Distribution::TwoPoint(_) => DistributionStage::TwoPoint,
                Distribution::ThreePoint => DistributionStage::ThreePoint,
            },
            start: match &setup.ensemble.start {
                Start::Point(_) => StartStage::Points(1),
                Start::Points { points } => StartStage::Points(points.len() as u32),
                Start::Normal { .. } => StartStage::Normal,
                Start::Uniform { .. } => StartStage::Uniform,
            },
            landscape: LandscapeStage::of(setup),
            noise: NoiseStage::of(setup),
            samples,
            dynamics: DynamicsStage::of(setup),
            scheduled: !setup.dynamics.schedule().is_constant() && !setup.dynamics.schedule().is_own(),
            covariances: setup.covariances(),
            stochastic_gradient: setup.has_stochastic_gradient(),
            burn_in: steps(setup.ensemble.burn_in),
            steps: steps(setup.ensemble.steps),
            every: steps(setup.measure.every),
            histograms: setup
                .measure
                .histogram
                .iter()
                .map(|h| HistogramStage {
                    axes: h.axes().iter().map(|a| (a.variable, a.bins as u32)).collect(),
                    observable: ObservableStage::of(h).map(|(stage, _)| stage),
                })
                .collect(),
            passage: PassageStage::of(setup),
            relations: RelationStage::of(setup),
            current: CurrentStage::of(setup),
            correlation: CorrelationStage::of(setup),
            series: SeriesStage::of(setup),
            along: setup.rare.as_ref().and_then(|rare| AlongStage::of(setup, rare)).map(|(stage, _)| stage),
            wells: setup.landscape.saddle().is_some(),
            block_size: match setup.rare {
                Some(_) => setup.ensemble.walkers as u32,
                None => block_size(setup.ensemble.walkers) as u32,
            },
        }
    }

    /// Updates of a walker over the whole run.
    pub fn total_steps(&self) -> u32 {
        self.burn_in + self.steps
    }

    /// Numbers of the kernel's distribution that one step of a walker takes. Those of a batch's examples, of which
    /// there may be any number, are not among them ([`NoiseStage::numbers_of_example`]), and which samples are in a
    /// batch is drawn from streams of its own.
    pub fn numbers_per_step(&self) -> usize {
        self.dynamics.numbers(self.dimension, self.noise)
    }

    /// Numbers that a walker carries from step to step besides its position.
    pub fn memory(&self) -> usize {
        self.dynamics.memory(self.dimension)
    }

    /// Places of the sums.
    pub fn moment_layout(&self) -> MomentLayout {
        MomentLayout {
            dimension: self.dimension,
            covariances: self.covariances,
            stochastic_gradient: self.stochastic_gradient,
            weighted: matches!(self.dynamics, DynamicsStage::LogLangevin { .. }),
            relations: relation_sums(self.relations.as_ref()),
            currents: current_sums(self.current),
        }
    }

    /// Whether some measure of an update needs the state before it.
    pub fn keeps_before(&self) -> bool {
        self.sees_updates()
            || self.is_bridged()
            || self.series.as_ref().is_some_and(|series| series.layout.noise_covariance)
    }

    /// Whether passages between steps are looked for.
    pub fn is_bridged(&self) -> bool {
        self.passage.is_some_and(|passage| passage.bridge)
    }

    /// Whether the updates that lead to measured states are looked at.
    pub fn sees_updates(&self) -> bool {
        self.relations.is_some() || self.current.is_some()
    }

    /// Steps after which sums are handed on to windows, if there are any; every update is looked at then.
    pub fn stretch(&self) -> Option<u32> {
        self.relations.as_ref().map(|relations| relations.stretch).filter(|stretch| *stretch > 0)
    }
}

/// Places of the sums of a cell.
pub fn moment_layout(setup: &Setup) -> MomentLayout {
    MomentLayout {
        dimension: setup.dimension(),
        covariances: setup.covariances(),
        stochastic_gradient: setup.has_stochastic_gradient(),
        weighted: setup.is_time_changed(),
        relations: relation_sums(RelationStage::of(setup).as_ref()),
        currents: current_sums(CurrentStage::of(setup)),
    }
}

fn relation_sums(stage: Option<&RelationStage>) -> RelationSums {
    match stage {
        None => RelationSums::None,
        Some(RelationStage { curvature: false, .. }) => RelationSums::First,
        Some(RelationStage { curvature: true, .. }) => RelationSums::Both,
    }
}

fn current_sums(stage: Option<CurrentStage>) -> CurrentSums {
    match stage {
        None => CurrentSums::None,
        Some(CurrentStage { entropy: EntropyStage::None, .. }) => CurrentSums::Motion,
        Some(_) => CurrentSums::Entropy,
    }
}

impl HistogramStage {
    /// Number of bins.
    pub fn bins(&self) -> usize {
        self.axes.iter().map(|(_, bins)| *bins as usize).product()
    }
}
