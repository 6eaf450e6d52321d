//! What telescopes: the sum of left minus right side of a fluctuation–dissipation relation over a path is fixed by the
//! path's ends, whatever the landscape, the noise and the rule. Derived here: for θ' = θ − Δ,
//! |θ'|² = |θ|² − 2 θ·Δ + |Δ|²; on a quadratic landscape L(θ') = L(θ) − ∇L·Δ + ½ ΔᵀHΔ.

use kramers::engine::Engine;
use kramers::experiment::Dynamics;
use kramers::plan::{moment_layout, series_layout};
use kramers::tally::BlockTally;
use kramers::{Experiment, Plan};

const WALKERS: u64 = 192;
const CENTRE: [f64; 2] = [0.3, -0.2];
const START: [f64; 2] = [0.8, 0.4];

const LANDSCAPES: [&str; 7] = [
    "kind = \"quadratic\", hessian = [1.0, 0.5], minimum = [0.5, 0.1], floor = 0.2",
    "kind = \"quadratic\", hessian = [[1.0, 0.3], [0.3, 0.8]], floor = 0.2",
    "kind = \"double-well\", barrier = 0.25, separation = 1.0, tilt = 0.1, floor = 0.4, transverse = [1.5]",
    "kind = \"formula\", loss = \"0.25*(x^2 - 1)^2 + 0.5*k*(y - x)^2 + 0.1\", variables = [\"x\", \"y\"], parameters = { k = 0.7 }",
    "kind = \"force\", force = [\"-x - y\", \"x - y^3\"], variables = [\"x\", \"y\"]",
    "kind = \"finite-sum\", gradients = [[1, -0.5], [-0.6, 0.9], [0.3, 0.4], [-0.7, -0.8]], hessians = [[[2, 0.3], [0.3, 1]], [[0.5, -0.2], [-0.2, 1.5]], [[1, 0], [0, 0.2]], [[1.5, 0.4], [0.4, 0.8]]]",
    "kind = \"least-squares\", synthetic = { samples = 24, features = 2, spectrum = [1.0, 0.4], label_noise = 0.5, seed = 3 }",
];

const NOISES: [&str; 8] = [
    "",
    "kind = \"gaussian\", covariance = 0.8",
    "kind = \"gaussian\", covariance = [[1.0, 0.4], [0.4, 0.6]], distribution = \"laplace\"",
    "kind = \"loss-hessian\"",
    "kind = \"minibatch\"",
    "kind = \"minibatch\", sampling = \"without-replacement\"",
    "kind = \"minibatch\", sampling = \"epoch\"",
    "kind = \"label\", variance = 0.5",
];

const RULES: [&str; 10] = [
    "kind = \"sgd\", learning_rate = 0.1, batch_size = 2",
    "kind = \"sgd\", learning_rate = [0.05, 0.2], batch_size = 2",
    "kind = \"momentum\", learning_rate = 0.03, momentum_steps = 5, batch_size = 2",
    "kind = \"momentum\", learning_rate = [0.02, 0.05], momentum = 0.7, batch_size = 2",
    "kind = \"rmsprop\", learning_rate = 0.02, second_moment_steps = 20, epsilon = 1e-6, batch_size = 2",
    "kind = \"adam\", learning_rate = 0.02, momentum_steps = 5, second_moment_steps = 20, epsilon = 1e-6, batch_size = 2",
    "kind = \"adaptive\", warm_up = 10, lambda_batch = 0.1, lambda_rate = 0.1, cap = 0.1, batch_size = 2",
    "kind = \"langevin\", temperature = [0.1, 0.2], time_step = 0.05",
    "kind = \"langevin\", temperature = 0.1, time_step = 0.05, scheme = \"leimkuhler-matthews\"",
    "kind = \"underdamped\", temperature = 0.2, friction = 0.7, time_step = 0.05",
];

