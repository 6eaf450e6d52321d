//! What every rule and noise is predicted to do on quadratic landscapes, against closed forms and numbers of
//! independent programs.

use super::tests::{setup, value};
use super::*;

/// One prediction of the experiment in `text`, with `rest` after its landscape, noise and rule.
fn exact(text: &str, rest: &str, estimate: &str) -> f64 {
    let all = predict(&setup(&format!("{text}\n{rest}")));
    let found = value(&all, estimate, Source::DiscreteLyapunov);
    assert!(all[estimate].iter().any(|p| p.value == found && p.kind == Kind::Exact), "{estimate}: {all:#?}");
    found
}

/// A long run from the origin of one coordinate.
const STATIONARY: &str = "ensemble = { walkers = 1000, start = [0.0], burn_in = 100_000, steps = 100_000 }";

fn one(noise: &str, dynamics: &str) -> String {
    format!(
        "landscape = {{ kind = \"quadratic\", hessian = [1.0], floor = 0.25 }}\n{noise}\ndynamics = {{ {dynamics} }}"
    )
}

const UNIT: &str = "noise = { kind = \"gaussian\", covariance = 1.0 }";

/// V = η's²/(h(2 − η'h/(2N − 1))), derived from AR(2); the batch rule's N = 2, η = 0.005 for B = 50, N' = 100.
#[test]
fn momentum() {
    let text = one(UNIT, "kind = \"momentum\", learning_rate = 0.02, momentum_steps = 10");
    let variance = exact(&text, STATIONARY, "covariance[0,0]");
    assert!((variance - 0.1005291).abs() < 5.1e-8, "{variance}");
    assert!((exact(&text, STATIONARY, "loss") - 0.25 - 0.5 * variance).abs() < 1e-14);
    assert!((exact(&text, STATIONARY, "stochastic_gradient_norm_squared") - 1.0 - variance).abs() < 1e-12);
    let all = predict(&setup(&format!("{text}\n{STATIONARY}")));
    for estimate in ["gibbs_temperature", "gibbs_temperature[0]"] {
        assert!((value(&all, estimate, Source::DiscreteLyapunov) - variance).abs() < 1e-14, "{estimate}");
        assert!((value(&all, estimate, Source::Gibbs) - 0.1).abs() < 1e-14, "{estimate}: η's²/2");
    }
    let batches = one(UNIT, "kind = \"momentum\", learning_rate = 0.25, momentum_steps = 2, batch_size = 50");
    let variance = exact(&batches, STATIONARY, "covariance[0,0]");
    assert!((variance - 0.0054545455).abs() < 5.1e-11, "{variance}");
}

/// (L − L*)/η of SGD on four samples, one a step, from an independent program; with replacement and without a
/// batch of one is the same.
#[test]
fn batches_of_samples() {
    let text = |sampling: &str| {
        format!(
            r#"
            landscape = {{ kind = "finite-sum", gradients = [[1, -0.5], [-0.6, 0.9], [0.3, 0.4], [-0.7, -0.8]],
                hessians = [[[2, 0.3], [0.3, 1]], [[0.5, -0.2], [-0.2, 1.5]], [[1, 0], [0, 0.2]], [[1.5, 0.4], [0.4, 0.8]]] }}
            noise = {{ kind = "minibatch", sampling = "{sampling}" }}
            dynamics = {{ kind = "sgd", learning_rate = 0.1 }}
            ensemble = {{ walkers = 1000, start = [0.0, 0.0], burn_in = 10_000, steps = 10_000 }}
            "#
        )
    };
    for sampling in ["with-replacement", "without-replacement"] {
        let setup = setup(&text(sampling));
        let all = predict(&setup);
        let loss = value(&all, "loss", Source::DiscreteLyapunov);
        let slope = (loss - setup.landscape.floor()) / 0.1;
        assert!((slope - 0.25449087).abs() < 5.1e-9, "{slope}");
        // L − L* = (η/4) E|ĝ|² (McAllester, TTIC 31230, 2018).
        let gradient = value(&all, "stochastic_gradient_norm_squared", Source::DiscreteLyapunov);
        assert!((slope - 0.25 * gradient).abs() < 1e-12, "{slope} against a quarter of {gradient}");
    }
    assert_eq!(predict(&setup(&text("epoch"))), Predictions::new(), "samples of different Hessians");
}

