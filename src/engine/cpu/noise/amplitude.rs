//! Amplitudes of noise: a number a coordinate, or the rows of a lower Cholesky factor; twins of
//! `shaders/noise/amplitude_*.wgsl`.

use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row};

/// Amplitudes of coordinates that are independent, or correlated.
pub enum Amplitude<R> {
    /// One number a coordinate.
    Diagonal(Vec<R>),
    /// A lower Cholesky factor, row by row, of so many coordinates.
    Full(Vec<R>, usize),
}

impl<R: Real> Amplitude<R> {
    pub fn new(numbers: &[R], dimension: usize, full: bool) -> Self {
        if full { Self::Full(numbers.to_vec(), dimension) } else { Self::Diagonal(numbers.to_vec()) }
    }

    /// The noise that random numbers `z` make in coordinate `i`.
    #[inline(always)]
    pub fn noise_of(&self, i: usize, z: &[Row<R>], noise: &mut Row<R>) {
        match self {
            Self::Diagonal(numbers) => {
                let (a, z) = (numbers[i], &z[i]);
                for lane in 0..LANES {
                    noise[lane] = a * z[lane];
                }
            }
            Self::Full(numbers, dimension) => {
                **noise = [R::default(); LANES];
                for (f, z) in numbers[i * dimension..=i * dimension + i].iter().zip(z) {
                    for lane in 0..LANES {
                        noise[lane] = f.mul_add(z[lane], noise[lane]);
                    }
                }
            }
        }
    }
}
