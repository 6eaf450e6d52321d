//! What the JSON Schema says where reading accepts more, or less, than the Rust type shows.

use super::sweep::{Range, SWEPT_TABLES};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// A whole number, which may be written as a float (`1e6`): hence no `integer`.
pub(super) fn count(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "number", "multipleOf": 1, "minimum": 0 })
}

/// A whole number from 1 on.
pub(super) fn positive_count(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "number", "multipleOf": 1, "minimum": 1 })
}

/// A list of whole numbers.
pub(super) fn counts(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "array", "items": count(generator) })
}

/// One `T` or a list of them.
pub(super) fn one_or_many<T: JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    let one = generator.subschema_for::<T>();
    json_schema!({ "anyOf": [one, { "type": "array", "items": one }] })
}

/// Takes away the default of `key`: it depends on other keys, and the value that stands for it is no
/// default to show.
pub(super) fn without_default(key: &'static str) -> impl FnMut(&mut Schema) {
    move |schema| {
        let property = schema.pointer_mut(&format!("/properties/{key}"));
        if let Some(property) = property.and_then(|p| p.as_object_mut()) {
            property.remove("default");
        }
    }
}

/// The table `[sweep]`.
pub(super) fn sweep(generator: &mut SchemaGenerator) -> Schema {
    let swept = generator.subschema_for::<Swept>();
    let tables = SWEPT_TABLES.join("|");
    json_schema!({
        "type": "object",
        "properties": { "zip": { "description": "Pairs the values instead of making a grid.", "type": "boolean", "default": false } },
        "patternProperties": {
            (format!(r"^({tables})\.")): swept,
            (format!("^({tables})$")): keys(&swept),
        },
        "additionalProperties": false,
    })
}

/// Tables inside `[sweep]`, as a dotted key without quotes makes them.
fn keys(swept: &Schema) -> Schema {
    json_schema!({ "type": "object", "minProperties": 1, "additionalProperties": swept })
}

/// What a swept key holds.
struct Swept;

impl JsonSchema for Swept {
    fn schema_name() -> Cow<'static, str> {
        "Swept".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let range = generator.subschema_for::<Range>();
        let swept = generator.subschema_for::<Self>();
        json_schema!({
            "description": "A list of values, or a range; or a table of further keys, as dotted keys without quotes make it.",
            "anyOf": [{ "type": "array", "minItems": 1 }, range, keys(&swept)],
        })
    }
}

/// A seed: a count, or in quotes where it is above what TOML's integers hold.
pub(super) fn seed(generator: &mut SchemaGenerator) -> Schema {
    json_schema!({ "anyOf": [count(generator), { "type": "string", "pattern": "^[0-9]+$" }] })
}