/// V = (ησ²/B)/(2 − η(1 + 2/B)) (Ziyin, Liu, Mori & Ueda, ICLR 2022).
#[test]
fn batches_of_fresh_samples() {
    let text = r#"
        landscape = { kind = "least-squares", synthetic = { samples = "fresh", features = 1, label_noise = 1.0 } }
        noise = { kind = "minibatch" }
        dynamics = { kind = "sgd", learning_rate = 0.3, batch_size = 4 }
    "#;
    let variance = exact(text, STATIONARY, "covariance[0,0]");
    assert!((variance - 0.0483870968).abs() < 5.1e-11, "{variance}");
    // Var ĝ = h²V + ((σ² + hV)h + h²V)/B.
    let gradient = exact(text, STATIONARY, "stochastic_gradient_norm_squared");
    assert!((gradient - variance - (1.0 + 2.0 * variance) / 4.0).abs() < 1e-12, "{gradient}");
}

/// Samples of one Hessian: 20 in batches of 5, V at the end of an epoch over that of fresh subsets, and of subsets
/// η²s²/(ηh(2 − ηh)) with s² = (σ²/B)(N − B)/(N − 1).
#[test]
fn batches_of_an_epoch() {
    let gradients: Vec<String> = (0..20).map(|i| format!("[{}]", f64::from(i) - 9.5)).collect();
    let text = |sampling: &str| {
        format!(
            r#"
            landscape = {{ kind = "finite-sum", gradients = [{}], hessians = [{}] }}
            noise = {{ kind = "minibatch", sampling = "{sampling}" }}
            dynamics = {{ kind = "sgd", learning_rate = 0.1, batch_size = 5 }}
            measure = {{ every = 4 }}
            "#,
            gradients.join(", "),
            vec!["[[1.0]]"; 20].join(", ")
        )
    };
    let variance = |sampling: &str| exact(&text(sampling), STATIONARY, "covariance[0,0]");
    let of_one = (0..20).map(|i| (f64::from(i) - 9.5).powi(2)).sum::<f64>() / 20.0;
    let subset = variance("without-replacement");
    assert!((subset - 0.1 * of_one / 5.0 * (15.0 / 19.0) / 1.9).abs() < 1e-12, "{subset}");
    assert!((variance("with-replacement") - 0.1 * of_one / 5.0 / 1.9).abs() < 1e-12);
    let ratio = variance("epoch") / subset;
    assert!((ratio - 1.093519e-4 / 0.006017).abs() < 2e-6, "{ratio}");
    let all = predict(&setup(&format!("{}\n{STATIONARY}", text("epoch"))));
    assert!(!all.contains_key("stochastic_gradient_norm_squared"), "what is left of an epoch depends on x");
}

/// V = 2ηL*/(B(2 − ηh − ηh/B)), and of the Itô equation's Euler steps 2ηL*/(B(2 − Δth − ηh/B)): derived from M' =
/// (1 − Δth)²M + ηΔt(h/B)(2L* + hM).
#[test]
fn noise_that_grows_with_the_loss() {
    let noise = "noise = { kind = \"loss-hessian\" }";
    let sgd = one(noise, "kind = \"sgd\", learning_rate = 0.2, batch_size = 2");
    let variance = exact(&sgd, STATIONARY, "covariance[0,0]");
    assert!((variance - 2.0 * 0.2 * 0.25 / (2.0 * (2.0 - 0.2 - 0.1))).abs() < 1e-14, "{variance}");
    let langevin = one(noise, "kind = \"langevin\", learning_rate = 0.2, batch_size = 2, time_step = 0.05");
    let variance = exact(&langevin, STATIONARY, "covariance[0,0]");
    assert!((variance - 2.0 * 0.2 * 0.25 / (2.0 * (2.0 - 0.05 - 0.1))).abs() < 1e-14, "{variance}");
}

/// Mean and variance after 10⁴ updates at the rates 1/(k + 1)², k = 1, 2, …, from an independent program; the
/// schedule (1 + k/2)^−2/4 has them from step 0 on.
#[test]
fn schedules() {
    let text = |kind: &str| {
        let schedule = "schedule = { kind = \"power\", offset = 2.0, exponent = 2.0 }";
        one(UNIT, &format!("kind = {kind}, learning_rate = 0.25, {schedule}"))
    };
    let once = "ensemble = { walkers = 1000, start = [1.0], steps = 10_000 }\nmeasure = { every = 10_000 }";
    let found = |kind: &str| ["mean[0]", "covariance[0,0]"].map(|name| exact(&text(kind), once, name));
    let [mean, variance] = found("\"sgd\"");
    assert!((mean - 0.50005).abs() < 5.1e-6 && (variance - 0.0398761).abs() < 5.1e-8, "{mean}, {variance}");
    let without = found("\"momentum\", momentum_steps = 1");
    assert!((without[0] - mean).abs() < 1e-12 && (without[1] - variance).abs() < 1e-12, "{without:?}");
    let long = once.replace("10_000", "1e9");
    assert_eq!(predict(&setup(&format!("{}\n{long}", text("\"sgd\"")))), Predictions::new(), "too long to follow");
}

