//! Landscapes made of samples: a quadratic on average, another one in every batch.

use super::{MAX_DIMENSION, Quadratic};
use crate::experiment::error::{Fault, finite, not_negative, require};
use crate::experiment::read::count;
use crate::experiment::schema;
use crate::samples::Samples;
use nalgebra::{DMatrix, DVector};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Deserializer, Error as _};
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const NO_STATIONARY_POINT: &str =
    "must have a mean in the range of the mean Hessian, or the loss has no stationary point and falls without end";

/// L = mean of L_i = g_i·θ + ½ θᵀH_iθ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FiniteSum {
    /// g_i of every sample.
    pub gradients: Vec<Vec<f64>>,
    /// H_i of every sample, a symmetric matrix.
    pub hessians: Vec<Vec<Vec<f64>>>,
    #[serde(skip)]
    mean: Option<Quadratic>,
}

/// L = mean of ½ (w·θ − y)² over samples (w, y), from a file (`data`) or made here (`synthetic`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LeastSquares {
    /// CSV or Parquet file, its folder that of the experiment file where it is relative: one row a sample,
    /// one column a feature of w, the last one y.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<PathBuf>,
    /// Samples w ~ N(0, diag(spectrum)), y = label_noise · N(0, 1): the true parameter is 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub synthetic: Option<Synthetic>,
    #[serde(skip)]
    mean: Option<Quadratic>,
    #[serde(skip)]
    samples: Option<Arc<Samples>>,
}

/// Samples made of normal numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(transform = schema::without_default("spectrum"))]
pub struct Synthetic {
    /// Number of samples, or "fresh": `batch_size` new ones at every step.
    pub samples: SampleCount,
    /// Number of features, the coordinates of θ.
    #[serde(deserialize_with = "count")]
    #[schemars(schema_with = "schema::positive_count")]
    pub features: u64,
    /// Variance of every feature (default 1).
    #[serde(default)]
    pub spectrum: Vec<f64>,
    /// Standard deviation of y.
    pub label_noise: f64,
    /// Key of the samples' random numbers.
    #[serde(default, deserialize_with = "count")]
    #[schemars(schema_with = "schema::count")]
    pub seed: u64,
}

/// How many samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SampleCount {
    /// As many.
    Count(u64),
    /// New ones at every step.
    Fresh,
}

impl Serialize for SampleCount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Count(n) => serializer.serialize_u64(*n),
            Self::Fresh => serializer.serialize_str("fresh"),
        }
    }
}

impl<'de> Deserialize<'de> for SampleCount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match toml::Value::deserialize(deserializer)? {
            toml::Value::String(word) if word == "fresh" => Ok(Self::Fresh),
            value => {
                count(value).map(Self::Count).map_err(|_| D::Error::custom("expected a whole number or \"fresh\""))
            }
        }
    }
}

impl JsonSchema for SampleCount {
    fn schema_name() -> Cow<'static, str> {
        "SampleCount".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [schema::positive_count(generator), { "const": "fresh" }] })
    }
}

impl FiniteSum {
    pub(super) fn dimension(&self) -> usize {
        self.gradients.first().map_or(0, Vec::len)
    }

    /// L as a quadratic.
    pub(super) fn mean(&self) -> Option<&Quadratic> {
        self.mean.as_ref()
    }

    /// H_i.
    pub fn hessian(&self, sample: usize) -> DMatrix<f64> {
        let rows = &self.hessians[sample];
        DMatrix::from_fn(rows.len(), rows.len(), |i, j| rows[i][j])
    }

    pub(super) fn complete(&mut self) -> Result<(), Fault> {
        let (n, d) = (self.gradients.len(), self.dimension());
        require(n >= 1, "gradients", "must have one list of numbers per sample, at least one")?;
        require((1..=MAX_DIMENSION).contains(&d), "gradients", &format!("must have 1 to {MAX_DIMENSION} dimensions"))?;
        require(self.gradients.iter().all(|g| g.len() == d), "gradients", "must be lists of one length")?;
        self.gradients.iter().try_for_each(|g| finite(g, "gradients"))?;
        let message = format!("must have one matrix per sample: there are {n} gradients, {}", self.hessians.len());
        require(self.hessians.len() == n, "hessians", &message)?;
        for rows in &self.hessians {
            let square = rows.len() == d && rows.iter().all(|row| row.len() == d);
            require(square, "hessians", &format!("must be {d} × {d} matrices, as gradients have {d} numbers"))?;
            rows.iter().try_for_each(|row| finite(row, "hessians"))?;
            let symmetric = (0..d).all(|i| (0..i).all(|j| rows[i][j] == rows[j][i]));
            require(symmetric, "hessians", "must be symmetric matrices")?;
        }
        let mean = |sum: f64| sum / n as f64;
        let g = DVector::from_fn(d, |i, _| mean(self.gradients.iter().map(|g| g[i]).sum()));
        let hessian = DMatrix::from_fn(d, d, |i, j| mean(self.hessians.iter().map(|h| h[i][j]).sum()));
        let quadratic = Quadratic::about_stationary_point(&hessian, &g, 0.0);
        self.mean = Some(quadratic.ok_or_else(|| Fault::new("gradients", NO_STATIONARY_POINT))?);
        Ok(())
    }
}

