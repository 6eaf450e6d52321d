//! Two wells under rules that remember and noise that is not normal, against numbers of independent programs.

use super::tests::{setup, value};
use super::*;

fn predicted(noise: &str, dynamics: &str, start: &str) -> Predictions {
    predict(&setup(&format!(
        r#"
        landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
        {noise}
        dynamics = {{ {dynamics} }}
        ensemble = {{ walkers = 1000, start = [-1.0], {start} }}
        measure = {{ time_series = {{ points = 10 }} }}
        "#
    )))
}

const LONG: &str = "burn_in = 1e6, steps = 1000";
const SHORT: &str = "steps = 1000";

/// λ and ⟨x²⟩ at η' = 0.1, T = 0.1.
#[test]
fn momentum_over_a_barrier() {
    let noise = "noise = { kind = \"gaussian\", covariance = 2.0 }";
    let all = predicted(noise, "kind = \"momentum\", learning_rate = 0.0125, momentum_steps = 8", LONG);
    let found = |estimate: &str| value(&all, estimate, Source::Collocation);
    assert!((found("relaxation_rate") / 2.43797201e-2 - 1.0).abs() < 1e-5, "{}", found("relaxation_rate"));
    assert!((found("covariance[0,0]") - 0.87063056).abs() < 1e-6, "{}", found("covariance[0,0]"));
    assert!((value(&all, "covariance[0,0]", Source::Gibbs) - 0.87136291).abs() < 1e-8);
    let short = predicted(noise, "kind = \"momentum\", learning_rate = 0.0125, momentum_steps = 8", SHORT);
    assert!(short["relaxation_rate"].iter().any(|p| p.kind == Kind::Exact));
    assert!(!short.contains_key("mean[0]"), "not settled");
}

/// ⟨x²⟩ of Leimkuhler and Matthews' scheme at T = 0.1, Δt = 0.1.
#[test]
fn leimkuhler_matthews_in_two_wells() {
    let rule = "kind = \"langevin\", temperature = 0.1, time_step = 0.1, scheme = \"leimkuhler-matthews\"";
    let all = predicted("", rule, LONG);
    let square = value(&all, "covariance[0,0]", Source::Collocation);
    assert!((square - 0.87138481).abs() < 1e-6, "{square}");
    let rate = value(&all, "relaxation_rate", Source::Collocation);
    assert!((rate / 3.35452875e-2 - 0.966).abs() < 1e-3, "3.4 % below the diffusion's: {rate}");
}

/// λ at γ = 0.5, T = 0.1 as the step goes to zero.
#[test]
fn underdamped_over_a_barrier() {
    let all = predicted("", "kind = \"underdamped\", temperature = 0.1, friction = 0.5, time_step = 0.05", LONG);
    let limit = value(&all, "relaxation_rate", Source::KleinKramers);
    assert!((limit / 2.65807838e-2 - 1.0).abs() < 1e-6, "{limit}");
    let turnover = value(&all, "relaxation_rate", Source::KramersTurnover);
    assert!((limit / turnover - 1.0).abs() < 0.06, "{turnover}, where spatial diffusion is 27 % too fast");
    let rate = value(&all, "relaxation_rate", Source::Collocation);
    assert!((rate / limit - 1.0).abs() < 2e-3, "{rate}");
    assert!((value(&all, "covariance[0,0]", Source::Collocation) - 0.87136291).abs() < 1e-3);
}

/// λ per unit time at η = 0.1, s = 1; normal noise has 2.87587259e-3.
#[test]
fn noise_that_is_not_normal_over_a_barrier() {
    for (distribution, expected) in [
        ("\"rademacher\"", 2.01246119e-3),
        ("\"uniform\"", 2.35560505e-3),
        ("\"laplace\"", 4.20328691e-3),
        ("{ two-point = 0.2 }", 3.63427591e-3),
    ] {
        let noise = format!("noise = {{ kind = \"gaussian\", covariance = 1.0, distribution = {distribution} }}");
        let all = predicted(&noise, "kind = \"sgd\", learning_rate = 0.1", SHORT);
        let rate = value(&all, "relaxation_rate", Source::Collocation);
        assert!((rate / expected - 1.0).abs() < 1e-6, "{distribution}: {rate}");
        let kramers = value(&all, "relaxation_rate", Source::Kramers);
        let large = value(&all, "relaxation_rate", Source::FreidlinWentzell);
        assert!((rate / large - 1.0).abs() < 0.15, "{distribution}: {rate} against {large}, Kramers has {kramers}");
        let kinds = |p: &Prediction| (p.source == Source::Collocation) == (p.kind == Kind::Exact);
        assert!(all["relaxation_rate"].iter().all(kinds), "{all:?}");
    }
    let skewed = "kind = \"langevin\", temperature = 0.05, time_step = 0.1, distribution = \"exponential\"";
    let all = predicted("", skewed, SHORT);
    assert!(all["relaxation_rate"].iter().all(|p| p.kind != Kind::Exact), "{all:?}");
}
