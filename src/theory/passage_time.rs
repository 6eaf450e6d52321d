//! Mean first-passage time of a diffusion on the line, by quadrature.

mod panel_rule;

use super::ensemble::panel_nodes;
use crate::landscape::Profile;
use panel_rule::{ORDER, PanelRule};

/// Densities e⁻⁴⁵ = 3·10⁻²⁰ of the largest weigh nothing.
const DEEPEST: f64 = 45.0;

/// Most that the exponent changes over a panel at its steepest, and that the diffusion coefficient changes by: its
/// exponential is a polynomial of degree 15 to 10⁻¹².
const CHANGE: f64 = 2.5;
const RATIO: f64 = 2.0;

/// Most panels.
const MOST: usize = 20_000;

/// dx = f(x) dt + √(2D(x)) dW (Itô).
pub struct ItoDiffusion<'f> {
    /// f.
    pub drift: &'f dyn Fn(f64) -> f64,
    /// D.
    pub diffusion: &'f dyn Fn(f64) -> f64,
}

/// What is on the far side of a walker.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FarSide {
    /// A drift that leads it back, at the latest from beyond a place.
    Open(f64),
    /// A place that reflects it.
    Reflecting(f64),
}

impl ItoDiffusion<'_> {
    /// Mean time to reach `target` from `from`:
    ///
    /// ```text
    /// τ = ∫_from^target dy exp(ψ(y)) ∫_−∞^y dz exp(−ψ(z))/D(z),    ψ' = −f/D
    /// ```
    ///
    /// for from < target, and its mirror image for from > target (Gardiner, Handbook of Stochastic Methods, §5.2.7).
    /// None where the drift does not confine the walker on the far side, or there is no noise.
    pub fn mean_passage_time(&self, from: f64, target: f64, far: FarSide) -> Option<f64> {
        if !(from.is_finite() && target.is_finite()) {
            return None;
        }
        // Everything upwards, in y = sign x.
        let sign = if from <= target { 1.0 } else { -1.0 };
        let (drift, diffusion) = (|y: f64| sign * (self.drift)(sign * y), |y: f64| (self.diffusion)(sign * y));
        let upwards = Upwards { drift: &drift, diffusion: &diffusion };
        let (from, target) = (sign * from, sign * target);
        let far = match far {
            FarSide::Open(x) => FarSide::Open(sign * x),
            FarSide::Reflecting(x) => FarSide::Reflecting(sign * x),
        };
        let below = upwards.edges_below(from, far)?;
        let above = upwards.edges(from, target)?;
        // J(y) = exp(ψ(y)) ∫_−∞^y exp(−ψ(z))/D(z) dz is carried along in place of the inner integral, so that no
        // exponent is larger than that of the result.
        let rule = PanelRule::new();
        let (mut j, mut time) = (0.0, 0.0);
        for panel in below.windows(2) {
            j = upwards.across(&rule, panel, j).0;
        }
        for panel in above.windows(2) {
            let (next, spent) = upwards.across(&rule, panel, j);
            j = next;
            time += spent;
        }
        (time.is_finite()).then_some(time)
    }
}

/// The diffusion of a walker that goes up.
struct Upwards<'f> {
    drift: &'f dyn Fn(f64) -> f64,
    diffusion: &'f dyn Fn(f64) -> f64,
}

