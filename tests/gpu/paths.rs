//! Walks whose paths are known: without noise, so that every count can be worked out.

use crate::{Outcome, plan, require, run};
use kramers::Plan;
use kramers::engine::Engine;
use kramers::engine::cpu::CpuEngine;
use kramers::tally::{BinCounts, BlockTally, LogBins, LogLinearBins};

/// x_n = (1 + 1/8)^n x_0, walkers from 1 and from −½ in turn: exact in f32 for the first steps, and within
/// rounding after. `measure` and `ensemble` add to those tables.
fn growth(ensemble: &str, measure: &str) -> String {
    format!(
        r#"
        landscape = {{ kind = "quadratic", hessian = [-1.0] }}
        dynamics = {{ kind = "sgd", learning_rate = 0.125 }}
        [ensemble]
        walkers = 100
        start = {{ points = [[1.0], [-0.5]] }}
        {ensemble}
        [measure]
        {measure}
        "#
    )
}

const RATE: f64 = 1.125;

fn blocks(plan: &Plan) -> Result<Vec<BlockTally>, libtest_mimic::Failed> {
    Ok(run(plan)?.blocks.into_values().collect())
}

fn close(found: f64, expected: f64, what: &str) -> Outcome {
    let scale = expected.abs().max(1e-3);
    require((found - expected).abs() < 2e-6 * scale, format!("{what}: {found} for {expected}"))
}

pub fn without_noise() -> Outcome {
    let plan = plan(&growth("burn_in = 3\nsteps = 17", "every = 5\ntime_series = { points = 6, quantiles = [0.5] }"))?;
    for block in blocks(&plan)? {
        let half = block.walkers as f64 / 2.0;
        let at = |n: i32| RATE.powi(n);
        // Measured after updates 8, 13 and 18.
        let (sum, square): (f64, f64) =
            [8, 13, 18].map(|n| (at(n), at(n).powi(2))).iter().fold((0.0, 0.0), |s, x| (s.0 + x.0, s.1 + x.1));
        require(block.moments.count == 3 * block.walkers, format!("{} states", block.moments.count))?;
        close(block.moments.sums[0], half * 0.5 * sum, "position")?;
        close(block.moments.sums[1], half * 1.25 * square, "square")?;
        close(block.moments.sums[2], -0.5 * half * 1.25 * square, "loss")?;
        close(block.moments.sums[3], half * 1.25 * square, "squared gradient")?;
        for (j, point) in block.series.iter().enumerate() {
            let n = 3 + ((j as i32 + 1) * 17 + 5) / 6;
            require(point.count == block.walkers, format!("point {j} has {} walkers", point.count))?;
            let square = half * 1.25 * at(n).powi(2);
            close(point.sums[0], half * 0.5 * at(n), "series position")?;
            close(point.sums[1], square, "series square")?;
            close(point.sums[2], -0.5 * square, "series loss")?;
            close(point.sums[3], square, "series squared gradient")?;
            let counted = |place: usize, values: [f64; 2]| {
                let mut counts = BinCounts::default();
                let unit = plan.cells[0].scales.series_unit(place);
                values.iter().for_each(|v| counts.count(LogLinearBins::index((v * unit) as f32), block.walkers / 2));
                counts
            };
            let positions = counted(0, [at(n), -0.5 * at(n)]);
            let losses = counted(2, [-0.5 * at(n).powi(2), -0.125 * at(n).powi(2)]);
            require(point.counts == [positions, losses], format!("point {j}: {:?}", point.counts))?;
        }
    }
    Ok(())
}

/// The first update at which |x_0| RATE^n is above `threshold`.
fn crossing(x0: f64, threshold: f64) -> u32 {
    (1..).find(|n| x0 * RATE.powi(*n) > threshold).unwrap_or_default() as u32
}

pub fn passages() -> Outcome {
    // From 1 after 6 updates (1.125⁶ = 2.03); from −½ never above 2, but in radius after 12 (2.05).
    let (one, other) = (crossing(1.0, 2.0), crossing(0.5, 2.0));
    require((one, other) == (6, 12), "the steps worked out by hand")?;
    let steps = 40u64;
    for (condition, passing) in [("axis = 0, above = 2.0", vec![one]), ("radius_above = 2.0", vec![one, other])] {
        for after in ["restart", "absorb", "continue"] {
            let measure = format!("first_passage = {{ {condition}, after = \"{after}\" }}");
            let plan = plan(&growth(&format!("steps = {steps}"), &measure))?;
            for block in blocks(&plan)? {
                let walkers = block.walkers / 2;
                let found = block.passages.clone().unwrap_or_default();
                let (mut count, mut risk) = (0, 0);
                let mut durations = vec![0; LogBins::count(steps as u32)];
                for n in &passing {
                    let each = if after == "restart" { steps / u64::from(*n) } else { 1 };
                    count += walkers * each;
                    risk += walkers * if after == "restart" { steps } else { u64::from(*n) };
                    durations[LogBins::index(*n)] += walkers * each;
                }
                risk += walkers * steps * (2 - passing.len() as u64);
                let context = format!("{condition}, {after}: {found:?}");
                require(found.count == count, format!("{count} passages: {context}"))?;
                require(found.steps_at_risk == risk, format!("{risk} steps at risk: {context}"))?;
                require(found.durations == durations, format!("durations: {context}"))?;
                let ended: u64 = if after == "restart" { block.walkers } else { walkers * (2 - passing.len() as u64) };
                require(found.censored.iter().sum::<u64>() == ended, format!("{ended} censored: {context}"))?;
                let states = if after == "absorb" { risk - count } else { steps * block.walkers };
                require(block.moments.count == states, format!("{states} states: {context}"))?;
            }
        }
    }
    Ok(())
}

