//! A coordinate whose path between two steps is a Brownian bridge, for walkers that leave at a threshold.

use super::reduction::Coordinate;
use super::transition_kernel::{Grid, Transition, normal_between};
use crate::landscape::Profile;

/// Steps of a coordinate that count as arriving at y below the threshold R only where the path between has not been
/// there: with the density φ(y)(1 − e^(−2(R − x)(R − y)/s²)), which is that of y less F times that of y about
/// g(x) + 2(R − x), F = e^(−2(R − x)(x − g(x))/s²) (the method of images; derived here). The others have left.
#[derive(Clone, Debug, PartialEq)]
pub struct Bridged {
    /// The steps.
    pub coordinate: Coordinate,
    /// R.
    pub threshold: f64,
    /// Whether walkers are below it.
    pub upwards: bool,
}

impl Bridged {
    /// R − x as far as x is on the walkers' side, else 0.
    fn gap(&self, x: f64) -> f64 {
        let gap = self.threshold - x;
        if self.upwards { gap.max(0.0) } else { gap.min(0.0) }
    }

    /// ln F.
    fn image(&self, x: f64) -> f64 {
        -2.0 * self.gap(x) * (x - self.coordinate.next(x)) / self.coordinate.deviation.powi(2)
    }
}

impl Transition for Bridged {
    fn profile(&self) -> &Profile {
        &self.coordinate.profile
    }

    fn next(&self, x: f64) -> f64 {
        self.coordinate.next(x)
    }

    fn deviation(&self, _x: f64) -> f64 {
        self.coordinate.deviation
    }

    fn scale(&self, low: f64, high: f64) -> Box<dyn Fn(f64) -> f64 + '_> {
        self.coordinate.scale(low, high)
    }

    fn support(&self) -> Option<(f64, f64)> {
        self.coordinate.support()
    }

    /// Beyond the threshold: the probability to be there, or to have been there in between.
    fn between(&self, x: f64, low: f64, high: f64) -> f64 {
        let s = self.coordinate.deviation;
        let about = |mean: f64, low: f64, high: f64| normal_between((low - mean) / s, (high - mean) / s);
        let (mean, gap, factor) = (self.next(x), self.gap(x), self.image(x).exp());
        // Where the image has no mass there, its factor may be beyond all numbers.
        let reflected = |low: f64, high: f64| match about(mean + 2.0 * gap, low, high) {
            0.0 => 0.0,
            mass => factor * mass,
        };
        let beyond = if self.upwards { (self.threshold, f64::INFINITY) } else { (f64::NEG_INFINITY, self.threshold) };
        if (low, high) == beyond {
            let inside = if self.upwards { (f64::NEG_INFINITY, low) } else { (high, f64::INFINITY) };
            return (about(mean, low, high) + reflected(inside.0, inside.1)).min(1.0);
        }
        (about(mean, low, high) - reflected(low, high)).max(0.0)
    }

    fn row(&self, grid: &Grid, x: f64) -> (usize, Vec<f64>) {
        let (first, mut masses) = grid.normal(self.next(x), self.coordinate.deviation);
        let factor = -2.0 * self.gap(x) / self.coordinate.deviation.powi(2);
        for (mass, y) in masses.iter_mut().zip(&grid.nodes[first..]) {
            *mass *= -(factor * (self.threshold - y)).exp_m1();
        }
        (first, masses)
    }
}

#[cfg(test)]
mod tests {
    use super::super::passage_time::mean_first_passage_time;
    use super::super::{Atom, TransitionKernel};
    use super::*;

    fn kernel(step: f64, bridged: bool) -> TransitionKernel {
        let profile = Profile::Quadratic { curvature: 1.0, minimum: 0.0 };
        let coordinate = Coordinate { profile, rate: step, deviation: (0.2 * step).sqrt() };
        let (alive, start) = ([(f64::NEG_INFINITY, 1.0)], [Atom { position: 0.0, weight: 1.0 }]);
        if bridged {
            let bridged = Bridged { coordinate, threshold: 1.0, upwards: true };
            TransitionKernel::within(&bridged, &alive, &start).expect("confined")
        } else {
            TransitionKernel::within(&coordinate, &alive, &start).expect("confined")
        }
    }

    /// The time from 0 to 1 at T = 0.1 tends to the diffusion's as the step goes to zero: with bridges with the step, and
    /// without them with its root.
    #[test]
    fn bridges_leave_a_bias_of_the_order_of_the_step() {
        let profile = Profile::Quadratic { curvature: 1.0, minimum: 0.0 };
        let exact = mean_first_passage_time(&profile, 0.1, 0.0, 1.0).expect("confined");
        let bias = |step: f64, bridged: bool| kernel(step, bridged).mean_passage_steps(&[0.0])[0] * step / exact - 1.0;
        let (coarse, fine) = (bias(0.02, true), bias(0.005, true));
        assert!((coarse / fine - 4.0).abs() < 0.3 && fine.abs() < 0.02, "{coarse} and {fine}");
        let (coarse, fine) = (bias(0.02, false), bias(0.005, false));
        assert!((coarse / fine - 2.0).abs() < 0.3 && fine > 0.1, "{coarse} and {fine}");
    }

    /// Whoever does not arrive at a node has left.
    #[test]
    fn probabilities_add_up() {
        let bridged = Bridged {
            coordinate: Coordinate {
                profile: Profile::Quadratic { curvature: 1.0, minimum: 0.0 },
                rate: 0.05,
                deviation: 0.1,
            },
            threshold: 1.0,
            upwards: true,
        };
        for x in [-0.5, 0.7, 0.95, 0.999, 1.0, 1.2] {
            let left = bridged.between(x, 1.0, f64::INFINITY);
            let stayed = bridged.between(x, f64::NEG_INFINITY, 1.0);
            assert!((left + stayed - 1.0).abs() < 1e-14, "{left} and {stayed} from {x}");
            let halves = bridged.between(x, f64::NEG_INFINITY, 0.8) + bridged.between(x, 0.8, 1.0);
            assert!((halves - stayed).abs() < 1e-14, "{halves}, not {stayed}");
            // By the midpoint rule over the density.
            let density = |y: f64| {
                let u = (y - bridged.next(x)) / 0.1;
                let missed = -(-200.0 * (1.0 - x).max(0.0) * (1.0 - y)).exp_m1();
                (-0.5 * u * u).exp() / ((2.0 * std::f64::consts::PI).sqrt() * 0.1) * missed
            };
            let sum: f64 = (0..100_000).map(|k| density(1.0 - (f64::from(k) + 0.5) * 3e-5) * 3e-5).sum();
            assert!((sum - stayed).abs() < 1e-7, "{sum}, not {stayed} from {x}");
        }
        let down = Bridged { threshold: -1.0, upwards: false, ..bridged.clone() };
        let (up, down) = (bridged.between(0.9, 1.0, f64::INFINITY), down.between(-0.9, f64::NEG_INFINITY, -1.0));
        assert!((up - down).abs() < 1e-15, "mirror image {down} of {up}");
    }
}
