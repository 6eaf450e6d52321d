//! `[sweep]`: keys that take several values, and the cells that they make.

use super::Setup;
use super::error::{Fault, require};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

/// One point of the sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The swept keys and their values here; empty without a sweep.
    pub parameters: Vec<(String, Value)>,
    /// What the cell is.
    pub setup: Setup,
}

/// The sweep as written: dotted keys with a list of values or a range `{ from, to, count, scale }`
/// (`scale` is "linear" or "log"). Several keys make a grid, the last running fastest; `zip = true`
/// pairs them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Sweep(#[schemars(schema_with = "super::schema::sweep")] Table);

/// Evenly spaced values, on a linear or a log scale.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Range {
    /// The first value.
    from: f64,
    /// The last value.
    to: f64,
    /// How many values.
    #[serde(deserialize_with = "super::read::positive_count")]
    #[schemars(schema_with = "super::schema::positive_count")]
    count: u64,
    /// Whether differences or ratios are equal.
    #[serde(default)]
    scale: Scale,
}

/// How the values of a range are spaced.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Scale {
    /// Equal differences.
    #[default]
    Linear,
    /// Equal ratios.
    Log,
}

/// Most cells that an experiment may have, so that a slip of a range's count is refused, not run.
const MAX_CELLS: usize = 1 << 16;

/// Tables whose keys may be swept: those of a cell's setup.
pub(super) const SWEPT_TABLES: [&str; 6] = ["landscape", "noise", "dynamics", "ensemble", "measure", "rare"];

impl Sweep {
    /// Whether nothing is swept.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The swept keys, in the order written.
    pub fn keys(&self) -> Vec<String> {
        let mut found = Vec::new();
        flatten(&self.0, "", &mut found);
        found.into_iter().map(|(key, _)| key).collect()
    }

    /// The keys and values of every cell, in order; one empty set without a sweep.
    pub(super) fn points(&self) -> Result<Vec<Vec<(String, Value)>>, Fault> {
        let zip = match self.0.get("zip") {
            None => false,
            Some(Value::Boolean(zip)) => *zip,
            Some(_) => return Err(Fault::new("sweep.zip", "must be true or false")),
        };
        let mut swept = Vec::new();
        flatten(&self.0, "", &mut swept);
        for (key, _) in &swept {
            let table = key.split('.').next().unwrap_or_default();
            let allowed = key.contains('.') && SWEPT_TABLES.contains(&table);
            let message = format!("cannot be swept; keys of {} can", SWEPT_TABLES.join(", "));
            require(allowed, &format!("sweep.{key}"), &message)?;
            let once = swept.iter().filter(|(other, _)| other == key).count() == 1;
            require(once, &format!("sweep.{key}"), "is given twice")?;
        }
        let mut lists = Vec::new();
        for (key, value) in swept {
            let values = values(value).map_err(|f| f.under(&key).under("sweep"))?;
            lists.push((key, values));
        }
        let cells = if zip {
            let lengths: Vec<usize> = lists.iter().map(|(_, values)| values.len()).collect();
            require(
                lengths.windows(2).all(|w| w[0] == w[1]),
                "sweep.zip",
                &format!("needs lists of one length; they have {lengths:?}"),
            )?;
            lengths.first().copied().unwrap_or(1)
        } else {
            lists.iter().try_fold(1usize, |n, (_, values)| n.checked_mul(values.len())).unwrap_or(usize::MAX)
        };
        require(cells <= MAX_CELLS, "sweep", &format!("makes too many cells; at most {MAX_CELLS} are allowed"))?;
        Ok((0..cells)
            .map(|cell| {
                let mut rest = cell;
                let mut point: Vec<_> = lists
                    .iter()
                    .rev()
                    .map(|(key, values)| {
                        let index = if zip { cell } else { rest % values.len() };
                        rest /= values.len();
                        (key.clone(), values[index].clone())
                    })
                    .collect();
                point.reverse();
                point
            })
            .collect())
    }
}

/// Collects dotted keys; both `"a.b" = […]` and `a.b = […]` are understood.
fn flatten<'t>(table: &'t Table, parent: &str, found: &mut Vec<(String, &'t Value)>) {
    for (key, value) in table {
        if parent.is_empty() && key == "zip" {
            continue;
        }
        let key = if parent.is_empty() { key.clone() } else { format!("{parent}.{key}") };
        match value {
            Value::Table(inner) if !inner.contains_key("from") && !inner.is_empty() => flatten(inner, &key, found),
            _ => found.push((key, value)),
        }
    }
}

fn values(value: &Value) -> Result<Vec<Value>, Fault> {
    match value {
        Value::Array(values) => {
            require(!values.is_empty(), "", "must list at least one value")?;
            Ok(values.clone())
        }
        Value::Table(table) => {
            let range: Range = table.clone().try_into().map_err(|e: toml::de::Error| {
                Fault::new(
                    "",
                    format!("must be a list or {{ from, to, count, scale = \"linear\" | \"log\" }}: {}", e.message()),
                )
            })?;
            range.values()
        }
        _ => Err(Fault::new("", "must be a list of values or { from, to, count, scale }")),
    }
}

impl Range {
    fn values(&self) -> Result<Vec<Value>, Fault> {
        let finite = self.from.is_finite() && self.to.is_finite();
        require(finite, "", "must have finite `from` and `to`")?;
        require(self.count as usize <= MAX_CELLS, "count", &format!("must be at most {MAX_CELLS}"))?;
        let last = (self.count - 1).max(1) as f64;
        let point: Box<dyn Fn(f64) -> f64> = match self.scale {
            Scale::Linear => Box::new(|s| self.from + (self.to - self.from) * s),
            Scale::Log => {
                require(self.from > 0.0 && self.to > 0.0, "", "must have positive `from` and `to` on a log scale")?;
                Box::new(|s| self.from * (self.to / self.from).powf(s))
            }
        };
        let at = |k: u64| match k {
            0 => self.from,
            // The end is what the user wrote, not what rounding makes of it.
            k if k + 1 == self.count => self.to,
            k => point(k as f64 / last),
        };
        Ok((0..self.count).map(|k| Value::Float(at(k))).collect())
    }
}
