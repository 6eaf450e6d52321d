//! Reading an experiment: TOML text and overrides to typed, completed cells.

use super::combination;
use super::error::{Fault, require};
use super::source::{Override, Source, set};
use super::sweep::{Cell, Sweep};
use super::{Dynamics, Ensemble, Experiment, ExperimentError, Landscape, Measure, Noise, Rare, Setup};
use serde::de::{Deserialize, DeserializeOwned, Deserializer, Error as _};
use std::path::Path;
use toml::{Table, Value};

const TOP_LEVEL: &[&str] = &[
    "title",
    "seed",
    "precision",
    "random",
    "landscape",
    "noise",
    "dynamics",
    "ensemble",
    "measure",
    "rare",
    "sweep",
    "expect",
];

impl Experiment {
    /// Reads the experiment file at `path`, with values overridden by `overrides`.
    ///
    /// # Errors
    /// Where the file cannot be read, is not TOML, or a key is unknown, missing or out of range.
    pub fn read(path: &Path, overrides: &[Override]) -> Result<Self, ExperimentError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ExperimentError::Unreadable { path: path.to_owned(), source })?;
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        Self::parse(&name, &path.display().to_string(), &text, overrides)
    }

    /// Reads an experiment from `text`; `file` is how messages call it, and its folder where relative paths
    /// start.
    ///
    /// # Errors
    /// Where the text is not TOML, or a key is unknown, missing or out of range.
    ///
    /// ```
    /// let text = r#"
    ///     landscape = { kind = "quadratic", hessian = [1.0] }
    ///     dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.01 }
    ///     ensemble = { walkers = 1e4, steps = 1e3, start = [0.0] }
    /// "#;
    /// let experiment = kramers::Experiment::parse("well", "well.toml", text, &[])?;
    /// assert_eq!(experiment.cells[0].setup.ensemble.walkers, 10_000);
    /// # Ok::<(), kramers::ExperimentError>(())
    /// ```
    pub fn parse(name: &str, file: &str, text: &str, overrides: &[Override]) -> Result<Self, ExperimentError> {
        let source = Source::parse(file, text, overrides)?;
        let folder = Path::new(file).parent().unwrap_or(Path::new(""));
        let read = || {
            let experiment = Self::from_table(name, folder, source.table().clone())?;
            source.refuse_overrides_of(&experiment.sweep.keys())?;
            Ok(experiment)
        };
        read().map_err(|fault| source.invalid(fault))
    }

    fn from_table(name: &str, folder: &Path, table: Table) -> Result<Self, Fault> {
        known_keys(&table, "", TOP_LEVEL)?;
        let sweep: Sweep = read_or_default(&table, "sweep")?;
        let mut cells = Vec::new();
        for parameters in sweep.points()? {
            let mut table = table.clone();
            for (key, value) in &parameters {
                set(&mut table, key, value.clone())?;
            }
            let mut setup = read_setup(&table, folder)?;
            // Samples of a landscape that is not swept are held once.
            if let Some(last) = cells.last().filter(|last: &&Cell| last.setup.landscape == setup.landscape) {
                setup.landscape = last.setup.landscape.clone();
            }
            cells.push(Cell { parameters, setup });
        }
        let experiment = Self {
            name: name.to_owned(),
            title: read_or_default(&table, "title")?,
            seed: table.get("seed").map_or(Ok(0), super::seed::read)?,
            precision: read_or_default(&table, "precision")?,
            random: read_or_default(&table, "random")?,
            sweep,
            expect: read_or_default(&table, "expect")?,
            cells,
        };
        experiment.fits_memory()?;
        for (estimate, expectation) in &experiment.expect {
            let values = expectation.evaluate(&experiment.cells);
            values.map_err(|message| Fault::new("value", message).under(estimate).under("expect"))?;
        }
        Ok(experiment)
    }
}

fn read_setup(table: &Table, folder: &Path) -> Result<Setup, Fault> {
    let mut landscape = read_kind(table, "landscape", Landscape::KINDS, Landscape::read)?;
    landscape.complete(folder).map_err(|f| f.under("landscape"))?;
    let dimension = landscape.dimension();

    let mut noise = match table.get("noise") {
        None => None,
        Some(_) => Some(read_kind(table, "noise", Noise::KINDS, Noise::read)?),
    };
    if let Some(noise) = &mut noise {
        noise.complete(dimension).map_err(|f| f.under("noise"))?;
    }

    let mut dynamics = read_kind(table, "dynamics", Dynamics::KINDS, Dynamics::read)?;
    dynamics.complete(dimension, noise.is_some(), landscape.largest_curvature()).map_err(|f| f.under("dynamics"))?;

    let mut ensemble: Ensemble = read_table(table, "ensemble")?;
    ensemble.complete(dimension).map_err(|f| f.under("ensemble"))?;

    let mut measure: Measure = match table.get("measure") {
        None => Measure::default(),
        Some(_) => read_table(table, "measure")?,
    };
    measure.complete(&landscape, ensemble.steps).map_err(|f| f.under("measure"))?;
    let mut rare: Option<Rare> = match table.get("rare") {
        None => None,
        Some(_) => Some(read_table(table, "rare")?),
    };
    if let Some(rare) = &mut rare {
        rare.complete(&landscape).map_err(|f| f.under("rare"))?;
    }
    let setup = Setup { landscape, noise, dynamics, ensemble, measure, rare };
    combination::refuse(&setup)?;
    Ok(setup)
}

