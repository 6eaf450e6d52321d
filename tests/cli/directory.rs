//! The results directory: whole, or not there.

use super::{EXPERIMENT, kramers, names, outcome, place, succeeds};
use std::fs;

#[test]
fn a_run_writes_the_files_that_are_promised() {
    let place = place(EXPERIMENT);
    succeeds(place.path(), "run escape.toml --device cpu -q");
    let directory = place.path().join("results/escape");
    let tables = ["blocks.parquet", "estimates.parquet"];
    let others = ["experiment.toml", "figures", "histograms.parquet", "passages.parquet", "results.json"];
    assert_eq!(names(&directory), [&tables[..], &others[..]].concat());
    let figures = [
        "arrhenius.svg",
        "hazard.svg",
        "histogram-cell-0.svg",
        "histogram-cell-1.svg",
        "histogram-cell-2.svg",
        "survival.svg",
    ];
    assert_eq!(names(&directory.join("figures")), figures);
    // The experiment as run is an experiment again, and the same one.
    let again = succeeds(place.path(), "run results/escape/experiment.toml --device cpu -q --out again --json");
    let rerun = fs::read_to_string(place.path().join("again/experiment.toml")).expect("written");
    assert_eq!(rerun, fs::read_to_string(directory.join("experiment.toml")).expect("written"));
    assert!(again.out.starts_with("{\n  \"format\": 1,"), "{}", again.out);
}

#[test]
fn correlations_have_tables_and_figures() {
    let text = r#"
        landscape = { kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 1.0]] }
        noise = { kind = "gaussian", covariance = [1.0, 4.0] }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 1000, burn_in = 100, steps = 100, start = [0.0, 0.0] }
        measure = { correlation = { lags = { to = 20 } } }
    "#;
    let place = place(text);
    succeeds(place.path(), "run escape.toml --device cpu -q");
    let directory = place.path().join("results/escape");
    let there = names(&directory);
    for name in ["correlations.parquet", "spectra.parquet"] {
        assert!(there.iter().any(|n| n == name), "{name} is not among {there:?}");
    }
    for (name, texts) in
        [("correlation", ["x₀ then x₁", "loss L"]), ("increment-spectrum", ["x₁", "flat (uncorrelated)"])]
    {
        let svg = fs::read_to_string(directory.join(format!("figures/{name}.svg"))).expect("a figure");
        assert!(texts.iter().all(|text| svg.contains(&format!(">{text}<"))), "{name} does not say {texts:?}");
    }
    // Of lags with gaps there is no spectrum.
    fs::write(place.path().join("gaps.toml"), text.replace("{ to = 20 }", "[1, 20]")).expect("writable");
    succeeds(place.path(), "run gaps.toml --device cpu -q");
    let there = names(&place.path().join("results/gaps"));
    assert!(there.iter().all(|n| n != "spectra.parquet") && there.len() > 3, "{there:?}");
}

/// One fit has the learning rate itself on its axis, several have it as a share of the critical one.
#[test]
fn growth_rates_and_their_zero_have_a_figure() {
    let text = r#"
        landscape = { kind = "quadratic", hessian = [1.0, 1.0, 1.0] }
        noise = { kind = "loss-hessian" }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 10_000, steps = 5, start = [1.0, 0.0, 0.0] }
        measure = { every = 5, time_series = { points = 2, spacing = "log" } }
        sweep = { "dynamics.learning_rate" = [0.5, 0.6, 0.8] }
    "#;
    let place = place(text);
    let several = text.replace("0.8] }", "0.8, 1.3, 1.6], \"dynamics.batch_size\" = [1, 4] }");
    for (name, text, axis) in
        [("escape", text.to_owned(), "learning rate η"), ("several", several, "learning rate / critical learning rate")]
    {
        fs::write(place.path().join(format!("{name}.toml")), text).expect("writable");
        succeeds(place.path(), &format!("run {name}.toml --device cpu -q"));
        let svg = place.path().join(format!("results/{name}/figures/growth-rate.svg"));
        let svg = fs::read_to_string(svg).expect("a figure");
        for text in [axis, "exact", "diffusion", "fitted zero"] {
            assert!(svg.contains(&format!(">{text}<")), "{name} does not say {text}");
        }
    }
}