/// Both integrators leave harmonic positions at T/h (Leimkuhler & Matthews 2013); the first steps by hand.
#[test]
fn integrators_of_langevin_equations() {
    let matthews = one("", "kind = \"langevin\", temperature = 0.3, time_step = 0.4, scheme = \"leimkuhler-matthews\"");
    let baoab = one("", "kind = \"underdamped\", temperature = 0.3, friction = 0.5, time_step = 0.4");
    for text in [&matthews, &baoab] {
        let variance = exact(text, STATIONARY, "covariance[0,0]");
        assert!((variance - 0.3).abs() < 1e-12, "{variance}");
        let all = predict(&setup(&format!("{text}\n{STATIONARY}")));
        assert!((value(&all, "gibbs_temperature[0]", Source::Gibbs) - 0.3).abs() < 1e-15);
    }
    let steps = "ensemble = { walkers = 1000, start = [1.0], steps = 1 }";
    // One step of Leimkuhler–Matthews has the noise of one half, the one before being 0.
    assert!((exact(&matthews, steps, "covariance[0,0]") - 2.0 * 0.3 * 0.4 / 4.0).abs() < 1e-15);
    assert!((exact(&matthews, steps, "mean[0]") - 0.6).abs() < 1e-15);
    let v = -0.2 * 1.0;
    let x = 1.0 + 0.2 * v;
    assert!((exact(&baoab, steps, "mean[0]") - (x + 0.2 * v * f64::exp(-0.2))).abs() < 1e-15);
    let kick = 0.3 * (1.0 - f64::exp(-0.4));
    assert!((exact(&baoab, steps, "covariance[0,0]") - 0.04 * kick).abs() < 1e-15);
}

/// One step of the Runge–Kutta method multiplies by 1 − z + z²/2 − z³/6 + z⁴/24, z = hΔt.
#[test]
fn gradient_flow() {
    let text = one("", "kind = \"gradient-flow\", time_step = 0.5");
    let steps = "ensemble = { walkers = 1000, start = [2.0], steps = 6 }\nmeasure = { every = 6 }";
    let once = 1.0 - 0.5 + 0.125 - 0.125 / 6.0 + 0.0625 / 24.0;
    assert!((exact(&text, steps, "mean[0]") - 2.0 * f64::powi(once, 6)).abs() < 1e-15);
    assert_eq!(exact(&text, steps, "covariance[0,0]"), 0.0);
}

fn kinds(all: &Predictions, estimate: &str) -> Vec<(Source, Kind)> {
    all.get(estimate).into_iter().flatten().map(|p| (p.source, p.kind)).collect()
}

/// Numbers from an independent program: N_s → ∞, and the chain of N_s = 1, which two parities make up.
#[test]
fn adaptive_rules_in_the_end() {
    let variance = |kind: &str, source| {
        let all = predict(&setup(&format!("{}\n{STATIONARY}\nmeasure = {{ every = 9999 }}", one(UNIT, kind))));
        assert_eq!(kinds(&all, "covariance[0,0]").len(), 1, "{all:?}");
        assert!((value(&all, "loss", source) - 0.25 - 0.5 * value(&all, "covariance[0,0]", source)).abs() < 1e-9);
        value(&all, "covariance[0,0]", source)
    };
    let long = Source::AveragedSecondMoment;
    let rmsprop = "kind = \"rmsprop\", learning_rate = 0.1, second_moment_steps = 1000";
    assert!((variance(rmsprop, long) - 0.05126562).abs() < 5.1e-9);
    // Per example, batches of 16 at 16 times the rate are as one example.
    let example = format!("{}, batch_size = 16, second_moment = \"per-example\"", rmsprop.replace("0.1", "1.6e-4"));
    let ratio = variance(&example, long) / variance(&rmsprop.replace("0.1", "1e-5"), long);
    assert!((ratio - 1.0).abs() < 1e-3, "{ratio}");
    let adam = "kind = \"adam\", learning_rate = 0.1, momentum_steps = 10, second_moment_steps = 1000";
    assert!((variance(adam, long) - 0.0489452915).abs() < 5.1e-11);
    // Ten measuring times, an odd number of steps apart.
    let signs = "kind = \"rmsprop\", learning_rate = 0.1, second_moment_steps = 1";
    assert!((variance(signs, Source::SignChain) - 0.0646482410).abs() < 5.1e-11);
}

