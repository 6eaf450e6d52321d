//! Predictions against closed forms.

use super::*;
use crate::experiment::Experiment;
use crate::theory::relaxation_time;

/// The first cell of an experiment.
pub(in crate::theory) fn setup(text: &str) -> Setup {
    let experiment = Experiment::parse("test", "test.toml", text, &[]).unwrap_or_else(|e| panic!("{e}"));
    experiment.cells[0].setup.clone()
}

pub(in crate::theory) fn value(all: &Predictions, estimate: &str, source: Source) -> f64 {
    let found = all.get(estimate).and_then(|list| list.iter().find(|p| p.source == source));
    found.unwrap_or_else(|| panic!("no {source:?} of {estimate} in {all:#?}")).value
}

const ESCAPE: &str = r#"
    landscape = { kind = "double-well", barrier = 0.25, separation = 1.0 }
    dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.01 }
    ensemble = { walkers = 1e6, start = [-1.0], burn_in = 1000, steps = 100_000 }
    measure = { first_passage = { axis = 0, above = 1.0, after = "restart" } }
"#;

#[test]
fn escape_from_a_well_has_four_predictions_and_no_equilibrium() {
    let setup = setup(ESCAPE);
    let all = predict(&setup);
    assert_eq!(all.keys().collect::<Vec<_>>(), ["escape_rate", "mean_first_passage_time"]);
    let kappa = 2f64.sqrt() / std::f64::consts::TAU * (-0.25f64 / 0.1).exp();
    let time = |source| value(&all, "mean_first_passage_time", source);
    assert!((time(Source::MeanFirstPassageIntegral) - 66.2686264).abs() < 6e-8);
    assert!((time(Source::Kramers) * kappa - 1.0).abs() < 1e-14, "from minimum to minimum it is κ");
    assert!((time(Source::KramersCorrected) * kappa * (1.0 - 1.5 * 0.1) - 1.0).abs() < 0.003, "1 + η/4 besides");
    // A threshold looked at once per step is passed later: nearer to it by 0.5826 step deviations, and
    // the diffusion's time grows by that times τ' there (of order 10 here).
    let late = time(Source::TransitionKernel) / 66.2686264 - 1.0;
    assert!((0.0..0.05).contains(&late), "exact at the finite step is later by {late}");
    assert_eq!(relaxation_time(&setup), Some(7.5), "15/h");
}

/// Renewals of a long run tend to it, from a start that takes a while to leave; 7.5 are 750 steps.
#[test]
fn rare_passages_have_the_rate_of_a_long_run_once_their_well_has_relaxed() {
    let of = |text: &str| predict(&setup(text))["escape_rate"][0];
    let rare = format!("{ESCAPE}rare = {{ method = \"forward-flux-sampling\", basin = -0.8 }}\n");
    let long = of(&ESCAPE.replace("100_000", "1_000_000_000"));
    assert_eq!(long.kind, Kind::Exact);
    for (burn_in, steps, kind) in
        [(0, 10, Kind::Asymptotic), (749, 10, Kind::Asymptotic), (750, 1_000_000, Kind::Exact)]
    {
        let text = rare.replace("1000,", &format!("{burn_in},")).replace("100_000", &steps.to_string());
        let found = of(&text);
        assert_eq!((found.source, found.kind), (Source::TransitionKernel, kind), "{burn_in} steps of burn-in");
        assert!((found.value / long.value - 1.0).abs() < 1e-8, "{} and {}", found.value, long.value);
    }
    // In the other well walkers stay long before they pass.
    assert_eq!(of(&rare.replace("above = 1.0", "above = 1.6")).kind, Kind::Asymptotic);
    // Canary: passages that are counted as they come are fewer at first.
    let early = of(&ESCAPE.replace("1000,", "0,").replace("100_000", "500"));
    assert!(early.value < 0.9 * long.value, "{} at first, {} in the end", early.value, long.value);
}

#[test]
fn kramers_formula_is_between_wells_or_to_the_saddle() {
    let kramers = |target: &str| {
        let all = predict(&setup(&ESCAPE.replace("above = 1.0", target)));
        all["escape_rate"].iter().find(|p| p.source == Source::Kramers).map(|p| p.value)
    };
    let once = kramers("above = 1.0").expect("between minima");
    assert!((kramers("above = 0.0").expect("to the saddle") / once - 2.0).abs() < 1e-12);
    assert_eq!(kramers("above = 1.2"), Some(once));
    for none in ["above = 0.5", "above = 1.5", "above = -0.5", "below = -1.5", "below = 0.0"] {
        assert_eq!(kramers(none), None, "{none}");
    }
}

