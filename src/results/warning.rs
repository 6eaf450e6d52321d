//! Warnings: what a user should know before believing a result.

use crate::experiment::{After, Experiment, Setup};
use crate::landscape::critical_points::CriticalPoint;
use crate::tally::Tally;
use crate::theory;
use std::fmt;

/// Passages below which an escape rate's error bar is itself uncertain by more than 10 %.
const FEW_PASSAGES: u64 = 100;

/// One warning about one cell.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Warning {
    /// Walkers left the numbers.
    Lost {
        /// Place of the cell in the sweep.
        cell: usize,
        /// How many walkers.
        count: u64,
        /// How many walkers the cell has.
        walkers: u64,
        /// The update (from 1) after which the first was lost.
        first_step: u32,
        /// Whether that is more than `ensemble.lost_tolerance` allows.
        beyond_tolerance: bool,
        /// Whether they were to pass by ways that are split.
        rare: bool,
    },
    /// An escape rate rests on few passages.
    FewPassages {
        /// Place of the cell in the sweep.
        cell: usize,
        /// How many passages.
        count: u64,
    },
    /// The burn-in is shorter than the well's relaxation time, so that `escape_rate` is not 1/MFPT.
    ShortBurnIn {
        /// Place of the cell in the sweep.
        cell: usize,
        /// Steps before measuring.
        burn_in: u64,
        /// Steps that the well takes to relax.
        relaxation: u64,
    },
    /// Rare passages have other wells on their way.
    WellsOnWay {
        /// Place of the cell in the sweep.
        cell: usize,
        /// Their minima.
        minima: Vec<Vec<f64>>,
    },
    /// Values were too large for the fixed-point sums of the GPU engine.
    Overflow {
        /// Place of the cell in the sweep.
        cell: usize,
    },
    /// `[expect]` names something that this experiment does not estimate.
    NotEstimated {
        /// The name.
        name: String,
    },
    /// Blocks were not finished.
    Missing {
        /// Place of the cell in the sweep.
        cell: usize,
        /// Blocks finished.
        finished: usize,
        /// Blocks planned.
        planned: usize,
    },
}

impl Warning {
    /// What can be said before a run.
    pub fn before(experiment: &Experiment) -> Vec<Self> {
        let (mut all, mut points) = (Vec::new(), None);
        for (k, cell) in experiment.cells.iter().enumerate() {
            all.extend(short_burn_in(k, &cell.setup));
            all.extend(wells(k, &cell.setup, &mut points));
        }
        all
    }

    /// What a tally shows. `planned` is the number of blocks of every cell.
    pub fn after(experiment: &Experiment, tally: &Tally, planned: &[usize]) -> Vec<Self> {
        let of_cell = |cell: usize| {
            let setup = &experiment.cells[cell].setup;
            let blocks: Vec<_> = tally.cell(cell as u32).collect();
            let count: u64 = blocks.iter().map(|b| b.lost.count).sum();
            let first = blocks.iter().filter_map(|b| b.lost.first_step).min();
            let walkers: u64 = blocks.iter().map(|b| b.walkers).sum();
            let share = count as f64 / walkers.max(1) as f64;
            let lost = first.map(|first_step| Self::Lost {
                cell,
                count,
                walkers,
                first_step,
                beyond_tolerance: share > setup.ensemble.lost_tolerance,
                rare: setup.rare.is_some(),
            });
            let passages = blocks.iter().map(|b| b.passages.as_ref().map(|p| p.count)).sum::<Option<u64>>();
            let few = passages
                .filter(|n| setup.measure.first_passage.is_some() && *n < FEW_PASSAGES)
                .map(|count| Self::FewPassages { cell, count });
            let overflow = blocks.iter().any(|b| b.moments.overflows > 0 || b.series.iter().any(|s| s.overflows > 0));
            let (finished, planned) = (blocks.len(), planned[cell]);
            let missing = (finished < planned).then_some(Self::Missing { cell, finished, planned });
            [lost, few, overflow.then_some(Self::Overflow { cell }), missing]
        };
        (0..experiment.cells.len()).flat_map(of_cell).flatten().collect()
    }

    /// Whether the run has failed, though its results are written.
    pub fn is_failure(&self) -> bool {
        matches!(self, Self::Lost { beyond_tolerance: true, .. } | Self::Missing { .. })
    }
}

fn short_burn_in(cell: usize, setup: &Setup) -> Option<Warning> {
    setup.measure.first_passage.as_ref().filter(|p| p.after == After::Restart)?;
    let steps = theory::relaxation_time(setup)? / setup.time_per_step()?;
    let burn_in = setup.ensemble.burn_in;
    ((burn_in as f64) < steps).then(|| Warning::ShortBurnIn { cell, burn_in, relaxation: steps.ceil() as u64 })
}

/// Wells on the way of a rare passage. `known` are the critical points of the landscape, for the cells that come next.
fn wells<'s>(
    cell: usize,
    setup: &'s Setup,
    known: &mut Option<(&'s Setup, Option<Vec<CriticalPoint>>)>,
) -> Option<Warning> {
    setup.rare.as_ref()?;
    let ground = |setup: &'s Setup| (&setup.landscape, &setup.ensemble.start);
    if known.as_ref().is_none_or(|(of, _)| ground(of) != ground(setup)) {
        *known = Some((setup, setup.landscape.critical_points(&setup.ensemble.start.corners())));
    }
    let points = known.as_ref()?.1.as_ref()?;
    let minima: Vec<_> = theory::wells_on_way(setup, points).into_iter().map(<[f64]>::to_vec).collect();
    (!minima.is_empty()).then_some(Warning::WellsOnWay { cell, minima })
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lost { cell, count, walkers, first_step, beyond_tolerance, rare } => {
                write!(f, "cell {cell}: {count} of {walkers} walkers were lost, the first after step {first_step}")?;
                match (beyond_tolerance, rare) {
                    (true, _) => write!(f, ", more than ensemble.lost_tolerance allows"),
                    (false, true) => write!(f, "; they count as not passing"),
                    (false, false) => write!(f, "; they are in no estimate"),
                }
            }
            Self::FewPassages { cell, count } => {
                write!(
                    f,
                    "cell {cell}: only {count} passages; more walkers or steps would give a trustworthy error bar"
                )
            }
            Self::ShortBurnIn { cell, burn_in, relaxation } => write!(
                f,
                "cell {cell}: ensemble.burn_in = {burn_in} is shorter than the well's relaxation time, about \
                 {relaxation} steps; escape_rate will not be 1/MFPT"
            ),
            Self::WellsOnWay { cell, minima } => {
                write!(f, "cell {cell}: out of the basin, where walkers have not passed, ")?;
                match minima.as_slice() {
                    [first, _, ..] => write!(f, "are {} minima, one at {first:.4?}", minima.len())?,
                    one => write!(f, "is a minimum at {:.4?}", one.concat())?,
                }
                write!(
                    f,
                    "; a walker caught there is followed until it leaves: pass before it, or have it in the basin"
                )
            }
            Self::Overflow { cell } => {
                write!(f, "cell {cell}: values were too large for the sums on this device; use --device cpu")
            }
            Self::NotEstimated { name } => write!(f, "expect.{name}: this experiment has no such estimate"),
            Self::Missing { cell, finished, planned } => {
                write!(f, "cell {cell}: only {finished} of {planned} blocks of walkers were finished")
            }
        }
    }
}
