//! Quadratics of up to 64 dimensions.

use super::WithAmplitude;

/// |z| that is tolerated. All sets together have some 4900 exact predictions: a false alarm has probability
/// 3·10⁻³ for a fresh seed; the seed is fixed.
pub const LIMIT: f64 = 5.0;

/// The sets, by name, with the number of covariances that are measured.
pub const SETS: [(&str, usize, WithAmplitude); 5] = [
    ("diagonal, 64-D", 64, |a| langevin(64, &list(64, curvature), a, "")),
    ("full, 64-D", 64, |a| langevin(64, &matrix(64, coupled), a, "")),
    ("full with full noise, 64-D, all covariances", 64 * 65 / 2, |a| sgd(64, a, r#"covariance = "full""#)),
    ("diagonal, 63-D, all covariances", 63 * 64 / 2, |a| {
        langevin(63, &list(63, curvature), a, r#"covariance = "full""#)
    }),
    ("full, 20-D, all covariances", 20 * 21 / 2, |a| langevin(20, &matrix(20, coupled), a, r#"covariance = "full""#)),
];

fn list(d: usize, value: fn(usize) -> f64) -> String {
    let values: Vec<String> = (0..d).map(|i| value(i).to_string()).collect();
    format!("[{}]", values.join(", "))
}

fn matrix(d: usize, value: impl Fn(usize, usize) -> f64) -> String {
    let row = |i: usize| (0..d).map(|j| value(i, j).to_string()).collect::<Vec<_>>().join(", ");
    let rows: Vec<String> = (0..d).map(|i| format!("[{}]", row(i))).collect();
    format!("[{}]", rows.join(", "))
}

fn curvature(i: usize) -> f64 {
    0.5 + 0.05 * i as f64
}

/// Positive definite, as the sum of a diagonal and 0.7^|i−j|.
fn coupled(i: usize, j: usize) -> f64 {
    0.7f64.powi(i.abs_diff(j) as i32) + if i == j { 0.02 * i as f64 } else { 0.0 }
}

fn place(i: usize) -> f64 {
    0.1 * (i % 7) as f64 - 0.3
}

fn system(d: usize, hessian: &str, rest: &str, measure: &str) -> String {
    let (minimum, start) = (list(d, |i| 0.5 - place(i)), list(d, place));
    format!(
        r#"
seed = 64
landscape = {{ kind = "quadratic", hessian = {hessian}, minimum = {minimum} }}
{rest}
ensemble = {{ walkers = 8192, burn_in = 10, steps = 20, start = {start} }}
[measure]
every = 10
{measure}
"#
    )
}

fn langevin(d: usize, hessian: &str, amplitude: f64, measure: &str) -> String {
    let temperature = 0.2 * amplitude * amplitude;
    let rest = format!(r#"dynamics = {{ kind = "langevin", temperature = {temperature}, time_step = 0.1 }}"#);
    system(d, hessian, &rest, measure)
}

/// In 64 dimensions Hessian and factor of the noise have 4096 entries each.
pub fn sgd(d: usize, amplitude: f64, measure: &str) -> String {
    let covariance = matrix(d, |i, j| amplitude * amplitude * 0.8f64.powi(i.abs_diff(j) as i32));
    let noise = format!(r#"noise = {{ kind = "gaussian", covariance = {covariance} }}"#);
    let rule = r#"dynamics = { kind = "sgd", learning_rate = 0.1, batch_size = 2 }"#;
    system(d, &matrix(d, coupled), &format!("{noise}\n{rule}"), measure)
}