#[test]
fn unequal_rates_count_time_in_steps() {
    let sgd = |rate: &str| {
        let text = ESCAPE
            .replace("kind = \"langevin\", temperature = 0.1, time_step = 0.01", &format!("kind = \"sgd\", {rate}"))
            .replace("separation = 1.0", "separation = 1.0, transverse = [1.0]")
            .replace("start = [-1.0]", "start = [-1.0, 0.0]");
        predict(&setup(&format!("{text}\nnoise = {{ kind = \"gaussian\", covariance = 20.0 }}")))
    };
    let one = sgd("learning_rate = 0.01");
    assert_eq!(one["escape_rate"], sgd("learning_rate = [0.01, 0.01]")["escape_rate"], "equal rates are one");
    for (a, b) in one["escape_rate"].iter().zip(&sgd("learning_rate = [0.01, 0.02]")["escape_rate"]) {
        assert!((b.value / a.value - 0.01).abs() < 1e-12, "{a:?} {b:?}");
    }
    assert_eq!(one["escape_rate"], predict(&setup(ESCAPE))["escape_rate"], "T = ησ²/2");
}

#[test]
fn stationary_quadratic_has_its_temperatures() {
    let text = r#"
        landscape = { kind = "quadratic", hessian = [1.0], floor = 3.0 }
        noise = { kind = "gaussian", covariance = 8.0 }
        dynamics = { kind = "sgd", learning_rate = 0.1, batch_size = 8 }
        ensemble = { walkers = 1e6, start = [0.0], burn_in = 1000, steps = 1000 }
        measure = { histogram = { axis = 0, range = [-1.0, 1.0] } }
    "#;
    let all = predict(&setup(text));
    let exact = |estimate: &str| value(&all, estimate, Source::DiscreteLyapunov);
    assert!((exact("covariance[0,0]") - 0.05263157894736842).abs() < 1e-15);
    assert!((exact("loss") - 3.0 - 0.02631578947368421).abs() < 1e-14);
    assert!((exact("gradient_norm_squared") - 0.05263157894736842).abs() < 1e-15);
    assert!((exact("stochastic_gradient_norm_squared") - 1.0526315789473684).abs() < 1e-14);
    for estimate in ["gibbs_temperature", "gibbs_temperature[0]", "gibbs_temperature_slope"] {
        assert!((exact(estimate) - 0.05263157894736842).abs() < 1e-13, "{estimate}");
        assert!((value(&all, estimate, Source::Gibbs) - 0.05).abs() < 1e-15, "{estimate}");
    }
    assert!((exact("alpha") - 0.5 / (1.0 - 0.05)).abs() < 1e-12);
    assert_eq!(value(&all, "alpha", Source::Gibbs), 0.5);

    let transient = predict(&setup(&text.replace("burn_in = 1000", "burn_in = 10")));
    let slope = &transient["gibbs_temperature_slope"];
    assert!(slope.iter().all(|p| p.kind != Kind::Exact), "not stationary yet: {slope:?}");
}

#[test]
fn stationary_double_well_has_its_temperature() {
    let text = r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [1.5] }
        dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.001 }
        ensemble = { walkers = 1e6, start = [-1.0, 0.0], burn_in = 1e6, steps = 1e6 }
    "#;
    let all = predict(&setup(text));
    for estimate in ["gibbs_temperature", "gibbs_temperature[0]", "gibbs_temperature[1]"] {
        let exact = all[estimate].iter().find(|p| p.kind == Kind::Exact).expect("exact").value;
        assert!((exact - 0.1).abs() < 2e-4 && (exact - 0.1).abs() > 1e-6, "{estimate} {exact}: T and a little more");
    }
    assert!((value(&all, "covariance[0,0]", Source::Gibbs) - 0.87136291).abs() < 1e-8);
    assert!((value(&all, "loss", Source::Gibbs) - 0.05715927 - 0.05).abs() < 1e-8);
    assert!((value(&all, "well_occupation[left]", Source::Gibbs) - 0.5).abs() < 1e-12);
    assert!((value(&all, "well_occupation[left]", Source::TransitionKernel) - 0.5).abs() < 1e-10);
    assert!((value(&all, "relaxation_rate", Source::TransitionKernel) / 3.35452875e-2 - 1.0).abs() < 1e-3);
    assert!(value(&all, "covariance[0,1]", Source::TransitionKernel).abs() < 1e-15);
}

