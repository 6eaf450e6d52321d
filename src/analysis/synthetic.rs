//! Random numbers and blocks with known statistics, for tests.

use crate::experiment::{Experiment, Setup};
use crate::plan::moment_layout;
use crate::tally::{BlockTally, Moments};

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub(super) struct SplitMix(pub u64);

impl SplitMix {
    pub(super) fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Uniform in (0, 1).
    pub(super) fn uniform(&mut self) -> f64 {
        ((self.word() >> 12) as f64 + 0.5) / (1u64 << 52) as f64
    }

    /// Standard normal, by Box and Muller.
    pub(super) fn normal(&mut self) -> f64 {
        let (u, v) = (self.uniform(), self.uniform());
        (-2.0 * u.ln()).sqrt() * (2.0 * std::f64::consts::PI * v).cos()
    }

    /// Steps to the first success at probability `p` a step: 1, 2, …
    pub(super) fn geometric(&mut self, p: f64) -> u32 {
        (self.uniform().ln() / (-p).ln_1p()).ceil().max(1.0) as u32
    }

    /// A point of the density ∝ exp(−U/T) in [low, high], by rejection; `least` is min U there.
    pub(super) fn gibbs(&mut self, u: impl Fn(f64) -> f64, least: f64, t: f64, low: f64, high: f64) -> f64 {
        loop {
            let x = low + (high - low) * self.uniform();
            if self.uniform() < ((least - u(x)) / t).exp() {
                return x;
            }
        }
    }
}

/// The first cell of an experiment.
pub(super) fn setup(text: &str) -> Setup {
    experiment(text).cells[0].setup.clone()
}

pub(super) fn experiment(text: &str) -> Experiment {
    Experiment::parse("test", "test.toml", text, &[]).expect("a valid experiment")
}

/// A block of walkers measured once each, at `states`; `reference` is c, `right` what counts as right.
pub(super) fn block(
    setup: &Setup,
    states: &[Vec<f64>],
    reference: &[f64],
    right: impl Fn(&[f64]) -> bool,
) -> BlockTally {
    let d = setup.dimension();
    let layout = moment_layout(setup);
    let mut sums = vec![0.0; layout.len()];
    for x in states {
        let y: Vec<f64> = x.iter().zip(reference).map(|(x, c)| x - c).collect();
        for i in 0..d {
            sums[layout.position(i)] += y[i];
            for j in layout.partners(i) {
                sums[layout.product(i, j)] += y[i] * y[j];
            }
        }
        sums[layout.loss()] += setup.landscape.loss(x) - setup.landscape.floor();
        sums[layout.gradient_norm_squared()] += setup.landscape.gradient(x).iter().map(|g| g * g).sum::<f64>();
    }
    let count = states.len() as u64;
    let moments = Moments { count, right: states.iter().filter(|x| right(x)).count() as u64, overflows: 0, sums };
    BlockTally { walkers: count, moments, ..BlockTally::default() }
}

pub(super) fn references(blocks: &[BlockTally]) -> Vec<&BlockTally> {
    blocks.iter().collect()
}
