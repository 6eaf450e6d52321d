//! Batches in f64, a few lines each, as an independent program would have them; with experiments that use them
//! and states to try them from.

use kramers::random::{Stream, counter, key, normals, philox};
use kramers::{Experiment, Plan};

const SEED: u64 = 12;
pub const FIRST_WALKER: u32 = 300;
const WALKERS: u32 = 200;

/// Steps that are tried, from 0: places of a call and of an epoch, first and late.
pub const STEPS: [u32; 7] = [0, 1, 2, 3, 4, 40, 1001];

/// Gradients of the examples of a walker's batch at a step, from 0, and at a place.
type Gradients = fn(&Plan, walker: u32, step: u32, x: [f64; 2]) -> Vec<[f64; 2]>;

/// A kind of batch: its name, how it is drawn from samples (empty where there are none), its size and its examples.
pub struct Batch {
    pub name: &'static str,
    sampling: &'static str,
    pub size: u32,
    gradients: Gradients,
}

const TERMS: &str = r#"landscape = { kind = "finite-sum",
    gradients = [[1, -0.5], [-0.6, 0.9], [0.3, 0.4], [-0.7, -0.8], [0.1, 0.2], [-0.1, -0.2]],
    hessians = [[[2, 0.3], [0.3, 1]], [[0.5, -0.2], [-0.2, 1.5]], [[1, 0], [0, 0.2]], [[1.5, 0.4], [0.4, 0.8]],
                [[1, 0.1], [0.1, 1]], [[0.7, 0], [0, 0.9]]] }
"#;

const ROWS: &str = r#"landscape = { kind = "least-squares",
    synthetic = { samples = 21, features = 2, spectrum = [1.0, 0.5], label_noise = 0.6, seed = 4 } }
"#;

/// All kinds.
pub fn batches() -> Vec<Batch> {
    let batch = |name, sampling, size, gradients| Batch { name, sampling, size, gradients };
    vec![
        batch("terms with replacement", r#""with-replacement""#, 3, |plan, walker, step, x| {
            terms(plan, &replaced(6, 3, walker, step), x)
        }),
        batch("terms without replacement", r#""without-replacement""#, 4, |plan, walker, step, x| {
            terms(plan, &[0, 1, 2, 3].map(|b| permuted(6, b, walker, step)), x)
        }),
        batch("terms by epochs", r#""epoch""#, 2, |plan, walker, step, x| {
            terms(plan, &[0, 1].map(|b| permuted(6, step % 3 * 2 + b, walker, step / 3)), x)
        }),
        batch("rows with replacement", r#""with-replacement""#, 5, |plan, walker, step, x| {
            rows(plan, &replaced(21, 5, walker, step), x)
        }),
        batch("rows without replacement", r#""without-replacement""#, 2, |plan, walker, step, x| {
            rows(plan, &[0, 1].map(|b| permuted(21, b, walker, step)), x)
        }),
        batch("rows by epochs", r#""epoch""#, 7, |plan, walker, step, x| {
            rows(plan, &[0, 1, 2, 3, 4, 5, 6].map(|b| permuted(21, step % 3 * 7 + b, walker, step / 3)), x)
        }),
        batch("fresh", "", 3, |_, walker, step, x| {
            let z = numbers(9, walker, step);
            z.chunks(3).map(|z| gradient_of_row(&[z[0], 0.5f64.sqrt() * z[1], 0.6 * z[2]], x)).collect()
        }),
        batch("gaussian", "", 5, |_, walker, step, x| {
            let of_landscape = [x[0] + 0.2 * x[1], 0.2 * x[0] + 2.0 * x[1]];
            let z = numbers(10, walker, step);
            z.chunks(2).map(|z| [of_landscape[0] + z[0], of_landscape[1] + 0.5 * z[1]]).collect()
        }),
    ]
}

/// g + H x of the terms.
fn terms(plan: &Plan, places: &[usize], x: [f64; 2]) -> Vec<[f64; 2]> {
    let gradient = |place: &usize| {
        let t = &plan.samples[0][6 * place..];
        [t[0] + t[2] * x[0] + t[3] * x[1], t[1] + t[4] * x[0] + t[5] * x[1]]
    };
    places.iter().map(gradient).collect()
}

fn rows(plan: &Plan, places: &[usize], x: [f64; 2]) -> Vec<[f64; 2]> {
    places.iter().map(|place| gradient_of_row(&plan.samples[0][3 * place..], x)).collect()
}

/// (w·x − y) w.
fn gradient_of_row(row: &[f64], x: [f64; 2]) -> [f64; 2] {
    let residual = row[0] * x[0] + row[1] * x[1] - row[2];
    [residual * row[0], residual * row[1]]
}

fn word(stream: Stream, walker: u32, number: u64) -> u64 {
    u64::from(philox::<10>(counter(stream, 0, walker, number / 4), key(SEED))[(number % 4) as usize])
}

