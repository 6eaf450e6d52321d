//! Parameter sets over landscapes, rules, kinds of noise, 1 to 8 dimensions and the choices of randomness, and
//! the check that an engine's estimates on them agree with exact theory.

pub mod by_word;
pub mod dimensions;
pub mod discrete;
pub mod growth;
pub mod jump;
pub mod series;
pub mod three_point;

use kramers::analysis::{Estimate, Estimates, estimates};
use kramers::engine::Engine;
use kramers::theory::{Kind, predict};
use kramers::{Experiment, Plan};
use statrs::distribution::{ContinuousCDF, StudentsT};

/// An experiment whose noise amplitude is multiplied by a factor.
type WithAmplitude = fn(f64) -> String;

/// The sets, by name.
pub const SETS: [(&str, WithAmplitude); 22] = [
    ("langevin, quadratic, 1-D", |a| {
        langevin("hessian = [1.0]", "quadratic", &format!("{}", 0.3 * a * a), 0.1, "[0.5]")
    }),
    ("langevin, quadratic, 3-D full", |a| {
        let hessian = "hessian = [[2.0, 0.5, 0.1], [0.5, 1.0, -0.3], [0.1, -0.3, 1.5]]\nminimum = [1.0, -2.0, 0.5]";
        langevin(hessian, "quadratic", &format!("{}", 0.2 * a * a), 0.05, "[1.0, -2.0, 0.0]")
    }),
    ("langevin, quadratic, 8-D, temperatures", |a| {
        let hessian = "hessian = [0.5, 1, 1.5, 2, 2.5, 3, 3.5, 4]";
        let temperatures: Vec<String> = (1..=8).map(|i| format!("{}", 0.1 * f64::from(i) * a * a)).collect();
        langevin(hessian, "quadratic", &format!("[{}]", temperatures.join(", ")), 0.08, "[0, 0, 0, 0, 0, 0, 0, 0]")
    }),
    ("langevin, double well, hot", |a| langevin(WELL, "double-well", &format!("{}", 0.3 * a * a), 0.05, "[-1.0]")),
    ("langevin, double well, tilted", |a| {
        langevin(&format!("{WELL}\ntilt = 0.05"), "double-well", &format!("{}", 0.15 * a * a), 0.02, "[-1.0]")
    }),
    ("langevin, double well, 4-D", |a| {
        let well = format!("{WELL}\ntransverse = [1.0, 2.0, 4.0]");
        langevin(&well, "double-well", &format!("{}", 0.25 * a * a), 0.04, "[-1.0, 0.0, 0.0, 0.0]")
    }),
    ("sgd, quadratic, 1-D", |a| sgd("hessian = [1.0]", "quadratic", &format!("{}", a * a), "0.5", 4, "[0.0]")),
    ("sgd, quadratic, 2-D, two temperatures", |a| {
        let covariance = format!("[{}, {}]", a * a, 4.0 * a * a);
        sgd("hessian = [[1.0, 0.5], [0.5, 1.0]]", "quadratic", &covariance, "0.05", 1, "[0.1, 0.1]")
    }),
    ("sgd, quadratic, 5-D, full covariance", |a| {
        let row = |i: usize| {
            (0..5).map(|j| format!("{}", a * a * if i == j { 2.0 } else { 0.5 })).collect::<Vec<_>>().join(", ")
        };
        let covariance = format!("[{}]", (0..5).map(|i| format!("[{}]", row(i))).collect::<Vec<_>>().join(", "));
        sgd(
            "hessian = [1.0, 2.0, 3.0, 4.0, 5.0]",
            "quadratic",
            &covariance,
            "[0.1, 0.1, 0.05, 0.1, 0.2]",
            2,
            "[0, 0, 0, 0, 0]",
        )
    }),
    ("sgd, double well, 2-D", |a| {
        sgd(&format!("{WELL}\ntransverse = [3.0]"), "double-well", &format!("{}", 4.0 * a * a), "0.1", 1, "[1.0, 0.0]")
    }),
    ("seven rounds, langevin, quadratic, 2-D", |a| {
        let temperatures = format!("[{}, {}]", 0.3 * a * a, 0.6 * a * a);
        let start = "{ normal = { mean = [0.5, -0.5], std = [0.2, 0.3] } }";
        let text = langevin("hessian = [1.0, 2.0]", "quadratic", &temperatures, 0.1, start);
        format!("random = \"philox4x32-7\"\n{text}")
    }),
    ("three-point, langevin, quadratic, 3-D full", |a| {
        let hessian = "hessian = [[2.0, 0.5, 0.1], [0.5, 1.0, -0.3], [0.1, -0.3, 1.5]]";
        let text = langevin(hessian, "quadratic", &format!("{}", 0.2 * a * a), 0.2, "[1.0, -2.0, 0.0]");
        text.replace("time_step", "distribution = \"three-point\"\ntime_step")
    }),
    ("three-point, sgd, quadratic, 2-D, full covariance", |a| {
        let covariance = format!("[[{0}, {1}], [{1}, {0}]]", 2.0 * a * a, 1.5 * a * a);
        let text = sgd("hessian = [1.0, 3.0]", "quadratic", &covariance, "0.3", 2, "[1.0, -1.0]");
        text.replace("covariance =", "distribution = \"three-point\"\ncovariance =")
    }),
    ("laplace, langevin, quadratic, 1-D", |a| {
        let text = langevin("hessian = [2.0]", "quadratic", &format!("{}", 0.4 * a * a), 0.2, "[0.5]");
        text.replace("time_step", "distribution = \"laplace\"\ntime_step")
    }),
    ("two-point, sgd, quadratic, 2-D, full covariance", |a| {
        let covariance = format!("[[{0}, {1}], [{1}, {0}]]", 2.0 * a * a, -a * a);
        let text = sgd("hessian = [1.0, 3.0]", "quadratic", &covariance, "0.2", 2, "[1.0, -1.0]");
        text.replace("covariance =", "distribution = { two-point = 0.3 }\ncovariance =")
    }),
    ("rademacher, sgd, quadratic, 1-D", |a| {
        let text = sgd("hessian = [1.0]", "quadratic", &format!("{}", a * a), "0.5", 1, "[0.3]");
        text.replace("covariance =", "distribution = \"rademacher\"\ncovariance =")
    }),
    ("momentum, quadratic, 2-D", |a| {
        let text =
            sgd("hessian = [[1.0, 0.4], [0.4, 2.0]]", "quadratic", &format!("{}", a * a), "0.1", 2, "[1.0, 0.0]");
        text.replace("\"sgd\"", "\"momentum\"\nmomentum_steps = 4")
    }),
    ("sgd with a schedule, quadratic, 1-D", |a| {
        let text = sgd("hessian = [1.0]", "quadratic", &format!("{}", a * a), "0.4", 1, "[0.3]");
        text.replace("batch_size", "schedule = { kind = \"step\", every = 150, factor = 0.5 }\nbatch_size")
    }),
    ("sgd, noise that grows with the loss, 2-D", |a| {
        let landscape = format!("hessian = [1.0, 2.0]\nfloor = {}", 0.5 * a * a);
        sgd(&landscape, "quadratic", "0.0", "0.1", 2, "[0.5, 0.5]")
            .replace("\"gaussian\"\ncovariance = 0.0", "\"loss-hessian\"")
    }),
    ("sgd, batches of samples of different Hessians, 2-D", |a| {
        let [up, down] = [a, -a].map(|g| format!("[{g}, {}]", 0.5 * g));
        let [right, left] = [a, -a].map(|g| format!("[{}, {g}]", -0.5 * g));
        let landscape = format!(
            "gradients = [{up}, {down}, {right}, {left}]\nhessians = [{}]",
            "[[2.0, 0.3], [0.3, 1.0]], [[0.5, -0.2], [-0.2, 1.5]], [[1.0, 0.0], [0.0, 0.2]], [[1.5, 0.4], [0.4, 0.8]]"
        );
        sgd(&landscape, "finite-sum", "0.0", "0.2", 2, "[0.5, 0.5]")
            .replace("\"gaussian\"\ncovariance = 0.0", "\"minibatch\"\nsampling = \"without-replacement\"")
    }),
    ("leimkuhler-matthews, quadratic, 2-D", |a| {
        let hessian = "hessian = [[1.0, 0.4], [0.4, 2.0]]";
        let text = langevin(hessian, "quadratic", &format!("{}", 0.3 * a * a), 0.3, "[1.0, 0.0]");
        text.replace("time_step", "scheme = \"leimkuhler-matthews\"\ntime_step")
    }),
    ("underdamped, quadratic, 2-D", |a| {
        let hessian = "hessian = [[1.0, 0.4], [0.4, 2.0]]";
        let text = langevin(hessian, "quadratic", &format!("{}", 0.3 * a * a), 0.3, "[1.0, 0.0]");
        text.replace("\"langevin\"", "\"underdamped\"\nfriction = 0.8")
    }),
];

