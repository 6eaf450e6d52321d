//! Potentials of linear drifts in the cells of an experiment: a table for `predict`, and their part of its document.

use super::relief::list;
use super::table::{Align, of_cells};
use kramers::Experiment;
use kramers::theory::{LinearDiffusion, LinearPotential};
use nalgebra::DMatrix;
use serde_json::{Map, Value, json};

/// The diffusion that the steps of a cell become, and the potential of its stationary density.
pub(super) struct Cell {
    diffusion: LinearDiffusion,
    potential: LinearPotential,
}

/// The cells of an experiment, none where the drift is not linear, noise varies or nothing is stationary.
pub(super) fn of(experiment: &Experiment) -> Vec<Option<Cell>> {
    let of = |setup| {
        let diffusion = LinearDiffusion::of(setup)?;
        Some(Cell { potential: LinearPotential::of(&diffusion)?, diffusion })
    };
    experiment.cells.iter().map(|cell| of(&cell.setup)).collect()
}

/// Adds what is known of a cell to its part of the document.
pub(super) fn document(cell: &Cell, document: &mut Map<String, Value>) {
    let (of, potential) = (&cell.diffusion, &cell.potential);
    let value = json!({
        "drift": rows(&of.drift), "diffusion": rows(&of.diffusion),
        "hessian": rows(&potential.hessian), "rotation": rows(&potential.rotation),
    });
    document.insert("potential".to_owned(), value);
}

/// The matrices of all cells row by row, of one coordinate none: there the potential is the loss over the temperature.
pub(super) fn table(experiment: &Experiment, cells: &[Option<Cell>]) -> String {
    let heads = [("A", Align::Left), ("D", Align::Left), ("U", Align::Left), ("Q", Align::Left)];
    let table = of_cells(experiment, cells, &heads, |cell| {
        let (of, potential) = (&cell.diffusion, &cell.potential);
        // What rounding leaves of a rotation that is none.
        let least = 1e-12 * of.diffusion.amax();
        let rotation = potential.rotation.map(|q| if q.abs() < least { 0.0 } else { q });
        let matrices = [&of.drift, &of.diffusion, &potential.hessian, &rotation].map(rows);
        let row = |i: usize| matrices.iter().map(|matrix| list(&matrix[i])).collect();
        let d = of.drift.nrows();
        (0..d).filter(|_| d > 1).map(row).collect()
    });
    match table.is_empty() {
        true => table,
        false => format!("\nPotential ½ xᵀUx of the drift −Ax = −(D + Q)Ux, by rows\n{table}"),
    }
}

fn rows(matrix: &DMatrix<f64>) -> Vec<Vec<f64>> {
    matrix.row_iter().map(|row| row.iter().copied().collect()).collect()
}
