//! Histograms: what is binned, from where to where, in how many bins.

use super::observable::Observable;
use crate::experiment::Landscape;
use crate::experiment::error::{Fault, finite, require};
use crate::experiment::read::count;
use crate::formula;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Largest number of bins of all histograms of a cell together.
pub(super) const MAX_BINS: u64 = 1 << 20;

/// A histogram: of one axis (`axis`), of two (`axes`), or of the loss or a formula of the state (`of`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "must be { axis, range = [low, high], bins }, { axes = [i, j], range = [[low, high], [low, high]], bins = [m, n] } or { of = \"loss\" or a formula, range, bins }"
)]
pub enum Histogram {
    /// Of one coordinate.
    Axis(AxisHistogram),
    /// Of two coordinates together.
    Axes(PairHistogram),
    /// Of the loss or of a formula.
    Observable(ObservableHistogram),
}

/// A histogram of one coordinate. Under noise that grows with the loss, on a quadratic landscape with a loss above 0, the
/// exponents `tail_exponent[i]`, where the range has the minimum in its middle, and `loss_tail_exponent` of a single
/// coordinate are found from it: with a range far into the tail, and bins that are narrow on the scale of the middle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AxisHistogram {
    /// The coordinate, from 0.
    pub axis: usize,
    /// Lower and upper edge.
    pub range: [f64; 2],
    /// Number of bins.
    #[serde(default = "hundred", deserialize_with = "count")]
    #[schemars(schema_with = "crate::experiment::schema::positive_count")]
    pub bins: u64,
}

/// A histogram of two coordinates together.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PairHistogram {
    /// The coordinates, from 0.
    pub axes: [usize; 2],
    /// Lower and upper edge of each.
    pub range: [[f64; 2]; 2],
    /// Number of bins of each.
    pub bins: [u64; 2],
}

/// A histogram of a function of the state. Of the loss, `loss_tail_exponent` is found from it, as of a coordinate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObservableHistogram {
    /// The function.
    pub of: Observable,
    /// Lower and upper edge.
    pub range: [f64; 2],
    /// Number of bins.
    #[serde(default = "hundred", deserialize_with = "count")]
    #[schemars(schema_with = "crate::experiment::schema::positive_count")]
    pub bins: u64,
    #[serde(skip)]
    parsed: Option<formula::Observable>,
}

/// One binned variable: which, from where to where, in how many bins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BinnedAxis {
    /// The variable.
    pub variable: Variable,
    /// Lower edge.
    pub low: f64,
    /// Upper edge.
    pub high: f64,
    /// Number of bins.
    pub bins: u64,
}

impl BinnedAxis {
    /// The lower edge of bin `k`, which is the upper one of the bin before.
    pub fn edge(&self, k: u64) -> f64 {
        self.low + (self.high - self.low) * (k as f64 / self.bins as f64)
    }

    /// All edges, one more than there are bins.
    pub fn edges(&self) -> Vec<f64> {
        (0..=self.bins).map(|k| self.edge(k)).collect()
    }
}

/// What a histogram bins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variable {
    /// A coordinate.
    Coordinate(usize),
    /// The loss.
    Loss,
    /// The histogram's formula. Where this is not a number, a state is outside.
    Formula,
}

fn hundred() -> u64 {
    100
}

impl Histogram {
    /// The binned variables: one, or two with the second running fastest.
    pub fn axes(&self) -> Vec<BinnedAxis> {
        match self {
            Self::Axis(h) => vec![BinnedAxis {
                variable: Variable::Coordinate(h.axis),
                low: h.range[0],
                high: h.range[1],
                bins: h.bins,
            }],
            Self::Axes(h) => (0..2)
                .map(|k| BinnedAxis {
                    variable: Variable::Coordinate(h.axes[k]),
                    low: h.range[k][0],
                    high: h.range[k][1],
                    bins: h.bins[k],
                })
                .collect(),
            Self::Observable(h) => {
                let variable = match h.of {
                    Observable::Loss => Variable::Loss,
                    Observable::Formula(_) => Variable::Formula,
                };
                vec![BinnedAxis { variable, low: h.range[0], high: h.range[1], bins: h.bins }]
            }
        }
    }

    /// The formula that it is of, if it is of one.
    pub(crate) fn formula(&self) -> Option<&formula::Observable> {
        match self {
            Self::Observable(h) => h.parsed.as_ref(),
            Self::Axis(_) | Self::Axes(_) => None,
        }
    }

    /// Number of bins inside the ranges.
    pub fn bins(&self) -> u64 {
        self.axes().iter().map(|axis| axis.bins).product()
    }

    /// Reads its formula on `landscape`, then checks every value.
    pub(super) fn complete(&mut self, landscape: &Landscape) -> Result<(), Fault> {
        if let Self::Observable(h) = self {
            h.parsed = h.of.read(landscape, "histogram.of")?;
        }
        self.validate(landscape.dimension())
    }

    fn validate(&self, dimension: usize) -> Result<(), Fault> {
        let axis_key = if matches!(self, Self::Axes(_)) { "histogram.axes" } else { "histogram.axis" };
        for axis in self.axes() {
            if let Variable::Coordinate(i) = axis.variable {
                require(i < dimension, axis_key, &format!("must be below {dimension}, the number of coordinates"))?;
            }
            finite(&[axis.low, axis.high], "histogram.range")?;
            require(axis.low < axis.high, "histogram.range", "must be [low, high] with low < high")?;
            require(
                (1..=MAX_BINS).contains(&axis.bins),
                "histogram.bins",
                &format!("must be between 1 and {MAX_BINS}"),
            )?;
        }
        require(self.bins() <= MAX_BINS, "histogram.bins", &format!("must be at most {MAX_BINS} together"))
    }
}
