//! Shards: the union of the parts is the whole.

use super::{EXPERIMENT, kramers, names, outcome, place, succeeds};
use std::fs;
use std::path::Path;

/// The document without the four keys that may differ between two runs.
fn comparable(path: &Path) -> String {
    let text = fs::read_to_string(path).expect("a document");
    let mut kept = Vec::new();
    let mut skipping = false;
    for line in text.lines() {
        // Keys of the document stand two spaces in; what belongs to them stands further in.
        if line.starts_with("  \"") {
            skipping =
                ["version", "device", "seconds", "provenance"].iter().any(|k| line.starts_with(&format!("  \"{k}\"")));
        }
        if !skipping {
            kept.push(line);
        }
    }
    kept.join("\n")
}

fn run_shards(place: &Path, count: u32) {
    for index in 0..count {
        succeeds(place, &format!("run escape.toml --device cpu -q --shard {index}/{count}"));
    }
}

#[test]
fn merged_shards_are_the_same_bytes_as_one_run() {
    let place = place(EXPERIMENT);
    let here = place.path();
    succeeds(here, "run escape.toml --device cpu -q --out whole");
    run_shards(here, 3);
    let shards = "results/escape/shard-2-of-3 results/escape/shard-0-of-3 results/escape/shard-1-of-3";
    assert_eq!(names(&here.join("results/escape/shard-0-of-3")), ["experiment.toml", "tally"]);
    // Into the directory that holds the shards, as their default names suggest.
    succeeds(here, &format!("merge results/escape {shards}"));
    for file in ["experiment.toml", "estimates.parquet", "figures/survival.svg"] {
        let read = |directory: &str| fs::read(here.join(directory).join(file)).expect("written");
        assert!(read("whole") == read("results/escape"), "{file} is the same");
    }
    let whole = comparable(&here.join("whole/results.json"));
    assert_eq!(whole, comparable(&here.join("results/escape/results.json")));
    // The comparison is not empty, and it can fail.
    assert!(whole.contains("escape_rate") && !whole.contains("provenance"), "{whole}");
    succeeds(here, "run escape.toml --device cpu -q --seed 8 --out other");
    assert_ne!(whole, comparable(&here.join("other/results.json")));
}

#[test]
fn merge_says_which_shards_are_missing() {
    let place = place(EXPERIMENT);
    let here = place.path();
    for index in [0, 3] {
        succeeds(here, &format!("run escape.toml --device cpu -q --shard {index}/5"));
    }
    // One named but not there, two not named.
    let shards = "results/escape/shard-0-of-5 results/escape/shard-1-of-5 results/escape/shard-3-of-5";
    let wrong = outcome(kramers(here, &format!("merge out {shards}")));
    assert_eq!(wrong.code, 65, "{}", wrong.err);
    assert!(wrong.err.contains("missing of 5 shards: 1, 2, 4"), "{}", wrong.err);
    assert!(!here.join("out").exists(), "nothing is written");
}

#[test]
fn merge_refuses_shards_that_do_not_go_together_or_are_damaged() {
    let place = place(EXPERIMENT);
    let here = place.path();
    run_shards(here, 2);
    succeeds(here, "run escape.toml --device cpu -q --shard 1/2 --seed 8 --out other");
    succeeds(here, "run escape.toml --device cpu -q --shard 1/3 --out third");
    let bytes = fs::read(here.join("results/escape/shard-1-of-2/tally")).expect("written");
    for (name, at) in [("bad", bytes.len() / 2), ("old", 7)] {
        let mut changed = bytes.clone();
        changed[at] ^= 1;
        fs::create_dir(here.join(name)).expect("writable");
        fs::write(here.join(name).join("tally"), changed).expect("writable");
    }
    for (shard, says) in [
        ("other", "seed = 8, not 7"),
        ("third", "one of 3 shards, not of 2"),
        ("bad", "its checksum does not match"),
        ("old", "by another version of kramers"),
        ("results/escape/shard-1-of-2 absent", "absent: there is no shard here"),
    ] {
        let wrong = outcome(kramers(here, &format!("merge out results/escape/shard-0-of-2 {shard}")));
        assert_eq!(wrong.code, 65, "{shard}: {}", wrong.err);
        assert!(wrong.err.contains(says), "{shard}: {says:?} is not in\n{}", wrong.err);
        assert!(!here.join("out").exists(), "{shard}: nothing is written");
    }
}

#[test]
fn a_batch_system_names_the_shard() {
    let place = place(EXPERIMENT);
    let mut command = kramers(place.path(), "run escape.toml --device cpu -q --shard auto");
    command.env("SLURM_ARRAY_TASK_ID", "1").env("SLURM_ARRAY_TASK_COUNT", "4").env("SLURM_ARRAY_TASK_MIN", "0");
    let done = outcome(command);
    assert_eq!(done.code, 0, "{}", done.err);
    assert!(done.err.contains("shard 1/4, by SLURM_ARRAY_TASK_ID = 1"), "{}", done.err);
    assert_eq!(names(&place.path().join("results/escape")), ["shard-1-of-4"]);
}

#[test]
fn another_shard_or_a_damaged_one_is_not_taken_for_finished() {
    let place = place(EXPERIMENT);
    let here = place.path();
    let run = |shard: &str| outcome(kramers(here, &format!("run escape.toml --device cpu --out sh --shard {shard}")));
    assert_eq!(run("0/2").code, 0);
    assert!(run("0/2").err.contains("finished already"));
    let tally = here.join("sh/tally");
    let first = fs::read(&tally).expect("written");
    for other in ["1/2", "0/3"] {
        let wrong = run(other);
        assert_eq!(wrong.code, 2, "{}", wrong.err);
        assert!(wrong.err.contains(&format!("holds shard 0/2, not {other}")), "{}", wrong.err);
        assert!(fs::read(&tally).expect("still there") == first, "shard 0/2 is kept");
    }
    assert_eq!(run("1/2 --force").code, 0);
    assert!(fs::read(&tally).expect("written") != first, "shard 1/2 has run");

    fs::write(&tally, &first[..first.len() / 2]).expect("writable");
    let damaged = run("0/2");
    assert_eq!(damaged.code, 65, "{}", damaged.err);
    assert!(damaged.err.contains("cut short?"), "{}", damaged.err);
    assert_eq!(run("0/2 --force").code, 0);
    assert!(fs::read(&tally).expect("written").len() == first.len(), "it is whole again");
}
