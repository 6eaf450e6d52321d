//! The experiment file: what the user wrote, typed and validated; plain data.
//!
//! [`Experiment::read`] turns a TOML file into an [`Experiment`]: one [`Cell`] for every point of the
//! sweep, every default written out. Nothing here knows of engines or devices.

mod dynamics;
mod ensemble;
mod error;
mod expect;
mod landscape;
mod measure;
mod noise;
mod random;
mod read;
mod schema;
mod seed;
mod source;
mod sweep;

pub use dynamics::{Dynamics, Langevin, PerCoordinate, Scheme, Sgd};
pub use ensemble::{Ensemble, Normal, Start, Uniform};
pub use error::{ExperimentError, Invalid};
pub use expect::{Expectation, ExpectedKind, ExpectedValue};
pub use landscape::{DoubleWell, Hessian, Landscape, Quadratic};
pub use measure::{
    After, AxisHistogram, BinnedAxis, Condition, Crossing, FirstPassage, Histogram, LossHistogram, Measure, Observable,
    PairHistogram, TimeSeries, Variable,
};
pub use noise::{Covariance, Distribution, Gaussian, Noise};
pub use random::Random;
pub use source::Override;
pub use sweep::{Cell, Sweep};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Largest number of dimensions that a landscape may have.
pub const MAX_DIMENSION: usize = 16;

/// One experiment: a system, an ensemble and what to measure, possibly over a sweep of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Experiment {
    /// Name of the experiment (the file's stem), which names the results directory.
    pub name: String,
    /// What it is about, in one line.
    pub title: String,
    /// Key of the random number generator.
    pub seed: u64,
    /// Floating-point type of the walk.
    pub precision: Precision,
    /// Random number generator.
    pub random: Random,
    /// The sweep as written; empty where there is none.
    pub sweep: Sweep,
    /// What the author expects, by estimate.
    pub expect: BTreeMap<String, Expectation>,
    /// One cell for every point of the sweep, in order; a single one without a sweep.
    pub cells: Vec<Cell>,
}

/// What one cell of an experiment is: everything but title, seed and sweep.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(transform = schema::without_default("measure"))]
pub struct Setup {
    /// The landscape L(θ).
    pub landscape: Landscape,
    /// Gradient noise of SGD-like rules; absent means none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub noise: Option<Noise>,
    /// The update rule.
    pub dynamics: Dynamics,
    /// How many walkers, from where, for how long.
    pub ensemble: Ensemble,
    /// What to measure.
    #[schemars(default)]
    pub measure: Measure,
}

/// Floating-point type of the walk; sums over walkers are in f64 or integers on every engine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Precision {
    /// Single precision, on both engines.
    #[default]
    F32,
    /// Double precision, on the CPU engine only.
    F64,
}

impl Setup {
    /// Number of coordinates of a walker.
    pub fn dimension(&self) -> usize {
        self.landscape.dimension()
    }

    /// Time that passes in one update (t = Σ η_k, or the SDE's own time): `time_step`, or the
    /// `learning_rate` where all coordinates share it, else 1, so that t counts steps.
    pub fn time_per_step(&self) -> f64 {
        match &self.dynamics {
            Dynamics::Langevin(rule) => rule.time_step,
            Dynamics::Sgd(rule) => rule.learning_rate.shared().unwrap_or(1.0),
        }
    }
}

impl Setup {
    /// What multiplies the gradient in one step, for every coordinate: `time_step`, or the learning rates.
    pub fn step_sizes(&self) -> Vec<f64> {
        match &self.dynamics {
            Dynamics::Langevin(rule) => vec![rule.time_step; self.dimension()],
            Dynamics::Sgd(rule) => rule.learning_rate.values(self.dimension()),
        }
    }

    /// Whether walkers carry times of their own, which run at another pace than their steps.
    pub fn is_time_changed(&self) -> bool {
        false
    }

    /// Shape of the noise of one step.
    pub fn distribution(&self) -> Distribution {
        match &self.dynamics {
            Dynamics::Langevin(rule) => rule.distribution,
            Dynamics::Sgd(_) => self.noise.as_ref().map_or_else(Distribution::default, Noise::distribution),
        }
    }

