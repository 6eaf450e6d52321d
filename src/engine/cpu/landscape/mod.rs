//! Landscapes; twins of `shaders/landscape/`.

mod double_well;
mod formula;
mod quadratic_diagonal;
mod quadratic_full;

pub use double_well::DoubleWell;
pub use formula::Formula;
pub use quadratic_diagonal::QuadraticDiagonal;
pub use quadratic_full::QuadraticFull;

use super::tile::Row;

/// Loss and derivatives for the walkers of a tile.
pub trait Landscape<R>: Send + Sync {
    /// ∇L at `x`, one row a coordinate.
    fn gradient(&mut self, x: &[Row<R>], g: &mut [Row<R>]);
    /// L − floor at `x`.
    fn loss(&mut self, x: &[Row<R>], loss: &mut Row<R>);
    /// H(x) u; asked for where [`RelationStage::curvature`](crate::plan::RelationStage) says so.
    fn hessian_product(&mut self, x: &[Row<R>], u: &[Row<R>], product: &mut [Row<R>]);
}
