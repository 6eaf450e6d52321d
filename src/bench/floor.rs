//! The floor: how fast a machine could do a work if it did nothing but the operations that the formulas
//! ask for, its busiest unit without a pause. Counted from the formulas of `src/random/`,
//! `src/engine/cpu/` and `shaders/`; `benches/README.md` has the numbers as a table.

use crate::experiment::Random;
use crate::plan::{ConditionStage, DistributionStage, DynamicsStage, Kernel, LandscapeStage, NoiseStage};
use std::ops::{Add, Mul};

/// Operations on numbers of 32 bits, by the unit that they keep busy.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Operations {
    /// 64-bit products of 32-bit integers.
    pub products: f64,
    /// Multiplications and fused multiply-adds of floats.
    pub multiplies: f64,
    /// Additions of floats.
    pub additions: f64,
    /// Shifts, conversions and comparisons.
    pub shifts: f64,
    /// Additions of integers, logic, choices.
    pub integers: f64,
    /// Square roots.
    pub roots: f64,
    /// Increments of counts in memory.
    pub increments: f64,
}

/// What changes the counts between instruction sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// Logic of three operands, and conversion of unsigned integers (AVX-512, GPUs; not AVX2).
    pub three_operands: bool,
    /// Whether sums are taken in fixed point (the GPU engine), not in f64 (the CPU engine).
    pub fixed_point: bool,
}

impl Operations {
    /// What one walker-step of `kernel` takes.
    pub fn per_walker_step(kernel: &Kernel, abilities: Abilities) -> Self {
        let normals = kernel.numbers_per_step() as f64;
        let mut sum = draw(kernel.random, abilities) * (normals / numbers_per_call(kernel.distribution));
        sum = sum + number(kernel, abilities) * normals;
        sum = sum + gradient(kernel) + noise(kernel) + update(kernel);
        if let Some(passage) = kernel.passage {
            sum = sum + condition(kernel, passage.condition);
        }
        let measuring = moments(kernel, abilities) + histograms(kernel) + second_relation(kernel);
        sum + first_relation(kernel) + measuring * (1.0 / f64::from(kernel.every))
    }
}

/// A call of Philox, four words. What does not depend on the walker is done once for many, and what does
/// not depend on the call once for a walker: no product in the first two rounds, one in the third, two in
/// every other, and exclusive-ors likewise, but that the second round has one.
fn draw(random: Random, abilities: Abilities) -> Operations {
    let rounds = f64::from(random.rounds());
    let integers = if abilities.three_operands { 2.0 * rounds - 3.0 } else { 4.0 * rounds - 9.0 };
    Operations { products: 2.0 * rounds - 5.0, integers, ..Operations::default() }
}

fn numbers_per_call(distribution: DistributionStage) -> f64 {
    if distribution == DistributionStage::ThreePoint { 16.0 } else { 4.0 }
}

/// A number of its words: a sign set, a number scaled, or a value chosen, where it is not normal.
fn number(kernel: &Kernel, abilities: Abilities) -> Operations {
    let scaling = Operations { multiplies: 1.0, shifts: 1.0, ..Operations::default() };
    let choice = Operations { shifts: 1.0, integers: 1.0, ..Operations::default() };
    let sign = Operations { integers: if abilities.three_operands { 1.0 } else { 2.0 }, ..Operations::default() };
    match kernel.distribution {
        DistributionStage::Gaussian => transform(kernel.random, abilities) * 0.5,
        DistributionStage::Rademacher => sign,
        DistributionStage::Uniform => scaling + Operations { additions: 1.0, shifts: 1.0, ..Operations::default() },
        DistributionStage::Laplace => {
            let magnitude = Operations { multiplies: 1.0, integers: 1.0, ..Operations::default() };
            scaling + magnitude + logarithm(kernel.random, abilities) + sign
        }
        DistributionStage::Exponential => {
            let unsigned = if abilities.three_operands { 0.0 } else { 2.0 };
            let conversion = Operations { additions: unsigned, integers: 2.0 * unsigned, ..Operations::default() };
            let shift = Operations { multiplies: 1.0, ..Operations::default() };
            scaling + conversion + logarithm(kernel.random, abilities) + shift
        }
        DistributionStage::TwoPoint => choice,
        // The next digit of the word, and which of three values it is.
        DistributionStage::ThreePoint => choice * 2.0 + Operations { multiplies: 1.0, ..Operations::default() },
    }
}

