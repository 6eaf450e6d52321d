//! Reference point and fixed-point scales of a cell's sums.

use super::correlation::CorrelationStage;
use super::kernel::moment_layout;
use super::motion::Motion;
use super::series::series_layout;
use super::update_sizes::UpdateSizes;
use crate::experiment::{Landscape, Setup, Start};
use crate::tally::WINDOW_SUMS;

/// Bits below the typical size of a summand that a fixed-point sum keeps: a resolution of 4·10⁻⁹ of
/// it. The GPU engine takes values up to 2^[`Scales::RANGE_BITS`] units of resolution.
pub(crate) const RESOLUTION_BITS: i32 = 28;

/// Where sums are taken from and how finely.
#[derive(Clone, Debug, PartialEq)]
pub struct Scales {
    /// c: positions are summed as θ − c, so that no digits are lost far from the origin. Its numbers are
    /// exact in f32, so that every engine subtracts the same.
    pub reference: Vec<f64>,
    /// For every sum of [`MomentLayout`](crate::tally::MomentLayout), e: its fixed-point unit is 2^−e.
    pub exponents: Vec<i32>,
    /// The same for every sum at a point of the time series, as [`SeriesLayout`](crate::tally::SeriesLayout) places
    /// them; nothing without one.
    pub series: Vec<i32>,
    /// For the sums over windows of every length, then of the half-running averages.
    pub windows: Vec<[i32; WINDOW_SUMS]>,
    /// For every signal of correlations.
    pub signals: Vec<i32>,
    /// For the products of two, row by row.
    pub products_of_signals: Vec<i32>,
    /// For displacements on the grid of the current.
    pub displacement: i32,
}

impl Scales {
    /// Bits of the largest fixed-point value. A workgroup adds up to 2⁸ walkers × 2⁹ measurements in
    /// 64 bits with a sign.
    pub const RANGE_BITS: u32 = 44;

    /// What a number at a point of the time series, whose sum has this place, is multiplied with to be in units of its
    /// typical size, the next power of two.
    pub fn series_unit(&self, place: usize) -> f64 {
        f64::from(self.series[place] - RESOLUTION_BITS).exp2()
    }

    /// The scales of one cell.
    pub fn new(setup: &Setup) -> Self {
        let d = setup.dimension();
        let reference = reference(setup);
        let farthest = farthest_start(&setup.ensemble.start, &reference);
        let time = setup.ensemble.total_steps() as f64;
        let curvature = curvature(setup);
        let Motion { gradient_noise, mobility, variance } = Motion::of(setup, &curvature);
        // A coordinate is as large as its start, its well, or what noise makes of it: the stationary
        // spread s²/(2 η h) for a well, free diffusion over the whole run without one.
        let mut length: Vec<f64> = (0..d)
            .map(|i| {
                let relaxation =
                    if curvature[i] > 0.0 { (0.5 / (mobility[i] * curvature[i])).clamp(1.0, time) } else { time };
                farthest[i].max((variance[i] * relaxation).sqrt())
            })
            .collect();
        if let Some(wells) = setup.landscape.profiles().and_then(|profiles| profiles.first()?.wells()) {
            length[0] = wells.iter().fold(length[0], |length, x| length.max((x - reference[0]).abs()));
        }
        // They fall from where they start.
        let minimum = setup.landscape.minimum_below(&setup.ensemble.start.first_point());
        if let Some(minimum) = &minimum {
            for ((l, x), c) in length.iter_mut().zip(minimum).zip(&reference) {
                *l = l.max((x - c).abs());
            }
        }
        // What is left of a start that was rounded is no length.
        for (l, c) in length.iter_mut().zip(&reference) {
            if *l <= f64::from(f32::EPSILON) * c.abs() {
                *l = 1.0;
            }
        }
        let gradient = gradient(setup, &curvature, &length);
        let gradient_squared: f64 = gradient.iter().map(|g| g * g).sum();
        let varying: f64 = (0..d).map(|i| gradient[i] * length[i]).sum();
        let loss = match &setup.landscape {
            // What a formula adds to the loss everywhere is summed with it.
            Landscape::Formula(_) => varying.max(setup.landscape.loss(&setup.ensemble.start.first_point()).abs()),
            _ => varying,
        };
        let stochastic: f64 = gradient_squared + gradient_noise.iter().sum::<f64>();

        let layout = moment_layout(setup);
        let mut sizes = vec![0.0; layout.len()];
        for i in 0..d {
            sizes[layout.position(i)] = length[i];
            for j in layout.partners(i) {
                sizes[layout.product(i, j)] = length[i] * length[j];
            }
        }
        sizes[layout.loss()] = loss;
        sizes[layout.gradient_norm_squared()] = gradient_squared;
        if let Some(place) = layout.stochastic_gradient_norm_squared() {
            sizes[place] = stochastic;
        }
        if let Some(place) = layout.weight() {
            // Weights 1/L are between those of the minimum and of a typical loss.
            let least = setup.landscape.least_loss(&setup.ensemble.start.corners());
            let least = least.unwrap_or_else(|| setup.landscape.floor());
            sizes[place] = 1.0;
            sizes.iter_mut().for_each(|size| *size /= (least * (least + loss)).sqrt());
        }
        let updates = UpdateSizes::new(setup, minimum.as_deref(), &length, &gradient, &mobility, &variance);
        updates.write(&layout, &mut sizes);
        // Powers of two within what f32 scales without over- or underflow; a size of 0 has none of its own.
        let bits = |size: &f64| (RESOLUTION_BITS - size.log2().ceil().clamp(-100.0, 200.0) as i32).clamp(-80, 80);
        let series = series_layout(setup).map_or_else(Vec::new, |layout| {
            let mut sizes = length.clone();
            sizes.extend(layout.products.pairs().map(|(i, j)| length[i] * length[j]));
            sizes.extend([loss, gradient_squared]);
            sizes.extend(layout.products.pairs().map(|(i, j)| (gradient_noise[i] * gradient_noise[j]).sqrt()));
            sizes.truncate(layout.log_distance());
            // Logarithms and factors are numbers of their own.
            sizes.resize(layout.len(), 1.0);
            sizes.iter().map(bits).collect()
        });
        let signals = signals(setup, &length, loss);
        Self {
            reference,
            exponents: sizes.iter().map(bits).collect(),
            series,
            windows: updates.windows(setup).into_iter().map(|sizes| sizes.map(|size| bits(&size))).collect(),
            products_of_signals: signals.iter().flat_map(|a| signals.iter().map(|b| bits(&(*a * *b)))).collect(),
            signals: signals.iter().map(bits).collect(),
            displacement: bits(&updates.displacement.iter().copied().fold(0.0, f64::max)),
        }
    }
}

