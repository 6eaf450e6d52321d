//! Cells of the kernels that are validated.

use crate::experiment::Schedule;
use crate::plan::{
    AlongStage, CellPlan, CorrelationStage, DistributionStage, DynamicsStage, EntropyStage, Kernel, LandscapeStage,
    NoiseStage, Record, Scales, StartStage,
};
use crate::tally::WINDOW_SUMS;

/// A cell whose record has the lengths that the kernel's stages state.
pub fn cell(kernel: &Kernel) -> CellPlan {
    let d = kernel.dimension;
    let zeros = |n: usize| vec![0.0; n];
    let signals = kernel.correlation.as_ref().map_or(0, CorrelationStage::signals);
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
                DynamicsStage::FluctuationDissipation => 2 * d + 4,
            }),
            histograms: zeros(2 * kernel.histograms.iter().map(|h| h.axes.len()).sum::<usize>()),
            observables: zeros(kernel.histograms.iter().flat_map(|h| &h.observable).map(|o| o.uniforms).sum()),
            relations: zeros(if kernel.relations.is_some() { 2 * d + 2 } else { 0 }),
            windows: zeros(kernel.relations.as_ref().map_or(0, |stage| stage.lengths().len())),
            along: zeros(match &kernel.along {
                Some(AlongStage::Formula(stage)) => stage.uniforms,
                _ => 0,
            }),
            current: zeros(kernel.current.map_or(0, |stage| {
                let matrix = match stage.entropy {
                    EntropyStage::None => 0,
                    EntropyStage::Diagonal => d,
                    EntropyStage::Full => d * d,
                };
                2 + matrix + if stage.grid.is_some() { 4 } else { 0 }
            })),
            bridge: kernel.is_bridged().then_some(1.0),
            threshold: 0.0,
            floor: 1.0,
            saddle: 0.0,
            bounds: 1.0,
        },
        schedule: Schedule::default(),
        scales: Scales {
            reference: zeros(d),
            exponents: vec![0; kernel.moment_layout().len() + 1],
            series: kernel.series.as_ref().map_or_else(Vec::new, |series| vec![0; series.layout.len()]),
            windows: vec![[0; WINDOW_SUMS]; kernel.relations.as_ref().map_or(0, |stage| stage.lengths().len())],
            signals: vec![0; signals],
            products_of_signals: vec![0; signals * signals],
            displacement: 0,
        },
        rare: None,
    }
}
