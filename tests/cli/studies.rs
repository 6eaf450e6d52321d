//! The built-in studies: each with a page of text, in the list and in the README, and held against something
//! exact.

use super::{kramers, place, succeeds};
use kramers::experiment::ExpectedKind;
use kramers::{Experiment, theory};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn text(name: &str) -> String {
    fs::read_to_string(file(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Names of the files of `experiments/` with an extension.
fn names(extension: &str) -> BTreeSet<String> {
    let files = fs::read_dir(file("experiments")).expect("a folder").map(|entry| entry.expect("an entry").path());
    let named = files.filter(|path| path.extension().is_some_and(|e| e == extension));
    named.map(|path| path.file_stem().expect("a name").to_string_lossy().into_owned()).collect()
}

fn study(name: &str) -> Experiment {
    Experiment::read(&file(&format!("experiments/{name}.toml")), &[]).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn every_experiment_is_listed_with_its_title() {
    let list = succeeds(place("").path(), "study").out;
    let listed: Vec<(&str, &str)> = list.lines().map(|line| line.split_once("  ").expect("a name, a title")).collect();
    assert_eq!(listed.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>(), names("toml"));
    assert_eq!(listed.len(), names("toml").len(), "none twice");
    for (name, title) in listed {
        assert_eq!(title.trim(), study(name).title);
        assert!(!title.trim().is_empty() && list.lines().all(|line| line.chars().count() <= 100), "{name}: {title}");
    }
}

#[test]
fn every_experiment_has_a_page_and_a_row_of_the_readme() {
    assert_eq!(names("md"), names("toml"));
    let readme = text("README.md");
    for name in names("toml") {
        let page = text(&format!("experiments/{name}.md"));
        assert_eq!(page.lines().next(), Some(format!("# {}", study(&name).title).as_str()), "{name}.md");
        for part in ["**Claim", "**What is ", "**Found.**"] {
            assert!(page.contains(part), "{name}.md has no {part}");
        }
        let row = format!("| [`{name}`](experiments/{name}.md) |");
        assert!(readme.contains(&row), "README.md has no {row}");
    }
}

/// Whether anything that the experiment estimates is predicted exactly, by its author or by theory.
fn has_exact_prediction(experiment: &Experiment) -> bool {
    experiment.expect.values().any(|expectation| expectation.kind == ExpectedKind::Exact)
        || theory::predict(&experiment.cells[0].setup).values().flatten().any(|p| p.kind == theory::Kind::Exact)
}

#[test]
fn every_experiment_is_held_against_something_exact_or_says_why_not() {
    for name in names("toml") {
        let says_none = text(&format!("experiments/{name}.md")).contains("No exact prediction");
        assert!(has_exact_prediction(&study(&name)) != says_none, "{name}");
    }
}

#[test]
fn what_is_printed_is_an_experiment_to_start_from() {
    let place = place("");
    for name in names("toml") {
        let printed = succeeds(place.path(), &format!("study {name} --print")).out;
        assert_eq!(printed, text(&format!("experiments/{name}.toml")));
    }
    let unknown = super::outcome(kramers(place.path(), "study kramers-escap"));
    assert_eq!(unknown.code, 2, "{}", unknown.err);
}