/// Reads the table `name`, whose key `kind` says what the other keys are.
fn read_kind<T>(
    table: &Table,
    name: &str,
    kinds: &[&str],
    read: fn(&str, Table) -> Result<T, Fault>,
) -> Result<T, Fault> {
    let mut rest = subtable(table, name)?;
    let allowed = || kinds.iter().map(|k| format!("\"{k}\"")).collect::<Vec<_>>().join(", ");
    let Some(kind) = rest.remove("kind") else {
        return Err(Fault::new("kind", format!("is missing; it is one of {}", allowed())).under(name));
    };
    match kind.as_str() {
        Some(kind) if kinds.contains(&kind) => read(kind, rest).map_err(|f| f.under(name)),
        Some(kind) => {
            Err(Fault::new("kind", format!("must be one of {}{}", allowed(), nearest(kind, kinds))).under(name))
        }
        None => Err(Fault::new("kind", format!("must be one of {}", allowed())).under(name)),
    }
}

fn read_table<T: DeserializeOwned>(table: &Table, name: &str) -> Result<T, Fault> {
    read(subtable(table, name)?).map_err(|f| f.under(name))
}

fn subtable(table: &Table, name: &str) -> Result<Table, Fault> {
    match table.get(name) {
        Some(Value::Table(inner)) => Ok(inner.clone()),
        Some(_) => Err(Fault::new(name, "must be a table")),
        None => Err(Fault::new(name, format!("is missing: an experiment needs a [{name}] table"))),
    }
}

fn read_or_default<T: DeserializeOwned + Default>(table: &Table, name: &str) -> Result<T, Fault> {
    match table.get(name) {
        None => Ok(T::default()),
        Some(value) => from_value(value.clone()).map_err(|f| f.under(name)),
    }
}

/// Reads one struct with the path of the key that fails.
pub(super) fn read<T: DeserializeOwned>(table: Table) -> Result<T, Fault> {
    from_value(Value::Table(table))
}

fn from_value<T: DeserializeOwned>(value: Value) -> Result<T, Fault> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        explain(&path, error.inner().message())
    })
}

/// Turns serde's words into ours: which key, and what is allowed.
fn explain(path: &str, message: &str) -> Fault {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field") && !quoted.is_empty() {
        let key = quoted[0];
        let known = &quoted[1..];
        // serde_path_to_error names the unknown field too.
        let parent = path.strip_suffix(key).map_or(path, |p| p.trim_end_matches('.'));
        let fault = Fault::new(key, unknown_key(key, known));
        return if parent.is_empty() { fault } else { fault.under(parent) };
    }
    if message.starts_with("missing field") && !quoted.is_empty() {
        let fault = Fault::new(quoted[0], "is missing");
        return if path.is_empty() { fault } else { fault.under(path) };
    }
    if message.starts_with("unknown variant") && !quoted.is_empty() {
        let known: Vec<String> = quoted[1..].iter().map(|k| format!("\"{k}\"")).collect();
        return Fault::new(path, format!("must be {}{}", known.join(" or "), nearest(quoted[0], &quoted[1..])));
    }
    let expected = message.rsplit_once("expected ").map(|(_, what)| match what {
        "f64" | "floating point number" => "a number",
        "u64" | "usize" | "u32" => "a whole number, not negative",
        other => other,
    });
    match expected {
        Some(expected) => Fault::new(path, format!("must be {expected}")),
        None => Fault::new(path, message.lines().next().unwrap_or_default()),
    }
}

fn known_keys(table: &Table, parent: &str, known: &[&str]) -> Result<(), Fault> {
    table.keys().try_for_each(|key| {
        let fault = || unknown_key(key, known);
        require(known.contains(&key.as_str()), key, &fault())
            .map_err(|f| if parent.is_empty() { f } else { f.under(parent) })
    })
}

fn unknown_key(key: &str, known: &[&str]) -> String {
    format!("unknown key{}; known here: {}", nearest(key, known), known.join(", "))
}

/// ", did you mean X?" where one of `known` is near `word`.
pub(super) fn nearest(word: &str, known: &[&str]) -> String {
    let near = crate::spelling::nearest(word, known.iter().copied());
    near.map(|k| format!(", did you mean `{k}`?")).unwrap_or_default()
}

/// Reads a count, written as an integer or as a float without a fraction (`1e6`).
pub(super) fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let wrong = || D::Error::custom("expected a whole number, not negative (1000, 1_000 or 1e3)");
    match Value::deserialize(deserializer)? {
        Value::Integer(n) => u64::try_from(n).map_err(|_| wrong()),
        // 2^53: beyond it a float no longer holds every whole number.
        Value::Float(x) if x >= 0.0 && x.fract() == 0.0 && x <= 9_007_199_254_740_992.0 => Ok(x as u64),
        _ => Err(wrong()),
    }
}

/// Reads a list of counts.
pub(super) fn counts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u64>, D::Error> {
    let values = Vec::<Value>::deserialize(deserializer)?;
    values.into_iter().map(|value| count(value).map_err(|e: toml::de::Error| D::Error::custom(e.message()))).collect()
}

/// Reads a count of at least 1.
pub(super) fn positive_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    match count(deserializer)? {
        0 => Err(D::Error::custom("expected a whole number, at least 1")),
        n => Ok(n),
    }
}

/// Reads a count of a key that may be absent.
pub(super) fn some_count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    count(deserializer).map(Some)
}

/// Reads a list of `T`, or a single one as a list of one.
pub(super) fn one_or_many<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let values = match Value::deserialize(deserializer)? {
        Value::Array(values) => values,
        single => vec![single],
    };
    values
        .into_iter()
        .map(|value| value.try_into().map_err(|e: toml::de::Error| D::Error::custom(e.message())))
        .collect()
}