/// The batch of `size` of `count` samples with replacement.
fn replaced(count: u64, size: u32, walker: u32, step: u32) -> Vec<usize> {
    let number = |b| u64::from(step) * u64::from(size) + u64::from(b);
    (0..size).map(|b| (count * word(Stream::Batch, walker, number(b)) / (1 << 32)) as usize).collect()
}

/// Where permutation `number` of `count` samples takes a position: a Feistel network as the page of streams has
/// it, in quotients and remainders.
fn permuted(count: u64, position: u32, walker: u32, number: u32) -> usize {
    let a = (count as f64).sqrt().ceil() as u64;
    let b = count.div_ceil(a);
    let hash = |word: u64| {
        let word = (word ^ (word / (1 << 16))) * 0x7feb_352d % (1 << 32);
        let word = (word ^ (word / (1 << 15))) * 0x846c_a68b % (1 << 32);
        word ^ (word / (1 << 16))
    };
    let mut position = u64::from(position);
    loop {
        let (mut left, mut right) = (position % a, position / a);
        for round in 0..16 {
            let key = word(Stream::Permutation, walker, 16 * u64::from(number) + round);
            if round % 2 == 0 {
                left = (left + hash(right ^ key) * a / (1 << 32)) % a;
            } else {
                right = (right + hash(left ^ key) * b / (1 << 32)) % b;
            }
        }
        position = right * a + left;
        if position < count {
            return position as usize;
        }
    }
}

/// The normal numbers of a step that takes `count`.
fn numbers(count: u64, walker: u32, step: u32) -> Vec<f64> {
    let number = |n: u64| normals(philox::<10>(counter(Stream::Walk, 0, walker, n / 4), key(SEED)))[(n % 4) as usize];
    (0..count).map(|i| f64::from(number(u64::from(step) * count + i))).collect()
}

impl Batch {
    /// Its landscape and noise.
    pub fn tables(&self) -> String {
        let landscape = match self.name {
            name if name.starts_with("terms") => TERMS.to_owned(),
            name if name.starts_with("rows") => ROWS.to_owned(),
            "fresh" => ROWS.replace("samples = 21", r#"samples = "fresh""#).replace(", seed = 4", ""),
            _ => r#"landscape = { kind = "quadratic", hessian = [[1.0, 0.2], [0.2, 2.0]] }"#.to_owned(),
        };
        let noise = match self.name {
            "gaussian" => r#"kind = "gaussian", covariance = [1.0, 0.25]"#.to_owned(),
            "fresh" => r#"kind = "minibatch""#.to_owned(),
            _ => format!(r#"kind = "minibatch", sampling = {}"#, self.sampling),
        };
        format!("seed = {SEED}\n{landscape}\nnoise = {{ {noise} }}")
    }

    /// Its experiment under rmsprop with squares of examples, N = 4 and ε = 0.1; the learning rate is 0.5.
    pub fn experiment(&self) -> String {
        let (tables, size) = (self.tables(), self.size);
        format!(
            r#"
            {tables}
            dynamics = {{ kind = "rmsprop", learning_rate = 0.5, second_moment_steps = 4, epsilon = 0.1,
                          batch_size = {size}, second_moment = "per-example" }}
            ensemble = {{ walkers = 1000, steps = 2000, start = [0.3, -0.2] }}
            "#
        )
    }

    pub fn plan(&self) -> Plan {
        let experiment = Experiment::parse("batch", "batch.toml", &self.experiment(), &[]);
        Plan::new(&experiment.unwrap_or_else(|e| panic!("{}: {e}", self.name)))
    }

    /// Positions and running averages of squares, as probes take them.
    pub fn states(&self) -> Vec<f32> {
        let spread = |k: u32| (k.wrapping_mul(0x9E37_79B9) >> 8) as f32 / (1 << 24) as f32;
        let walker =
            |k: u32| [2.0 * spread(4 * k) - 1.0, 2.0 * spread(4 * k + 1) - 1.0, spread(4 * k + 2), spread(4 * k + 3)];
        (0..WALKERS).flat_map(walker).collect()
    }

    /// Largest difference between `found`, where a probe says that states go in `step`, and where they should,
    /// for the batches of `step + late`.
    pub fn deviation(&self, plan: &Plan, step: u32, late: u32, found: &[f32]) -> f64 {
        let mut worst = 0.0f64;
        for (k, (from, found)) in self.states().chunks(4).zip(found.chunks(4)).enumerate() {
            let from: Vec<f64> = from.iter().map(|x| f64::from(*x)).collect();
            let gradients = (self.gradients)(plan, FIRST_WALKER + k as u32, step + late, [from[0], from[1]]);
            assert_eq!(gradients.len(), self.size as usize);
            for i in 0..2 {
                let mean = |power: i32| gradients.iter().map(|g| g[i].powi(power)).sum::<f64>() / f64::from(self.size);
                let s = 0.75 * from[2 + i] + 0.25 * mean(2);
                let x = from[i] - 0.5 * mean(1) / (s + 0.1).sqrt();
                worst = worst.max((f64::from(found[i]) - x).abs()).max((f64::from(found[2 + i]) - s).abs() / (1.0 + s));
            }
        }
        worst
    }
}
