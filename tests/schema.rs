//! The JSON Schema of the experiment file: accepts what is shipped and refuses what reading refuses.
#![allow(missing_docs, reason = "a test")]

use jsonschema::Validator;
use kramers::Experiment;
use serde_json::Value;

const SMALL: &str = r#"
landscape = { kind = "quadratic", hessian = [1.0] }
dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.01 }
ensemble = { walkers = 1e4, steps = 1e3, start = [0.0] }
"#;

fn validator() -> Validator {
    jsonschema::validator_for(&Experiment::schema()).expect("the schema is one")
}

fn json(text: &str) -> Value {
    toml::from_str(text).unwrap_or_else(|e| panic!("{e} in {text}"))
}

fn assert_accepted(name: &str, text: &str) {
    let reading = Experiment::parse(name, name, text, &[]);
    assert!(reading.is_ok(), "{name}: {}", reading.unwrap_err());
    let faults: Vec<_> = validator().iter_errors(&json(text)).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert!(faults.is_empty(), "{name}: {faults:#?}");
}

#[test]
fn shipped_experiments_are_accepted() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/experiments");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            assert_accepted(&path.display().to_string(), &text);
            // With every default written out.
            let whole = Experiment::parse("whole", "whole", &text, &[]).unwrap().to_toml();
            assert_accepted(&format!("{} as written back", path.display()), &whole);
            seen += 1;
        }
    }
    assert!(seen >= 3, "only {seen} experiments in {folder}");
}

#[test]
fn the_readme_is_accepted() {
    let readme = include_str!("../README.md");
    let blocks: Vec<_> = readme.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!blocks.is_empty());
    blocks.iter().for_each(|block| assert_accepted("README.md", block));
}

#[test]
fn what_is_optional_or_free_is_accepted() {
    for tail in [
        "",
        "[measure]\nhistogram = [{ axis = 0, range = [-1, 1] }, { of = \"loss\", range = [0, 1], bins = 1e2 }]",
        "[measure]\ncovariance = \"full\"",
        "[measure]\ncovariance = \"variances\"",
        "[measure]\nevery = 1e1\ntime_series = { points = 100 }",
        "[sweep]\n\"dynamics.temperature\" = { from = 0.1, to = 1, count = 3, scale = \"log\" }",
        "[sweep]\ndynamics.temperature = [0.1, 0.2]\ndynamics.time_step = [0.1, 0.2]\nzip = true",
        "[sweep]\nensemble.start.normal.mean = [[0.0], [1.0]]\nensemble.start.normal.std = [[1.0]]",
        "[expect.\"mean[0]\"]\nvalue = \"temperature / 2\"\nkind = \"leading-order\"",
    ] {
        // A swept start takes the place of the table's own.
        let head = if tail.contains("start") {
            SMALL.replace("start = [0.0]", "start = { normal = { mean = [0.0], std = [1.0] } }")
        } else {
            SMALL.to_owned()
        };
        assert_accepted(tail, &format!("{head}{tail}"));
    }
}

#[test]
fn choices_of_randomness_are_accepted() {
    for random in ["philox4x32-10", "philox4x32-10-fast", "philox4x32-7"] {
        assert_accepted(random, &format!("random = \"{random}\"{SMALL}"));
    }
    let names = ["gaussian", "rademacher", "uniform", "laplace", "exponential", "three-point"];
    let named = names.map(|name| format!("\"{name}\""));
    for distribution in named.iter().map(String::as_str).chain(["{ two-point = 0.2 }", "{ two-point = 1e-9 }"]) {
        let langevin = SMALL.replace("time_step", &format!("distribution = {distribution}, time_step"));
        assert_accepted(distribution, &langevin);
        let whole = Experiment::parse("whole", "whole", &langevin, &[]).unwrap();
        let again = Experiment::parse("whole", "whole", &whole.to_toml(), &[]).unwrap();
        assert_eq!(again.cells, whole.cells, "as written back");
        assert_accepted(distribution, &whole.to_toml());
        let noise = format!("noise = {{ kind = \"gaussian\", covariance = 1.0, distribution = {distribution} }}");
        let dynamics = SMALL.replace("temperature = 0.1, time_step", "learning_rate").replace("langevin", "sgd");
        assert_accepted(distribution, &format!("{noise}{dynamics}"));
    }
}

