//! Every rule and noise in f64, a few lines each, as an independent program would have them; with
//! experiments that use them and states to try them from.

mod formulas;

use crate::numbers::in_two_dimensions;

const SEED: u64 = 9;
const FIRST_WALKER: u32 = 300;
const WALKERS: u32 = 200;

/// Steps that are tried, from 0: places of a call, early updates of running averages, and late ones.
pub const STEPS: [u32; 6] = [0, 1, 2, 3, 40, 1001];

const LANDSCAPE: &str =
    r#"{ kind = "double-well", barrier = 0.5, separation = 1.5, tilt = 0.1, floor = 0.6, transverse = [2.0] }"#;

fn loss(x: [f64; 2]) -> f64 {
    let u = x[0] / 1.5;
    0.6 + 0.5 * (u * u - 1.0).powi(2) + 0.1 * x[0] + x[1] * x[1]
}

fn gradient(x: [f64; 2]) -> [f64; 2] {
    let u = x[0] / 1.5;
    [4.0 * 0.5 / 1.5 * (u * u - 1.0) * u + 0.1, 2.0 * x[1]]
}

/// Curvature of the minimum that is reached downhill from (−1, 0).
fn curvature() -> f64 {
    let mut x = -1.5;
    for _ in 0..50 {
        let u = x / 1.5;
        x -= gradient([x, 0.0])[0] / (4.0 * 0.5 / 2.25 * (3.0 * u * u - 1.0));
    }
    4.0 * 0.5 / 2.25 * (3.0 * (x / 1.5f64).powi(2) - 1.0)
}

/// A walker: its position, and what its rule remembers.
#[derive(Clone, Debug)]
pub struct Walker {
    pub x: [f64; 2],
    pub memory: Vec<f64>,
}

/// Update `n`, from 1, with the normal numbers z.
type Update = fn(&mut Walker, n: f64, z: [f64; 2]);

/// A rule: its name, what its experiment says, how much it remembers, and what it does.
pub struct Rule {
    pub name: &'static str,
    landscape: &'static str,
    tables: &'static str,
    memory: usize,
    update: Update,
}

const NOISE: &str = r#"noise = { kind = "gaussian", covariance = [0.5, 2.0] }"#;

/// ∇L + √(C/B) z with B = 4.
fn noisy(x: [f64; 2], z: [f64; 2]) -> [f64; 2] {
    let g = gradient(x);
    [g[0] + (0.5f64 / 4.0).sqrt() * z[0], g[1] + (2.0f64 / 4.0).sqrt() * z[1]]
}

/// All rules.
pub fn rules() -> Vec<Rule> {
    [of_the_double_well(), formulas::rules()].into_iter().flatten().collect()
}

