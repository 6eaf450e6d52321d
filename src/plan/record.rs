//! The parameters of a cell's stages, as the engines take them.

use super::kernel::{DynamicsStage, NoiseStage};
use super::stage::{dynamics_stage, noise_stage};
use crate::experiment::{
    Cap, Condition, Distribution, DoubleWell, Drive, Dynamics, Ensemble, Hessian, Landscape, LeastSquares, Measure,
    Quadratic, Setup, Start, Variable,
};
use crate::random::TwoPoint;
use nalgebra::DMatrix;

/// Parameters of each stage, in the order that the stage's file states. They are worked out once, in
/// f64, and rounded to the walk's precision by the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// `points`: d numbers a point. `normal`: means, standard deviations. `uniform`: lower corner, widths.
    pub start: Vec<f64>,
    /// `quadratic`: Hessian (diagonal, or row by row), minimum.
    /// `double-well`: cubic = 4 barrier/separation⁴, linear = −4 barrier/separation², tilt, barrier,
    /// 1/separation², then the transverse curvatures. Formulas: the values of what depends on parameters alone.
    pub landscape: Vec<f64>,
    /// `gaussian`, `label`: standard deviations √(C_ii/B), or the rows of the lower Cholesky factor of C/B.
    /// `loss-hessian`: √(2 H*_ii/B), or the rows of the lower Cholesky factor of 2 H*/B, to be multiplied by √L.
    /// Where noise drives a Langevin equation, η/(BΔt) takes the place of 1/B, and numbers are negative: the
    /// equation adds noise where descent subtracts it. `gaussian` by examples: √C_ii. `minibatch`: nothing, or,
    /// of fresh samples, the standard deviation of every feature, then that of y.
    pub noise: Vec<f64>,
    /// `two-point`: number of words of the rarer value, that value, the other. Else nothing.
    pub distribution: Vec<f64>,
    /// `sgd`: learning rate of every coordinate, or the time step of a Langevin equation that noise drives.
    /// `momentum`: learning rates, then β = 1 − 1/N_g.
    /// `rmsprop`: learning rates, then 1/N_s, ε.
    /// `adam`: learning rates, then N_g, N_s, ε.
    /// `adaptive`: B, K, λ_B, λ_η, ε, cap (10³⁰ for none).
    /// `gradient-flow`: Δt.
    /// `langevin`: Δt, then √(2 T_i Δt) of every coordinate, √(ηC_ii Δt/B) where noise drives it.
    /// `leimkuhler-matthews`: Δt, then √(2 T_i Δt)/2, which multiplies the sum of two steps' normals.
    /// `log-langevin`: Δτ, then √(2 T_i Δτ), √(2ηH*_ii Δτ/B) where noise drives it, or the rows of the lower
    /// Cholesky factor of 2ηH*Δτ/B.
    /// `underdamped`: Δt/2, c = exp(−γΔt), then √((1 − c²) T_i) of every coordinate.
    pub dynamics: Vec<f64>,
    /// For every axis of every histogram: lower edge and bins per unit.
    pub histograms: Vec<f64>,
    /// Threshold of the first passage; of the loss, without the floor; 0 where there is none.
    pub threshold: f64,
    /// Constant that stages leave out of the loss.
    pub floor: f64,
    /// θ_0 of the saddle between two wells, else 0.
    pub saddle: f64,
    /// |θ_i| beyond which a walker is lost.
    pub bounds: f64,
}

impl Record {
    pub(super) fn new(setup: &Setup) -> Self {
        let floor = setup.landscape.floor();
        Self {
            start: start(&setup.ensemble),
            landscape: match (&setup.landscape, setup.landscape.quadratic()) {
                (Landscape::Formula(l), _) => l.program().1,
                (Landscape::Force(l), _) => l.program().1,
                (_, Some(l)) => quadratic(l),
                (Landscape::DoubleWell(l), None) => double_well(l),
                (_, None) => unreachable!("reading works out the quadratic of samples"),
            },
            distribution: distribution(setup.distribution()),
            noise: noise(setup),
            dynamics: dynamics(setup),
            histograms: histograms(&setup.measure, floor),
            threshold: setup.measure.first_passage.as_ref().map_or(0.0, |p| match p.condition() {
                Condition::Above(_, x) | Condition::Below(_, x) | Condition::RadiusAbove(x) => x,
                Condition::LossAbove(l) => l - floor,
            }),
            floor,
            saddle: setup.landscape.saddle().unwrap_or(0.0),
            bounds: setup.ensemble.bounds,
        }
    }
}

