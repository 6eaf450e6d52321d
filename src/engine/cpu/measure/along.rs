//! How far walkers are on the way to a rare passage; twins of `shaders/measure/along/`.

use crate::engine::cpu::interpreter::Interpreter;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile};
use crate::plan::AlongStage;

/// What says how far a walker is.
pub enum Along<R> {
    Upwards(usize),
    Downwards(usize),
    Loss,
    Radius,
    Formula(Interpreter<R>),
}

impl<R: Real> Along<R> {
    pub fn new(isa: Isa, stage: &AlongStage, uniforms: &[f64]) -> Self {
        match stage {
            AlongStage::Coordinate { axis, downwards: false } => Self::Upwards(*axis as usize),
            AlongStage::Coordinate { axis, downwards: true } => Self::Downwards(*axis as usize),
            AlongStage::Loss => Self::Loss,
            AlongStage::Radius => Self::Radius,
            AlongStage::Formula(stage) => {
                let uniforms: Vec<R> = uniforms.iter().map(|x| R::from_f64(*x)).collect();
                Self::Formula(Interpreter::new(isa, &stage.routine, &uniforms))
            }
        }
    }

    /// Its value for every walker.
    pub fn find(&mut self, isa: Isa, tile: &Tile<R>, landscape: &mut dyn Landscape<R>, value: &mut Row<R>) {
        match self {
            Self::Upwards(axis) => value.copy_from_slice(&tile.x[*axis][..]),
            Self::Downwards(axis) => isa.run(
                #[inline(always)]
                || {
                    for lane in 0..LANES {
                        value[lane] = R::default() - tile.x[*axis][lane];
                    }
                },
            ),
            Self::Loss => landscape.loss(&tile.x, value),
            Self::Radius => isa.run(
                #[inline(always)]
                || {
                    for lane in 0..LANES {
                        value[lane] = tile.x.iter().fold(R::default(), |sum, x| x[lane].mul_add(x[lane], sum));
                    }
                },
            ),
            Self::Formula(formula) => formula.run(&tile.x, std::slice::from_mut(value)),
        }
    }
}
