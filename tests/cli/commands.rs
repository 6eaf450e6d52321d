//! The commands: streams, formats, exit codes.

use super::{EXPERIMENT, kramers, outcome, place, succeeds};
use kramers::results::Document;
use std::process::{Command, Stdio};

#[test]
fn a_run_prints_a_table_with_every_cell_and_names_the_directory() {
    let place = place(EXPERIMENT);
    let done = succeeds(place.path(), "run escape.toml --device cpu");
    for text in ["A small escape", "escape_rate", "temperature", "measured", "exact", "z", "Kramers", "0.08", "0.125"] {
        assert!(done.out.contains(text), "{text:?} is not in\n{}", done.out);
    }
    assert!(done.out.ends_with("results in results/escape\n"), "{}", done.out);
    assert!(done.err.contains("walker-steps/s"), "{}", done.err);
    assert!(done.out.lines().all(|line| line.chars().count() <= 100), "at most 100 columns:\n{}", done.out);
    let quiet = succeeds(place.path(), "run escape.toml --device cpu -q --out quiet");
    assert_eq!(quiet.err, "");
}

#[test]
fn json_is_the_document_and_nothing_else() {
    let place = place(EXPERIMENT);
    let done = succeeds(place.path(), "run escape.toml --device cpu --json");
    // The structs refuse unknown fields.
    let document: Document = serde_json::from_str(&done.out).expect("a results document");
    assert_eq!((document.format, document.seed, document.cells.len(), document.fits.len()), (1, 7, 3, 1));
    assert_eq!(document.walker_steps, 3 * 1000 * 400);
    let rate = &document.cells[1].estimates["escape_rate"];
    assert_eq!(rate.blocks, 16, "1000 walkers in blocks of 64");
    let sources: Vec<String> = rate.predictions.keys().map(kramers::results::written).collect();
    assert_eq!(sources, ["transition_kernel", "mean_first_passage_integral", "kramers"]);
    let written = std::fs::read_to_string(place.path().join("results/escape/results.json")).expect("written");
    assert_eq!(written, done.out);
}

/// A small run of fixed seed: |z| ≥ 5 by chance is less likely than 10⁻⁵ for all of its predictions
/// together. The canary expects another rate, exactly.
#[test]
fn check_finds_a_miss_and_only_a_miss() {
    let right = place(EXPERIMENT);
    let done = succeeds(right.path(), "run escape.toml --device cpu --check");
    assert!(done.err.contains("checked"), "{}", done.err);

    let wrong = place(&format!("{EXPERIMENT}\n[expect]\nescape_rate = {{ value = 0.5, kind = \"exact\" }}\n"));
    let missed = outcome(kramers(wrong.path(), "run escape.toml --device cpu --check"));
    assert_eq!(missed.code, 3, "{}", missed.err);
    assert!(missed.err.contains("escape_rate against expect: z = "), "{}", missed.err);
    // Finished results are checked again.
    assert_eq!(outcome(kramers(wrong.path(), "run escape.toml --device cpu --check")).code, 3);
    assert_eq!(outcome(kramers(wrong.path(), "run escape.toml --device cpu")).code, 0);
}

/// Without noise x_k = (1 − hη)^k; over the two measured steps the mean is (0.5 + 0.25)/2.
#[test]
fn check_leaves_nothing_out() {
    let text = |expect: &str| {
        format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [1.0] }}
            dynamics = {{ kind = "sgd", learning_rate = 0.5 }}
            ensemble = {{ walkers = 256, steps = 2, start = [1.0] }}
            expect = {{ {expect}, kind = "exact" }} }}
            "#
        )
    };
    for (expect, says) in [
        ("\"mean[0]\" = { value = 0.375", None),
        ("\"mean[0]\" = { value = 0.37501", Some("mean[0] against expect: z = -")),
        ("no_such_estimate = { value = 1.0", Some("no_such_estimate against expect: it has no value")),
        ("arrhenius_slope = { value = 1.0", Some("arrhenius_slope against expect: it is not among the results")),
    ] {
        let place = place(&text(expect));
        let done = outcome(kramers(place.path(), "run escape.toml --device cpu --check"));
        assert_eq!(done.code, if says.is_some() { 3 } else { 0 }, "{expect}: {}", done.err);
        assert!(done.err.contains(says.unwrap_or("checked")), "{expect}: {}", done.err);
    }
}

