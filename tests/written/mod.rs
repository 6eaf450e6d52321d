//! Landscapes written as formulas against the built-in ones that they say: the same walkers, as far as rounding
//! lets them be.

pub mod coupled;
pub mod domains;

use kramers::engine::Engine;
use kramers::tally::Tally;
use kramers::{Experiment, Plan};

const MEASURE: &str = r#"measure = { every = 20, histogram = { axis = 0, range = [-2, 2], bins = 64 }, first_passage = { axis = 0, above = 0.8, after = "restart" } }"#;

/// A built-in landscape, the formula that says the same but for a factor of its barrier, and the start.
struct Pair(&'static str, fn(f64) -> String, &'static str);

const PAIRS: [Pair; 2] = [
    Pair(
        r#"{ kind = "double-well", barrier = 0.3, separation = 1.1, tilt = 0.05 }"#,
        |factor| {
            format!(
                r#"{{ kind = "formula", loss = "h*((x/a)^2 - 1)^2 + tilt*x", variables = ["x"], parameters = {{ h = {}, a = 1.1, tilt = 0.05 }} }}"#,
                0.3 * factor
            )
        },
        "[-1.0]",
    ),
    Pair(
        r#"{ kind = "double-well", barrier = 0.25, separation = 1.0, transverse = [1.5] }"#,
        |factor| {
            format!(
                r#"{{ kind = "formula", loss = "h*(x^2 - 1)^2 + k*y^2/2", variables = ["x", "y"], parameters = {{ h = {}, k = 1.5 }} }}"#,
                0.25 * factor
            )
        },
        "[-1.0, 0.0]",
    ),
];

/// Walkers that may be elsewhere. Roundings set two walkers of the same numbers about 3·10⁻⁷ apart, as wells draw
/// them together again. So of the states about 3·10⁻⁷ × 16, the density of edges, are beyond an edge of a bin, and of
/// the steps as small a share is beyond the threshold. Where that happens the walker starts anew at another step and
/// is another one from then on: of 4096 walkers, each 2000 steps, one or two, whose states are 5·10⁻⁴ of all.
const ELSEWHERE: f64 = 1e-3;

/// Share of states in other bins, and relative difference of the numbers of passages.
struct Difference {
    states: f64,
    passages: f64,
}

fn run(engine: &mut dyn Engine, landscape: &str, start: &str) -> Tally {
    let text = format!(
        r#"
        seed = 12
        landscape = {landscape}
        dynamics = {{ kind = "langevin", temperature = 0.15, time_step = 0.02 }}
        ensemble = {{ walkers = 4096, steps = 2000, start = {start} }}
        {MEASURE}
        "#
    );
    let plan = Plan::new(&Experiment::parse("twin", "twin.toml", &text, &[]).expect("a valid experiment"));
    engine.run(&plan, &plan.blocks(), &|_| {}).expect("a run")
}

fn difference(a: &Tally, b: &Tally) -> Difference {
    let sum = |tally: &Tally| {
        let mut bins = vec![0u64; 65];
        let mut passages = 0;
        for block in tally.blocks.values() {
            let histogram = &block.histograms[0];
            let counts = histogram.bins.iter().chain([&histogram.outside]);
            bins.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
            passages += block.passages.as_ref().expect("measured").count;
        }
        (bins, passages)
    };
    let ((bins, passages), (others, other_passages)) = (sum(a), sum(b));
    let moved: u64 = bins.iter().zip(&others).map(|(a, b)| a.abs_diff(*b)).sum();
    assert!(passages > 2000, "{passages} passages show little");
    Difference {
        states: moved as f64 / 2.0 / bins.iter().sum::<u64>() as f64,
        passages: passages.abs_diff(other_passages) as f64 / passages as f64,
    }
}

/// # Errors
/// Where a formula moves walkers otherwise than the built-in landscape, or a barrier wrong by 1 % passes for it.
pub fn same_walks(engine: &mut dyn Engine) -> Result<(), String> {
    for Pair(built_in, formula, start) in PAIRS {
        let twin = run(engine, built_in, start);
        let of = |engine: &mut dyn Engine, factor| difference(&run(engine, &formula(factor), start), &twin);
        let same = of(engine, 1.0);
        if same.states > ELSEWHERE || same.passages > ELSEWHERE {
            return Err(format!("{built_in}: {} of the states, {} of the passages", same.states, same.passages));
        }
        let wrong = of(engine, 1.01);
        if wrong.states < ELSEWHERE || wrong.passages < ELSEWHERE {
            return Err(format!("canary: {} of the states, {} of the passages", wrong.states, wrong.passages));
        }
    }
    Ok(())
}
