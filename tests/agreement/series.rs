//! Time series: what an engine finds at their points against exact theory.

use super::{measure, worst_z};
use kramers::engine::Engine;

/// An experiment whose noise amplitude is multiplied by a factor, and the fewest exact predictions at its points.
type SeriesSet = (&'static str, fn(f64) -> String, usize);

const SETS: [SeriesSet; 4] = [
    (
        "fresh regression, points in a logarithm",
        |a| {
            let landscape = format!(
                r#"kind = "least-squares", synthetic = {{ samples = "fresh", features = 2, spectrum = [1.5, 0.4], label_noise = {a} }}"#
            );
            let dynamics = r#"kind = "sgd", learning_rate = 0.15, batch_size = 4"#;
            let series = r#"points = 9, spacing = "log", noise_covariance = true"#;
            experiment(&landscape, r#"kind = "minibatch""#, dynamics, 0, 64, "[1.0, -0.5]", series)
        },
        120,
    ),
    (
        "momentum under a schedule, correlated noise",
        |a| {
            let [s, t] = [2.0 * a * a, 0.6 * a * a];
            let noise =
                format!(r#"kind = "gaussian", covariance = [[{s}, {t}, 0.0], [{t}, {s}, {t}], [0.0, {t}, {s}]]"#);
            let dynamics = r#"kind = "momentum", learning_rate = 0.1, momentum_steps = 4, batch_size = 2, schedule = { kind = "step", every = 20, factor = 0.5 }"#;
            let landscape = r#"kind = "quadratic", hessian = [[1.0, 0.2, 0.0], [0.2, 1.5, 0.1], [0.0, 0.1, 0.5]]"#;
            let series = "points = 7, noise_covariance = true";
            experiment(landscape, &noise, dynamics, 5, 50, "[1.0, 0.0, -1.0]", series)
        },
        120,
    ),
    (
        "noise that grows with the loss, variances alone",
        |a| {
            let landscape = format!(r#"kind = "quadratic", hessian = [1.0, 2.0], floor = {}"#, a * a);
            let dynamics = r#"kind = "sgd", learning_rate = 0.1, batch_size = 2"#;
            let series = "points = 5, noise_covariance = true";
            let text = experiment(&landscape, r#"kind = "loss-hessian""#, dynamics, 0, 40, "[0.5, 0.5]", series);
            text.replace("every = 7", "every = 7\ncovariance = \"variances\"")
        },
        40,
    ),
    (
        "twenty coordinates",
        |a| {
            let list = |f: &dyn Fn(i32) -> f64| {
                format!("[{}]", (1..=20).map(|i| format!("{:?}", f(i))).collect::<Vec<_>>().join(", "))
            };
            let landscape = format!(r#"kind = "quadratic", hessian = {}"#, list(&|i| 0.1 * f64::from(i)));
            let noise = format!(r#"kind = "gaussian", covariance = {}"#, list(&|i| a * a * f64::from(i)));
            let start = list(&|i| f64::from(i % 3));
            let dynamics = r#"kind = "sgd", learning_rate = 0.2"#;
            let series = r#"points = 6, spacing = "log", noise_covariance = true"#;
            experiment(&landscape, &noise, dynamics, 2, 30, &start, series).replace("65_536", "16_384")
        },
        300,
    ),
];

fn experiment(
    landscape: &str,
    noise: &str,
    dynamics: &str,
    burn_in: u32,
    steps: u32,
    start: &str,
    series: &str,
) -> String {
    format!(
        r#"
seed = 31
landscape = {{ {landscape} }}
noise = {{ {noise} }}
dynamics = {{ {dynamics} }}
ensemble = {{ walkers = 65_536, burn_in = {burn_in}, steps = {steps}, start = {start} }}
[measure]
every = 7
time_series = {{ {series} }}
"#
    )
}

/// What is found at the points of time series, moments and quantiles, agrees with theory.
pub fn check(engine: &mut dyn Engine) -> Result<(), String> {
    check_moments(engine)?;
    check_quantiles(engine)
}

/// What is found at the points agrees with exact theory: 700 estimates within 4.5 σ, a false-alarm rate of 5·10⁻³ in all
/// (the seed is fixed). Canary: a noise amplitude wrong by 4 % does not.
fn check_moments(engine: &mut dyn Engine) -> Result<(), String> {
    for (name, text, fewest) in SETS {
        let at_points = |found: kramers::analysis::Estimates| {
            found.into_iter().filter(|(name, _)| name.ends_with(']') && !is_pooled(name)).collect()
        };
        let (checked, worst, which) = worst_z(&at_points(measure(engine, &text(1.0))), &text(1.0));
        eprintln!("{name}: {checked} predictions, worst z {worst:.2} of {which}");
        if checked < fewest || worst > 4.5 {
            return Err(format!("{name}: z = {worst:.2} of {which}, {checked} exact predictions"));
        }
        let (_, wrong, _) = worst_z(&at_points(measure(engine, &text(1.04))), &text(1.0));
        if wrong < 4.5 {
            return Err(format!("{name}: an amplitude wrong by 4 % passes with z = {wrong:.2}"));
        }
    }
    Ok(())
}

/// Whether an estimate is one of all measured states.
fn is_pooled(name: &str) -> bool {
    let indices = name.matches(',').count();
    match name.split('[').next().unwrap_or_default() {
        "mean" => indices == 0,
        "covariance" => indices == 1,
        other => other.starts_with("gibbs") || other.starts_with("well"),
    }
}

/// A walk whose law is normal at every step, from a point far from the minimum: V after n steps, with
/// q = 1 − ηh, is η²s²(1 − q²ⁿ)/(1 − q²).
const NORMAL: &str = r#"
seed = 32
landscape = { kind = "quadratic", hessian = [1.0, 2.0], minimum = [0.5, 0.0], floor = 0.25 }
noise = { kind = "gaussian", covariance = [1.0, 0.25] }
dynamics = { kind = "sgd", learning_rate = 0.1 }
ensemble = { walkers = 65_536, steps = 40, start = [3.5, 0.0] }
measure = { time_series = { points = 4, spacing = "log", quantiles = [0.05, 0.5, 0.9] } }
"#;

/// Standard normal quantiles at 0.05, 0.5, 0.9, and those of χ² with one degree of freedom at 0.05, 0.5, 0.9.
const NORMAL_QUANTILES: [(f64, f64, f64); 3] =
    [(0.05, -1.644_853_627, 0.003_932_140), (0.5, 0.0, 0.454_936_423), (0.9, 1.281_551_566, 2.705_543_454)];

/// Quantiles agree with the normal law at every point: 24 within 4.5 σ, a false alarm of 2·10⁻⁴ (the seed is fixed),
/// though the first points are thirty deviations from the minimum. Canary: those of a variance larger by 8 % do not.
/// Where the whole loss is one coordinate's, its quantiles are those of ½hVχ²; canary: with a variance larger by 30 %.
fn check_quantiles(engine: &mut dyn Engine) -> Result<(), String> {
    let found = measure(engine, NORMAL);
    let variance = |h: f64, s: f64, n: i32| {
        let q: f64 = 1.0 - 0.1 * h;
        0.01 * s * (1.0 - q.powi(2 * n)) / (1.0 - q * q)
    };
    let worst = |factor: f64| {
        let mut worst = (0.0, String::new());
        for n in [1, 3, 12, 40] {
            for (i, h, s, minimum, start) in [(0, 1.0, 1.0, 0.5, 3.0), (1, 2.0, 0.25, 0.0, 0.0)] {
                let mean = minimum + start * f64::powi(1.0 - 0.1 * h, n);
                for (q, normal, _) in NORMAL_QUANTILES {
                    let name = format!("quantile[{i},{q},{n}]");
                    let z = super::z(&found[&name], mean + normal * (factor * variance(h, s, n)).sqrt());
                    worst = if z > worst.0 { (z, name) } else { worst };
                }
            }
        }
        worst
    };
    let (right, wrong) = (worst(1.0), worst(1.08));
    eprintln!("quantiles within {:.2} σ ({}), canary {:.1}", right.0, right.1, wrong.0);
    if right.0 > 4.5 || wrong.0 < 4.5 {
        return Err(format!("{} is {:.2} σ from its law; canary {:.2} σ", right.1, right.0, wrong.0));
    }
    let alone =
        measure(engine, &NORMAL.replace("covariance = [1.0, 0.25]", "covariance = [1.0, 0.0]").replace("3.5", "0.5"));
    for (q, _, chi_squared) in NORMAL_QUANTILES {
        let law = |factor: f64| 0.25 + 0.5 * factor * variance(1.0, 1.0, 40) * chi_squared;
        let estimate = &alone[&format!("loss_quantile[{q},40]")];
        let [right, wrong] = [1.0, 1.3].map(|factor| super::z(estimate, law(factor)));
        eprintln!("loss_quantile[{q}] within {right:.2} σ, canary {wrong:.1}");
        if right > 4.5 || wrong < 4.5 {
            return Err(format!("loss_quantile[{q},40] is {right:.2} σ from its law; canary {wrong:.2} σ"));
        }
    }
    Ok(())
}