/// The kernel is that of normal noise; a linear rule needs two moments of the noise alone.
#[test]
fn noise_that_is_not_normal_leaves_linear_rules_exact_and_no_other() {
    let well = r#"
        landscape = { kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [1.5] }
        dynamics = { kind = "langevin", temperature = 0.1, time_step = 0.01, distribution = "three-point" }
        ensemble = { walkers = 1e6, start = [-1.0, 0.0], burn_in = 2000, steps = 1000 }
        measure = { histogram = { axis = 1, range = [-1.0, 1.0] }, first_passage = { axis = 0, above = 0.0 } }
    "#;
    let continued = well.replace("above = 0.0", "above = 0.0, after = \"continue\"");
    let quadratic = r#"
        landscape = { kind = "quadratic", hessian = [1.0] }
        noise = { kind = "gaussian", covariance = 8.0, distribution = "three-point" }
        dynamics = { kind = "sgd", learning_rate = 0.1 }
        ensemble = { walkers = 1e6, start = [0.0], burn_in = 1000, steps = 1000 }
        measure = { histogram = { axis = 0, range = [-1.0, 1.0] } }
    "#;
    let others =
        ["\"rademacher\"", "\"uniform\"", "\"laplace\"", "\"exponential\"", "{ two-point = 0.2 }", "\"three-point\""];
    let cases = [well, &continued, quadratic].map(|text| others.map(|other| (text, other)));
    for (text, other) in cases.concat() {
        let of = |distribution: &str| predict(&setup(&text.replace("\"three-point\"", distribution)));
        let (found, normal) = (of(other), of("\"gaussian\""));
        let pairs = || normal.iter().flat_map(|(name, list)| list.iter().map(move |p| (name, p)));
        let mut exact = 0;
        for (name, was) in pairs().filter(|(_, p)| p.kind == Kind::Exact) {
            let is = found[name].iter().find(|p| p.source == was.source);
            if was.source == Source::TransitionKernel {
                assert!(
                    is.is_some_and(|p| p.kind == Kind::LeadingOrder && p.value == was.value),
                    "{other}: {name}: {is:?}"
                );
            } else if name == "gibbs_temperature_slope" {
                assert_eq!(is, None, "a density that is not normal has no exact slope");
            } else {
                assert_eq!(is, Some(was), "{name}");
                exact += 1;
            }
        }
        assert!(exact > 0 || text == well, "means and covariances stay exact for {other}: {found:#?}");
    }
}

#[test]
fn unstable_rules_have_finite_predictions_or_none() {
    let text = |steps: &str| {
        format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [[1.0, 0.2], [0.2, -1.0]] }}
            dynamics = {{ kind = "langevin", temperature = 0.1, time_step = 0.1 }}
            ensemble = {{ walkers = 1000, start = [0.0, 1.0], steps = {steps} }}
            "#
        )
    };
    let short = predict(&setup(&text("20")));
    assert!(short.contains_key("loss") && !short.contains_key("gibbs_temperature"), "{short:?}");
    assert!(predict(&setup(&text("4e9"))).is_empty());
}

/// Fourth moments are finite for fresh samples with E(1 − ηQ)⁴ < 1: η < 0.38345 at B = 1; under noise that grows with
/// the loss for η < 0.70232.
#[test]
fn squares_without_a_finite_variance_are_not_exact() {
    let fresh = r#"
        landscape = { kind = "least-squares", synthetic = { samples = "fresh", features = 1, label_noise = 1.0 } }
        noise = { kind = "minibatch" }
    "#;
    let grown = r#"
        landscape = { kind = "quadratic", hessian = [1.0], floor = 0.25 }
        noise = { kind = "loss-hessian" }
    "#;
    for (text, rate, kind) in [
        (fresh, 0.383, Kind::Exact),
        (fresh, 0.384, Kind::Asymptotic),
        (fresh, 0.62, Kind::Asymptotic),
        (grown, 0.702, Kind::Exact),
        (grown, 0.703, Kind::Asymptotic),
    ] {
        let rule = format!("dynamics = {{ kind = \"sgd\", learning_rate = {rate} }}");
        let ensemble = "ensemble = { walkers = 1000, start = [0.0], burn_in = 1000, steps = 1000 }";
        let all = predict(&setup(&format!("{text}\n{rule}\n{ensemble}")));
        let of = |estimate: &str| all[estimate].iter().find(|p| p.source == Source::DiscreteLyapunov).map(|p| p.kind);
        for estimate in ["covariance[0,0]", "loss", "gibbs_temperature", "stochastic_gradient_norm_squared"] {
            assert_eq!(of(estimate), Some(kind), "{estimate} at η = {rate} of {text}");
        }
        assert_eq!(of("mean[0]"), Some(Kind::Exact));
    }
}