/// A rare event that is not seen has no error bar; what is not driven by noise is held against rounding.
#[test]
fn what_has_no_spread_is_no_miss() {
    let cold = r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
        dynamics = { kind = "langevin", temperature = 0.01, time_step = 0.1 }
        ensemble = { walkers = 1000, start = [-1.0], burn_in = 100, steps = 100 }
    "#;
    let batches_of_all = r#"
        landscape = { kind = "finite-sum", hessians = [[[2.0]], [[1.0]], [[1.0]]], gradients = [[1.0], [-1.0], [0.5]] }
        noise = { kind = "minibatch", sampling = "epoch" }
        dynamics = { kind = "sgd", learning_rate = 0.1, batch_size = 3 }
        ensemble = { walkers = 1000, start = [1.0], steps = 100 }
    "#;
    for (text, says) in [(cold, "2 have no error bar"), (batches_of_all, "the largest |z| is 0.")] {
        let place = place(text);
        let done = succeeds(place.path(), "run escape.toml --device cpu --check");
        assert!(done.err.contains(says), "{}", done.err);
    }
}

#[test]
fn lost_walkers_fail_the_run_with_results_written() {
    let bounded = EXPERIMENT.replace("burn_in = 100", "burn_in = 100\nbounds = 1.5");
    let place = place(&bounded);
    let lost = outcome(kramers(place.path(), "run escape.toml --device cpu"));
    assert_eq!(lost.code, 1, "{}", lost.err);
    assert!(lost.err.contains("error: cell 0: ") && lost.err.contains("of 1000 walkers were lost"), "{}", lost.err);
    assert!(lost.err.contains("the first after step"), "{}", lost.err);
    assert!(place.path().join("results/escape/results.json").exists(), "results are written");
    let again = outcome(kramers(place.path(), "run escape.toml --device cpu"));
    assert_eq!(again.code, 1, "finished results that failed fail again: {}", again.err);
    let tolerated =
        outcome(kramers(place.path(), "run escape.toml --device cpu --out b --set ensemble.lost_tolerance=1"));
    assert_eq!(tolerated.code, 0, "{}", tolerated.err);
    assert!(tolerated.err.contains("warning: cell 0: "), "{}", tolerated.err);
}

#[test]
fn doubtful_results_come_with_a_warning() {
    let place = place(EXPERIMENT);
    let run = "run escape.toml --device cpu --walkers 64 --steps 20 --set ensemble.burn_in=2";
    let done = succeeds(place.path(), run);
    assert!(done.err.contains("passages; more walkers or steps"), "{}", done.err);
    assert!(done.err.contains("is shorter than the well's relaxation time"), "{}", done.err);
}

#[test]
fn quick_takes_fewer_walkers_into_a_directory_of_its_own() {
    let place = place(&EXPERIMENT.replace("walkers = 1000", "walkers = 131_072"));
    succeeds(place.path(), "run escape.toml --device cpu --quick");
    let written = std::fs::read_to_string(place.path().join("results/escape-quick/experiment.toml")).expect("written");
    assert!(written.contains("walkers = 2048"), "a sixty-fourth: {written}");
}