pub fn histograms() -> Outcome {
    let histogram = r#"histogram = [
        { axis = 0, range = [-2.0, 2.0], bins = 8 }, { of = "loss", range = [-3.0, 1.0], bins = 4 },
        { axes = [0, 0], range = [[-2.0, 2.0], [0.0, 3.0]], bins = [4, 3] } ]"#;
    let plan = plan(&growth("steps = 8", histogram))?;
    for block in blocks(&plan)? {
        let mut expected = [(vec![0; 8], 0), (vec![0; 4], 0), (vec![0; 12], 0)];
        for x0 in [1.0, -0.5] {
            for n in 1..=8 {
                let x = x0 * RATE.powi(n);
                let bin = |value: f64, low: f64, width: f64, bins: usize| {
                    let bin = ((value - low) / width).floor();
                    (bin >= 0.0 && bin < bins as f64).then_some(bin as usize)
                };
                let first = bin(x, -2.0, 1.0, 4).zip(bin(x, 0.0, 1.0, 3)).map(|(a, b)| 3 * a + b);
                let places = [bin(x, -2.0, 0.5, 8), bin(-0.5 * x * x, -3.0, 1.0, 4), first];
                for ((bins, outside), place) in expected.iter_mut().zip(places) {
                    *place.map_or(outside, |place| &mut bins[place]) += block.walkers / 2;
                }
            }
        }
        for (found, (bins, outside)) in block.histograms.iter().zip(&expected) {
            require(found.bins == *bins && found.outside == *outside, format!("{found:?} for {bins:?}, {outside}"))?;
        }
    }
    Ok(())
}

/// A quotient by an infinite second moment would be a step of zero, for ever.
pub fn overflowing() -> Outcome {
    for rule in [r#""rmsprop", second_moment_steps = 10"#, r#""adam", momentum_steps = 2, second_moment_steps = 10"#] {
        let text = format!(
            r#"
            landscape = {{ kind = "formula", loss = "x^8", variables = ["x"] }}
            dynamics = {{ kind = {rule}, learning_rate = 10.0 }}
            ensemble = {{ walkers = 64, steps = 8, start = [1e4], lost_tolerance = 1.0 }}
            "#
        );
        let plan = plan(&text)?;
        let tallies = [run(&plan)?, CpuEngine::new()?.run(&plan, &plan.blocks(), &|_| {})?];
        for block in tallies.iter().flat_map(|tally| tally.cell(0)) {
            let lost = (block.lost.count, block.lost.first_step);
            require(lost == (block.walkers, Some(1)), format!("{rule}: {lost:?} of {} lost", block.walkers))?;
        }
    }
    Ok(())
}

pub fn lost() -> Outcome {
    let plan = plan(&growth("burn_in = 4\nsteps = 36\nbounds = 10.0\nlost_tolerance = 1.0", "every = 1"))?;
    let (one, other) = (crossing(1.0, 10.0), crossing(0.5, 10.0));
    for block in blocks(&plan)? {
        require(block.lost.count == block.walkers, format!("{:?}", block.lost))?;
        require(block.lost.first_step == Some(one), format!("{:?} for {one}", block.lost))?;
        let states = block.walkers / 2 * u64::from(one - 1 - 4 + other - 1 - 4);
        require(block.moments.count == states, format!("{} states for {states}", block.moments.count))?;
    }
    Ok(())
}

/// Walkers that pass 2 and then leave the bounds within the same group of steps are absorbed, not lost.
pub fn absorbed() -> Outcome {
    let measure = "first_passage = { radius_above = 2.0, after = \"absorb\" }";
    let plan = plan(&growth("steps = 40\nbounds = 2.2", measure))?;
    for block in blocks(&plan)? {
        require(block.lost.count == 0, format!("{:?}", block.lost))?;
        let passages = block.passages.map_or(0, |p| p.count);
        require(passages == block.walkers, format!("{passages} passages"))?;
    }
    Ok(())
}

/// A saddle with nothing on the Hessian's diagonal: its sums must fit the fixed-point scales.
pub fn saddle() -> Outcome {
    let text = r#"
        landscape = { kind = "quadratic", hessian = [[0.0, 1.0], [1.0, 0.0]] }
        dynamics = { kind = "sgd", learning_rate = 0.01 }
        ensemble = { walkers = 64, steps = 10, start = [1.0, 1.0] }
    "#;
    let shrinks = 0.99f64;
    let squares: f64 = (1..=10).map(|n| shrinks.powi(2 * n)).sum();
    for block in blocks(&plan(text)?)? {
        require(block.moments.overflows == 0, format!("{:?}", block.moments))?;
        close(block.moments.sums[2], 64.0 * squares, "square")?;
        close(block.moments.sums[5], 64.0 * squares, "loss")?;
        close(block.moments.sums[6], 128.0 * squares, "squared gradient")?;
    }
    Ok(())
}

pub fn overflow() -> Outcome {
    let plan = plan(&growth("steps = 200\nbounds = 1e18", "every = 100"))?;
    for block in blocks(&plan)? {
        require(block.moments.overflows > 0, format!("{:?}", block.moments))?;
        require(block.moments.sums.iter().all(|sum| *sum == 0.0), "void sums are 0")?;
    }
    Ok(())
}