const RARE: &str =
    "[measure]\nfirst_passage = { above = 1.0 }\n[rare]\nmethod = \"forward-flux-sampling\"\nbasin = 0.2\n";

#[test]
fn rare_passages_are_accepted_and_what_is_wrong_of_them_refused() {
    let adaptive = RARE.replace("forward-flux-sampling", "adaptive-multilevel-splitting");
    for right in ["", "axis = 0", "of = \"loss\"", "levels = [0.4, 0.6]", "repetitions = 1e2", "of = \"x0^2\""] {
        assert_accepted(right, &format!("{SMALL}{RARE}{right}"));
    }
    assert_accepted("adaptive", &format!("{SMALL}{adaptive}"));
    assert_accepted("swept", &format!("{SMALL}{RARE}[sweep]\nrare.basin = [0.1, 0.2]"));
    for wrong in ["level = [0.4]", "repetitions = 0", "repetitions = 1.5", "levels = 0.4", "axis = -1", "of = 1"] {
        let text = format!("{SMALL}{RARE}{wrong}");
        assert!(Experiment::parse("wrong", "wrong", &text, &[]).is_err(), "reading accepts {wrong}");
        assert!(!validator().is_valid(&json(&text)), "the schema accepts {wrong}");
    }
    let unknown = format!("{SMALL}{}", RARE.replace("forward-flux-sampling", "forward-flux"));
    assert!(Experiment::parse("wrong", "wrong", &unknown, &[]).is_err() && !validator().is_valid(&json(&unknown)));
}