/// U and Q for H = [[1, ½], [½, 1]] and D = diag(1, 4) (P. Chaudhari and S. Soatto, ICLR 2018, Lemma 20) from an
/// independent program.
#[test]
fn predict_shows_a_potential_that_is_not_the_loss() {
    let text = r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]] }
        dynamics = { kind = "langevin", temperature = [1.0, 4.0], time_step = 0.1 }
        ensemble = { walkers = 128, steps = 10, start = [0.0, 0.0] }
    "#;
    let place = place(text);
    let document: serde_json::Value =
        serde_json::from_str(&succeeds(place.path(), "predict escape.toml --json").out).expect("JSON");
    let potential = &document["cells"][0]["potential"];
    let apart = |name: &str, expected: [f64; 4]| {
        let entry = |k: usize| potential[name][k / 2][k % 2].as_f64().expect("a number");
        (0..4).map(|k| (entry(k) - expected[k]).abs()).fold(0.0, f64::max)
    };
    assert!(apart("hessian", [0.79452055, 0.27397260, 0.27397260, 0.30136986]) < 5.1e-9, "{potential}");
    assert!(apart("rotation", [0.0, 0.75, -0.75, 0.0]) < 1e-14 && apart("drift", [1.0, 0.5, 0.5, 1.0]) < 1e-14);
    let printed = succeeds(place.path(), "predict escape.toml").out;
    assert!(printed.contains("0.794521, 0.273973  0, 0.750000"), "{printed}");
}

#[test]
fn predict_gives_theory_alone() {
    let place = place(EXPERIMENT);
    let done = succeeds(place.path(), "predict escape.toml --json --set landscape.barrier=0.3");
    let document: serde_json::Value = serde_json::from_str(&done.out).expect("JSON");
    let kramers = document["cells"][1]["predictions"]["escape_rate"]["kramers"]["value"].as_f64().expect("a number");
    // √(U''(a)|U''(s)|)/2π e^{−ΔU/T} with U'' = 8h and −4h; twice that for a threshold at the saddle.
    let (h, t) = (0.3f64, 0.1f64);
    let expected = 2.0 * (32.0 * h * h).sqrt() / (2.0 * std::f64::consts::PI) * (-h / t).exp();
    assert!((kramers / expected - 1.0).abs() < 1e-12, "{kramers}, not {expected}");
    assert!(!place.path().join("results").exists(), "nothing is written");
}

#[test]
fn devices_and_schema() {
    let place = place(EXPERIMENT);
    let devices = succeeds(place.path(), "devices").out;
    assert!(devices.lines().any(|line| line.starts_with("cpu ")), "{devices}");
    assert_eq!(devices.matches(" auto ").count(), 1, "one device is taken by auto:\n{devices}");
    let schema: serde_json::Value = serde_json::from_str(&succeeds(place.path(), "schema").out).expect("JSON");
    assert!(schema["properties"]["landscape"].is_object(), "{schema}");
    let sources = schema["$defs"]["PredictionSource"].to_string();
    assert!(sources.contains("transition_kernel"), "{sources}");
}

/// `all` is every hardware GPU, and where there is none what `auto` takes.
#[test]
fn all_devices_find_what_one_finds() {
    let place = place(EXPERIMENT);
    let cells = |device: &str| -> serde_json::Value {
        let done = succeeds(place.path(), &format!("run escape.toml --device {device} --json --out {device}"));
        serde_json::from_str::<serde_json::Value>(&done.out).expect("JSON")["cells"].clone()
    };
    assert!(cells("all") == cells("auto"), "other results");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut study = Command::new(env!("CARGO_BIN_EXE_kramers"));
    let mut study = study.arg("schema").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    drop(study.stdout.take());
    let output = study.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

/// A second well between the basin and the passage, and bounds that ways leave.
#[test]
fn what_can_catch_or_lose_rare_walkers_is_said() {
    let text = r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
        dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.1 }
        ensemble = { walkers = 64, burn_in = 20, steps = 100, start = [-1.0], lost_tolerance = 1.0 }
        measure = { first_passage = { above = 1.45 } }
        rare = { method = "forward-flux-sampling", basin = -0.8, repetitions = 2 }
    "#;
    let place = place(text);
    let caught = succeeds(place.path(), "run escape.toml --device cpu");
    assert!(caught.err.contains("is a minimum at [1.0000]; a walker caught there"), "{}", caught.err);
    let before = succeeds(place.path(), "run escape.toml --device cpu --out b --set measure.first_passage.above=1.0");
    assert!(!before.err.contains("minimum"), "{}", before.err);
    let lost = succeeds(place.path(), "run escape.toml --device cpu --out c --set ensemble.bounds=1.5");
    assert!(lost.err.contains("walkers were lost") && lost.err.contains("they count as not passing"), "{}", lost.err);
}