/// −2 ln u, as in [`transform`].
fn logarithm(random: Random, abilities: Abilities) -> Operations {
    if random == Random::Philox4x32x10Fast && abilities.fixed_point {
        return Operations { multiplies: 1.0, roots: 1.0, ..Operations::default() };
    }
    Operations { multiplies: 10.0, additions: 1.0, shifts: 1.0, integers: 3.0, ..Operations::default() }
}

/// Two normals of two words. With our polynomials: uniform number 1 multiply-add; −2 ln u 10 and an
/// addition; the root; angle, sine and cosine 10; radius times either 3. Integers split the exponent off,
/// double the angle and set the sign; without unsigned conversion that takes two more additions and four
/// integers. A GPU's own functions take the units of roots.
fn transform(random: Random, abilities: Abilities) -> Operations {
    if random == Random::Philox4x32x10Fast && abilities.fixed_point {
        return Operations { multiplies: 5.0, shifts: 2.0, integers: 2.0, roots: 4.0, ..Operations::default() };
    }
    let more = if abilities.three_operands { 0.0 } else { 2.0 };
    Operations {
        multiplies: 24.0,
        additions: 1.0 + more,
        shifts: 3.0,
        integers: 5.0 + 2.0 * more,
        roots: 1.0,
        ..Operations::default()
    }
}

fn gradient(kernel: &Kernel) -> Operations {
    let d = kernel.dimension as f64;
    let (multiplies, additions) = match kernel.landscape {
        LandscapeStage::QuadraticDiagonal => (d, d),
        LandscapeStage::QuadraticFull => (d * d, d),
        LandscapeStage::DoubleWell => (3.0 + (d - 1.0), 0.0),
        _ => unreachable!("no work unit has another landscape"),
    };
    Operations { multiplies, additions, ..Operations::default() }
}

/// The loss, where the gradient is at hand.
fn loss(kernel: &Kernel) -> Operations {
    let d = kernel.dimension as f64;
    let multiplies = match kernel.landscape {
        LandscapeStage::QuadraticDiagonal | LandscapeStage::QuadraticFull => d + 1.0,
        LandscapeStage::DoubleWell => 5.0 + 2.0 * (d - 1.0),
        _ => unreachable!("no work unit has another landscape"),
    };
    Operations { multiplies, ..Operations::default() }
}

fn noise(kernel: &Kernel) -> Operations {
    let d = kernel.dimension as f64;
    let multiplies = match kernel.noise {
        NoiseStage::None => 0.0,
        NoiseStage::GaussianDiagonal => d,
        NoiseStage::GaussianFull => d * (d + 1.0) / 2.0,
        _ => unreachable!("no work unit has noise that depends on the state"),
    };
    Operations { multiplies, ..Operations::default() }
}

/// The update, and whether it stays within bounds: a magnitude and the larger of two for a coordinate.
fn update(kernel: &Kernel) -> Operations {
    let d = kernel.dimension as f64;
    let multiplies = match kernel.dynamics {
        DynamicsStage::Sgd => d,
        DynamicsStage::Langevin => 2.0 * d,
        _ => unreachable!("no work unit has a rule but sgd and langevin"),
    };
    Operations { multiplies, integers: 2.0 * d, ..Operations::default() }
}

/// Who has just passed: a comparison, who waits, and whether there is anyone.
fn condition(kernel: &Kernel, condition: ConditionStage) -> Operations {
    let test = Operations { shifts: 1.0, integers: 2.0, ..Operations::default() };
    match condition {
        ConditionStage::Above(_) | ConditionStage::Below(_) => test,
        ConditionStage::LossAbove => test + loss(kernel),
        ConditionStage::RadiusAbove => {
            test + Operations { multiplies: kernel.dimension as f64, ..Operations::default() }
        }
    }
}

