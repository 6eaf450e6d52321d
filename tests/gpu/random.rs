//! Random numbers and single steps as shaders.

use crate::{Outcome, engine, plan, require};
use kramers::engine::gpu::{GpuOptions, WideMultiply, probe};
use kramers::experiment::Random;
use libtest_mimic::Failed;

type Call = ([u32; 4], [u32; 2]);

/// Known answers of Random123, tests/kat_vectors, for so many rounds: the calls and their words.
fn known(rounds: u32) -> Result<(Vec<Call>, Vec<[u32; 4]>), Failed> {
    let vectors = include_str!("../data/kat_vectors");
    let mut known = (Vec::new(), Vec::new());
    for line in vectors.lines().filter_map(|line| line.strip_prefix(&format!("philox4x32 {rounds} "))) {
        let words = line.split_whitespace().map(|word| u32::from_str_radix(word, 16));
        let words = words.collect::<Result<Vec<u32>, _>>()?;
        let [a, b, c, d, k, l, w, x, y, z] = words[..] else { return Err(line.into()) };
        known.0.push(([a, b, c, d], [k, l]));
        known.1.push([w, x, y, z]);
    }
    require(known.0.len() == 3, "all three vectors are there")?;
    Ok(known)
}

pub fn known_answers() -> Outcome {
    let engine = engine(GpuOptions::default())?;
    for multiply in WideMultiply::ALL {
        if multiply.needs_wide_integers() && !engine.wgpu_device().features().contains(wgpu::Features::SHADER_INT64) {
            eprintln!("the adapter has no 64-bit integers");
            continue;
        }
        for generator in [Random::Philox4x32x10, Random::Philox4x32x10Fast, Random::Philox4x32x7] {
            let (calls, expected) = known(generator.rounds())?;
            let words = probe::philox(&engine, generator, multiply, &calls)?;
            require(words == expected, format!("{generator:?}, {multiply:?}: {words:08x?}"))?;
        }
    }
    Ok(())
}

/// The words of normal numbers for which they are tried: all ranges, and the ends.
fn words() -> Vec<[u32; 4]> {
    let spread = |k: u32| k.wrapping_mul(0x9E37_79B9);
    let mut words: Vec<_> = (0..4096).map(|k| [spread(4 * k), spread(4 * k + 1), k << 20, spread(4 * k + 3)]).collect();
    words.extend([[0, 0, u32::MAX, u32::MAX], [1, 1 << 29, 1 << 31, 7 << 29]]);
    words
}

/// (radius cos, radius sin) of a pair of words, in f64.
fn box_muller(a: u32, b: u32) -> [f64; 2] {
    let scale = 0.5f64.powi(32);
    // The uniform number is rounded to f32: next to 1 its logarithm is only as good as that.
    let u = ((f64::from(a) + 0.5) * scale) as f32;
    let radius = (-2.0 * f64::from(u).ln()).sqrt();
    // The low 31 bits, signed, are a half turn; the top bit is another.
    let signed = f64::from((b << 1) as i32) * scale;
    let angle = std::f64::consts::PI * (signed + f64::from(b >> 31));
    [radius * angle.cos(), radius * angle.sin()]
}

pub fn normals() -> Outcome {
    let (words, engine) = (words(), engine(GpuOptions::default())?);
    for (words, found) in words.iter().zip(probe::normals(&engine, Random::default(), &words)?) {
        let expected = [box_muller(words[0], words[1]), box_muller(words[2], words[3])].concat();
        for (found, expected) in found.iter().zip(expected) {
            // A few roundings of a number up to 6.8.
            let error = (f64::from(*found) - expected).abs();
            require(error < 2e-6, format!("{words:08x?}: {found} for {expected}"))?;
        }
    }
    Ok(())
}

const STEP: &str = r#"
    seed = 9
    landscape = { kind = "double-well", barrier = 0.5, separation = 1.5, tilt = 0.1, transverse = [0.7, 2.0] }
    dynamics = { kind = "langevin", temperature = [0.1, 0.2, 0.3], time_step = 0.01 }
    ensemble = { walkers = 64, steps = 8, start = [0.0, 0.0, 0.0] }
"#;

/// x − ∇L Δt + √(2TΔt) ξ of the experiment above, in f64, with ξ from the shader.
fn expected(x: &[f32], normals: &[f32]) -> Vec<f64> {
    let x: Vec<f64> = x.iter().map(|x| f64::from(*x)).collect();
    let u = x[0] / 1.5;
    let gradient = [4.0 * 0.5 / 1.5 * (u * u - 1.0) * u + 0.1, 0.7 * x[1], 2.0 * x[2]];
    let temperature = [0.1f64, 0.2, 0.3];
    (0..3).map(|i| x[i] - 0.01 * gradient[i] + (2.0 * temperature[i] * 0.01).sqrt() * f64::from(normals[i])).collect()
}

/// Every step of the group of four that shares the calls of a walker in three dimensions.
pub fn one_step() -> Outcome {
    let (plan, engine) = (plan(STEP)?, engine(GpuOptions::default())?);
    let positions: Vec<f32> = (0..300).map(|k| (k as f32 - 150.0) / 60.0).collect();
    for step in 4..8u32 {
        let found = probe::one_step(&engine, &plan, 0, 17, step, &positions)?;
        for walker in [0, 1, 50, 99u32] {
            // Normal step · 3 + i is lane (…) mod 4 of call ⌊…/4⌋: calls 3, 4 and 5 serve steps 4 to 7.
            let calls: Vec<_> = (3..6).map(|call| ([call, 17 + walker, 0, 0], [9, 0])).collect();
            let words = probe::philox(&engine, Random::default(), WideMultiply::U16, &calls)?;
            let normals = probe::normals(&engine, Random::default(), &words)?.concat();
            let first = (step as usize - 4) * 3;
            let at = walker as usize * 3;
            let expected = expected(&positions[at..at + 3], &normals[first..first + 3]);
            for (found, expected) in found[at..at + 3].iter().zip(expected) {
                let error = (f64::from(*found) - expected).abs();
                require(error < 1e-6, format!("walker {walker}, step {step}: {found} for {expected}"))?;
            }
        }
    }
    Ok(())
}
