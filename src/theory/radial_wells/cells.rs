//! The cells of finite volumes along the wells and across them.

use super::{DEEPEST, RadialWells};

/// The most cells of one coordinate, ...
const MOST: usize = 1000;

/// ... and the most work of elimination, the number of those along x times the cube of that across: seconds.
const MOST_WORK: f64 = 5e9;

impl RadialWells {
    /// Cells of both coordinates.
    pub(super) fn axes(&self, refinement: usize, reach: f64, end: Option<f64>) -> Option<(Axis, Axis)> {
        let (along, across) = (self.axis_along(refinement, end)?, self.axis_across(refinement, reach)?);
        let work = along.volumes.len() as f64 * (across.volumes.len() as f64).powi(3);
        (work < MOST_WORK).then_some((along, across))
    }

    /// Cells along x, of the same size in ∫dx/√L on the axis, where the noise is the same everywhere; but far out in
    /// ∫dx/x, as a steep wall is of finite length in the former. Up to `end`, where walkers leave, if there is one.
    fn axis_along(&self, refinement: usize, end: Option<f64>) -> Option<Axis> {
        let [left, saddle, right] = self.profile.wells()?;
        let (t, least) = (self.temperature, self.least_loss());
        // What is left of the density after an integral over y falls as L to this power.
        let power = 1.0 + 1.0 / t - 0.5 * (self.dimension as f64 - 1.0);
        let curvature = [left, right].map(|x| self.profile.curvature(x)).into_iter().fold(self.transverse, f64::max);
        let half = 0.5 * (t / curvature).sqrt() / refinement as f64;
        if !(power > 0.25 && half > 0.0) {
            return None;
        }
        let slope = |x: f64| {
            1.0 / (self.loss(x, 0.0).sqrt().recip() + (x - saddle).hypot(right - left).recip() / curvature.sqrt())
        };
        let onward = |x: f64, step: f64| {
            let a = slope(x);
            let b = slope(x + 0.5 * step * a);
            let c = slope(x + 0.5 * step * b);
            x + step / 6.0 * (a + 2.0 * b + 2.0 * c + slope(x + step * c))
        };
        // From the end or the saddle, a face, to both sides: centres and faces in turn.
        let face = end.unwrap_or(saddle);
        let side = |minimum: f64, sign: f64| {
            let mut points = vec![face];
            let mut x = face;
            let past = |x: f64| (x - minimum) * sign > 0.0;
            while !past(x) || power * (self.loss(x, 0.0) / least).ln() < DEEPEST || points.len() % 2 == 0 {
                x = onward(x, sign * half);
                points.push(x);
                if points.len() > 2 * MOST || !x.is_finite() {
                    return None;
                }
            }
            Some(points)
        };
        let mut points: Vec<f64> = side(left, -1.0)?.into_iter().rev().collect();
        if end.is_none() {
            points.extend(side(right, 1.0)?.into_iter().skip(1));
        }
        Some(Axis { is_open: end.is_some(), ..Axis::new(&points, 0) })
    }

    /// Cells across, of the same size in ∫dρ/√L at the lowest minimum.
    fn axis_across(&self, refinement: usize, reach: f64) -> Option<Axis> {
        if self.dimension == 1 {
            return Some(Axis::point());
        }
        let scale = (2.0 * self.least_loss() / self.transverse).sqrt();
        let end = (reach / scale).asinh();
        let cells = refinement as f64 * (end / (0.5 * self.temperature).sqrt()).ceil();
        let at = |k: usize| scale * (0.5 * end * k as f64 / cells).sinh();
        (cells <= MOST as f64)
            .then(|| Axis::new(&(0..=2 * cells as usize).map(at).collect::<Vec<_>>(), self.dimension - 2))
    }
}

/// Cells of one coordinate.
pub(super) struct Axis {
    pub centres: Vec<f64>,
    pub volumes: Vec<f64>,
    /// Place and area of the face above each cell.
    pub faces: Vec<(f64, f64)>,
    /// Whether walkers leave through the last of them.
    pub is_open: bool,
}

impl Axis {
    /// With the volume ρ^`power` dρ, between faces and centres in turn.
    fn new(points: &[f64], power: usize) -> Self {
        let power = power as i32;
        let volume = |a: f64, b: f64| (b.powi(power + 1) - a.powi(power + 1)) / f64::from(power + 1);
        let cells = points.windows(3).step_by(2);
        Self {
            centres: cells.clone().map(|cell| cell[1]).collect(),
            volumes: cells.clone().map(|cell| volume(cell[0], cell[2])).collect(),
            faces: cells.map(|cell| (cell[2], cell[2].powi(power))).collect(),
            is_open: false,
        }
    }

    /// One cell at zero.
    fn point() -> Self {
        Self { centres: vec![0.0], volumes: vec![1.0], faces: vec![(0.0, 1.0)], is_open: false }
    }
}