impl LeastSquares {
    pub(super) fn dimension(&self) -> usize {
        match (&self.synthetic, &self.samples) {
            (Some(synthetic), _) => synthetic.features as usize,
            (None, Some(samples)) => samples.features(),
            (None, None) => 0,
        }
    }

    /// L as a quadratic.
    pub(super) fn mean(&self) -> Option<&Quadratic> {
        self.mean.as_ref()
    }

    pub(super) fn samples(&self) -> Option<&Arc<Samples>> {
        self.samples.as_ref()
    }

    pub(super) fn is_fresh(&self) -> bool {
        self.synthetic.as_ref().is_some_and(|s| s.samples == SampleCount::Fresh)
    }

    pub(super) fn complete(&mut self, folder: &Path) -> Result<(), Fault> {
        let samples = match (&mut self.data, &mut self.synthetic) {
            (None, None) => return Err(Fault::new("data", "is missing; give `data` or `synthetic`")),
            (Some(_), Some(_)) => return Err(Fault::new("data", "cannot go with `synthetic`; give one of them")),
            (Some(data), None) => {
                // Whole, so that the experiment as written out reads back from any folder.
                let path = std::path::absolute(folder.join(&*data));
                *data = path.map_err(|e| Fault::new("data", format!("is no path: {e}")))?;
                let samples = Samples::read(data).map_err(|e| Fault::new("data", e))?;
                require(
                    samples.features() <= MAX_DIMENSION,
                    "data",
                    &format!("may have at most {MAX_DIMENSION} features"),
                )?;
                samples
            }
            (None, Some(synthetic)) => {
                synthetic.complete().map_err(|f| f.under("synthetic"))?;
                match synthetic.samples {
                    SampleCount::Count(n) => {
                        let samples = Samples::normal(n, &synthetic.spectrum, synthetic.label_noise, synthetic.seed);
                        samples.ok_or_else(|| {
                            let bytes = 8 * n * (synthetic.features + 1);
                            Fault::new(
                                "synthetic.samples",
                                format!("takes {bytes} bytes, which this memory does not hold"),
                            )
                        })?
                    }
                    SampleCount::Fresh => {
                        let spectrum = DVector::from_column_slice(&synthetic.spectrum);
                        let (hessian, floor) = (DMatrix::from_diagonal(&spectrum), 0.5 * synthetic.label_noise.powi(2));
                        let slope = DVector::zeros(spectrum.len());
                        self.mean = Quadratic::about_stationary_point(&hessian, &slope, floor);
                        return Ok(());
                    }
                }
            }
        };
        // ½ ⟨(w·θ − y)²⟩ = ½ ⟨y²⟩ − ⟨y w⟩·θ + ½ θᵀ⟨wwᵀ⟩θ; its slope is in the range of its Hessian.
        let moments = samples.second_moments();
        let quadratic = Quadratic::about_stationary_point(&moments.features, &-moments.product, 0.5 * moments.label);
        self.mean =
            Some(quadratic.ok_or_else(|| Fault::new("data", "must hold numbers of a size that f64 can square"))?);
        self.samples = Some(Arc::new(samples));
        Ok(())
    }
}

/// Most numbers that samples may have: engines count them in 32 bits. Memory may hold fewer, and a GPU bind fewer.
const MOST_NUMBERS: u64 = u32::MAX as u64;

impl Synthetic {
    fn complete(&mut self) -> Result<(), Fault> {
        let features = 1..=MAX_DIMENSION as u64;
        require(features.contains(&self.features), "features", &format!("must be between 1 and {MAX_DIMENSION}"))?;
        if self.spectrum.is_empty() {
            self.spectrum = vec![1.0; self.features as usize];
        }
        let message = format!("must have one number per feature: there are {}", self.features);
        require(self.spectrum.len() as u64 == self.features, "spectrum", &message)?;
        self.spectrum.iter().try_for_each(|variance| not_negative(*variance, "spectrum"))?;
        require(self.spectrum.iter().any(|v| *v > 0.0), "spectrum", "must have a variance above 0")?;
        not_negative(self.label_noise, "label_noise")?;
        match self.samples {
            SampleCount::Count(n) => {
                let most = MOST_NUMBERS / (self.features + 1);
                let message = format!("must be between 1 and {most}, whose numbers 32 bits count, or \"fresh\"");
                require((1..=most).contains(&n), "samples", &message)
            }
            SampleCount::Fresh => require(
                self.seed == 0,
                "seed",
                "is of samples made once; fresh ones take their numbers from the experiment's own seed",
            ),
        }
    }
}
