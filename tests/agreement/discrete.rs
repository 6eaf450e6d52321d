//! Discrete noise from first principles: a double well's exact statistics from every path that there is.

use super::{parse, z};
use kramers::Plan;
use kramers::analysis::estimates;
use kramers::engine::Engine;

const STEPS: u32 = 9;
const TEMPERATURE: f64 = 0.3;
const TIME_STEP: f64 = 0.2;

/// Discrete noise: as it is written, and its values with their probabilities.
pub type Discrete = (&'static str, &'static [(f64, f64)]);

const ROOT: f64 = 1.732_050_807_568_877_2;

pub const THREE_POINT: Discrete = ("\"three-point\"", &[(-ROOT, 1.0 / 6.0), (0.0, 2.0 / 3.0), (ROOT, 1.0 / 6.0)]);

pub const TWO_POINT: Discrete = ("{ two-point = 0.2 }", &[(2.0, 0.2), (-0.5, 0.8)]);

/// Where walkers from −1 are after 9 steps, and how many have been beyond 0 by then.
#[derive(Default)]
struct Law {
    mean: f64,
    square: f64,
    passed: f64,
    /// How near any path comes to 0, where rounding could tell it a passage or none.
    nearest: f64,
}

impl Law {
    /// Adds every path that goes on from x.
    fn follow(&mut self, noise: &[(f64, f64)], x: f64, steps: u32, passed: bool, probability: f64) {
        if steps == 0 {
            self.mean += probability * x;
            self.square += probability * x * x;
            self.passed += if passed { probability } else { 0.0 };
            return;
        }
        for (z, share) in noise {
            let to = x + TIME_STEP * (x - x.powi(3)) + (2.0 * TEMPERATURE * TIME_STEP).sqrt() * z;
            self.nearest = self.nearest.min(to.abs());
            self.follow(noise, to, steps - 1, passed || to > 0.0, probability * share);
        }
    }
}

/// The largest |z| of mean, variance and share of passages of a million walkers with noise of a given
/// `distribution` against all paths of 9 steps of discrete `noise`; the double well's coordinate is alone, or has
/// another beside it, so that its numbers are every second one.
pub fn worst_z_of_paths(engine: &mut dyn Engine, alone: bool, noise: Discrete, distribution: &str) -> f64 {
    let mut law = Law { nearest: 1.0, ..Law::default() };
    law.follow(noise.1, -1.0, STEPS, false, 1.0);
    assert!(law.nearest > 1e-5, "a path comes within {} of the threshold", law.nearest);

    let (across, start) = if alone { ("", "-1.0") } else { (", transverse = [1.0]", "-1.0, 0.0") };
    let experiment = parse(&format!(
        r#"
seed = 22
landscape = {{ kind = "double-well", barrier = 0.25, separation = 1.0{across} }}
dynamics = {{ kind = "langevin", temperature = {TEMPERATURE}, time_step = {TIME_STEP}, distribution = {distribution} }}
ensemble = {{ walkers = 1_048_576, steps = {STEPS}, start = [{start}] }}
measure = {{ every = {STEPS}, first_passage = {{ axis = 0, above = 0.0, after = "continue" }} }}
"#
    ));
    let plan = Plan::new(&experiment);
    let tally = engine.run(&plan, &plan.blocks(), &|_| {}).expect("a run");
    let found = estimates(&experiment.cells[0].setup, &tally.cell(0).collect::<Vec<_>>());
    let passages: u64 = tally.cell(0).map(|b| b.passages.as_ref().expect("measured").count).sum();
    let walkers = 1_048_576.0;
    let passed = (passages as f64 / walkers - law.passed) / (law.passed * (1.0 - law.passed) / walkers).sqrt();
    let mean = z(&found["mean[0]"], law.mean);
    let variance = z(&found["covariance[0,0]"], law.square - law.mean * law.mean);
    eprintln!("alone: {alone}, {distribution}: z of mean {mean:.2}, variance {variance:.2}, passages {passed:.2}");
    mean.abs().max(variance.abs()).max(passed.abs())
}
