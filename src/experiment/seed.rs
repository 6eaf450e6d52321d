//! The seed: any u64, though TOML's own integers end at 2⁶³ − 1.

use super::error::Fault;
use serde::Serializer;
use toml::Value;

/// Reads a seed written as a whole number (1, 1_000, 1e6), or in quotes where it is above 2⁶³ − 1.
pub(super) fn read(value: &Value) -> Result<u64, Fault> {
    let seed = match value {
        Value::String(digits) => digits.parse().ok(),
        other => super::read::count(other.clone()).ok(),
    };
    seed.ok_or_else(|| Fault::new("seed", "must be a whole number, not negative, below 2^64"))
}

/// Writes a seed so that [`read`] reads it.
pub(super) fn write<S: Serializer>(seed: &u64, serializer: S) -> Result<S::Ok, S::Error> {
    match i64::try_from(*seed) {
        Ok(seed) => serializer.serialize_i64(seed),
        Err(_) => serializer.serialize_str(&seed.to_string()),
    }
}