#[test]
fn free_energies_and_noise_along_the_run_have_figures() {
    let place = place(
        r#"
        landscape = { kind = "quadratic", hessian = [1.0, 0.5] }
        noise = { kind = "gaussian", covariance = [1.0, 4.0] }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 1000, steps = 100, start = [1.0, 1.0] }
        measure = { time_series = { points = 10, noise_covariance = true } }
        "#,
    );
    succeeds(place.path(), "run escape.toml --device cpu -q");
    let figures = place.path().join("results/escape/figures");
    for (name, texts) in [
        ("free-energy", ["free energy", "loss free energy"]),
        ("noise-covariance", ["noise covariance eigenvalue[1]", "exact"]),
    ] {
        let svg = fs::read_to_string(figures.join(format!("{name}.svg"))).expect("a figure");
        assert!(texts.iter().all(|text| svg.contains(&format!(">{text}<"))), "{name} does not say {texts:?}");
    }
}

#[test]
fn finished_results_are_shown_again_and_others_are_kept() {
    let place = place(EXPERIMENT);
    let here = place.path();
    succeeds(here, "run escape.toml --device cpu -q");
    let document = here.join("results/escape/results.json");
    let first = fs::read_to_string(&document).expect("written");
    fs::write(here.join("results/escape/notes.txt"), "mine").expect("writable");

    let again = succeeds(here, "run escape.toml --device cpu --json");
    assert_eq!(again.out, first, "--json prints the finished document");
    assert!(again.err.contains("finished already"), "{}", again.err);

    let other = outcome(kramers(here, "run escape.toml --device cpu --seed 8 --set dynamics.time_step=0.05"));
    assert_eq!(other.code, 2, "{}", other.err);
    for difference in ["seed: 7 there, 8 now", "dynamics.time_step: 0.1 there, 0.05 now", "--force"] {
        assert!(other.err.contains(difference), "{difference:?} is not in\n{}", other.err);
    }
    assert_eq!(fs::read_to_string(&document).expect("still there"), first);

    succeeds(here, "run escape.toml --device cpu -q --seed 8 --force");
    let second = fs::read_to_string(&document).expect("written");
    assert!(second.contains("\"seed\": 8"), "{second}");
    assert_eq!(fs::read_to_string(here.join("results/escape/notes.txt")).expect("still there"), "mine");
    assert!(names(&here.join("results/escape")).iter().all(|n| !n.starts_with('.')), "no staging directory stays");
}

#[test]
fn an_experiment_file_of_the_user_is_not_overwritten() {
    let place = place(EXPERIMENT);
    let here = place.path();
    succeeds(here, "run escape.toml --device cpu -q --out first");
    fs::create_dir(here.join("mine")).expect("writable");
    fs::copy(here.join("first/experiment.toml"), here.join("mine/experiment.toml")).expect("copied");
    let wrong = outcome(kramers(here, "run mine/experiment.toml --device cpu --out mine"));
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(wrong.err.contains("--force"), "{}", wrong.err);
    assert_eq!(names(&here.join("mine")), ["experiment.toml"]);
}

/// Whether this process was started with a signal ignored. Only Linux tells.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    mask >> (signal - 1) & 1 == 1
}

#[cfg(unix)]
#[test]
fn a_signal_ends_a_run_and_leaves_nothing() {
    use std::process::{Command, Stdio};
    use std::time::{Duration, Instant};
    for (signal, number) in [("TERM", 15), ("INT", 2), ("USR1", 10), ("HUP", 1)] {
        // Where USR1 has another number (macOS), 128 + n has too.
        let number = if signal == "USR1" && cfg!(target_os = "macos") { 30 } else { number };
        // What a shell in the background ignores, the program it starts ignores too.
        if is_ignored(number) {
            continue;
        }
        let place = place(EXPERIMENT);
        let mut run = Command::new(env!("CARGO_BIN_EXE_kramers"));
        run.current_dir(place.path()).args("run escape.toml --device cpu --walkers 1e8 --out a/b".split_whitespace());
        let mut run = run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
        let begun = Instant::now();
        while !place.path().join("a").exists() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the run begins");
            std::thread::sleep(Duration::from_millis(10));
        }
        // The directory is made just before signals are watched.
        std::thread::sleep(Duration::from_millis(300));
        let kill = Command::new("kill").args([format!("-{signal}"), run.id().to_string()]).status().expect("kill");
        assert!(kill.success(), "the signal is sent");
        let killed = Instant::now();
        let status = loop {
            if let Some(status) = run.try_wait().expect("the run is a child") {
                break status;
            }
            if killed.elapsed() > Duration::from_secs(60) {
                run.kill().expect("killed");
                panic!("SIG{signal} does not end the run");
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(status.code(), Some(128 + number), "SIG{signal}: {status}");
        assert_eq!(names(place.path()), ["escape.toml"], "SIG{signal} leaves nothing");
    }
}