/// Sums over a measured state. In f64 a vector has half as many lanes, so all counts twice.
fn moments(kernel: &Kernel, abilities: Abilities) -> Operations {
    let d = kernel.dimension as f64;
    let layout = kernel.moment_layout();
    let sums = layout.len() as f64;
    let products = layout.loss() as f64 - d;
    let norms = 1.0 + f64::from(u8::from(layout.stochastic_gradient));
    let values = gradient(kernel) + loss(kernel) + Operations { multiplies: norms * d, ..Operations::default() };
    let adding = if abilities.fixed_point {
        Operations {
            multiplies: products + 3.0 * sums,
            additions: d + 2.0 * sums,
            shifts: sums,
            integers: 4.0 * sums,
            ..Operations::default()
        }
    } else {
        let half = Operations {
            multiplies: products,
            additions: d + sums,
            shifts: sums - products,
            integers: sums - products,
            ..Operations::default()
        };
        half * 2.0
    };
    values + adding
}

/// Both sides of the first relation: of every update, and added to the stretch, where there are windows, else of those
/// that lead to measured states.
fn first_relation(kernel: &Kernel) -> Operations {
    let Some(relations) = &kernel.relations else { return Operations::default() };
    let d = kernel.dimension as f64;
    let sides = Operations { multiplies: 4.0 * d, additions: 2.0 * d, ..Operations::default() };
    match relations.stretch {
        0 => sides * (1.0 / f64::from(kernel.every)),
        _ => sides + Operations { additions: 3.0, ..Operations::default() },
    }
}

/// Both sides of the second relation.
fn second_relation(kernel: &Kernel) -> Operations {
    let d = kernel.dimension as f64;
    match &kernel.relations {
        Some(relations) if relations.curvature => {
            let products = Operations { multiplies: 2.0 * d + 2.0, additions: d, ..Operations::default() };
            gradient(kernel) * 2.0 + products
        }
        _ => Operations::default(),
    }
}

fn histograms(kernel: &Kernel) -> Operations {
    let axes: usize = kernel.histograms.iter().map(|h| h.axes.len()).sum();
    let axis = Operations { multiplies: 1.0, additions: 1.0, shifts: 3.0, integers: 2.0, ..Operations::default() };
    axis * axes as f64 + Operations { increments: kernel.histograms.len() as f64, ..Operations::default() }
}

impl Add for Operations {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            products: self.products + other.products,
            multiplies: self.multiplies + other.multiplies,
            additions: self.additions + other.additions,
            shifts: self.shifts + other.shifts,
            integers: self.integers + other.integers,
            roots: self.roots + other.roots,
            increments: self.increments + other.increments,
        }
    }
}

impl Mul<f64> for Operations {
    type Output = Self;

    fn mul(self, factor: f64) -> Self {
        Self {
            products: self.products * factor,
            multiplies: self.multiplies * factor,
            additions: self.additions * factor,
            shifts: self.shifts * factor,
            integers: self.integers * factor,
            roots: self.roots * factor,
            increments: self.increments * factor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Work;

    fn of(work: Work, abilities: Abilities) -> Operations {
        let plan = work.plan(work.walkers, None).expect("a valid experiment");
        Operations::per_walker_step(plan.kernel(0), abilities)
    }

    /// The rows of the table in `benches/README.md`, but for what measuring once in 2000 steps adds.
    #[test]
    fn counts_are_those_of_the_table() {
        let round = |x: f64| (x * 4.0).round() / 4.0;
        let avx512 = of(Work::W_A, Abilities { three_operands: true, fixed_point: false });
        let found = [avx512.products, avx512.multiplies, avx512.additions, avx512.shifts, avx512.integers];
        assert_eq!(found.map(round), [3.75, 17.0, 0.5, 1.5, 8.75]);
        let avx2 = of(Work::W_A, Abilities { three_operands: false, fixed_point: false });
        let found = [avx2.products, avx2.multiplies, avx2.additions, avx2.shifts, avx2.integers];
        assert_eq!(found.map(round), [3.75, 17.0, 1.5, 1.5, 14.25]);
        assert_eq!(avx512.increments, 0.0);
        let measured = of(Work::W_B, Abilities { three_operands: true, fixed_point: false });
        assert_eq!(measured.increments, 0.1, "a histogram every ten steps");
        let related = of(Work::W_C, Abilities { three_operands: true, fixed_point: false });
        let more = [related.multiplies - measured.multiplies, related.additions - measured.additions].map(round);
        // 4 and 5 of every update, and a tenth of 10 and of 1 + 12 of the sums.
        assert_eq!(more, [5.0, 6.25], "both relations");
        assert!(measured.multiplies > avx512.multiplies && measured.shifts > avx512.shifts + 1.0);
    }
}
