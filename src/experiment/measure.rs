//! `[measure]`: what is measured, and when.

mod covariances;

pub use covariances::Covariances;

use super::error::{Fault, finite, require};
use super::landscape::Landscape;
use super::read::{count, one_or_many, positive_count};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Largest number of bins of all histograms of a cell together.
const MAX_BINS: u64 = 1 << 20;

/// What is measured. Means, covariances, loss and squared gradient are always.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(transform = super::schema::without_default("every"))]
pub struct Measure {
    /// Measure after every K-th update past the burn-in (default max(1, steps/1000)).
    #[serde(deserialize_with = "positive_count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    pub every: u64,
    /// The covariances of all pairs of coordinates, or variances alone (default "full" to 16 coordinates,
    /// "variances" beyond).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub covariance: Option<Covariances>,
    /// Histograms of coordinates or of the loss: one table or a list of them.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    #[schemars(schema_with = "super::schema::one_or_many::<Histogram>")]
    pub histogram: Vec<Histogram>,
    /// When a walker first meets a condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_passage: Option<FirstPassage>,
    /// Ensemble means and well populations along the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_series: Option<TimeSeries>,
}

/// A histogram: of one axis (`axis`), of two (`axes`), or of the loss (`of = "loss"`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "must be { axis, range = [low, high], bins }, { axes = [i, j], range = [[low, high], [low, high]], bins = [m, n] } or { of = \"loss\", range, bins }"
)]
pub enum Histogram {
    /// Of one coordinate.
    Axis(AxisHistogram),
    /// Of two coordinates together.
    Axes(PairHistogram),
    /// Of the loss.
    Loss(LossHistogram),
}

/// A histogram of one coordinate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AxisHistogram {
    /// The coordinate, from 0.
    pub axis: usize,
    /// Lower and upper edge.
    pub range: [f64; 2],
    /// Number of bins.
    #[serde(default = "hundred", deserialize_with = "count")]
    #[schemars(schema_with = "super::schema::positive_count")]
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

/// A histogram of the loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LossHistogram {
    /// `"loss"`.
    pub of: Observable,
    /// Lower and upper edge.
    pub range: [f64; 2],
    /// Number of bins.
    #[serde(default = "hundred", deserialize_with = "count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    pub bins: u64,
}

/// A function of the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Observable {
    /// L(θ).
    Loss,
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
}

/// When a walker first meets a condition, and what happens to it then. Exactly one of the conditions
/// `axis` with `above` or `below`, `loss_above`, `radius_above` is given; a walker has passed when the
/// state after an update meets it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstPassage {
    /// The coordinate of `above` or `below`, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub axis: Option<usize>,
    /// Passed when the coordinate is above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// Passed when the coordinate is below this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// Passed when the loss is above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub loss_above: Option<f64>,
    /// Passed when |θ|, the distance from the origin, is above this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub radius_above: Option<f64>,
    /// What happens to a walker that has passed.
    #[serde(default)]
    pub after: After,
    /// How a passage is seen.
    #[serde(default)]
    pub crossing: Crossing,
}

/// What happens to a walker that has passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum After {
    /// It goes back to its start, during burn-in too.
    #[default]
    Restart,
    /// It is frozen and no longer measured.
    Absorb,
    /// It goes on; only its first passage is recorded.
    Continue,
}

/// How a passage is seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Crossing {
    /// Looked for after every update.
    #[default]
    Discrete,
}

/// The condition of a first passage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// θ_axis > threshold.
    Above(usize, f64),
    /// θ_axis < threshold.
    Below(usize, f64),
    /// L(θ) > threshold.
    LossAbove(f64),
    /// |θ| > threshold.
    RadiusAbove(f64),
}

