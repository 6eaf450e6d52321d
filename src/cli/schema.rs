//! `kramers schema`: JSON Schema of the experiment file.

use super::{exit, output};
use kramers::Experiment;
use kramers::theory::Source;

pub(super) fn main() -> anyhow::Result<u8> {
    let mut schema = Experiment::schema();
    // The names of predictions, which results.json uses, are a closed list too.
    schema["$defs"]["PredictionSource"] = schemars::schema_for!(Source).into();
    output::results(&format!("{}\n", serde_json::to_string_pretty(&schema)?))?;
    Ok(exit::DONE)
}
