//! Sums of pairs of states at given lags against plain loops over stored paths.

use kramers::engine::cpu::one_step;
use kramers::engine::{Engine, EngineError};
use kramers::experiment::Setup;
use kramers::{Experiment, Plan};

/// Walks that are measured differently, by name: of the lags, whether they are multiples of `every` or not, even or
/// listed, more than workgroups hold, or longer than a launch; walkers that are taken out; rows of windows
/// before those of lags; a force, without a loss.
pub const WALKS: [(&str, &str); 11] = [
    ("every step, even lags", "ensemble.steps = 60\nmeasure.correlation = { lags = { to = 7 } }"),
    (
        "lags between measured states",
        "ensemble.steps = 101\nensemble.burn_in = 10\nmeasure.every = 6\nmeasure.correlation = { lags = [1, 4, 15, 40] }",
    ),
    (
        "lags that share a divisor with the measured steps",
        "ensemble.steps = 203\nensemble.burn_in = 5\nmeasure.every = 9\nmeasure.correlation = { lags = [6, 18, 60], axes = [1] }",
    ),
    (
        "an only lag from measured step to measured step",
        "ensemble.steps = 130\nensemble.burn_in = 3\nmeasure.every = 10\nmeasure.correlation = { lags = [30] }",
    ),
    (
        "more lags than workgroups hold",
        "ensemble.steps = 160\nensemble.burn_in = 1\nmeasure.correlation = { lags = { to = 150 } }",
    ),
    (
        "absorbed walkers",
        "ensemble.steps = 90\nmeasure.every = 2\nmeasure.correlation = { lags = [2, 3, 8] }\n\
         measure.first_passage = { axis = 0, above = 0.6, after = \"absorb\" }",
    ),
    (
        "lost walkers",
        "ensemble.steps = 90\nensemble.bounds = 31.0\nensemble.lost_tolerance = 1.0\n\
         measure.correlation = { lags = [1, 5] }",
    ),
    (
        "beside windows of relations",
        "ensemble.steps = 70\nensemble.burn_in = 3\nmeasure.every = 2\nmeasure.correlation = { lags = [3, 12] }\n\
         measure.fluctuation_dissipation = { windows = [10, 15] }",
    ),
    (
        "beside windows, more lags than workgroups hold",
        "ensemble.steps = 120\nmeasure.every = 3\nmeasure.correlation = { lags = { to = 100 } }\n\
         measure.fluctuation_dissipation = { windows = [7] }",
    ),
    ("a force", "ensemble.steps = 70\nmeasure.every = 4\nmeasure.correlation = { lags = [8, 10] }"),
    ("with momentum", "ensemble.steps = 80\nmeasure.every = 3\nmeasure.correlation = { lags = [0, 5, 30] }"),
];

/// The experiment of a walk: two coupled coordinates far from the origin.
pub fn experiment(name: &str, measure: &str) -> String {
    let landscape = match name {
        "a force" => "kind = \"force\", force = [\"30 + y - x\", \"-30 - x - y\"], variables = [\"x\", \"y\"]",
        _ => "kind = \"quadratic\", hessian = [[1.0, 0.5], [0.5, 2.0]], minimum = [0.5, -30.0], floor = 2.0",
    };
    let dynamics = match name {
        "with momentum" => "kind = \"momentum\", learning_rate = 0.1, momentum_steps = 4",
        _ => "kind = \"sgd\", learning_rate = 0.2",
    };
    format!(
        r#"
        seed = 31
        landscape = {{ {landscape} }}
        noise = {{ kind = "gaussian", covariance = [[1.0, 0.3], [0.3, 2.0]] }}
        dynamics = {{ {dynamics} }}
        ensemble.walkers = 200
        ensemble.start = [0.25, -29.5]
        {measure}
        "#
    )
}

/// Where a walker is after every update from 0 on, as the CPU engine walks it.
fn paths(plan: &Plan, setup: &Setup) -> Vec<Vec<[f64; 2]>> {
    let kernel = plan.kernel(0);
    let (walkers, words) = (setup.ensemble.walkers as usize, 2 + kernel.memory());
    let start = setup.ensemble.start.first_point();
    let mut states: Vec<f32> = Vec::new();
    for _ in 0..walkers {
        states.extend(start.iter().map(|x| *x as f32));
        states.resize(states.len() + kernel.memory(), 0.0);
    }
    let mut paths: Vec<Vec<[f64; 2]>> = vec![Vec::new(); walkers];
    for n in 0..=kernel.total_steps() {
        if n > 0 {
            states = one_step(plan, 0, 0, n - 1, &states);
        }
        for (path, state) in paths.iter_mut().zip(states.chunks_exact(words)) {
            path.push([f64::from(state[0]), f64::from(state[1])]);
        }
    }
    paths
}

