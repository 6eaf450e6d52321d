//! Three-point noise: the documented numbers, exact paths, and no trace of how the work is cut.

use crate::agreement::three_point::{flat, number, worst_z_of_paths};
use crate::invariance::{ABSORBED, RICH, fixed, unchanged};
use crate::{Outcome, engine, require};
use kramers::engine::cpu;
use kramers::engine::gpu::{GpuOptions, probe};

/// Every place of a call in several dimensions, and calls beyond 32 bits, as documented and as on the CPU.
pub fn numbers() -> Outcome {
    let engine = engine(GpuOptions::default())?;
    for d in [1, 3, 16] {
        let plan = flat(d);
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
        let worst = worst_z_of_paths(&mut engine, alone, "three-point");
        require(worst < 4.0, format!("z = {worst} against all paths"))?;
        let wrong = worst_z_of_paths(&mut engine, alone, "gaussian");
        require(wrong > 4.0, format!("canary: normal noise passes for three-point with z = {wrong}"))?;
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