/// Ensemble means and well populations at evenly spaced times of the measured steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TimeSeries {
    /// Number of times; point j = 1, 2, …, n is after measured step ⌈j steps / n⌉.
    #[serde(deserialize_with = "count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    pub points: u64,
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
            Self::Loss(h) => {
                vec![BinnedAxis { variable: Variable::Loss, low: h.range[0], high: h.range[1], bins: h.bins }]
            }
        }
    }

    /// Number of bins inside the ranges.
    pub fn bins(&self) -> u64 {
        self.axes().iter().map(|axis| axis.bins).product()
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

impl FirstPassage {
    /// The condition.
    ///
    /// # Panics
    /// Where no condition is given, which reading an experiment refuses.
    pub fn condition(&self) -> Condition {
        match self {
            Self { above: Some(x), .. } => Condition::Above(self.axis.unwrap_or(0), *x),
            Self { below: Some(x), .. } => Condition::Below(self.axis.unwrap_or(0), *x),
            Self { loss_above: Some(l), .. } => Condition::LossAbove(*l),
            Self { radius_above: Some(r), .. } => Condition::RadiusAbove(*r),
            _ => unreachable!("reading refuses a first passage without a condition"),
        }
    }

    fn validate(&self, dimension: usize) -> Result<(), Fault> {
        let key = |name: &str| format!("first_passage.{name}");
        let given = [
            ("above", self.above),
            ("below", self.below),
            ("loss_above", self.loss_above),
            ("radius_above", self.radius_above),
        ];
        let mut given = given.iter().filter_map(|(name, value)| value.map(|v| (*name, v)));
        let Some((name, value)) = given.next() else {
            return Err(Fault::new(
                "first_passage",
                "needs a condition: `axis` with `above` or `below`, or `loss_above`, or `radius_above`",
            ));
        };
        if let Some((second, _)) = given.next() {
            return Err(Fault::new(key(second), format!("only one condition is allowed, and `{name}` is given")));
        }
        finite(&[value], &key(name))?;
        let along_axis = name == "above" || name == "below";
        match self.axis {
            Some(axis) => {
                require(along_axis, &key("axis"), "goes with `above` or `below` only")?;
                require(
                    axis < dimension,
                    &key("axis"),
                    &format!("must be below {dimension}, the number of coordinates"),
                )
            }
            None if along_axis && dimension > 1 => {
                Err(Fault::new("first_passage", format!("`{name}` needs an `axis`")))
            }
            None => Ok(()),
        }
    }
}

impl Measure {
    /// Which covariances are measured in `dimension` coordinates.
    pub fn covariances(&self, dimension: usize) -> Covariances {
        self.covariance.unwrap_or_else(|| Covariances::usual(dimension))
    }

    /// Numbers that a block keeps of moments, histograms and time series, in `dimension` coordinates.
    pub(crate) fn numbers_kept(&self, dimension: usize) -> u64 {
        let covariances = self.covariances(dimension);
        let products: usize = (0..dimension).map(|i| covariances.partners(i, dimension).len()).sum();
        // Of the loss, both squared gradients, and the weights.
        let moments = (dimension + products + 4) as u64;
        let bins: u64 = self.histogram.iter().map(Histogram::bins).sum();
        // A point of the time series has three counts, a sum a coordinate, that of the loss, and its list.
        moments + bins + self.time_series.as_ref().map_or(0, |s| s.points * (dimension as u64 + 7))
    }

    /// Writes defaults that depend on other keys, then checks every value.
    pub(crate) fn complete(&mut self, landscape: &Landscape, steps: u64) -> Result<(), Fault> {
        let dimension = landscape.dimension();
        if self.every == 0 {
            self.every = (steps / 1000).max(1);
        }
        self.covariance = Some(self.covariances(dimension));
        require(
            self.every <= steps,
            "every",
            &format!("must be at most ensemble.steps = {steps}, or nothing is measured"),
        )?;
        self.histogram.iter().try_for_each(|h| h.validate(dimension))?;
        let all: u64 = self.histogram.iter().map(Histogram::bins).sum();
        require(all <= MAX_BINS, "histogram", &format!("may have at most {MAX_BINS} bins in all"))?;
        if let Some(passage) = &mut self.first_passage {
            passage.validate(dimension)?;
            if passage.axis.is_none() && (passage.above.is_some() || passage.below.is_some()) {
                passage.axis = Some(0);
            }
        }
        if let Some(series) = &self.time_series {
            require(
                (1..=steps.min(100_000)).contains(&series.points),
                "time_series.points",
                "must be at least 1 and at most ensemble.steps and 100000",
            )?;
        }
        Ok(())
    }
}