const WELL: &str = "barrier = 0.25\nseparation = 1.0";

fn experiment(landscape: &str, kind: &str, rest: &str, start: &str) -> String {
    format!(
        "seed = 11\n[landscape]\nkind = \"{kind}\"\n{landscape}\n{rest}\n[ensemble]\nwalkers = 131072\nburn_in = 100\nsteps = 500\nstart = {start}\n[measure]\nevery = 25\n"
    )
}

fn langevin(landscape: &str, kind: &str, temperature: &str, time_step: f64, start: &str) -> String {
    let rest = format!("[dynamics]\nkind = \"langevin\"\ntemperature = {temperature}\ntime_step = {time_step}");
    experiment(landscape, kind, &rest, start)
}

fn sgd(landscape: &str, kind: &str, covariance: &str, rate: &str, batch: u32, start: &str) -> String {
    let rest = format!(
        "[noise]\nkind = \"gaussian\"\ncovariance = {covariance}\n[dynamics]\nkind = \"sgd\"\nlearning_rate = {rate}\nbatch_size = {batch}"
    );
    experiment(landscape, kind, &rest, start)
}

/// The set in `text` with what is measured of updates and between states.
pub fn with_every_measure(text: &str) -> String {
    let plane = parse(text).cells[0].setup.dimension() > 1;
    let current = if plane { "current = { range = [[-1, 1], [-1, 1]], bins = [4, 3] }" } else { "" };
    format!(
        "{text}fluctuation_dissipation = {{ windows = [20, 50] }}\ncorrelation = {{ lags = [25, 100] }}\n{current}\n"
    )
}