fn of_the_double_well() -> Vec<Rule> {
    let rule = |name, tables, memory, update| Rule { name, landscape: LANDSCAPE, tables, memory, update };
    vec![
        rule("sgd", r#"dynamics = { kind = "sgd", learning_rate = [0.1, 0.05], batch_size = 4 }"#, 0, |w, _, z| {
            let g = noisy(w.x, z);
            w.x = [w.x[0] - 0.1 * g[0], w.x[1] - 0.05 * g[1]];
        }),
        rule(
            "sgd, power schedule",
            r#"dynamics = { kind = "sgd", learning_rate = 0.1, batch_size = 4, schedule = { kind = "power", offset = 10, exponent = 0.5 } }"#,
            0,
            |w, n, z| {
                let (g, rate) = (noisy(w.x, z), 0.1 / (1.0 + (n - 1.0) / 10.0).sqrt());
                w.x = [w.x[0] - rate * g[0], w.x[1] - rate * g[1]];
            },
        ),
        rule(
            "sgd, loss-hessian noise",
            r#"dynamics = { kind = "sgd", learning_rate = 0.1, batch_size = 4 }"#,
            0,
            |w, _, z| {
                let (g, size) = (gradient(w.x), (2.0 * loss(w.x) / 4.0).sqrt());
                let noise = [size * curvature().sqrt() * z[0], size * 2f64.sqrt() * z[1]];
                w.x = [w.x[0] - 0.1 * (g[0] + noise[0]), w.x[1] - 0.1 * (g[1] + noise[1])];
            },
        ),
        rule(
            "momentum, step schedule",
            r#"dynamics = { kind = "momentum", learning_rate = [0.1, 0.05], batch_size = 4, momentum_steps = 5, schedule = { kind = "step", every = 20, factor = 0.5 } }"#,
            2,
            |w, n, z| {
                let (g, factor) = (noisy(w.x, z), 0.5f64.powi(((n - 1.0) / 20.0) as i32));
                for (i, rate) in [0.1, 0.05].into_iter().enumerate() {
                    w.memory[i] = (1.0 - 1.0 / 5.0) * w.memory[i] + rate * factor * g[i];
                    w.x[i] -= w.memory[i];
                }
            },
        ),
        rule(
            "rmsprop",
            r#"dynamics = { kind = "rmsprop", learning_rate = 0.1, batch_size = 4, second_moment_steps = 20, epsilon = 1e-3 }"#,
            2,
            |w, _, z| {
                for (i, g) in noisy(w.x, z).into_iter().enumerate() {
                    let s = (1.0 - 1.0 / 20.0) * w.memory[i] + g * g / 20.0;
                    w.memory[i] = s;
                    w.x[i] -= 0.1 * g / (s + 1e-3).sqrt();
                }
            },
        ),
        rule(
            "adam",
            r#"dynamics = { kind = "adam", learning_rate = [0.1, 0.2], batch_size = 4, momentum_steps = 10, second_moment_steps = 100 }"#,
            4,
            |w, n, z| {
                let g = noisy(w.x, z);
                let (a, b) = (1.0 / n.min(10.0), 1.0 / n.min(100.0));
                for (i, rate) in [0.1, 0.2].into_iter().enumerate() {
                    w.memory[i] = (1.0 - a) * w.memory[i] + a * g[i];
                    w.memory[2 + i] = (1.0 - b) * w.memory[2 + i] + b * g[i] * g[i];
                    w.x[i] -= rate * w.memory[i] / w.memory[2 + i].sqrt();
                }
            },
        ),
        rule(
            "adaptive",
            r#"dynamics = { kind = "adaptive", batch_size = 4, warm_up = 30, lambda_batch = 16, lambda_rate = 0.03125, epsilon = 1e-6, cap = 0.1 }"#,
            4,
            |w, n, z| {
                for (i, g) in noisy(w.x, z).into_iter().enumerate() {
                    let (mean, s) = (w.memory[i], w.memory[2 + i]);
                    let variance = (s - mean * mean).max(0.0);
                    let (mut share, mut rate) = (4.0 / 30.0, 0.0);
                    if n > 30.0 {
                        share = (4.0 * (mean * mean + 1e-6) / (16.0 * variance)).min(1.0);
                        rate = (0.03125 * mean * mean / variance).min(0.1);
                    }
                    w.x[i] -= rate * g;
                    w.memory[i] = (1.0 - share) * mean + share * g;
                    w.memory[2 + i] = (1.0 - share) * s + share * g * g;
                }
            },
        ),
        rule("gradient-flow", r#"dynamics = { kind = "gradient-flow", time_step = 0.1 }"#, 0, |w, _, _| {
            let x = w.x;
            let down = |time: f64, g: [f64; 2]| [x[0] - time * g[0], x[1] - time * g[1]];
            let a = gradient(x);
            let b = gradient(down(0.05, a));
            let c = gradient(down(0.05, b));
            let d = gradient(down(0.1, c));
            w.x = [0, 1].map(|i| x[i] - 0.1 / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i]));
        }),
        rule(
            "langevin",
            r#"dynamics = { kind = "langevin", temperature = [0.1, 0.3], time_step = 0.02 }"#,
            0,
            |w, _, z| {
                let g = gradient(w.x);
                for (i, temperature) in [0.1, 0.3f64].into_iter().enumerate() {
                    w.x[i] += -0.02 * g[i] + (2.0 * temperature * 0.02).sqrt() * z[i];
                }
            },
        ),
        rule(
            "langevin by gradient noise",
            r#"dynamics = { kind = "langevin", learning_rate = 0.1, batch_size = 4, time_step = 0.02 }"#,
            0,
            |w, _, z| {
                let g = gradient(w.x);
                for (i, c) in [0.5, 2.0f64].into_iter().enumerate() {
                    w.x[i] += -0.02 * g[i] + (0.1 * c / 4.0 * 0.02).sqrt() * z[i];
                }
            },
        ),
        rule(
            "langevin by loss-hessian noise",
            r#"dynamics = { kind = "langevin", learning_rate = 0.1, batch_size = 4, time_step = 0.02 }"#,
            0,
            |w, _, z| {
                let (g, level) = (gradient(w.x), loss(w.x));
                for (i, h) in [curvature(), 2.0].into_iter().enumerate() {
                    w.x[i] += -0.02 * g[i] + (2.0 * 0.1 * level * h / 4.0 * 0.02).sqrt() * z[i];
                }
            },
        ),
        rule(
            "leimkuhler-matthews",
            r#"dynamics = { kind = "langevin", temperature = 0.2, time_step = 0.05, scheme = "leimkuhler-matthews" }"#,
            2,
            |w, _, z| {
                for (i, g) in gradient(w.x).into_iter().enumerate() {
                    let before = std::mem::replace(&mut w.memory[i], z[i]);
                    w.x[i] += -0.05 * g + (2.0 * 0.2 * 0.05f64).sqrt() * 0.5 * (before + z[i]);
                }
            },
        ),
        rule(
            "log-langevin",
            r#"dynamics = { kind = "log-langevin", temperature = 0.2, time_step = 0.05 }"#,
            0,
            |w, _, z| {
                let level = loss(w.x);
                for (i, g) in gradient(w.x).into_iter().enumerate() {
                    w.x[i] += -0.05 * g / level + (2.0 * 0.2 * 0.05f64).sqrt() * z[i];
                }
            },
        ),
        rule(
            "underdamped",
            r#"dynamics = { kind = "underdamped", temperature = [0.1, 0.3], friction = 0.7, time_step = 0.05 }"#,
            2,
            |w, _, z| {
                let kept = (-0.7f64 * 0.05).exp();
                let g = gradient(w.x);
                for (i, temperature) in [0.1, 0.3f64].into_iter().enumerate() {
                    w.memory[i] -= 0.025 * g[i];
                    w.x[i] += 0.025 * w.memory[i];
                    w.memory[i] = kept * w.memory[i] + ((1.0 - kept * kept) * temperature).sqrt() * z[i];
                    w.x[i] += 0.025 * w.memory[i];
                }
                for (v, g) in w.memory.iter_mut().zip(gradient(w.x)) {
                    *v -= 0.025 * g;
                }
            },
        ),
    ]
}