    /// The temperature of the Gibbs density that the system has as the step goes to zero: T itself, or
    /// η σ²/(2B) for SGD with the same independent noise in every coordinate; else none.
    pub fn temperature(&self) -> Option<f64> {
        match &self.dynamics {
            Dynamics::Langevin(rule) => rule.temperature.shared(),
            Dynamics::Sgd(rule) => {
                let variance = self.noise.as_ref()?.covariance().isotropic(self.dimension())?;
                Some(rule.learning_rate.shared()? * variance / (2.0 * rule.batch_size as f64))
            }
        }
    }
}

/// The experiment file as its JSON Schema describes it.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "kramers experiment", deny_unknown_fields)]
struct ExperimentFile {
    /// What the experiment is about, in one line.
    #[serde(default)]
    title: String,
    /// Key of the random number generator.
    #[serde(default, serialize_with = "seed::write")]
    #[schemars(schema_with = "schema::seed")]
    seed: u64,
    #[serde(default)]
    precision: Precision,
    #[serde(default)]
    random: Random,
    #[serde(flatten)]
    setup: Setup,
    /// Keys to sweep over, each a list of values or a range; several make a grid.
    #[serde(skip_serializing_if = "Sweep::is_empty")]
    #[schemars(default)]
    sweep: Sweep,
    /// What the author expects, by estimate.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    #[schemars(default)]
    expect: BTreeMap<String, Expectation>,
}

impl Experiment {
    /// The experiment as a TOML file with every default written out that holds in all cells; reading it
    /// back gives the same experiment.
    pub fn to_toml(&self) -> String {
        let file = ExperimentFile {
            title: self.title.clone(),
            seed: self.seed,
            precision: self.precision,
            random: self.random,
            setup: self.cells[0].setup.clone(),
            sweep: self.sweep.clone(),
            expect: self.expect.clone(),
        };
        let mut all = Table::try_from(&file).expect("an experiment holds nothing that TOML cannot");
        let swept = self.sweep.keys();
        for cell in &self.cells[1..] {
            let setup = Table::try_from(&cell.setup).expect("a setup holds nothing that TOML cannot");
            for (name, values) in &setup {
                if let (Some(Value::Table(mine)), Value::Table(theirs)) = (all.get_mut(name), values) {
                    keep_common(mine, theirs, name, &swept);
                }
            }
        }
        toml::to_string(&all).expect("a table is TOML")
    }

    /// JSON Schema of the experiment file.
    pub fn schema() -> serde_json::Value {
        let mut generator = schemars::SchemaGenerator::default();
        // No key of the file holds the name of a prediction, but results do, and it is from a closed list.
        let sources = crate::theory::Source::json_schema(&mut generator);
        generator.definitions_mut().insert("PredictionSource".to_owned(), sources.into());
        generator.into_root_schema_for::<ExperimentFile>().into()
    }
}

/// Drops from `mine` what `theirs` has otherwise, but for the values of `swept` keys: such a default
/// depends on them, and is worked out again.
fn keep_common(mine: &mut Table, theirs: &Table, parent: &str, swept: &[String]) {
    mine.retain(|name, value| {
        let key = format!("{parent}.{name}");
        match (value, theirs.get(name)) {
            _ if swept.contains(&key) => true,
            (Value::Table(mine), Some(Value::Table(theirs))) => {
                keep_common(mine, theirs, &key, swept);
                true
            }
            (value, other) => other == Some(&*value),
        }
    });
}

/// Most numbers that the blocks of an experiment may keep of histograms and time series: 2 GiB.
const MOST_NUMBERS: u64 = 1 << 28;

impl Experiment {
    /// Refuses histograms and time series that memory does not hold.
    fn fits_memory(&self) -> Result<(), error::Fault> {
        // A cell has at most 128 blocks, of 64 walkers or more.
        let blocks = |setup: &Setup| setup.ensemble.walkers.div_ceil(64).min(128);
        let numbers = self
            .cells
            .iter()
            .map(|c| blocks(&c.setup) * c.setup.measure.numbers_kept(c.setup.dimension()))
            .sum::<u64>();
        let message = format!(
            "has {} cells with up to 128 blocks each, which keep {numbers} numbers of histograms and time series; at most {MOST_NUMBERS} are allowed",
            self.cells.len()
        );
        error::require(numbers <= MOST_NUMBERS, "measure", &message)
    }
}