/// Typical sizes of the signals of correlations.
fn signals(setup: &Setup, length: &[f64], loss: f64) -> Vec<f64> {
    let Some(stage) = CorrelationStage::of(setup) else { return Vec::new() };
    let axes = stage.axes.iter().map(|axis| length[*axis as usize]);
    axes.chain(stage.loss.then_some(loss)).collect()
}

/// c: the minimum of a quadratic, the middle of a double well, else the start.
fn reference(setup: &Setup) -> Vec<f64> {
    let reference = match (&setup.landscape, setup.landscape.quadratic()) {
        (_, Some(quadratic)) => quadratic.minimum.clone(),
        (Landscape::DoubleWell(_), None) => vec![0.0; setup.dimension()],
        (_, None) => setup.ensemble.start.first_point(),
    };
    reference.into_iter().map(|x| f64::from(x as f32)).collect()
}

/// Curvature along every coordinate, typically.
fn curvature(setup: &Setup) -> Vec<f64> {
    match (&setup.landscape, setup.landscape.quadratic()) {
        (_, Some(l)) => l.hessian.rows().iter().enumerate().map(|(i, row)| row[i]).collect(),
        (Landscape::DoubleWell(l), None) => {
            let at_minimum = 8.0 * l.barrier / (l.separation * l.separation);
            [at_minimum].into_iter().chain(l.transverse.iter().copied()).collect()
        }
        (landscape, None) => slopes_of_gradient(landscape, &setup.ensemble.start.first_point()),
    }
}

/// ∂²L/∂θ_i² at `point`, by differences of the gradient.
fn slopes_of_gradient(landscape: &Landscape, point: &[f64]) -> Vec<f64> {
    let slope = |i: usize| {
        let step = 1e-4 * point[i].abs().max(1.0);
        let gradient = |sign: f64| {
            let mut moved = point.to_vec();
            moved[i] += sign * step;
            landscape.gradient(&moved)[i]
        };
        (gradient(1.0) - gradient(-1.0)) / (2.0 * step)
    };
    (0..point.len()).map(slope).collect()
}

/// |∂L/∂θ_i| of a walker as far out as `length` says.
fn gradient(setup: &Setup, curvature: &[f64], length: &[f64]) -> Vec<f64> {
    match setup.landscape.quadratic() {
        Some(l) => {
            let rows = l.hessian.rows();
            rows.iter().map(|row| row.iter().zip(length).map(|(h, l)| h.abs() * l).sum()).collect()
        }
        None if matches!(setup.landscape, Landscape::DoubleWell(_)) => {
            curvature.iter().zip(length).map(|(h, l)| h * l).collect()
        }
        None => {
            let at_start = setup.landscape.gradient(&setup.ensemble.start.first_point());
            at_start.iter().zip(curvature).zip(length).map(|((g, h), l)| g.abs().max(h.abs() * l)).collect()
        }
    }
}

fn farthest_start(start: &Start, reference: &[f64]) -> Vec<f64> {
    let over = |points: &[Vec<f64>]| {
        (0..reference.len())
            .map(|i| points.iter().map(|p| (p[i] - reference[i]).abs()).fold(0.0, f64::max))
            .collect::<Vec<f64>>()
    };
    match start {
        Start::Point(point) => over(std::slice::from_ref(point)),
        Start::Points { points } => over(points),
        Start::Uniform { uniform } => over(&[uniform.low.clone(), uniform.high.clone()]),
        Start::Normal { normal } => {
            let far = |sign: f64| normal.mean.iter().zip(&normal.std).map(|(m, s)| m + sign * s).collect();
            over(&[far(1.0), far(-1.0)])
        }
    }
}