impl Rule {
    /// Its experiment.
    pub fn experiment(&self) -> String {
        let noise = match self.name {
            name if name.contains("loss-hessian") => r#"noise = { kind = "loss-hessian" }"#,
            _ if self.tables.contains("batch_size") => NOISE,
            _ => "",
        };
        let (landscape, tables) = (self.landscape, self.tables);
        format!(
            "seed = {SEED}\nlandscape = {landscape}\n{noise}\n{tables}\n\
             ensemble = {{ walkers = 1000, steps = 2000, start = [-1.0, 0.0] }}\n"
        )
    }

    /// States to try it from, as probes take them: positions over both wells, memories about 1 in size.
    pub fn states(&self) -> Vec<f32> {
        let spread = |k: u32| (k.wrapping_mul(0x9E37_79B9) >> 8) as f32 / (1 << 24) as f32;
        let walker = |k: u32| {
            let position = [4.0 * spread(5 * k) - 2.0, 2.0 * spread(5 * k + 1) - 1.0];
            let memory = (0..self.memory as u32).map(move |i| {
                // Of running averages the later half are squares: above those of the means.
                let size = spread(5 * k + 2 + i);
                if self.memory == 4 && i >= 2 || self.name == "rmsprop" { 1.0 + size } else { 2.0 * size - 1.0 }
            });
            position.into_iter().chain(memory).collect::<Vec<f32>>()
        };
        (0..WALKERS).flat_map(walker).collect()
    }

    /// Largest difference, relative to the size of the states, between `found`, where a probe of walkers from
    /// [`FIRST_WALKER`] on says that states go in `step`, and where they should.
    pub fn deviation(&self, step: u32, found: &[f32]) -> f64 {
        let (states, words) = (self.states(), 2 + self.memory);
        let mut worst = 0.0f64;
        for (k, (from, found)) in states.chunks(words).zip(found.chunks(words)).enumerate() {
            let from: Vec<f64> = from.iter().map(|x| f64::from(*x)).collect();
            let mut walker = Walker { x: [from[0], from[1]], memory: from[2..].to_vec() };
            (self.update)(&mut walker, f64::from(step) + 1.0, in_two_dimensions(SEED, FIRST_WALKER + k as u32, step));
            for (found, expected) in found.iter().zip(walker.x.iter().chain(&walker.memory)) {
                worst = worst.max((f64::from(*found) - expected).abs() / (1.0 + expected.abs()));
            }
        }
        worst
    }
}

/// First walker of the probes.
pub fn first_walker() -> u32 {
    FIRST_WALKER
}
