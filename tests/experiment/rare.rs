//! [rare]: what it goes with, and what is refused.

use crate::{read, refusal};

const ESCAPE: &str = r#"
landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [1.0] }
ensemble = { walkers = 1000, burn_in = 200, steps = 500, start = [-1.0, 0.0] }
[dynamics]
kind = "sgd"
learning_rate = 0.1
[noise]
kind = "gaussian"
covariance = 1.0
[measure]
first_passage = { axis = 0, above = 1.0 }
[rare]
method = "forward-flux-sampling"
basin = -0.9
"#;

#[test]
fn what_goes_together_is_read_and_reads_back() {
    let sets: [&[&str]; 10] = [
        &[],
        &["rare.levels=[-0.5, 0.0, 0.5]", "rare.repetitions=2"],
        &["rare.method=\"adaptive-multilevel-splitting\"", "rare.axis=1"],
        &["rare.of=\"loss\""],
        &["rare.axis=1", "rare.basin=5.0"],
        &["rare.of=\"x0 - x1^2\""],
        &["measure.first_passage={ axis = 0, below = -2.0 }", "rare.basin=-1.2", "rare.levels=[-1.5, -1.8]"],
        &["measure.first_passage={ loss_above = 0.3 }", "rare.basin=0.05"],
        &["measure.first_passage={ radius_above = 2.0 }", "rare.basin=1.2", "rare.repetitions=4e6"],
        &[
            "sweep.rare.method=[\"forward-flux-sampling\", \"adaptive-multilevel-splitting\"]",
            "sweep.rare.basin=[-0.9, -0.8]",
        ],
    ];
    for set in sets {
        let experiment = read(ESCAPE, set).unwrap_or_else(|e| panic!("{set:?}: {e}"));
        let written = experiment.to_toml();
        let again = read(&written, &[]).unwrap_or_else(|e| panic!("{e}\n{written}"));
        assert_eq!(again, experiment, "{written}");
    }
    let methods = read(ESCAPE, sets[9]).expect("valid").cells.into_iter();
    let methods: Vec<_> = methods.map(|cell| cell.setup.rare.expect("a rare passage").method).collect();
    assert!(methods.len() == 4 && methods[0] == methods[1] && methods[1] != methods[2], "{methods:?}");
}