/// Kinds beyond those of shipped experiments.
#[test]
fn kinds_are_accepted() {
    let landscapes = [
        r#"{ kind = "formula", loss = "a*x^2", variables = ["x"], parameters = { a = 1 } }"#,
        r#"{ kind = "force", force = ["-x"], variables = ["x"] }"#,
        r#"{ kind = "finite-sum", gradients = [[1], [2]], hessians = [[[1]], [[2]]] }"#,
        r#"{ kind = "least-squares", synthetic = { samples = 1e2, features = 1, label_noise = 0.1, seed = 3 } }"#,
    ];
    let dynamics = [
        r#"{ kind = "momentum", learning_rate = 0.1, momentum = 0.9 }"#,
        r#"{ kind = "rmsprop", learning_rate = 0.1, second_moment_steps = 10, second_moment = "batch" }"#,
        r#"{ kind = "adam", learning_rate = [0.1], momentum_steps = 5, second_moment_steps = 10, epsilon = 1e-8 }"#,
        r#"{ kind = "adaptive", batch_size = 2, warm_up = 1e2, cap = false }"#,
        r#"{ kind = "adaptive", cap = 1 }"#,
        r#"{ kind = "gradient-flow", time_step = 0.1 }"#,
        r#"{ kind = "langevin", temperature = 0.1, time_step = 0.1, scheme = "leimkuhler-matthews" }"#,
        r#"{ kind = "underdamped", temperature = 0.1, friction = 2, time_step = 0.1, scheme = "baoab" }"#,
        r#"{ kind = "sgd", learning_rate = 0.1, schedule = { kind = "constant" } }"#,
        r#"{ kind = "sgd", learning_rate = 0.1, schedule = { kind = "power", offset = 10, exponent = 0.5 } }"#,
        r#"{ kind = "sgd", learning_rate = 0.1, schedule = { kind = "step", every = 1e2, factor = 0.5 } }"#,
        r#"{ kind = "sgd", learning_rate = 0.1, schedule = { kind = "cosine-restarts", period = 10 } }"#,
        r#"{ kind = "sgd", learning_rate = 0.1, schedule = { kind = "ramp", every = 10, factor = 1.1 } }"#,
    ];
    let of_landscape = |l: &str| SMALL.replace(r#"{ kind = "quadratic", hessian = [1.0] }"#, l);
    let of_dynamics = |d: &str| SMALL.replace(r#"{ kind = "langevin", temperature = 0.1, time_step = 0.01 }"#, d);
    let with_colour = |table: &str| table.replacen("kind =", "colour = 1, kind =", 1);
    let landscapes = landscapes.map(|l| (of_landscape(l), of_landscape(&with_colour(l))));
    let dynamics = dynamics.map(|d| (of_dynamics(d), of_dynamics(&with_colour(d))));
    for (right, wrong) in landscapes.into_iter().chain(dynamics) {
        if let Err(error) = Experiment::parse("kind", "kind", &right, &[]) {
            panic!("{error} in {right}");
        }
        assert!(right != SMALL && validator().is_valid(&json(&right)), "the schema refuses {right}");
        assert!(!validator().is_valid(&json(&wrong)), "the schema accepts {wrong}");
    }
}

#[test]
fn what_is_wrong_is_refused() {
    let wrong = [
        SMALL.replace("time_step", "timestep"),
        SMALL.replace("langevin", "langevine"),
        SMALL.replace("1e4", "-1"),
        SMALL.replace("1e4", "0"),
        SMALL.replace("1e4", "1.5"),
        SMALL.replace("hessian", "hesse"),
        format!("{SMALL}colour = 1"),
        format!("random = \"philox4x32\"{SMALL}"),
        SMALL.replace("time_step", "distribution = \"laplacian\", time_step"),
        SMALL.replace("time_step", "distribution = \"two-point\", time_step"),
        SMALL.replace("time_step", "distribution = { laplace = 0.2 }, time_step"),
        SMALL.replace("time_step", "distribution = { two-point = 0.2, three-point = 0.1 }, time_step"),
        SMALL.replace("time_step", "distribution = { two-point = 0 }, time_step"),
        SMALL.replace("time_step", "distribution = { two-point = 1.0 }, time_step"),
        SMALL.replace("time_step", "distribution = { two-point = -0.5 }, time_step"),
        format!("{SMALL}[measure]\nevery = 0"),
        format!("{SMALL}[measure]\ncovariance = \"diagonal\""),
        format!("{SMALL}[measure]\nhistogram = {{ axis = 0, range = [-1, 1], bin = 10 }}"),
        format!("{SMALL}[sweep]\nzip = 1"),
        format!("{SMALL}[sweep]\n\"dynamics.temperature\" = []"),
        format!("{SMALL}[sweep]\n\"dynamics.temperature\" = 0.1"),
        format!("{SMALL}[sweep]\ndynamics = [0.1]"),
        format!("{SMALL}[sweep]\nseed = [1, 2]"),
        format!("{SMALL}[sweep]\n\"dynamics.temperature\" = {{ from = 0.1, to = 1, number = 3 }}"),
        format!(
            "{SMALL}[sweep]\n\"dynamics.temperature\" = {{ from = 0.1, to = 1, count = 3, scale = \"logarithm\" }}"
        ),
    ];
    for text in wrong {
        assert!(Experiment::parse("wrong", "wrong", &text, &[]).is_err(), "reading accepts {text}");
        assert!(!validator().is_valid(&json(&text)), "the schema accepts {text}");
    }
}

#[test]
fn prediction_names_are_a_closed_list_and_false_defaults_are_absent() {
    let schema = Experiment::schema();
    let names: Vec<_> = schema["$defs"]["PredictionSource"]["oneOf"]
        .as_array()
        .expect("a list of names")
        .iter()
        .map(|name| name["const"].as_str().unwrap())
        .collect();
    assert!(names.contains(&"discrete_lyapunov") && names.contains(&"kramers"), "{names:?}");

    let every = &schema["$defs"]["Measure"]["properties"]["every"];
    assert_eq!((every.get("default"), &every["minimum"]), (None, &Value::from(1)));
    assert_eq!(schema["properties"]["measure"].get("default"), None);
}
