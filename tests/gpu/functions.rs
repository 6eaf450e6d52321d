//! The functions of formulas as shaders.

use crate::{Outcome, engine, require};
use kramers::engine::gpu::{GpuOptions, probe};

const NAMES: [&str; 7] = ["exp", "log", "sqrt", "sin", "cos", "tanh", "slope of log"];

/// The functions in f64, and how far the shader may be from them: relative to their size, for the sine
/// and cosine to 1; a rounding of f32 is 6·10⁻⁸, and devices divide and take roots to a few.
fn exact(x: f32) -> [(f64, f64); 7] {
    let x = f64::from(x);
    let of = |value: f64, size: f64| (value, 4e-7 * size.abs());
    [
        of(x.exp(), x.exp()),
        of(x.ln(), x.ln()),
        of(x.sqrt(), x.sqrt()),
        of(x.sin(), 1.0),
        of(x.cos(), 1.0),
        of(x.tanh(), x.tanh()),
        if x > 0.0 { of(1.0 / x, 1.0 / x) } else { of(f64::NAN, 0.0) },
    ]
}

pub fn accuracy() -> Outcome {
    let near = (1..4000).map(|k| k as f32 * 0.02171);
    let far = (0..4000).map(|k| 0.01 * 1.0035_f32.powi(k)).filter(|x| *x <= 1e4);
    let numbers: Vec<f32> = near.chain(far).flat_map(|x| [x, -x]).collect();
    let found = probe::functions(&engine(GpuOptions::default())?, &numbers)?;
    for (x, values) in numbers.iter().zip(found) {
        for ((found, (exact, error)), name) in values.into_iter().zip(exact(*x)).zip(NAMES) {
            let found = f64::from(found);
            let is_right = match exact {
                // Beyond f32: as large, or as small, as numbers are.
                exact if exact > 2e38 => found > 1e38,
                exact if exact.abs() < 2e-38 => found.abs() < 4e-38,
                exact => (found - exact).abs() <= error || (found.is_nan() && exact.is_nan()),
            };
            require(is_right, format!("{name} {x} is {found} for {exact}"))?;
        }
    }
    Ok(())
}

pub fn domains() -> Outcome {
    let [zero, large] = probe::functions(&engine(GpuOptions::default())?, &[0.0, 2e4])?[..] else {
        return Err("two numbers have two results".into());
    };
    require(zero[..1] == [1.0] && zero[1] < -1e29 && zero[2..6] == [0.0, 0.0, 1.0, 0.0], format!("at 0: {zero:?}"))?;
    require(zero[6].is_nan(), format!("there is no slope of log at 0: {zero:?}"))?;
    require(large[3].is_nan() && large[4].is_nan(), format!("there is no sine left of 2e4: {large:?}"))?;
    require(large[0] > 1e38 && large[5] == 1.0, format!("at 2e4: {large:?}"))
}
