//! Rounds of the loops of a kernel. Mesa's llvmpipe gives an invocation 65535 rounds of all its loops together
//! (`LP_MAX_TGSI_LOOP_ITERATIONS`) and then ends every loop, without an error: a launch has to do with fewer.

use super::series;
use super::shape::Shape;
use crate::engine::EngineError;
use crate::plan::{
    AlongStage, ConditionStage, DynamicsStage, EntropyStage, Kernel, LandscapeStage, NoiseStage, SampleTerms,
};

/// Rounds that a launch may take.
const MOST_ROUNDS: u64 = 65_000;

/// Steps of the shortest launch.
const FEWEST_STEPS: u64 = 4;

/// Most steps of one launch on a software rasteriser, a multiple of 4.
///
/// # Errors
/// Where the fewest steps that a launch can have take too many rounds.
pub fn most_steps(kernel: &Kernel, shape: &Shape) -> Result<u32, EngineError> {
    let steps = MOST_ROUNDS.saturating_sub(of_launch(kernel, shape)) / of_step(kernel);
    if steps < FEWEST_STEPS {
        return Err(EngineError::BeyondLimits(
            "steps of so many dimensions or examples take more loops than this software rasteriser allows: run \
             with --device cpu"
                .to_owned(),
        ));
    }
    Ok(steps.min(u64::from(u32::MAX)) as u32 & !3)
}

/// No fewer than a launch takes besides its steps: loading, storing, and adding up what walkers counted.
fn of_launch(kernel: &Kernel, shape: &Shape) -> u64 {
    let lanes = u64::from(shape.workgroup_size);
    let items = kernel.moment_layout().len() as u64 + 2;
    let shared = u64::from(shape.shared_items);
    let moments = items.div_ceil(shared) * (shared + lanes + 1);
    // What the workgroup goes through together: records, slots of the series and bins, cleared and added.
    let words = shape.record.step_words + shape.record.measure_words;
    let bins = if shape.histograms_in_workgroup { shape.tally.bin_count } else { 0 };
    let series = shape.series_slots * series::slot_words(kernel);
    let rows = if shape.rows_in_workgroup { 3 * shape.row_items } else { 0 };
    let together = u64::from(words + 2 * (bins + series) + rows).div_ceil(lanes) + 8;
    let windows = kernel.relations.as_ref().map_or(0, |relations| relations.windows.len() + 2);
    moments + together + 4 * (kernel.dimension + kernel.memory() + windows) as u64
}

/// No fewer than a step takes, when it is measured.
fn of_step(kernel: &Kernel) -> u64 {
    let d = kernel.dimension as u64;
    // Rows of a matrix are gone through by fours.
    let matrix = d * (d / 4 + d % 4 + 1);
    let gradient = if kernel.landscape == LandscapeStage::QuadraticFull { matrix + d } else { d };
    let of_update = match kernel.dynamics {
        DynamicsStage::GradientFlow => 4,
        DynamicsStage::Underdamped => 2,
        _ => 1,
    };
    // How far walkers are on their way, before the frame's own rounds.
    let along = match kernel.along {
        Some(AlongStage::Loss) => gradient + d,
        Some(AlongStage::Radius) => d,
        Some(AlongStage::Coordinate { .. } | AlongStage::Formula(_)) | None => 0,
    };
    let passes = kernel.passage.is_some_and(|passage| passage.condition == ConditionStage::LossAbove);
    // And in measuring moments, and the time series.
    let of_series = kernel.series.as_ref().map_or(0, |series| 1 + u64::from(series.layout.noise_covariance));
    let gradients = of_update + u64::from(passes) + 1 + of_series;
    // Of both relations, with the product with the Hessian, and of entropy, before and after.
    let relations = kernel
        .relations
        .as_ref()
        .map_or(0, |relations| 2 * gradient + 3 * d + 2 * (relations.windows.len() + relations.lengths().len()) as u64);
    let entropy = match kernel.current.map(|current| current.entropy) {
        Some(EntropyStage::Full) => gradient + d * (d + 1),
        Some(EntropyStage::None | EntropyStage::Diagonal) => gradient + d,
        None => 0,
    };
    let correlations = kernel.correlation.as_ref().map_or(0, |stage| {
        let signals = stage.signals() as u64;
        2 * signals + 2 * gradient + stage.lags.len() as u64 * (1 + signals * (1 + signals))
    });
    let noise = match kernel.noise {
        NoiseStage::GaussianFull | NoiseStage::LossHessianFull => matrix,
        NoiseStage::Minibatch { terms, batch_size, .. } => {
            // Rounds of the permutation, gone through again where they lead beyond the samples.
            const PERMUTING: u64 = 64;
            let of_example = if terms == SampleTerms::Quadratic { d * d } else { 0 };
            u64::from(batch_size) * (PERMUTING + 4 * d + of_example)
        }
        NoiseStage::GaussianExamples { batch_size } | NoiseStage::Fresh { batch_size } => {
            u64::from(batch_size) * (1 + 4 * d)
        }
        NoiseStage::None | NoiseStage::GaussianDiagonal | NoiseStage::LossHessianDiagonal => 0,
    };
    let amplitudes = if kernel.dynamics == (DynamicsStage::LogLangevin { full: true }) { matrix } else { 0 };
    let of_point = kernel.series.as_ref().map_or(0, |series| series.layout.len());
    let sums = (kernel.moment_layout().len() + of_point + kernel.histograms.len()) as u64;
    // Vectors that the rule, the bounds, passages and measures go through, and the draw.
    let vectors = 16 * d;
    gradients * gradient + along + relations + entropy + correlations + noise + amplitudes + sums + vectors + 4
}

#[cfg(test)]
mod tests {
    use super::super::validation::cells::cell;
    use super::super::validation::kernels::{batches, kernels, measured_updates, updates};
    use super::super::validation::ways;
    use super::*;

    fn most(kernel: &Kernel) -> Result<u32, EngineError> {
        most_steps(kernel, &Shape::new(kernel, &cell(kernel), 64))
    }

    #[test]
    fn every_kernel_fits_a_launch_but_for_large_batches() {
        for dimension in [1, 16, 63, 64] {
            // Of 63 dimensions and more, all that can be measured of updates is more than four steps have rounds for.
            let measured = if dimension > 16 { Vec::new() } else { measured_updates(dimension) };
            let ways = ways::kernels(updates(dimension));
            for kernel in kernels(dimension).into_iter().chain(ways).chain(measured) {
                let most = most(&kernel).unwrap_or_else(|error| panic!("{error}: {kernel:?}"));
                let few = dimension == 1 && kernel.correlation.is_none();
                assert!(most >= if few { 500 } else { 4 }, "{most} steps: {kernel:?}");
            }
        }
        for mut kernel in batches(3) {
            assert!(most(&kernel).is_ok(), "{kernel:?}");
            if let NoiseStage::Fresh { batch_size } | NoiseStage::GaussianExamples { batch_size } = &mut kernel.noise {
                *batch_size = 10_000;
                assert!(most(&kernel).is_err(), "{kernel:?}");
            }
        }
    }
}
