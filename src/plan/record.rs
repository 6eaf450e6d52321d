//! The parameters of a cell's stages, as the engines take them.

use crate::experiment::{
    Condition, Covariance, DoubleWell, Dynamics, Ensemble, Hessian, Landscape, Measure, Noise, Quadratic, Setup, Start,
    Variable,
};

/// Parameters of each stage, in the order that the stage's file states. They are worked out once, in
/// f64, and rounded to the walk's precision by the engine.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// `points`: d numbers a point. `normal`: means, standard deviations. `uniform`: lower corner, widths.
    pub start: Vec<f64>,
    /// `quadratic`: Hessian (diagonal, or row by row), minimum.
    /// `double-well`: cubic = 4 barrier/separation⁴, linear = −4 barrier/separation², tilt, barrier,
    /// 1/separation², then the transverse curvatures.
    pub landscape: Vec<f64>,
    /// `gaussian`: standard deviations √(C_ii/B), or the rows of the lower Cholesky factor of C/B.
    pub noise: Vec<f64>,
    /// `sgd`: learning rate of every coordinate. `langevin`: time step, then √(2 T_i Δt) of every
    /// coordinate.
    pub dynamics: Vec<f64>,
    /// For every axis of every histogram: lower edge and bins per unit.
    pub histograms: Vec<f64>,
    /// Threshold of the first passage; of the loss, without the floor; 0 where there is none.
    pub threshold: f64,
    /// Constant that stages leave out of the loss.
    pub floor: f64,
    /// x_0 of the saddle of a double well, else 0.
    pub saddle: f64,
    /// |θ_i| beyond which a walker is lost.
    pub bounds: f64,
}

impl Record {
    pub(super) fn new(setup: &Setup) -> Self {
        let floor = setup.landscape.floor();
        Self {
            start: start(&setup.ensemble),
            landscape: match &setup.landscape {
                Landscape::Quadratic(l) => quadratic(l),
                Landscape::DoubleWell(l) => double_well(l),
            },
            noise: setup.noise.as_ref().map_or_else(Vec::new, |noise| match noise {
                Noise::Gaussian(n) => gaussian(&n.covariance, setup.dimension(), batch_size(&setup.dynamics)),
            }),
            dynamics: dynamics(&setup.dynamics, setup.dimension()),
            histograms: histograms(&setup.measure, floor),
            threshold: setup.measure.first_passage.as_ref().map_or(0.0, |p| match p.condition() {
                Condition::Above(_, x) | Condition::Below(_, x) | Condition::RadiusAbove(x) => x,
                Condition::LossAbove(l) => l - floor,
            }),
            floor,
            saddle: match &setup.landscape {
                Landscape::DoubleWell(l) => l.critical_points()[1],
                Landscape::Quadratic(_) => 0.0,
            },
            bounds: setup.ensemble.bounds,
        }
    }
}

fn batch_size(dynamics: &Dynamics) -> f64 {
    match dynamics {
        Dynamics::Sgd(rule) => rule.batch_size as f64,
        Dynamics::Langevin(_) => 1.0,
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

fn gaussian(covariance: &Covariance, dimension: usize, batch_size: f64) -> Vec<f64> {
    match covariance {
        Covariance::Full(rows) => cholesky(rows).into_iter().map(|x| x / batch_size.sqrt()).collect(),
        Covariance::Isotropic(_) | Covariance::Diagonal(_) => {
            let rows = covariance.rows(dimension);
            (0..dimension).map(|i| (rows[i][i] / batch_size).sqrt()).collect()
        }
    }
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

fn dynamics(dynamics: &Dynamics, dimension: usize) -> Vec<f64> {
    match dynamics {
        Dynamics::Sgd(rule) => rule.learning_rate.values(dimension),
        Dynamics::Langevin(rule) => {
            let amplitudes = rule.temperature.values(dimension).into_iter().map(|t| (2.0 * t * rule.time_step).sqrt());
            [rule.time_step].into_iter().chain(amplitudes).collect()
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