/// Rules whose rates change along the run and differ from coordinate to coordinate: their time counts steps, in which the
/// second relation telescopes, and the first does not.
const SCHEDULED: [&str; 5] = [
    "kind = \"sgd\", learning_rate = [0.05, 0.2], batch_size = 2, schedule = { kind = \"step\", every = 20, factor = 0.5 }",
    "kind = \"sgd\", learning_rate = [0.1, 0.05], batch_size = 2, schedule = { kind = \"cosine-restarts\", period = 25, minimum = 0.1 }",
    "kind = \"momentum\", learning_rate = [0.02, 0.05], momentum = 0.7, batch_size = 2, schedule = { kind = \"power\", offset = 10, exponent = 0.8 }",
    "kind = \"rmsprop\", learning_rate = [0.02, 0.01], second_moment_steps = 20, epsilon = 1e-6, batch_size = 2, schedule = { kind = \"ramp\", every = 20, factor = 1.5 }",
    "kind = \"adam\", learning_rate = [0.02, 0.01], momentum_steps = 5, second_moment_steps = 20, epsilon = 1e-6, batch_size = 2, schedule = { kind = \"step\", every = 15, factor = 0.7 }",
];

/// Lengths of windows, and a number of steps that all of them divide.
const WINDOWS: [(&[u64], u64); 3] = [(&[1, 7, 42], 84), (&[60], 60), (&[4, 20, 100], 200)];

/// Every landscape, noise and rule that go together.
pub fn systems() -> Vec<String> {
    combined(&RULES)
}

/// The same with [`SCHEDULED`] rules.
pub fn scheduled() -> Vec<String> {
    combined(&SCHEDULED)
}

fn combined(rules: &[&str]) -> Vec<String> {
    let mut systems = Vec::new();
    for landscape in LANDSCAPES {
        for noise in NOISES {
            for rule in rules {
                let noise = if noise.is_empty() { String::new() } else { format!("noise = {{ {noise} }}") };
                let system = format!("landscape = {{ {landscape} }}\n{noise}\ndynamics = {{ {rule} }}");
                if Experiment::parse("system", "system.toml", &text(&system, "f32", 10, ""), &[]).is_ok() {
                    systems.push(system);
                }
            }
        }
    }
    systems
}

fn text(system: &str, precision: &str, steps: u64, measure: &str) -> String {
    format!(
        "seed = {steps}\nprecision = \"{precision}\"\n{system}\n\
         ensemble = {{ walkers = {WALKERS}, steps = {steps}, start = [{}, {}] }}\nmeasure = {{ {measure} }}",
        START[0], START[1]
    )
}

struct Run {
    experiment: Experiment,
    blocks: Vec<BlockTally>,
}

fn parse(text: &str) -> Experiment {
    Experiment::parse("system", "system.toml", text, &[]).unwrap_or_else(|e| panic!("{e} in {text}"))
}

fn run(engine: &mut dyn Engine, text: &str) -> Run {
    let experiment = parse(text);
    let plan = Plan::new(&experiment);
    let tally = engine.run(&plan, &plan.blocks(), &|_| {}).unwrap_or_else(|e| panic!("{e} in {text}"));
    let blocks: Vec<_> = tally.cell(0).cloned().collect();
    assert_eq!(blocks.iter().map(|block| block.lost.count).sum::<u64>(), 0, "walkers are lost in {text}");
    Run { experiment, blocks }
}

impl Run {
    /// Σ over walkers of (θ_i − c_i)² after the last step, the only one measured.
    fn last_square(&self, i: usize) -> f64 {
        let setup = &self.experiment.cells[0].setup;
        let reference = kramers::plan::Scales::new(setup).reference;
        let layout = moment_layout(setup);
        let shift = reference[i] - CENTRE[i];
        let of = |block: &BlockTally| {
            let sums = &block.moments.sums;
            sums[layout.product(i, i)] + 2.0 * shift * sums[layout.position(i)] + shift * shift * block.walkers as f64
        };
        self.blocks.iter().map(of).sum()
    }
}