fn start(ensemble: &Ensemble) -> Vec<f64> {
    match &ensemble.start {
        Start::Point(point) => point.clone(),
        Start::Points { points } => points.concat(),
        Start::Normal { normal } => [normal.mean.clone(), normal.std.clone()].concat(),
        Start::Uniform { uniform } => {
            let widths = uniform.low.iter().zip(&uniform.high).map(|(low, high)| high - low);
            uniform.low.iter().copied().chain(widths).collect()
        }
    }
}

fn quadratic(l: &Quadratic) -> Vec<f64> {
    let hessian = match &l.hessian {
        Hessian::Diagonal(values) => values.clone(),
        Hessian::Full(rows) => rows.concat(),
    };
    [hessian, l.minimum.clone()].concat()
}

fn double_well(l: &DoubleWell) -> Vec<f64> {
    let inverse_square = 1.0 / (l.separation * l.separation);
    let linear = 4.0 * l.barrier * inverse_square;
    let along = [linear * inverse_square, -linear, l.tilt, l.barrier, inverse_square];
    along.into_iter().chain(l.transverse.iter().copied()).collect()
}

fn noise(setup: &Setup) -> Vec<f64> {
    let (per_batch, sign) = match (&setup.dynamics, setup.dynamics.drive()) {
        // θ −= Δt (∇L + n) moves by √(ηC Δt/B) ξ where n = −√(ηC/(BΔt)) ξ.
        (Dynamics::Langevin(rule), Some(Drive::GradientNoise { learning_rate, batch_size })) => {
            (learning_rate / (batch_size as f64 * rule.time_step), -1.0)
        }
        _ => (1.0 / setup.dynamics.batch_size().unwrap_or(1) as f64, 1.0),
    };
    let constant = || setup.constant_noise().map_or_else(Vec::new, |c| c.rows(setup.dimension()));
    let amplitudes = match noise_stage(setup) {
        NoiseStage::None | NoiseStage::Minibatch { .. } => Vec::new(),
        NoiseStage::GaussianDiagonal => deviations(&constant(), per_batch),
        NoiseStage::GaussianFull => factor(&constant(), per_batch),
        NoiseStage::GaussianExamples { .. } => deviations(&constant(), 1.0),
        NoiseStage::Fresh { .. } => fresh(&setup.landscape),
        NoiseStage::LossHessianDiagonal => deviations(&start_hessian(setup), 2.0 * per_batch),
        NoiseStage::LossHessianFull => factor(&start_hessian(setup), 2.0 * per_batch),
    };
    amplitudes.into_iter().map(|a| sign * a).collect()
}

fn fresh(landscape: &Landscape) -> Vec<f64> {
    match landscape {
        Landscape::LeastSquares(LeastSquares { synthetic: Some(synthetic), .. }) => {
            synthetic.spectrum.iter().map(|variance| variance.sqrt()).chain([synthetic.label_noise]).collect()
        }
        _ => unreachable!("synthetic samples alone are fresh"),
    }
}

fn start_hessian(setup: &Setup) -> Vec<Vec<f64>> {
    let hessian = setup.start_hessian().unwrap_or_else(|| DMatrix::zeros(setup.dimension(), setup.dimension()));
    hessian.row_iter().map(|row| row.iter().copied().collect()).collect()
}

/// √(scale · C_ii); a variance that rounding made negative is none.
fn deviations(covariance: &[Vec<f64>], scale: f64) -> Vec<f64> {
    covariance.iter().enumerate().map(|(i, row)| (row[i].max(0.0) * scale).sqrt()).collect()
}

/// The lower Cholesky factor of scale · C.
fn factor(covariance: &[Vec<f64>], scale: f64) -> Vec<f64> {
    cholesky(covariance).into_iter().map(|x| x * scale.sqrt()).collect()
}

/// The lower Cholesky factor, row by row (d × d, zeros above the diagonal), of a positive semidefinite
/// matrix: a pivot that vanishes within rounding gives a column of zeros.
fn cholesky(rows: &[Vec<f64>]) -> Vec<f64> {
    let d = rows.len();
    let largest = (0..d).map(|i| rows[i][i]).fold(0.0, f64::max);
    let mut factor = vec![0.0; d * d];
    for j in 0..d {
        let dot = |factor: &[f64], i: usize| (0..j).map(|k| factor[i * d + k] * factor[j * d + k]).sum::<f64>();
        let pivot = rows[j][j] - dot(&factor, j);
        if pivot <= 1e-12 * largest {
            continue;
        }
        let root = pivot.sqrt();
        for i in j..d {
            factor[i * d + j] = (rows[i][j] - dot(&factor, i)) / root;
        }
    }
    factor
}

fn distribution(distribution: Distribution) -> Vec<f64> {
    match distribution {
        Distribution::TwoPoint(p) => {
            let TwoPoint { rare_words, rare, common } = TwoPoint::new(p);
            vec![f64::from(rare_words), rare, common]
        }
        _ => Vec::new(),
    }
}

