//! Samples made of normal numbers.

use super::Samples;
use crate::random::{Stream, counter, key, normals, philox};

impl Samples {
    /// `count` samples w ~ N(0, diag(spectrum)), y = `label_noise` N(0, 1), from [`Stream::Samples`] of
    /// `seed`.
    pub(crate) fn normal(count: u64, spectrum: &[f64], label_noise: f64, seed: u64) -> Self {
        let deviations: Vec<f64> = spectrum.iter().map(|v| v.sqrt()).chain([label_noise]).collect();
        let numbers = count * deviations.len() as u64;
        let quad = |call: u64| normals(philox::<10>(counter(Stream::Samples, 0, 0, call), key(seed)));
        let normals = (0..numbers.div_ceil(4)).flat_map(quad).take(numbers as usize);
        let rows = normals.zip(deviations.iter().cycle()).map(|(z, deviation)| f64::from(z) * deviation);
        Self { features: spectrum.len(), rows: rows.collect() }
    }
}
