//! Ensembles against exact theory of their discrete rules. Seeds are fixed; with the thresholds used, a
//! right engine with another seed would fail once in a million runs.

use crate::agreement::growth::{the_fit_finds_the_critical_rate, vanishes_at_the_critical_rate};
use crate::agreement::jump::the_loss_jumps_where_it_is_predicted;
use crate::{Outcome, engine, plan, require, run, run_with};
use kramers::engine::gpu::GpuOptions;
use kramers::tally::Tally;

/// Standard errors that are tolerated: 5.3, where a normal number is once in ten million; a test has
/// fewer than ten.
const LIMIT: f64 = 5.3;

/// Mean over a cell's blocks (all of one size) and its standard error, of sum `k` per measured state.
fn mean(tally: &Tally, k: usize) -> (f64, f64) {
    let means: Vec<f64> = tally.cell(0).map(|b| b.moments.sums[k] / b.moments.count as f64).collect();
    let n = means.len() as f64;
    let mean = means.iter().sum::<f64>() / n;
    let variance = means.iter().map(|m| (m - mean).powi(2)).sum::<f64>() / (n - 1.0);
    (mean, (variance / n).sqrt())
}

fn agree(tally: &Tally, k: usize, expected: f64, what: &str) -> Outcome {
    let (found, error) = mean(tally, k);
    let z = (found - expected) / error;
    require(z.abs() < LIMIT, format!("{what}: {found} ± {error} for {expected}, z = {z}"))
}

/// Seven steps of SGD with correlated noise in two dimensions, far from the origin. With A = 1 − ηH the
/// mean goes as Aⁿ and the covariance as Σ ← AΣA + η² C/B.
const MOMENTS: &str = r#"
    seed = 5
    landscape = { kind = "quadratic", hessian = [[1.0, 0.5], [0.5, 2.0]], minimum = [1000.1, -3.0] }
    noise = { kind = "gaussian", covariance = [[1.0, -0.4], [-0.4, 0.5]] }
    dynamics = { kind = "sgd", learning_rate = 0.25, batch_size = 2 }
    ensemble = { walkers = 1_048_576, steps = 7, start = [1000.6, -4.0] }
    measure = { every = 7 }
"#;

pub fn moments() -> Outcome {
    let tally = run(&plan(MOMENTS)?)?;
    let a = [[0.75, -0.125], [-0.125, 0.5]];
    let noise = [[0.5, -0.2], [-0.2, 0.25]];
    let times = |m: [[f64; 2]; 2], n: [[f64; 2]; 2]| -> [[f64; 2]; 2] {
        std::array::from_fn(|i| std::array::from_fn(|j| m[i][0] * n[0][j] + m[i][1] * n[1][j]))
    };
    // Start and minimum as f32 holds them.
    let (start, minimum) = ([f64::from(1000.6f32), -4.0], [f64::from(1000.1f32), -3.0]);
    let mut mean = [start[0] - minimum[0], start[1] - minimum[1]];
    let mut covariance = [[0.0; 2]; 2];
    for _ in 0..7 {
        mean = std::array::from_fn(|i| a[i][0] * mean[0] + a[i][1] * mean[1]);
        let moved = times(times(a, covariance), a);
        covariance = std::array::from_fn(|i| std::array::from_fn(|j| moved[i][j] + 0.0625 * noise[i][j]));
    }
    let second = |i: usize, j: usize| covariance[i][j] + mean[i] * mean[j];
    agree(&tally, 0, mean[0], "mean[0]")?;
    agree(&tally, 1, mean[1], "mean[1]")?;
    agree(&tally, 2, second(0, 0), "second moment [0,0]")?;
    agree(&tally, 3, second(0, 1), "second moment [0,1]")?;
    agree(&tally, 4, second(1, 1), "second moment [1,1]")?;
    let hessian = [[1.0, 0.5], [0.5, 2.0]];
    let squared = times(hessian, hessian);
    let trace = |m: [[f64; 2]; 2]| m[0][0] * second(0, 0) + 2.0 * m[0][1] * second(0, 1) + m[1][1] * second(1, 1);
    agree(&tally, 5, 0.5 * trace(hessian), "loss")?;
    agree(&tally, 6, trace(squared), "squared gradient")?;
    // Canary: a noise amplitude that is half a percent larger would be seen.
    require(agree(&tally, 4, 1.01 * covariance[1][1] + mean[1] * mean[1], "").is_err(), "the test is blunt")
}

/// The variance of one coordinate in one step from a random start: that of the start, little changed.
pub fn starts() -> Outcome {
    let text = |start: &str| {
        format!(
            r#"
            seed = 3
            landscape = {{ kind = "quadratic", hessian = [0.0, 0.0, 0.0, 0.0, 0.0] }}
            dynamics = {{ kind = "sgd", learning_rate = 1.0 }}
            ensemble = {{ walkers = 262_144, steps = 1, start = {start} }}
            "#
        )
    };
    let normal = run(&plan(&text("{ normal = { mean = [1, 2, 3, 4, 5], std = [0.1, 0.2, 0.3, 0.4, 0.5] } }"))?)?;
    let uniform = run(&plan(&text("{ uniform = { low = [-1, 0, 0, 0, 0], high = [1, 1, 2, 3, 4] } }"))?)?;
    // Places of products [i, i] among 5 + 15 sums.
    let square = |i: usize| 5 + i * (11 - i) / 2;
    for i in 0..5 {
        let (m, s) = (1.0 + i as f64, 0.1 * (1.0 + i as f64));
        agree(&normal, i, m, "normal mean")?;
        agree(&normal, square(i), m * m + s * s, "normal second moment")?;
        let (low, high) = (if i == 0 { -1.0 } else { 0.0 }, if i == 0 { 1.0 } else { i as f64 });
        agree(&uniform, i, (low + high) / 2.0, "uniform mean")?;
        agree(&uniform, square(i), (low * low + low * high + high * high) / 3.0, "uniform second moment")?;
    }
    agree(&normal, square(0) + 1, 2.0, "normal [0,1]")?;
    agree(&normal, square(3) + 1, 20.0, "normal [3,4]")
}

/// 65,560 workgroups of 64.
pub fn many_workgroups() -> Outcome {
    let text = r#"
        landscape = { kind = "quadratic", hessian = [1.0] }
        dynamics = { kind = "langevin", temperature = 1.0, time_step = 0.5 }
        ensemble = { walkers = 4_195_840, steps = 1, start = [0.0] }
    "#;
    let options = GpuOptions { workgroup_size: Some(64), ..GpuOptions::default() };
    let tally = run_with(&plan(text)?, options)?;
    let count: u64 = tally.cell(0).map(|b| b.moments.count).sum();
    require(count == 4_195_840, format!("{count} walkers measured"))?;
    let square: f64 = tally.cell(0).map(|b| b.moments.sums[1]).sum();
    let z = (square / count as f64 - 1.0) / (2.0 / count as f64).sqrt();
    require(z.abs() < LIMIT, format!("⟨x²⟩ is off by {z} standard errors"))
}

/// Walkers that go far beyond what sums of squares hold are measured by their logarithms.
pub fn growth() -> Outcome {
    let mut engine = engine(GpuOptions::default())?;
    vanishes_at_the_critical_rate(&mut engine);
    the_fit_finds_the_critical_rate(&mut engine);
    Ok(())
}

/// Absorbed or not, walkers are counted when their loss jumps.
pub fn jumps() -> Outcome {
    the_loss_jumps_where_it_is_predicted(&mut engine(GpuOptions::default())?);
    Ok(())
}
