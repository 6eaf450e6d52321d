//! Normal numbers by the device's own logarithm, sine and cosine: accurate enough for what theory's tests
//! resolve, on this adapter.

use crate::agreement::{SETS, measure, worst_z};
use crate::{Outcome, engine, require};
use kramers::engine::gpu::{GpuEngine, GpuOptions, probe};
use kramers::experiment::Random;
use kramers::random::philox;
use statrs::distribution::{ContinuousCDF, Normal};

/// The normals of 2¹⁸ calls, by a generator's transform.
fn sample(engine: &GpuEngine, generator: Random) -> Result<Vec<f64>, libtest_mimic::Failed> {
    let words: Vec<_> = (0..1 << 18).map(|call| philox::<10>([call, 0, 0, 0], [15, 0])).collect();
    Ok(probe::normals(engine, generator, &words)?.concat().into_iter().map(f64::from).collect())
}

/// Every normal within 10⁻³, which only those next to 0 come near, and ⟨z²⟩ within 10⁻⁴: a hundredth of
/// the 1 % that the agreement with theory is shown to resolve.
fn accurate(found: &[f64], exact: &[f64]) -> Outcome {
    let pairs = || found.iter().zip(exact);
    let worst = pairs().map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let square = pairs().map(|(a, b)| a * a - b * b).sum::<f64>() / exact.len() as f64;
    eprintln!("the device's normals are within {worst:.1e}, and <z^2> within {:.1e}", square.abs());
    require(worst < 1e-3, format!("a normal number is off by {worst:e}"))?;
    require(square.abs() < 1e-4, format!("the mean square is off by {square:e}"))
}

pub fn normals() -> Outcome {
    let engine = engine(GpuOptions::default())?;
    let exact = sample(&engine, Random::Philox4x32x10)?;
    let found = sample(&engine, Random::Philox4x32x10Fast)?;
    accurate(&found, &exact)?;
    let wrong: Vec<f64> = found.iter().map(|z| 1.0002 * z).collect();
    require(accurate(&wrong, &exact).is_err(), "canary: an amplitude wrong by 0.02 % passes")
}

/// Kolmogorov–Smirnov at a false-alarm rate of 10⁻⁶ (Q(2.69) = 2 exp(−2·2.69²)); the words are fixed.
pub fn distribution() -> Outcome {
    let normal = Normal::standard();
    let distance = |mut sample: Vec<f64>| {
        sample.sort_by(f64::total_cmp);
        let n = sample.len() as f64;
        let apart = sample.iter().enumerate().map(|(k, z)| (normal.cdf(*z) - (k as f64 + 0.5) / n).abs());
        n.sqrt() * apart.fold(0.0, f64::max)
    };
    let found = sample(&engine(GpuOptions::default())?, Random::Philox4x32x10Fast)?;
    let wrong = distance(found.iter().map(|z| 1.02 * z).collect());
    let right = distance(found);
    require(right < 2.69, format!("a distance of {right}"))?;
    require(wrong > 2.69, format!("canary: a scale wrong by 2 % passes with {wrong}"))
}

/// Ensembles of both landscapes and rules against exact theory, and the same with an amplitude wrong by
/// 0.5 %, which must fail.
pub fn ensembles() -> Outcome {
    let mut gpu = engine(GpuOptions::default())?;
    for (name, text) in SETS.into_iter().filter(|(name, _)| ["1-D", "hot"].iter().any(|end| name.ends_with(end))) {
        let fast = |a| format!("random = \"philox4x32-10-fast\"\n{}", text(a));
        let (checked, worst, which) = worst_z(&measure(&mut gpu, &fast(1.0)), &fast(1.0));
        require(checked >= 4, format!("{name}: only {checked} exact predictions"))?;
        require(worst < 4.0, format!("{name}: z = {worst:.2}, {which}"))?;
        let (_, worst, _) = worst_z(&measure(&mut gpu, &fast(1.005)), &fast(1.0));
        require(worst > 4.0, format!("{name}: an amplitude wrong by 0.5 % passes with z = {worst:.2}"))?;
    }
    Ok(())
}
