//! The samples that batches are drawn from.

use super::noise::NoiseStage;
use crate::experiment::{Landscape, Setup};
use std::sync::Arc;

/// The numbers of every sample, one after another, where batches are drawn from them: g_i, then H_i row by row
/// (`finite-sum`); w, then y (`least-squares`).
pub(super) fn samples(setup: &Setup) -> Option<Arc<[f64]>> {
    if !matches!(NoiseStage::of(setup), NoiseStage::Minibatch { .. }) {
        return None;
    }
    match &setup.landscape {
        Landscape::FiniteSum(l) => {
            let terms = l.gradients.iter().zip(&l.hessians);
            Some(terms.flat_map(|(g, rows)| g.iter().chain(rows.iter().flatten())).copied().collect())
        }
        landscape => landscape.samples().map(|samples| samples.shared_rows()),
    }
}

/// The place of `samples` in `all`, where they are added unless they are there.
pub(super) fn place(samples: Arc<[f64]>, all: &mut Vec<Arc<[f64]>>) -> usize {
    all.iter().position(|known| Arc::ptr_eq(known, &samples) || *known == samples).unwrap_or_else(|| {
        all.push(samples);
        all.len() - 1
    })
}
