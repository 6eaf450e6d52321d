//! `kramers bench`: what it promises to scripts, and how it refuses.

use super::{kramers, outcome, place, succeeds};
use serde_json::Value;

/// Keys of every result, in the order of the alphabet.
const KEYS: [&str; 15] = [
    "cells",
    "details",
    "device",
    "dimension",
    "engine",
    "floor",
    "floor_share",
    "memory_bytes",
    "repetitions",
    "seconds",
    "spread",
    "steps",
    "walker_steps_per_second",
    "walkers",
    "work",
];

fn results(json: &str) -> Vec<Value> {
    let document: Value = serde_json::from_str(json).expect("JSON and nothing else");
    document["results"].as_array().expect("a list of results").clone()
}

#[test]
fn json_has_every_work_with_the_promised_keys() {
    let place = place("");
    let done = succeeds(place.path(), "bench --json --quick --device cpu");
    let results = results(&done.out);
    let works: Vec<&str> = results.iter().filter_map(|result| result["work"].as_str()).collect();
    let all = ["W(a)", "W(b)", "W(c)", "sweep, 64 cells", "2 dimensions", "16 dimensions", "SGD, full covariance"];
    assert_eq!(works, all);
    for result in &results {
        let mut keys: Vec<&str> = result.as_object().expect("an object").keys().map(String::as_str).collect();
        keys.sort_unstable();
        assert_eq!(keys, KEYS, "{result}");
        let rate = result["walker_steps_per_second"].as_f64().expect("a number");
        let walker_steps = result["walkers"].as_f64().expect("a number") * result["steps"].as_f64().expect("a number");
        let seconds = result["seconds"].as_f64().expect("a number");
        assert!((rate * seconds / walker_steps - 1.0).abs() < 1e-9, "{result}");
        if let (Some(share), Some(floor)) = (result["floor_share"].as_f64(), result["floor"].as_f64()) {
            assert!((share * floor / rate - 1.0).abs() < 1e-9, "{result}");
        }
        assert_eq!((&result["engine"], &result["repetitions"]), (&Value::from("cpu"), &Value::from(1)));
    }
}

#[test]
fn by_default_every_device_is_timed() {
    let place = place("");
    let devices = succeeds(place.path(), "devices").out.lines().count();
    let done = succeeds(place.path(), "bench --quick --json --work W(a)");
    assert_eq!(results(&done.out).len(), devices, "{}", done.err);
    let table = succeeds(place.path(), "bench --quick --device cpu --work W(b)").out;
    assert!(table.contains("of the floor") && table.contains("W(b)") && !table.contains("W(a)"), "{table}");
}

#[test]
fn what_is_not_there_is_refused() {
    let place = place("");
    for (arguments, code, says) in [
        ("bench --quick --device no-such-device", 69, "no-such-device"),
        ("bench --quick --device cpu --work W(d)", 2, "--work W(d): must be one of `W(a)`, `W(b)`, `W(c)`"),
        ("bench --quick --device cpu --random dice", 2, "random = \"dice\""),
        ("bench --device cpu --repetitions 0", 2, "--repetitions"),
    ] {
        let done = outcome(kramers(place.path(), arguments));
        assert_eq!(done.code, code, "{arguments}: {}", done.err);
        assert!(done.err.contains(says), "{arguments}: {}", done.err);
        assert_eq!(done.out, "", "{arguments}");
    }
}