impl Upwards<'_> {
    /// ψ'.
    fn steepness(&self, y: f64) -> f64 {
        -(self.drift)(y) / (self.diffusion)(y)
    }

    /// The end of a panel from `a` on, about `width` long, which the integrand is resolved on; none where there is none.
    fn panel(&self, a: f64, mut width: f64) -> Option<f64> {
        loop {
            let b = a + width;
            if b == a || !b.is_finite() {
                return None;
            }
            let places = [0.0, 0.25, 0.5, 0.75, 1.0].map(|share| a + share * width);
            let steepest = places.map(|y| self.steepness(y).abs()).into_iter().fold(0.0, f64::max);
            let diffusions = places.map(self.diffusion);
            let least = diffusions.into_iter().fold(f64::INFINITY, f64::min);
            let largest = diffusions.into_iter().fold(0.0, f64::max);
            if least > 0.0 && largest <= RATIO * least && steepest * width.abs() <= CHANGE {
                return Some(b);
            }
            width *= 0.5;
        }
    }

    /// Edges of panels from `a` to `b`, in this order.
    fn edges(&self, a: f64, b: f64) -> Option<Vec<f64>> {
        let mut edges = vec![a];
        let (mut at, mut width) = (a, b - a);
        while at != b {
            let next = self.panel(at, width)?;
            // As long as the last one allows, or what is left.
            width = 1.5 * (next - at);
            at = if (b - next).abs() <= 1e-12 * (b - a).abs() { b } else { next };
            if (b - at).abs() < width.abs() {
                width = b - at;
            }
            edges.push(at);
            if edges.len() > MOST {
                return None;
            }
        }
        Some(edges)
    }

    /// Edges of panels from where nobody is, or is reflected, up to `from`.
    fn edges_below(&self, from: f64, far: FarSide) -> Option<Vec<f64>> {
        let through = match far {
            FarSide::Reflecting(wall) => {
                let mut edges = self.edges(from, wall.min(from))?;
                edges.reverse();
                return Some(edges);
            }
            FarSide::Open(place) => place,
        };
        let mut edges = vec![from];
        let (mut at, mut width) = (from, -1.0);
        let (mut psi, mut deepest) = (0.0, f64::NEG_INFINITY);
        loop {
            let next = self.panel(at, width)?;
            width = 1.5 * (next - at);
            psi += panel_nodes(next, at, 1).iter().map(|y| -y.weight * self.steepness(y.position)).sum::<f64>();
            at = next;
            edges.push(at);
            // ln of what the panel weighs.
            let weight = width.abs().ln() - psi - (self.diffusion)(at).ln();
            deepest = deepest.max(weight);
            let confined = (self.drift)(at) > 0.0;
            if at <= through && confined && weight < deepest - DEEPEST {
                edges.reverse();
                return Some(edges);
            }
            if edges.len() > MOST || weight.is_nan() {
                return None;
            }
        }
    }

    /// J at the end of a panel from that at its beginning, and ∫ J over the panel.
    fn across(&self, rule: &PanelRule, panel: &[f64], j: f64) -> (f64, f64) {
        let (middle, half) = (0.5 * (panel[0] + panel[1]), 0.5 * (panel[1] - panel[0]));
        let at = rule.nodes.map(|t| middle + half * t);
        let (psi, psi_end) = rule.integrals(half, &at.map(|y| self.steepness(y)));
        let mut density = [0.0; ORDER];
        for k in 0..ORDER {
            density[k] = (-psi[k]).exp() / (self.diffusion)(at[k]);
        }
        let (mass, mass_end) = rule.integrals(half, &density);
        let inside = (0..ORDER).map(|k| half * rule.weights[k] * psi[k].exp() * (j + mass[k]));
        (psi_end.exp() * (j + mass_end), inside.sum())
    }
}

/// Mean time in which dx = −U' dt + √(2T) dW reaches `target` from `from`; none where U has no minimum or does not
/// confine the walker on the far side, or T ≤ 0.
pub fn mean_first_passage_time(profile: &Profile, temperature: f64, from: f64, target: f64) -> Option<f64> {
    let far = far_side(profile, from, target).filter(|_| temperature > 0.0)?;
    let diffusion = ItoDiffusion { drift: &|x| -profile.slope(x), diffusion: &|_| temperature };
    diffusion.mean_passage_time(from, target, far)
}

/// The far side of a walker on its way from `from` to `target`: through all minima.
pub fn far_side(profile: &Profile, from: f64, target: f64) -> Option<FarSide> {
    let minima = profile.minima();
    let farthest = if from <= target { minima.first()? } else { minima.last()? };
    Some(FarSide::Open(*farthest))
}

#[cfg(test)]
mod tests;
