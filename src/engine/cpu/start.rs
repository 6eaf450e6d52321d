//! Where walkers start; twin of `shaders/start/`.

use super::real::Real;
use crate::plan::StartStage;
use crate::random::{Stream, counter, key, normals, uniform};

/// The words of a call from its counter and key.
pub type Generator = fn([u32; 4], [u32; 2]) -> [u32; 4];

/// The start of every walker of a cell.
pub struct Start<R> {
    stage: StartStage,
    generator: Generator,
    numbers: Vec<R>,
    dimension: usize,
    key: [u32; 2],
}

impl<R: Real> Start<R> {
    pub fn new(stage: StartStage, generator: Generator, record: &[f64], dimension: usize, seed: u64) -> Self {
        let numbers = record.iter().map(|x| R::from_f64(*x)).collect();
        Self { stage, generator, numbers, dimension, key: key(seed) }
    }

    /// Coordinate `i` of a walker of a cell.
    pub fn position(&self, cell: u32, walker: u32, i: usize) -> R {
        let d = self.dimension;
        let words = || {
            let counter = counter(Stream::Start, cell, walker, (i / 4) as u64);
            (self.generator)(counter, self.key)
        };
        match self.stage {
            StartStage::Points(n) => self.numbers[(walker % n) as usize * d + i],
            StartStage::Normal => R::from_f32(normals(words())[i % 4]).mul_add(self.numbers[d + i], self.numbers[i]),
            StartStage::Uniform => R::from_f32(uniform(words()[i % 4])).mul_add(self.numbers[d + i], self.numbers[i]),
        }
    }
}