/// The largest part of a path's ends that is left over, in units of their size, over all lengths of windows; `error`
/// is what the engine's windows are taken to be wrong by.
pub fn residual(engine: &mut dyn Engine, system: &str, precision: &str, error: f64) -> f64 {
    let mut worst = 0.0f64;
    for (windows, steps) in WINDOWS {
        let measure = |steps: u64| {
            format!("every = {steps}, fluctuation_dissipation = {{ windows = {windows:?}, centre = {CENTRE:?} }}")
        };
        let last = run(engine, &text(system, precision, steps, &measure(steps)));
        let setup = &last.experiment.cells[0].setup;
        let rates = match setup.dynamics.learning_rate() {
            Some(rate) => rate.values(2),
            None => vec![setup.dynamics.time_step().unwrap_or(1.0); 2],
        };
        let first = |i: usize| WALKERS as f64 * (START[i] - CENTRE[i]).powi(2);
        let scale: f64 = (0..2).map(|i| (first(i) + last.last_square(i)) / rates[i]).sum();
        let ends: f64 = match &setup.dynamics {
            Dynamics::Momentum(rule) => {
                // (θ_T − c)·v_T from the state before, with v_T what the right side of the last update is of.
                let text = text(system, precision, steps, &measure(steps - 1));
                let before = run(engine, &text);
                let layout = moment_layout(setup);
                let right: f64 = last.blocks.iter().map(|block| block.moments.sums[layout.relations() + 1]).sum();
                let beta = 1.0 - 1.0 / rule.averaging_steps();
                let per_rate = |f: &dyn Fn(usize) -> f64| (0..2).map(|i| f(i) / rates[i]).sum::<f64>();
                let squares = per_rate(&|i| before.last_square(i) - last.last_square(i));
                let along = 0.5 * (squares - 2.0 * right / (1.0 + beta));
                -0.5 * (1.0 - beta) * per_rate(&|i| last.last_square(i) - first(i)) + beta * along
            }
            _ => (0..2).map(|i| (first(i) - last.last_square(i)) / (2.0 * rates[i])).sum(),
        };
        for (row, window) in windows.iter().enumerate() {
            let sums = last.blocks.iter().map(|block| &block.windows[row]);
            let count: u64 = sums.clone().map(|sums| sums.count).sum();
            assert_eq!(count, WALKERS * steps / window, "windows of {window} steps in {system}");
            let mismatch: f64 = sums.map(|sums| sums.sums[2]).sum::<f64>() * *window as f64;
            worst = worst.max((mismatch * (1.0 + error) - ends).abs() / scale);
        }
    }
    worst
}

/// What is left over of the second relation on quadratic landscapes, of the losses' size; none on others.
pub fn second_residual(engine: &mut dyn Engine, system: &str, precision: &str, error: f64) -> Option<f64> {
    let measure = "every = 1, fluctuation_dissipation = {}, time_series = { points = 1 }";
    let text = text(system, precision, 60, measure);
    parse(&text).cells[0].setup.landscape.quadratic()?;
    let run = run(engine, &text);
    let setup = &run.experiment.cells[0].setup;
    let at = moment_layout(setup).relations() + 4;
    let sum = |of: &dyn Fn(&BlockTally) -> f64| run.blocks.iter().map(of).sum::<f64>();
    let mismatch = sum(&|block| block.moments.sums[at] - block.moments.sums[at + 1]);
    let time = setup.dynamics.learning_rate().map_or(setup.dynamics.time_step(), |rate| rate.shared()).unwrap_or(1.0);
    let first = WALKERS as f64 * (setup.landscape.loss(&START) - setup.landscape.floor());
    let loss = series_layout(setup).expect("a point is measured").loss();
    let last = sum(&|block| block.series[0].sums[loss]);
    Some((mismatch * (1.0 + error) * time - (first - last)).abs() / (first + last))
}

/// How far the half-running average that ends with step `end` of a run of 64 steps is from that of step 16 at the end of a
/// run of 16 steps, as a share: what a walker has done by then does not depend on how long it goes on.
pub fn half_running_apart(engine: &mut dyn Engine, system: &str, end: u64) -> f64 {
    let mut right_of = |steps: u64, end: u64| {
        let text = text(system, "f32", steps, "every = 1, fluctuation_dissipation = { windows = [4] }");
        let run = run(engine, &text.replacen(&format!("seed = {steps}"), "seed = 1", 1));
        let relations = run.experiment.cells[0].setup.measure.fluctuation_dissipation.as_ref().expect("measured");
        let place = relations.half_running(steps).iter().position(|interval| interval.1 == end).expect("an average");
        let rows = run.blocks.iter().map(|block| &block.windows[relations.windows.len() + place]);
        let (count, sum) = rows.fold((0, 0.0), |(count, sum), row| (count + row.count, sum + row.sums[0]));
        sum / count as f64
    };
    (right_of(64, end) / right_of(16, 16) - 1.0).abs()
}
