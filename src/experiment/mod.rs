//! The experiment file: what the user wrote, typed and validated; plain data.
//!
//! [`Experiment::read`] turns a TOML file into an [`Experiment`]: one [`Cell`] for every point of the
//! sweep, every default written out. Nothing here knows of engines or devices.

mod combination;
mod distribution;
mod dynamics;
mod ensemble;
mod error;
mod expect;
mod landscape;
mod measure;
mod noise;
mod random;
mod rare;
mod read;
mod schema;
mod seed;
mod setup;
mod source;
mod sweep;

pub use distribution::Distribution;
pub use dynamics::*;
pub use ensemble::{Ensemble, Normal, Start, Uniform};
pub use error::{ExperimentError, Invalid};
pub use expect::{Expectation, ExpectedKind, ExpectedValue, Quantity};
pub use landscape::*;
pub use measure::*;
pub use noise::*;
pub use random::Random;
pub use rare::{Along, Rare, RareMethod};
pub use setup::Setup;
pub use source::Override;
pub use sweep::{Cell, Sweep};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use toml::{Table, Value};

/// Largest number of dimensions that a landscape may have.
pub const MAX_DIMENSION: usize = 64;

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

/// Most numbers that the blocks of an experiment may keep of moments, histograms and time series: 2 GiB.
const MOST_NUMBERS: u64 = 1 << 28;

impl Experiment {
    /// Refuses moments, histograms and time series that memory does not hold.
    fn fits_memory(&self) -> Result<(), error::Fault> {
        // A cell has at most 128 blocks, of 64 walkers or more.
        let blocks = |setup: &Setup| setup.ensemble.walkers.div_ceil(64).min(128);
        let numbers = self
            .cells
            .iter()
            .map(|c| {
                let (setup, blocks) = (&c.setup, blocks(&c.setup));
                blocks * setup.measure.numbers_kept(setup.dimension(), setup.ensemble.walkers.div_ceil(blocks))
            })
            .sum::<u64>();
        let message = format!(
            "has {} cells with up to 128 blocks each, which keep {numbers} numbers of moments, histograms, time series and the like; at most {MOST_NUMBERS} are allowed",
            self.cells.len()
        );
        error::require(numbers <= MOST_NUMBERS, "measure", &message)
    }
}
