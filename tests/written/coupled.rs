//! Coupled wells as a formula against a walk written by hand, in f64 with derivatives on paper.

use crate::numbers::in_two_dimensions;
use kramers::engine::Engine;
use kramers::{Experiment, Plan};

const SEED: u64 = 15;
const WALKERS: u32 = 2048;
const STEPS: u32 = 2000;
const EVERY: u32 = 20;
const TIME_STEP: f64 = 0.02;
const TEMPERATURE: f64 = 0.15;
const THRESHOLD: f64 = 0.8;

/// States in bins of 1/16 from −2 on, and walkers that have passed.
type Counts = (Vec<u64>, u64);

/// 0.25(x² − 1)² + 0.5k(y − x)².
fn by_hand(k: f64) -> Counts {
    let amplitude = (2.0 * TEMPERATURE * TIME_STEP).sqrt();
    let (mut bins, mut passed) = (vec![0; 64], 0);
    for walker in 0..WALKERS {
        let ([mut x, mut y], mut has_passed) = ([-1.0, -1.0], false);
        for step in 0..STEPS {
            let pull = k * (y - x);
            let [a, b] = in_two_dimensions(SEED, walker, step);
            let slope = x * (x * x - 1.0) - pull;
            (x, y) = (x - TIME_STEP * slope + amplitude * a, y - TIME_STEP * pull + amplitude * b);
            has_passed |= x > THRESHOLD;
            if (step + 1) % EVERY == 0 {
                bins[((x + 2.0) * 16.0) as usize] += 1;
            }
        }
        passed += u64::from(has_passed);
    }
    (bins, passed)
}

fn by_formula(engine: &mut dyn Engine) -> Counts {
    let text = format!(
        r#"
        seed = {SEED}
        landscape = {{ kind = "formula", loss = "0.25*(x^2-1)^2 + 0.5*k*(y-x)^2", variables = ["x", "y"], parameters = {{ k = 0.8 }} }}
        dynamics = {{ kind = "langevin", temperature = {TEMPERATURE}, time_step = {TIME_STEP} }}
        ensemble = {{ walkers = {WALKERS}, steps = {STEPS}, start = [-1.0, -1.0] }}
        [measure]
        every = {EVERY}
        histogram = {{ axis = 0, range = [-2, 2], bins = 64 }}
        first_passage = {{ axis = 0, above = {THRESHOLD}, after = "continue" }}
        "#
    );
    let plan = Plan::new(&Experiment::parse("coupled", "coupled.toml", &text, &[]).expect("a valid experiment"));
    let tally = engine.run(&plan, &plan.blocks(), &|_| {}).expect("a run");
    let (mut bins, mut passed) = (vec![0; 64], 0);
    for block in tally.cell(0) {
        assert_eq!(block.histograms[0].outside, 0);
        bins.iter_mut().zip(&block.histograms[0].bins).for_each(|(sum, count)| *sum += count);
        passed += block.passages.as_ref().expect("measured").count;
    }
    (bins, passed)
}

/// Share of states in other bins, and how many walkers more or fewer have passed.
fn difference(a: &Counts, b: &Counts) -> (f64, u64) {
    let moved: u64 = a.0.iter().zip(&b.0).map(|(a, b)| a.abs_diff(*b)).sum();
    (moved as f64 / 2.0 / a.0.iter().sum::<u64>() as f64, a.1.abs_diff(b.1))
}

/// The wells draw walkers together that rounding sets apart: of the states 5·10⁻⁶ are beyond an edge of a bin, and
/// a walker in a few runs passes or does not.
///
/// # Errors
/// Where the counts are not those of the walk by hand, or a coupling wrong by 2 % passes for it.
pub fn wells_are_walked_as_by_hand(engine: &mut dyn Engine) -> Result<(), String> {
    const ELSEWHERE: f64 = 5e-5;
    let (found, expected) = (by_formula(engine), by_hand(0.8));
    assert!((200..1800).contains(&expected.1), "{} of {WALKERS} passages show little", expected.1);
    let (states, passed) = difference(&found, &expected);
    if states > ELSEWHERE || passed > 1 {
        return Err(format!("{states} of the states, {passed} passages apart"));
    }
    let (states, passed) = difference(&found, &by_hand(0.816));
    if states < ELSEWHERE || passed <= 1 {
        return Err(format!("canary: {states} of the states, {passed} passages apart"));
    }
    Ok(())
}