/// All estimates of a one-cell experiment.
pub fn measure(engine: &mut dyn Engine, text: &str) -> Estimates {
    let experiment = parse(text);
    let plan = Plan::new(&experiment);
    let tally = engine.run(&plan, &plan.blocks(), &|_| {}).expect("a run");
    estimates(&experiment.cells[0].setup, &tally.cell(0).collect::<Vec<_>>())
}

/// Seed of [`flat`].
pub const SEED: u64 = 21;

/// A plan whose walkers, from 0, are after one step where the numbers of that step are.
pub fn flat(dimension: usize, distribution: &str) -> Plan {
    let zeros = vec!["0.0"; dimension].join(", ");
    Plan::new(&parse(&format!(
        r#"
seed = {SEED}
landscape = {{ kind = "quadratic", hessian = [{zeros}] }}
dynamics = {{ kind = "langevin", temperature = 0.5, time_step = 1.0, distribution = {distribution} }}
ensemble = {{ walkers = 64, steps = 1, start = [{zeros}] }}
"#
    )))
}

/// The experiment in `text`.
pub fn parse(text: &str) -> Experiment {
    Experiment::parse("set", "set.toml", text, &[]).expect("a valid experiment")
}

/// |z| of `found` against `value`, from Student's t with its blocks.
pub fn z(found: &Estimate, value: f64) -> f64 {
    let (estimate, error) = (found.value.expect("estimated"), found.std_error.expect("many blocks"));
    let t = ((estimate - value) / error).abs();
    let tail = StudentsT::new(0.0, 1.0, (found.blocks - 1) as f64).expect("more than one block").sf(t);
    -statrs::distribution::Normal::standard().inverse_cdf(tail.max(1e-300))
}

/// Number of exact predictions of the experiment in `text`, and the worst |z| of `found` against them.
///
/// With about 25 predictions a set, a false alarm at |z| > 4 has probability 1.6·10⁻³ a set for a fresh
/// seed; the seed is fixed.
pub fn worst_z(found: &Estimates, text: &str) -> (usize, f64, String) {
    let mut worst = (0.0, String::new());
    let mut checked = 0;
    for (name, predictions) in predict(&parse(text).cells[0].setup) {
        for prediction in predictions.iter().filter(|p| p.kind == Kind::Exact) {
            let Some(estimate) = found.get(&name).filter(|e| e.std_error.is_some_and(|s| s > 0.0)) else { continue };
            checked += 1;
            let z = z(estimate, prediction.value);
            if z > worst.0 {
                worst = (z, format!("{name} = {:?} against {}", estimate.value, prediction.value));
            }
        }
    }
    (checked, worst.0, worst.1)
}