/// Var(x_t)/η² after 10 steps, from an independent program.
#[test]
fn first_steps_of_adam() {
    let text = |epsilon: &str| {
        format!(
            r#"
            landscape = {{ kind = "quadratic", hessian = [0.0, 0.0] }}
            noise = {{ kind = "gaussian", covariance = [1.0, 9.0] }}
            dynamics = {{ kind = "adam", learning_rate = 0.1, momentum_steps = 10, second_moment_steps = 20{epsilon} }}
            ensemble = {{ walkers = 1000, start = [1.0, 0.5], steps = 10 }}
            measure = {{ every = 10 }}
            "#
        )
    };
    let all = predict(&setup(&text("")));
    let found = |estimate: &str| value(&all, estimate, Source::AdamWarmUp);
    for i in 0..2 {
        assert!((found(&format!("covariance[{i},{i}]")) - 0.161617390).abs() < 5.1e-10);
    }
    assert_eq!((found("mean[0]"), found("covariance[0,1]")), (1.0, 0.0));
    assert_eq!(kinds(&all, "mean[1]"), [(Source::AdamWarmUp, Kind::Exact)]);
    assert!(predict(&setup(&text(", epsilon = 0.1"))).is_empty());
    let later = text("").replace("steps = 10 }", "steps = 11 }").replace("every = 10", "every = 11");
    assert!(predict(&setup(&later)).is_empty(), "averages are no plain means any more");
}

/// V = 2ηL*/(2B − ηh); the time change keeps it, and has it for T = ηh/B.
#[test]
fn student_t_is_near_where_noise_grows_with_the_loss() {
    let noise = "noise = { kind = \"loss-hessian\" }";
    let near = |noise: &str, kind: &str| {
        let all = predict(&setup(&format!("{}\n{STATIONARY}", one(noise, kind))));
        assert!(kinds(&all, "covariance[0,0]").contains(&(Source::StudentT, Kind::LeadingOrder)), "{all:?}");
        value(&all, "covariance[0,0]", Source::StudentT)
    };
    let expected = 2.0 * 0.2 * 0.25 / (4.0 - 0.2);
    for (noise, kind) in [
        (noise, "kind = \"sgd\", learning_rate = 0.2, batch_size = 2"),
        (noise, "kind = \"langevin\", learning_rate = 0.2, batch_size = 2, time_step = 0.01"),
        (noise, "kind = \"log-langevin\", learning_rate = 0.2, batch_size = 2, time_step = 0.001"),
        ("", "kind = \"log-langevin\", temperature = 0.1, time_step = 0.001"),
    ] {
        let found = near(noise, kind);
        assert!((found - expected).abs() < 1e-14, "{kind}: {found}, not {expected}");
    }
}

/// From 0.1 down the double well x' = x − x³ to t = 3: gradient descent from an independent program, the flow in
/// closed form, and the flow's integrator beside it.
#[test]
fn runs_without_noise() {
    let text = |kind: &str, steps: u32| {
        format!(
            r#"
            landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0 }}
            dynamics = {{ {kind} }}
            ensemble = {{ walkers = 1000, start = [0.1], steps = {steps} }}
            measure = {{ every = {steps} }}
            "#
        )
    };
    let all = predict(&setup(&text("kind = \"sgd\", learning_rate = 0.01", 300)));
    let x = value(&all, "mean[0]", Source::IteratedMap);
    assert!((x - 0.8955625105).abs() < 5.1e-11, "{x}");
    assert!((value(&all, "loss", Source::IteratedMap) - 0.25 * (x * x - 1.0).powi(2)).abs() < 1e-15);
    assert!((value(&all, "mean[0]", Source::ClosedFormFlow) - 0.8960787648).abs() < 5.1e-11);
    assert_eq!(
        kinds(&all, "mean[0]"),
        [(Source::IteratedMap, Kind::Exact), (Source::ClosedFormFlow, Kind::LeadingOrder)]
    );
    let flow = predict(&setup(&text("kind = \"gradient-flow\", time_step = 0.1", 30)));
    assert!((value(&flow, "mean[0]", Source::IteratedMap) - 0.8960787648).abs() < 1e-6);
    // Without noise the first step of Adam is η, as is that of RMSProp with N_s = 1; momentum 1 is none.
    for kind in [
        "kind = \"adam\", learning_rate = 0.01, momentum_steps = 5, second_moment_steps = 7",
        "kind = \"rmsprop\", learning_rate = 0.01, second_moment_steps = 1",
    ] {
        let once = value(&predict(&setup(&text(kind, 1))), "mean[0]", Source::IteratedMap);
        assert!((once - 0.11).abs() < 1e-15, "{kind}: {once}");
    }
    let momentum = predict(&setup(&text("kind = \"momentum\", learning_rate = 0.01, momentum_steps = 1", 300)));
    assert!((value(&momentum, "mean[0]", Source::IteratedMap) - x).abs() < 1e-14);
    // At a rate that makes the map chaotic rounding is all.
    let chaotic = predict(&setup(&text("kind = \"sgd\", learning_rate = 1.8", 300)));
    assert_eq!(kinds(&chaotic, "mean[0]"), [(Source::ClosedFormFlow, Kind::LeadingOrder)]);
}
