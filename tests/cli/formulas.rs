//! Landscapes that are written as formulas: what is said of wrong ones, and what theory says of right ones.

use super::{kramers, names, outcome, place, succeeds};

const COUPLED: &str = r#"title = "Coupled wells"

[landscape]
kind = "formula"
loss = "0.25*(x^2 - 1)^2 + 0.5*k*(y - x)^2"
variables = ["x", "y"]
parameters = { k = 1.0 }

[dynamics]
kind = "langevin"
temperature = 0.1
time_step = 0.01

[ensemble]
walkers = 64
start = [-1.0, -1.0]
steps = 10
"#;

const LOSS: &str = "loss = \"0.25*(x^2 - 1)^2 + 0.5*k*(y - x)^2\"";

const FORCE: &str = "kind = \"force\"\nforce = [\"y - x\", ";

/// A replacement of the line of the loss, the beginning of the message after the file, what it says, the line of the
/// formula, and where in that line the caret stands.
struct Malformed(&'static str, &'static str, &'static str, &'static str, usize);

const MALFORMED: [Malformed; 12] = [
    Malformed(
        "loss = \"(x^2 - 1\"",
        "5: landscape.loss = \"(x^2 - 1\": at character 1",
        "is not closed",
        "(x^2 - 1",
        0,
    ),
    Malformed("loss = \"x^2 +\"", "5: landscape.loss = \"x^2 +\": at character 6", "ends where", "x^2 +", 5),
    Malformed("loss = \"x * / y\"", "5: landscape.loss", "is missing before `/`", "x * / y", 4),
    Malformed("loss = \"k*sni(x)\"", "5: landscape.loss", "did you mean `sin`?", "k*sni(x)", 2),
    Malformed("loss = \"q*x^2\"", "5: landscape.loss", "knows no `q`; there are x, y, k", "q*x^2", 0),
    Malformed("loss = \"2x\"", "5: landscape.loss", "a product needs its *", "2x", 0),
    Malformed("loss = \"x^2 + 1/0\"", "5: landscape.loss", "no finite value", "x^2 + 1/0", 7),
    Malformed("loss = \"exp(x, y)\"", "5: landscape.loss", "takes one argument", "exp(x, y)", 5),
    Malformed("loss = \"x = y\"", "5: landscape.loss", "`=` means nothing", "x = y", 2),
    Malformed("loss = \"\"\"\nx^2 +\n  y^^2\"\"\"", "5: landscape.loss", "is missing before `^`", "  y^^2", 4),
    Malformed("loss = \"\"", "5: landscape.loss = \"\": at character 1", "is empty", "", 0),
    Malformed("FORCE\"x y\"]", "5: landscape.force", "that of `y`, at character 3", "x y", 2),
];

#[test]
fn malformed_formulas_are_pointed_at() {
    for Malformed(written, begin, says, line, caret) in MALFORMED {
        let text = match written.strip_prefix("FORCE") {
            Some(rest) => COUPLED.replace("kind = \"formula\"\n", "").replace(LOSS, &format!("{FORCE}{rest}")),
            None => COUPLED.replace(LOSS, written),
        };
        let place = place(&text);
        for command in ["run escape.toml --device cpu", "predict escape.toml"] {
            let wrong = outcome(kramers(place.path(), command));
            assert_eq!((wrong.code, wrong.out.as_str()), (2, ""), "{written}: {}", wrong.err);
            assert!(wrong.err.starts_with(&format!("error: escape.toml:{begin}")), "{written}: {}", wrong.err);
            assert!(wrong.err.contains(says), "{written}: {says:?} is not in\n{}", wrong.err);
            let below = format!("\n    {line}\n    {}^\n", " ".repeat(caret));
            assert!(wrong.err.ends_with(&below), "{written}: {below:?} does not end\n{}", wrong.err);
            assert_eq!(wrong.err.lines().count(), 3, "{written}: {}", wrong.err);
        }
        assert_eq!(names(place.path()), ["escape.toml"], "{written}: nothing else is on disk");
    }
}

/// The wells at ±(1, 1) are joined by the pass at 0, ¼ above them; κ = |λ_s|√2/(2π) exp(−1/(4T)) with
/// |λ_s| = √(k² + ¼) + ½ − k.
#[test]
fn critical_points_and_barriers_are_predicted() {
    let place = place(&format!("{COUPLED}\n[sweep]\n\"dynamics.temperature\" = [0.05, 0.1]\n"));
    let document = succeeds(place.path(), "predict escape.toml --json").out;
    let document: serde_json::Value = serde_json::from_str(&document).expect("JSON");
    for (cell, t) in [0.05, 0.1].into_iter().enumerate() {
        let cell = &document["cells"][cell];
        let points = cell["critical_points"].as_array().expect("points");
        let kinds: Vec<&str> = points.iter().filter_map(|p| p["kind"].as_str()).collect();
        assert_eq!(kinds, ["minimum", "saddle of index 1", "minimum"]);
        assert!((points[2]["position"][1].as_f64().expect("a number") - 1.0).abs() < 1e-9);
        let barriers = cell["barriers"].as_array().expect("barriers");
        let ends: Vec<[u64; 3]> =
            barriers.iter().map(|b| ["from", "over", "to"].map(|end| b[end].as_u64().expect("a place"))).collect();
        assert_eq!(ends, [[0, 1, 2], [2, 1, 0]]);
        let growth = 1.25f64.sqrt() - 0.5;
        let expected = growth * 2f64.sqrt() / std::f64::consts::TAU * (-0.25f64 / t).exp();
        for barrier in barriers {
            assert!((barrier["height"].as_f64().expect("a number") - 0.25).abs() < 1e-12);
            assert!((barrier["rate"].as_f64().expect("a number") / expected - 1.0).abs() < 1e-9, "{barrier}");
        }
    }
    let text = succeeds(place.path(), "predict escape.toml").out;
    assert_eq!(text.matches("saddle of index 1").count(), 1, "the same points once:\n{text}");
    let barriers = text.matches("0.25000000").count() - 1;
    assert_eq!(barriers, 4, "beside the loss of the saddle, at each temperature from both sides:\n{text}");
}

/// A landscape that differs from cell to cell has its points in each, and a long table ends.
#[test]
fn critical_points_of_a_sweep() {
    let values: Vec<String> = (1..=40).map(|k| format!("{}", 0.1 * f64::from(k))).collect();
    let sweep = format!("[sweep]\n\"landscape.parameters.k\" = [{}]\n", values.join(", "));
    let place = place(&format!("{COUPLED}\n{sweep}"));
    let text = succeeds(place.path(), "predict escape.toml").out;
    assert!(text.lines().count() < 120 && text.contains("rows more; --json has all"), "{text}");
    // k(3x² − 1) < 0 at 0 whatever k is.
    assert!(text.lines().any(|line| line.trim_start().starts_with("0.1 ") && line.contains("saddle")), "{text}");
}

#[test]
fn a_force_has_no_critical_points() {
    let text = COUPLED.replace("kind = \"formula\"\n", "").replace(LOSS, &format!("{FORCE}\"-x - k*y\"]"));
    let place = place(&text);
    let document: serde_json::Value =
        serde_json::from_str(&succeeds(place.path(), "predict escape.toml --json").out).expect("JSON");
    assert!(document["cells"][0].get("critical_points").is_none(), "{document}");
    succeeds(place.path(), "predict escape.toml");
}