/// What is replaced, by what; the line, by a part of it; the key with its value, and what is allowed.
const WRONG: [[&str; 5]; 26] = [
    ["first_passage = { axis = 0, above = 1.0 }", "", "[rare]", "rare", "needs a condition of passage"],
    [
        "above = 1.0",
        "above = 1.0, after = \"absorb\"",
        "first_passage",
        "measure.first_passage.after = \"absorb\"",
        "must be \"restart\"",
    ],
    ["basin = -0.9", "", "[rare]", "rare.basin", "is missing"],
    ["basin = -0.9", "basin = nan", "basin", "rare.basin = nan", "must be finite"],
    ["basin = -0.9", "basin = 1.0", "basin", "rare.basin = 1.0", "must be below 1, beyond which walkers have passed"],
    ["basin = -0.9", "basin = -0.9\nlevels = [0.0, 1.0]", "levels", "rare.levels = [0.0, 1.0]", "must be below 1,"],
    [
        "above = 1.0 }\n[rare]",
        "below = -2.0 }\n[rare]\nlevels = [-2.5]",
        "levels",
        "rare.levels = [-2.5]",
        "must be above -2,",
    ],
    ["basin = -0.9", "basin = -0.9\nlevel = [0.0]", "level", "rare.level = [0.0]", "did you mean `levels`?"],
    [
        "\"forward-flux-sampling\"",
        "\"ams\"",
        "method",
        "rare.method = \"ams\"",
        "must be \"forward-flux-sampling\" or \"adaptive-multilevel-splitting\"",
    ],
    [
        "basin = -0.9",
        "basin = -0.9\naxis = 1\nof = \"loss\"",
        "axis = 1",
        "rare.axis = 1",
        "cannot be given together with `of`",
    ],
    ["basin = -0.9", "basin = -0.9\naxis = 2", "axis = 2", "rare.axis = 2", "must be below 2"],
    ["basin = -0.9", "basin = -0.9\nof = \"x0 +\"", "of =", "rare.of = \"x0 +\"", ""],
    [
        "basin = -0.9",
        "basin = -0.9\nlevels = [-0.5, -0.6]",
        "levels",
        "rare.levels = [-0.5, -0.6]",
        "one beyond the other",
    ],
    [
        "basin = -0.9",
        "basin = -0.9\nlevels = [-1.0, 0.0]",
        "levels",
        "rare.levels = [-1.0, 0.0]",
        "from the basin to the passage",
    ],
    ["basin = -0.9", "basin = -0.9\nlevels = [0.0, inf]", "levels", "rare.levels", "must be finite"],
    [
        "\"forward-flux-sampling\"",
        "\"adaptive-multilevel-splitting\"\nlevels = [0.0]",
        "levels",
        "rare.levels = [0.0]",
        "finds its own",
    ],
    ["basin = -0.9", "basin = -0.9\nrepetitions = 1", "repetitions", "rare.repetitions = 1", "at least 2"],
    [
        "basin = -0.9",
        "basin = -0.9\nrepetitions = 5e6",
        "repetitions",
        "rare.repetitions = 5000000",
        "must be below 2^32",
    ],
    [
        "learning_rate = 0.1",
        "learning_rate = 0.1\nschedule = { kind = \"step\", every = 9, factor = 0.5 }",
        "schedule",
        "dynamics.schedule",
        "must be constant",
    ],
    [
        "[measure]",
        "[measure]\nhistogram = { axis = 0, range = [0, 1] }",
        "histogram",
        "measure.histogram",
        "cannot be measured with [rare]",
    ],
    [
        "[measure]",
        "[measure]\ntime_series = { points = 2 }",
        "time_series",
        "measure.time_series",
        "cannot be measured with [rare]",
    ],
    [
        "[measure]",
        "[measure]\nfluctuation_dissipation = {}",
        "fluctuation",
        "measure.fluctuation_dissipation",
        "cannot be measured with [rare]",
    ],
    [
        "[measure]",
        "[measure]\ncorrelation = { lags = [1] }",
        "correlation",
        "measure.correlation",
        "needs paths that go on",
    ],
    ["[measure]", "[measure]\ncurrent = {}", "current", "measure.current", "cannot be measured with [rare]"],
    [
        "kind = \"sgd\"\nlearning_rate = 0.1\n[noise]\nkind = \"gaussian\"\ncovariance = 1.0",
        "kind = \"gradient-flow\"\ntime_step = 0.1",
        "kind = \"gradient",
        "dynamics.kind = \"gradient-flow\"",
        "never passes",
    ],
    [
        "kind = \"sgd\"\nlearning_rate = 0.1\n[noise]\nkind = \"gaussian\"\ncovariance = 1.0",
        "kind = \"log-langevin\"\ntemperature = 0.1\ntime_step = 0.1",
        "kind = \"log",
        "dynamics.kind = \"log-langevin\"",
        "steps of different lengths",
    ],
];

#[test]
fn what_is_refused_is_named_with_its_line_and_what_is_allowed() {
    for [old, new, line, key, allowed] in WRONG {
        let mut text = ESCAPE.replacen(old, new, 1);
        if new.contains("log-langevin") {
            text = text.replace("separation = 1.0", "separation = 1.0, floor = 1.0");
        }
        assert_ne!(text, ESCAPE, "{old} is in the experiment");
        let message = refusal(&text, &[]);
        let number = 1 + text.lines().position(|l| l.contains(line)).expect("the line");
        assert!(message.starts_with(&format!("test.toml:{number}: {key}")), "line {number}, {key}: {message}");
        assert!(message.contains(allowed), "not \"{allowed}\": {message}");
    }
    let downwards = ["measure.first_passage={ axis = 0, below = -2.0 }", "rare.levels=[-0.8]"];
    let message = refusal(ESCAPE, &downwards);
    assert!(message.contains("rare.levels = [-0.8]: must lead from the basin"), "{message}");
    for (passage, basin, allowed) in [
        ("radius_above = 2.0", "2.0", "must be below 2, beyond"),
        ("loss_above = 0.3", "0.4", "must be below 0.3, beyond"),
        ("axis = 0, below = -2.0", "-2.5", "must be above -2, beyond"),
    ] {
        let set = [format!("measure.first_passage={{ {passage} }}"), format!("rare.basin={basin}")];
        let message = refusal(ESCAPE, &[&set[0], &set[1]]);
        assert!(message.contains(&format!("rare.basin = {basin}: {allowed}")), "{message}");
    }
    let epochs = [
        r#"landscape={ kind = "finite-sum", gradients = [[1.0, 0.0], [-1.0, 0.0]], hessians = [[[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]] }"#,
        r#"noise={ kind = "minibatch", sampling = "epoch" }"#,
    ];
    let message = refusal(ESCAPE, &epochs);
    assert!(message.contains("noise.sampling = \"epoch\": cannot be \"epoch\" with [rare]"), "{message}");
}
