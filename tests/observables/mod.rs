//! Histograms of formulas of the state, against those of what they say and against their exact law.

use kramers::engine::Engine;
use kramers::tally::HistogramCounts;
use kramers::{Experiment, Plan};

/// Walkers that may be in another bin than those of the loss in another rounding: of 2¹⁶, a few per 10⁶ are as close to
/// one of 100 edges.
const MOST_APART: u64 = 20;

/// Bins of |θ|² at `landscape`, whose variables have the names that `of` uses, and three pairs of histograms that should
/// be of the same numbers.
fn counts(engine: &mut dyn Engine, landscape: &str, names: [&str; 2]) -> Vec<HistogramCounts> {
    let [x, y] = names;
    let text = format!(
        r#"
        seed = 41
        landscape = {{ {landscape} }}
        dynamics = {{ kind = "langevin", temperature = 0.5, time_step = 0.2 }}
        ensemble = {{ walkers = 65_536, burn_in = 300, steps = 1, start = [0.0, 0.0] }}
        [measure]
        histogram = [
            {{ of = "{x}^2 + {y}^2", range = [0.0, 4.0], bins = 20 }},
            {{ axis = 1, range = [-2.0, 2.0], bins = 100 }},
            {{ of = "{y}", range = [-2.0, 2.0], bins = 100 }},
            {{ of = "loss", range = [0.0, 3.0], bins = 50 }},
            {{ of = "0.5*({x}^2 + {y}^2)", range = [0.0, 3.0], bins = 50 }},
            {{ of = "log({x})", range = [-100.0, 100.0], bins = 2 }},
        ]
        "#
    );
    let plan = Plan::new(&Experiment::parse("test", "test.toml", &text, &[]).expect("valid"));
    let tally = engine.run(&plan, &plan.blocks(), &|_| {}).expect("a run");
    let mut blocks = tally.cell(0);
    let mut all = blocks.next().expect("a block").histograms.clone();
    for block in blocks {
        all.iter_mut().zip(&block.histograms).for_each(|(all, block)| all.add(block));
    }
    all
}

/// The largest |z| of the bins of |θ|², which has the exponential law of mean 2V, against that of a variance `v`.
fn worst_z(counts: &HistogramCounts, v: f64) -> f64 {
    let n = 65_536.0;
    let survival = |k: usize| (-0.2 * k as f64 / (2.0 * v)).exp();
    let z = |(k, count): (usize, &u64)| {
        let p = survival(k) - survival(k + 1);
        ((*count as f64 - n * p) / (n * p * (1.0 - p)).sqrt()).abs()
    };
    counts.bins.iter().enumerate().map(z).fold(0.0, f64::max)
}

/// On a built-in landscape, and on one whose parameter the formula may use.
pub fn check(engine: &mut dyn Engine) -> Result<(), String> {
    let formula = r#"kind = "formula", loss = "k*(u^2 + v^2)", variables = ["u", "v"], parameters = { k = 0.5 }"#;
    let named = ["u", "(2*k*v)"];
    for (landscape, names) in [(r#"kind = "quadratic", hessian = [1.0, 1.0]"#, ["x0", "x1"]), (formula, named)] {
        let found = counts(engine, landscape, names);
        // V = T/(h(1 − Δt h/2)) of Euler's steps; 20 bins within 4.5 σ, a false alarm of 1.4·10⁻⁴; the seed is fixed.
        let (right, wrong) = (worst_z(&found[0], 0.5 / 0.9), worst_z(&found[0], 0.5));
        eprintln!("{landscape}: |θ|² within {right:.2} σ, canary {wrong:.1}");
        if right > 4.5 || wrong < 4.5 {
            return Err(format!("{landscape}: |θ|² is {right} σ from its law, {wrong} from another"));
        }
        if found[1] != found[2] {
            return Err(format!("{landscape}: a coordinate as a formula is binned otherwise: {:?}", &found[1..3]));
        }
        let apart: u64 = found[3].bins.iter().zip(&found[4].bins).map(|(a, b)| a.abs_diff(*b)).sum();
        if apart > MOST_APART || found[3].bins[0] < 1000 {
            return Err(format!("{landscape}: {apart} walkers apart in {:?}", &found[3..5]));
        }
        // The logarithm of a negative number is none: those are outside.
        let [negative, positive] = [found[5].outside, found[5].bins.iter().sum()].map(|count| count as f64 - 32_768.0);
        if negative + positive != 0.0 || negative.abs() > 4.5 * 128.0 {
            return Err(format!("{landscape}: logarithms {:?}", found[5]));
        }
    }
    Ok(())
}
