//! The shader files of what is measured.

use super::File;
use crate::engine::gpu::observables;
use crate::engine::gpu::shape::{Memory, Shape};
use crate::experiment::After;
use crate::plan::{ConditionStage, CorrelationStage, CurrentStage, EntropyStage, Kernel, RelationStage};
use std::borrow::Cow;

/// Files of the measures.
pub fn measures(kernel: &Kernel, shape: &Shape) -> Vec<File> {
    let record = match shape.measure_record_in {
        Memory::Registers => shader!("record/measure_in_registers.wgsl"),
        Memory::Workgroup => shader!("record/measure_in_workgroup.wgsl"),
        Memory::Storage => shader!("record/measure_in_storage.wgsl"),
    };
    let weight = match kernel.moment_layout().weighted {
        true => shader!("measure/weight/inverse_loss.wgsl"),
        false => shader!("measure/weight/one.wgsl"),
    };
    let mut files = vec![record, shader!("measure/fixed_point.wgsl"), weight, shader!("measure/moments.wgsl")];
    files.extend(relations(kernel.relations.as_ref()));
    files.extend(current(kernel.current));
    files.extend(correlations(kernel.correlation.as_ref()));
    files.extend(rows(shape));
    if kernel.histograms.is_empty() {
        files.push(shader!("measure/histogram/none.wgsl"));
    } else {
        files.push(("formulas of histograms", Cow::Owned(observables::wgsl(kernel))));
        files.push(shader!("measure/histogram/bins.wgsl"));
        files.push(match shape.histograms_in_workgroup {
            true => shader!("measure/histogram/in_workgroup.wgsl"),
            false => shader!("measure/histogram/in_storage.wgsl"),
        });
    }
    match &kernel.passage {
        None => files.push(shader!("measure/passage/none.wgsl")),
        Some(stage) => {
            files.push(shader!("measure/passage/record.wgsl"));
            files.push(condition(stage.condition));
            files.push(match stage.bridge {
                true => shader!("measure/crossing/bridge.wgsl"),
                false => shader!("measure/crossing/discrete.wgsl"),
            });
            let first = shader!("measure/passage/first.wgsl");
            files.extend(match stage.after {
                After::Restart => vec![shader!("measure/passage/restart.wgsl")],
                After::Absorb => vec![first, shader!("measure/passage/absorb.wgsl")],
                After::Continue => vec![first, shader!("measure/passage/continue.wgsl")],
            });
        }
    }
    files.extend(match &kernel.series {
        None => vec![shader!("measure/series/none.wgsl")],
        Some(stage) => vec![
            match stage.layout.own_rates {
                true => shader!("measure/series/rate.wgsl"),
                false => shader!("measure/series/no_rate.wgsl"),
            },
            shader!("measure/series/points.wgsl"),
            shader!("measure/series/quantiles.wgsl"),
        ],
    });
    files
}

/// The file of the condition of first passage.
pub fn condition(stage: ConditionStage) -> File {
    match stage {
        ConditionStage::Above(_) => shader!("measure/condition/above.wgsl"),
        ConditionStage::Below(_) => shader!("measure/condition/below.wgsl"),
        ConditionStage::LossAbove => shader!("measure/condition/loss_above.wgsl"),
        ConditionStage::RadiusAbove => shader!("measure/condition/radius_above.wgsl"),
    }
}

/// Files of rows of sums.
fn rows(shape: &Shape) -> Vec<File> {
    match (shape.row_items, shape.rows_in_workgroup) {
        (0, _) => vec![shader!("measure/rows/none.wgsl")],
        (_, true) => vec![shader!("measure/rows/in_workgroup.wgsl"), shader!("measure/rows/add.wgsl")],
        (_, false) => vec![shader!("measure/rows/in_storage.wgsl"), shader!("measure/rows/add.wgsl")],
    }
}

/// Files of correlations in time.
fn correlations(stage: Option<&CorrelationStage>) -> Vec<File> {
    let Some(stage) = stage else { return vec![shader!("measure/correlation/none.wgsl")] };
    let lags = match stage.distance() {
        Some(_) => shader!("measure/correlation/even_lags.wgsl"),
        None => shader!("measure/correlation/listed_lags.wgsl"),
    };
    vec![lags, shader!("measure/correlation/pairs.wgsl")]
}

/// Files of fluctuation–dissipation relations.
fn relations(stage: Option<&RelationStage>) -> Vec<File> {
    let no_stretches = shader!("measure/relations/no_stretches.wgsl");
    let Some(stage) = stage else { return vec![no_stretches, shader!("measure/relations/none.wgsl")] };
    let mut files = vec![
        match stage.momentum {
            true => shader!("measure/relations/momentum.wgsl"),
            false => shader!("measure/relations/displacement.wgsl"),
        },
        shader!("measure/relations/first.wgsl"),
        match stage.curvature {
            true => shader!("measure/relations/curvature.wgsl"),
            false => shader!("measure/relations/no_curvature.wgsl"),
        },
    ];
    files.extend(match stage.stretch {
        0 => vec![no_stretches, shader!("measure/relations/no_windows.wgsl")],
        _ => vec![shader!("measure/relations/windows.wgsl")],
    });
    files.push(shader!("measure/relations/sums.wgsl"));
    files
}

/// Files of the current.
fn current(stage: Option<CurrentStage>) -> Vec<File> {
    let Some(stage) = stage else { return vec![shader!("measure/current/none.wgsl")] };
    vec![
        match stage.entropy {
            EntropyStage::None => shader!("measure/current/no_entropy.wgsl"),
            EntropyStage::Diagonal | EntropyStage::Full => shader!("measure/current/entropy.wgsl"),
        },
        match stage.grid {
            None => shader!("measure/current/no_grid.wgsl"),
            Some(_) => shader!("measure/current/grid.wgsl"),
        },
        shader!("measure/current/sums.wgsl"),
    ]
}