/// The sums over a walker's path: at every lag the number of pairs, then the sums.
fn of_path(setup: &Setup, reference: &[f64], path: &[[f64; 2]]) -> Vec<Vec<f64>> {
    let correlation = setup.measure.correlation.as_ref().expect("measured");
    let signals = |x: &[f64; 2]| -> Vec<f64> {
        let axes = correlation.axes().iter().map(|i| x[*i] - reference[*i]);
        let loss = setup.landscape.has_loss().then(|| setup.landscape.loss(x) - setup.landscape.floor());
        axes.chain(loss).collect()
    };
    let absorbs = setup.measure.first_passage.is_some();
    let gone = |x: &[f64; 2]| (absorbs && x[0] > 0.6) || x.iter().any(|x| x.abs() > setup.ensemble.bounds);
    let end = path.iter().position(gone).unwrap_or(path.len());
    let (burn_in, every) = (setup.ensemble.burn_in as usize, setup.measure.every as usize);
    let of_lag = |lag: u64| {
        let count = correlation.axes().len() + usize::from(setup.landscape.has_loss());
        let mut sums = vec![0.0; 1 + count * (2 + count)];
        for origin in (burn_in + every..path.len()).step_by(every) {
            let later = origin + lag as usize;
            if later < end {
                let (from, to) = (signals(&path[origin]), signals(&path[later]));
                let products = from.iter().flat_map(|a| to.iter().map(move |b| a * b));
                let added = [1.0].into_iter().chain(from.iter().copied()).chain(to.iter().copied()).chain(products);
                sums.iter_mut().zip(added).for_each(|(sum, x)| *sum += x);
            }
        }
        sums
    };
    correlation.lags().into_iter().map(of_lag).collect()
}

/// Sums over a block: at every lag the number of pairs, then the sums.
type Block = Vec<Vec<f64>>;

fn expected(experiment: &Experiment, plan: &Plan) -> Vec<Block> {
    let setup = &experiment.cells[0].setup;
    let reference = &plan.cells[0].scales.reference;
    let paths = paths(plan, setup);
    let add = |mut total: Block, path: &Vec<[f64; 2]>| {
        let more = of_path(setup, reference, path);
        total.iter_mut().zip(&more).for_each(|(row, more)| row.iter_mut().zip(more).for_each(|(x, y)| *x += y));
        total
    };
    let of_block = |paths: &[Vec<[f64; 2]>]| {
        let nothing = of_path(setup, reference, &paths[0]).iter().map(|row| vec![0.0; row.len()]).collect();
        paths.iter().fold(nothing, add)
    };
    paths.chunks(plan.kernel(0).block_size as usize).map(of_block).collect()
}

/// The largest deviation of an engine's sums from those over paths, in parts of the number of pairs; and that from the
/// sums at the next shorter lag, which must be seen.
pub fn deviations(engine: &mut dyn Engine, name: &str, measure: &str) -> Result<(f64, f64), EngineError> {
    let experiment = Experiment::parse("lags", "lags.toml", &experiment(name, measure), &[]).expect("valid");
    let plan = Plan::new(&experiment);
    let tally = engine.run(&plan, &plan.blocks(), &|_| {})?;
    let expected = expected(&experiment, &plan);
    assert_eq!(tally.cell(0).count(), expected.len(), "{name}: blocks");
    let (mut deviation, mut canary) = (0.0f64, f64::INFINITY);
    for (block, expected) in tally.cell(0).zip(&expected) {
        assert_eq!(block.correlations.len(), expected.len(), "{name}: lags");
        let apart = |k: usize, row: &[f64]| {
            let found = &block.correlations[k];
            assert_eq!((found.overflows, found.sums.len()), (0, row.len() - 1), "{name}");
            let counts = (found.count as f64 - row[0]).abs();
            found.sums.iter().zip(&row[1..]).map(|(a, b)| (a - b).abs() / row[0].max(1.0)).fold(counts, f64::max)
        };
        for (k, row) in expected.iter().enumerate() {
            deviation = deviation.max(apart(k, row));
            canary = canary.min(if k > 0 { apart(k, &expected[k - 1]) } else { f64::INFINITY });
        }
    }
    Ok((deviation, canary))
}
