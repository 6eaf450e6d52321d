//! All studies, short, on both engines: every exact prediction holds on either, and they find the same.

use super::{kramers, outcome, place, succeeds};
use kramers::results::{Document, EstimateResult};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Studies whose walkers go further than the GPU engine's sums reach.
const HEAVY: [&str; 2] = ["critical-learning-rate", "stationary-tail"];

/// Results by study.
fn documents(folder: &Path) -> BTreeMap<String, Document> {
    let read = |entry: fs::DirEntry| {
        let text = fs::read_to_string(entry.path().join("results.json")).expect("results");
        (entry.file_name().to_string_lossy().into_owned(), serde_json::from_str(&text).expect("a document"))
    };
    fs::read_dir(folder.join("results")).expect("a folder").map(|entry| read(entry.expect("an entry"))).collect()
}

/// How far two estimates are apart, as a share of the standard error, or, where that is smaller, of what
/// rounding may leave along a run: a thousandth, and 10⁻⁵ of numbers near one that cancel.
fn apart(a: &EstimateResult, b: &EstimateResult) -> f64 {
    match (a.value, b.value) {
        (Some(x), Some(y)) => (x - y).abs() / a.std_error.unwrap_or(0.0).max(1e-3 * x.abs()).max(1e-5),
        (None, None) => 0.0,
        _ => f64::INFINITY,
    }
}

/// The largest distance, with what it is of, and how many estimates were compared.
fn farthest(a: &BTreeMap<String, Document>, b: &BTreeMap<String, Document>) -> (f64, String, usize) {
    assert!(a.keys().eq(b.keys()), "the same studies");
    let mut found = (0.0, String::new(), 0);
    for (study, a) in a {
        assert_eq!(a.cells.len(), b[study].cells.len(), "{study}");
        for (k, (a, b)) in a.cells.iter().zip(&b[study].cells).enumerate() {
            // A rate without a cap goes as 1/(1 − c), so that rounding decides which walkers are lost.
            let lost = [a.lost.count, b.lost.count];
            assert!(lost[0].abs_diff(lost[1]).pow(2) <= 4 * (lost[0] + lost[1]), "{study}, cell {k}: {lost:?} lost");
            assert!(a.estimates.keys().eq(b.estimates.keys()), "{study}, cell {k}");
            for (name, a) in &a.estimates {
                let b = &b.estimates[name];
                // Walkers that grow without end, or have tails without a variance, leave the range of the GPU engine's
                // sums, which says so.
                let beyond =
                    b.reason.as_ref().is_some_and(|reason| reason.contains("too large for the GPU engine's sums"));
                if beyond && HEAVY.iter().any(|heavy| study.starts_with(heavy)) {
                    continue;
                }
                let apart = apart(a, b);
                found.2 += 1;
                if apart > found.0 {
                    (found.0, found.1) = (apart, format!("{study}, cell {k}: {name} = {:?}", a.value));
                }
            }
        }
    }
    found
}

/// Walkers have the same noise on both engines, so that rounding alone parts them: at most half an error, at low
/// friction, where it grows. Canary: another seed is more than one error away.
#[test]
fn studies_find_the_same_on_both_engines() {
    let (on_cpu, on_gpu, other) = (place(""), place(""), place(""));
    let all = "study --all --quick --check";
    let gpu = outcome(kramers(on_gpu.path(), &format!("{all} --device gpu")));
    if gpu.code == 69 && std::env::var("KRAMERS_REQUIRE_GPU").is_err() {
        return;
    }
    assert_eq!(gpu.code, 0, "{}", gpu.err);
    succeeds(on_cpu.path(), &format!("{all} --device cpu"));
    succeeds(other.path(), "study --all --quick --device cpu --seed 2");
    let [on_cpu, on_gpu, other] = [on_cpu, on_gpu, other].map(|place| documents(place.path()));
    let (apart, what, compared) = farthest(&on_cpu, &on_gpu);
    assert!(compared > 1000, "{compared} estimates");
    assert!(apart < 0.5, "{apart:.2} of an error apart: {what}");
    let (apart, _, _) = farthest(&on_cpu, &other);
    assert!(apart > 1.0, "canary: of another seed at most {apart:.2} of an error apart");
}
