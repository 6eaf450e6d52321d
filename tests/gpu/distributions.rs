//! Noise that is not normal: the documented numbers, exact paths, and no trace of how the work is cut.

use crate::agreement::by_word::{DISTRIBUTIONS, worst_error};
use crate::agreement::discrete::{THREE_POINT, TWO_POINT, worst_z_of_paths};
use crate::agreement::flat;
use crate::agreement::three_point::number;
use crate::invariance::{ABSORBED, RICH, fixed, unchanged};
use crate::{Outcome, engine, require};
use kramers::engine::cpu;
use kramers::engine::gpu::{GpuOptions, probe};

/// Every place of a call in several dimensions, and calls beyond 32 bits, as documented and as on the CPU.
pub fn three_point_numbers() -> Outcome {
    let engine = engine(GpuOptions::default())?;
    for d in [1, 3, 16, 63] {
        let plan = flat(d, "\"three-point\"");
        let from = vec![0.0; 100 * d];
        for step in (0..20).chain([1001, u32::MAX - 1]) {
            let found = probe::one_step(&engine, &plan, 0, 17, step, &from)?;
            let first = u64::from(step) * d as u64;
            let expected = (17..117).flat_map(|walker| (first..first + d as u64).map(move |n| number(walker, n)));
            require(found == expected.collect::<Vec<_>>(), format!("step {step} in {d} dimensions: {found:?}"))?;
            let twin = cpu::one_step(&plan, 0, 17, step, &from);
            require(found == twin, format!("step {step} in {d} dimensions differs from the CPU engine's"))?;
        }
    }
    Ok(())
}

/// |z| < 4 for three numbers: a false alarm of 2·10⁻⁴ for a fresh seed; the seed is fixed.
pub fn paths() -> Outcome {
    let mut engine = engine(GpuOptions::default())?;
    for alone in [true, false] {
        for noise in [THREE_POINT, TWO_POINT] {
            let worst = worst_z_of_paths(&mut engine, alone, noise, noise.0);
            require(worst < 4.0, format!("{}: z = {worst} against all paths", noise.0))?;
            let wrong = worst_z_of_paths(&mut engine, alone, noise, "\"gaussian\"");
            require(wrong > 4.0, format!("canary: normal noise passes for {} with z = {wrong}", noise.0))?;
        }
    }
    Ok(())
}

/// Every place of a call, and calls beyond 32 bits, as documented; bits that no polynomial made are those of
/// the CPU engine.
pub fn numbers_of_one_word() -> Outcome {
    let engine = engine(GpuOptions::default())?;
    for (distribution, of) in DISTRIBUTIONS {
        for d in [1, 3, 16, 63] {
            let plan = flat(d, distribution);
            let from = vec![0.0; 100 * d];
            for step in [0, 1, 2, 3, 1001, u32::MAX - 1] {
                let found = probe::one_step(&engine, &plan, 0, 17, step, &from)?;
                let error = worst_error(&found, of, d, step);
                require(error < 1e-6, format!("{distribution}, step {step} in {d} dimensions: {error:e}"))?;
                let by_polynomial = ["\"laplace\"", "\"exponential\""].contains(&distribution);
                let twin = cpu::one_step(&plan, 0, 17, step, &from);
                require(by_polynomial || found == twin, format!("{distribution} differs from the CPU engine's"))?;
            }
        }
    }
    Ok(())
}

/// Cells that differ in p share a kernel, and take the numbers of their own.
pub fn probabilities_of_cells() -> Outcome {
    let plan = crate::plan(
        r#"
        seed = 21
        landscape = { kind = "quadratic", hessian = [0.0] }
        dynamics = { kind = "langevin", temperature = 0.5, time_step = 1.0 }
        ensemble = { walkers = 64, steps = 1, start = [0.0] }
        sweep = { "dynamics.distribution" = [{ two-point = 0.2 }, { two-point = 0.75 }] }
        "#,
    )?;
    require(plan.kernels.len() == 1, "one kernel serves both")?;
    let engine = engine(GpuOptions::default())?;
    for (cell, law) in [(0, [2.0, -0.5]), (1, [-(3f32.sqrt()), 1.0 / 3f32.sqrt()])] {
        let found = probe::one_step(&engine, &plan, cell, 0, 0, &[0.0; 500])?;
        require(found == cpu::one_step(&plan, cell, 0, 0, &[0.0; 500]), format!("cell {cell} differs: {found:?}"))?;
        let of = |value: f32| found.iter().filter(|x| (*x - value).abs() < 1e-6).count();
        let counts = law.map(of);
        require(counts[0] > 50 && counts[0] + counts[1] == 500, format!("cell {cell}: {counts:?} of {law:?}"))?;
    }
    Ok(())
}

/// Launches that begin at every place of a call, which they then take anew.
pub fn launches() -> Outcome {
    let rich = RICH.replace("time_step = 0.05", "time_step = 0.05, distribution = \"three-point\"");
    unchanged(&rich, &[fixed(4, 64), fixed(40, 256)])?;
    let absorbed = ABSORBED.replace("kind = \"gaussian\"", "kind = \"gaussian\", distribution = \"three-point\"");
    unchanged(&absorbed, &[fixed(4, 32), fixed(100, 64)])
}