/// A learning rate that is never reached, in either precision.
const NO_CAP: f64 = 1e30;

fn dynamics(setup: &Setup) -> Vec<f64> {
    let d = setup.dimension();
    let with = |rates: Vec<f64>, rest: &[f64]| [rates, rest.to_vec()].concat();
    match &setup.dynamics {
        Dynamics::Sgd(rule) => rule.learning_rate.values(d),
        Dynamics::Momentum(rule) => with(rule.learning_rate.values(d), &[1.0 - 1.0 / rule.averaging_steps()]),
        Dynamics::Rmsprop(rule) => with(rule.learning_rate.values(d), &[1.0 / rule.second_moment_steps, rule.epsilon]),
        Dynamics::Adam(rule) => {
            with(rule.learning_rate.values(d), &[rule.averaging_steps(), rule.second_moment_steps, rule.epsilon])
        }
        Dynamics::Adaptive(rule) => {
            let cap = match rule.cap {
                Some(Cap::At(rate)) => rate,
                Some(Cap::Off) | None => NO_CAP,
            };
            let (batch, warm_up) = (rule.batch_size as f64, rule.warm_up as f64);
            vec![batch, warm_up, rule.lambda_batch, rule.lambda_rate, rule.epsilon, cap]
        }
        Dynamics::GradientFlow(rule) => vec![rule.time_step],
        Dynamics::Langevin(rule) => match dynamics_stage(setup) {
            DynamicsStage::Sgd => vec![rule.time_step; d],
            stage => {
                let half = if stage == DynamicsStage::LeimkuhlerMatthews { 0.5 } else { 1.0 };
                let amplitudes = amplitudes(setup, rule.drive(), rule.time_step);
                with(vec![rule.time_step], &amplitudes.iter().map(|a| half * a).collect::<Vec<_>>())
            }
        },
        Dynamics::LogLangevin(rule) => with(vec![rule.time_step], &amplitudes(setup, rule.drive(), rule.time_step)),
        Dynamics::Underdamped(rule) => {
            let decay = (-rule.friction * rule.time_step).exp();
            // 1 − c², with the digits that c near 1 would lose.
            let fresh = -(-2.0 * rule.friction * rule.time_step).exp_m1();
            let amplitudes = rule.temperature.values(d).into_iter().map(|t| (fresh * t).sqrt()).collect::<Vec<_>>();
            with(vec![0.5 * rule.time_step, decay], &amplitudes)
        }
    }
}

/// What multiplies the normal numbers of a step of an overdamped equation: one number a coordinate, or the rows
/// of a lower triangle.
fn amplitudes(setup: &Setup, drive: Drive<'_>, time_step: f64) -> Vec<f64> {
    match drive {
        Drive::Temperature(temperature) => {
            temperature.values(setup.dimension()).into_iter().map(|t| (2.0 * t * time_step).sqrt()).collect()
        }
        Drive::GradientNoise { learning_rate, batch_size } => {
            let scale = learning_rate * time_step / batch_size as f64;
            match (dynamics_stage(setup), setup.constant_noise()) {
                (DynamicsStage::LogLangevin { full: true }, _) => factor(&start_hessian(setup), 2.0 * scale),
                (DynamicsStage::LogLangevin { full: false }, _) => deviations(&start_hessian(setup), 2.0 * scale),
                (_, Some(covariance)) => deviations(&covariance.rows(setup.dimension()), scale),
                (_, None) => unreachable!("noise that is not constant drives the stage of sgd"),
            }
        }
    }
}

fn histograms(measure: &Measure, floor: f64) -> Vec<f64> {
    let axes = measure.histogram.iter().flat_map(|h| h.axes());
    axes.flat_map(|axis| {
        let shift = if axis.variable == Variable::Loss { floor } else { 0.0 };
        [axis.low - shift, axis.bins as f64 / (axis.high - axis.low)]
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cholesky_of_semidefinite_matrices_multiplies_back() {
        let cases = [
            vec![vec![4.0, 2.0], vec![2.0, 3.0]],
            vec![vec![1.0, 1.0], vec![1.0, 1.0]],
            vec![vec![0.0, 0.0, 0.0], vec![0.0, 2.0, -2.0], vec![0.0, -2.0, 2.0]],
        ];
        for rows in cases {
            let d = rows.len();
            let factor = cholesky(&rows);
            for i in 0..d {
                for j in 0..d {
                    let product: f64 = (0..d).map(|k| factor[i * d + k] * factor[j * d + k]).sum();
                    assert!((product - rows[i][j]).abs() < 1e-12, "entry {i},{j} of {rows:?}");
                }
            }
        }
    }
}
