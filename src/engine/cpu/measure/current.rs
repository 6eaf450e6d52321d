//! The probability current: crossings of a half-line, rotations, entropy, and displacements on a grid.

use super::Moments;
use super::axis::{Axis, unrefined};
use super::sums::measured;
use crate::engine::cpu::isa::Isa;
use crate::engine::cpu::landscape::Landscape;
use crate::engine::cpu::real::Real;
use crate::engine::cpu::tile::{LANES, Row, Tile, rows};
use crate::plan::{CellPlan, CurrentStage, EntropyStage, Kernel};
use crate::tally::BlockTally;

/// The current of the last update. Record: where the half-line begins; the matrix of entropy; edges of the grid.
pub struct Current<R> {
    isa: Isa,
    axes: [usize; 2],
    centre: [R; 2],
    /// Place of the crossings; rotations follow.
    at: usize,
    rotations: Vec<(usize, usize)>,
    /// Its place, and the matrix row by row or its diagonal.
    entropy: Option<(usize, EntropyStage, Vec<R>)>,
    grid: Option<[Axis<R>; 2]>,
    value: Row<R>,
    gradients: [Vec<Row<R>>; 2],
    displacements: [Row<f64>; 2],
    bin: Row<u32>,
}

impl<R: Real> Current<R> {
    pub fn new(isa: Isa, kernel: &Kernel, stage: CurrentStage, cell: &CellPlan) -> Self {
        let d = kernel.dimension;
        let layout = kernel.moment_layout();
        let numbers: Vec<R> = cell.record.current.iter().map(|x| R::from_f64(*x)).collect();
        let matrix = match stage.entropy {
            EntropyStage::None => 0,
            EntropyStage::Diagonal => d,
            EntropyStage::Full => d * d,
        };
        let axes = stage.axes.map(|axis| axis as usize);
        let edges = &cell.record.current[2 + matrix..];
        Self {
            isa,
            axes,
            centre: [numbers[0], numbers[1]],
            at: layout.flux(),
            rotations: layout.rotations(axes),
            entropy: layout.entropy().map(|place| (place, stage.entropy, numbers[2..2 + matrix].to_vec())),
            grid: stage.grid.map(|[m, n]| [Axis::new(&edges[..2], m), Axis::new(&edges[2..], n)]),
            value: Row::new(R::default()),
            gradients: [rows(d), rows(d)],
            displacements: [Row::new(0.0), Row::new(0.0)],
            bin: Row::new(0),
        }
    }

    /// Adds the update from `tile.before` to `tile.x` to the tile's moments, and to the grids of its blocks.
    pub fn measure(
        &mut self,
        tile: &Tile<R>,
        landscape: &mut dyn Landscape<R>,
        moments: &mut Moments<R>,
        blocks: &mut [BlockTally],
    ) {
        self.find_crossings(tile);
        moments.add(tile, self.at, None, &self.value);
        for k in 0..self.rotations.len() {
            self.find_rotation(self.rotations[k], tile);
            moments.add(tile, self.at + 1 + k, None, &self.value);
        }
        if let Some((place, _, _)) = self.entropy {
            self.find_entropy(tile, landscape);
            moments.add(tile, place, None, &self.value);
        }
        self.add_to_grid(tile, blocks);
    }

    /// ±1 for an update across the half-line, counter-clockwise positive, else 0.
    fn find_crossings(&mut self, tile: &Tile<R>) {
        let [a, b] = self.axes;
        let ([first, second], value) = (self.centre, &mut self.value);
        let (a0, a1, b0, b1) = (&tile.before[a], &tile.x[a], &tile.before[b], &tile.x[b]);
        let (zero, one) = (R::default(), R::from_f32(1.0));
        self.isa.run(
            #[inline(always)]
            || {
                for lane in 0..LANES {
                    let (from, to) = (b0[lane] - second, b1[lane] - second);
                    let (below, above) = (from < zero, to < zero);
                    // Where the update meets the line of the half-line: to the right of its beginning, with both sides
                    // times the distance to − from, whose sign is that of the crossing.
                    let place = (a0[lane] - first) * to - (a1[lane] - first) * from;
                    let up = below & !above & (place > zero);
                    let down = !below & above & (place < zero);
                    value[lane] = if up {
                        one
                    } else if down {
                        one.negative()
                    } else {
                        zero
                    };
                }
            },
        );
    }

    /// θ_i θ_j' − θ_j θ_i', from differences, so that few digits cancel.
    fn find_rotation(&mut self, (i, j): (usize, usize), tile: &Tile<R>) {
        let value = &mut self.value;
        let (i0, i1, j0, j1) = (&tile.before[i], &tile.x[i], &tile.before[j], &tile.x[j]);
        self.isa.run(
            #[inline(always)]
            || {
                for lane in 0..LANES {
                    let back = j0[lane] * (i1[lane] - i0[lane]);
                    value[lane] = i0[lane].mul_add(j1[lane] - j0[lane], back.negative());
                }
            },
        );
    }

    /// ½ (∇L(θ) + ∇L(θ'))ᵀ W (θ' − θ).
    fn find_entropy(&mut self, tile: &Tile<R>, landscape: &mut dyn Landscape<R>) {
        let Some((_, stage, matrix)) = &self.entropy else { return };
        let [before, after] = &mut self.gradients;
        landscape.gradient(&tile.before, before);
        landscape.gradient(&tile.x, after);
        let (value, d, half) = (&mut self.value, before.len(), R::from_f32(0.5));
        self.isa.run(
            #[inline(always)]
            || {
                **value = [R::default(); LANES];
                for i in 0..d {
                    let columns = if *stage == EntropyStage::Full { 0..d } else { i..i + 1 };
                    for j in columns {
                        let w = half * if *stage == EntropyStage::Full { matrix[i * d + j] } else { matrix[i] };
                        for lane in 0..LANES {
                            let force = w * (before[i][lane] + after[i][lane]);
                            value[lane] = force.mul_add(tile.x[j][lane] - tile.before[j][lane], value[lane]);
                        }
                    }
                }
            },
        );
    }

    /// Adds displacements to the bins of the updates' middles.
    fn add_to_grid(&mut self, tile: &Tile<R>, blocks: &mut [BlockTally]) {
        let Some(axes) = &self.grid else { return };
        let (value, bin, half) = (&mut self.value, &mut self.bin, R::from_f32(0.5));
        let plane = self.axes.iter().zip(axes).zip(&mut self.displacements);
        self.isa.run(
            #[inline(always)]
            || {
                unrefined(tile, bin);
                for ((axis, bins), displacement) in plane {
                    let (from, to) = (&tile.before[*axis], &tile.x[*axis]);
                    for lane in 0..LANES {
                        value[lane] = half * (from[lane] + to[lane]);
                    }
                    bins.refine(value, bin);
                    for lane in 0..LANES {
                        value[lane] = to[lane] - from[lane];
                    }
                    measured(tile, value, 0.0, displacement);
                }
            },
        );
        for segment in &tile.segments {
            let Some(grid) = &mut blocks[segment.block].current else { continue };
            for lane in segment.lanes.clone() {
                let bin = self.bin[lane] as usize;
                if let Some(count) = grid.count.get_mut(bin) {
                    *count += 1;
                    grid.first[bin] += self.displacements[0][lane];
                    grid.second[bin] += self.displacements[1][lane];
                }
            }
        }
    }
}
