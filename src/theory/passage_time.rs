//! Mean first-passage time of a diffusion on the line, by quadrature.

use super::ensemble::panel_nodes;
use crate::landscape::Profile;

/// Densities e⁻⁴⁵ = 3·10⁻²⁰ of the largest weigh nothing.
const DEEPEST: f64 = 45.0;

/// Most that the exponent changes over a panel at its steepest, and that the diffusion coefficient changes by: its
/// exponential is a polynomial of degree 15 to 10⁻¹².
const CHANGE: f64 = 2.5;
const RATIO: f64 = 2.0;

/// Most panels.
const MOST: usize = 20_000;

/// Nodes of a panel.
const ORDER: usize = 16;

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

/// Gauss–Legendre quadrature on [−1, 1] and the integrals of its interpolating polynomials.
struct PanelRule {
    nodes: [f64; ORDER],
    weights: [f64; ORDER],
    /// ∫ from −1 to node k of the polynomial that is 1 at node m and 0 at the others.
    partial: [[f64; ORDER]; ORDER],
}

impl PanelRule {
    fn new() -> Self {
        let atoms = panel_nodes(-1.0, 1.0, 1);
        let nodes: [f64; ORDER] = std::array::from_fn(|k| atoms[k].position);
        let weights: [f64; ORDER] = std::array::from_fn(|k| atoms[k].weight);
        // ℓ_m = w_m Σ_n (n + ½) P_n(t_m) P_n, and ∫_−1^t P_n = (P_(n+1)(t) − P_(n−1)(t))/(2n + 1).
        let polynomials = nodes.map(legendre);
        let partial = std::array::from_fn(|k| {
            std::array::from_fn(|m| {
                let higher = (1..ORDER).map(|n| polynomials[m][n] * (polynomials[k][n + 1] - polynomials[k][n - 1]));
                0.5 * weights[m] * (nodes[k] + 1.0 + higher.sum::<f64>())
            })
        });
        Self { nodes, weights, partial }
    }

    /// Integrals of f from the beginning of a panel to its nodes, and to its end, from the values of f at the nodes.
    fn integrals(&self, half: f64, values: &[f64; ORDER]) -> ([f64; ORDER], f64) {
        let sum = |weights: &[f64; ORDER]| half * weights.iter().zip(values).map(|(w, f)| w * f).sum::<f64>();
        (std::array::from_fn(|k| sum(&self.partial[k])), sum(&self.weights))
    }
}

/// P_0(t), …, P_ORDER(t).
fn legendre(t: f64) -> [f64; ORDER + 1] {
    let mut p = [1.0; ORDER + 1];
    p[1] = t;
    for n in 1..ORDER {
        p[n + 1] = ((2 * n + 1) as f64 * t * p[n] - n as f64 * p[n - 1]) / (n + 1) as f64;
    }
    p
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
mod tests {
    use super::*;
    use crate::experiment::DoubleWell;

    fn double_well() -> Profile {
        Profile::DoubleWell(DoubleWell { barrier: 0.25, separation: 1.0, tilt: 0.0, floor: 0.0, transverse: vec![] })
    }

    /// (x² − 1)²/4 from −1 to 1 and to 0; expected numbers by an independent program in f64.
    #[test]
    fn passage_between_wells_and_to_the_saddle() {
        let table = [
            (0.025, 102108.365, 51050.7025),
            (0.03, 19485.8180, 9739.57099),
            (0.04, 2483.02545, 1238.40120),
            (0.05, 729.670692, 361.903760),
            (0.0625, 277.054579, 135.782977),
            (0.08, 120.005742, 57.4783036),
            (0.1, 66.2686264, 30.8213025),
            (0.125, 41.0342803, 18.4261585),
            (0.15, 29.5459814, 12.8678935),
            (0.2, 19.0938970, 7.93402154),
            (0.25, 14.2777366, 5.74343707),
        ];
        for (t, to_minimum, to_saddle) in table {
            for (target, expected) in [(1.0, to_minimum), (0.0, to_saddle)] {
                let up = mean_first_passage_time(&double_well(), t, -1.0, target).expect("confined");
                assert!((up / expected - 1.0f64).abs() < 6e-9, "T = {t} to {target}: {up} against {expected}");
                let down = mean_first_passage_time(&double_well(), t, 1.0, -target).expect("confined");
                assert!((down / up - 1.0).abs() < 1e-13, "mirror image {down} of {up}");
            }
        }
    }

    /// A walker that slides down a harmonic well takes ln(x₀/x₁)/h as T → 0.
    #[test]
    fn descent_without_noise() {
        let profile = Profile::Quadratic { curvature: 2.0, minimum: 0.0 };
        let time = mean_first_passage_time(&profile, 1e-3, 3.0, 1.0).expect("confined");
        assert!((time - 0.5 * 3f64.ln()).abs() < 1e-3, "{time}");
        assert_eq!(mean_first_passage_time(&profile, 0.1, 1e12, 1.0), None, "too steep to resolve");
        let saddle = Profile::Quadratic { curvature: -1.0, minimum: 0.0 };
        assert_eq!(mean_first_passage_time(&saddle, 0.1, 0.0, 1.0), None);
    }

    /// Styblinski and Tang's function in one dimension, L = (x⁴ − 16x² + 5x)/2, is a tilted double well.
    #[test]
    fn passage_between_wells_of_unequal_depth() {
        // (x⁴ − 16x²)/2 = 32((x/√8)² − 1)² − 32.
        let well = DoubleWell { barrier: 32.0, separation: 8f64.sqrt(), tilt: 2.5, floor: 0.0, transverse: vec![] };
        let [global, _, local] = well.critical_points();
        let profile = Profile::DoubleWell(well);
        for (t, to_global, to_local) in
            [(3.0, 1370.492, 138989.8), (4.0, 170.8596, 5308.135), (5.0, 49.48422, 754.0069), (8.0, 7.958670, 41.50711)]
        {
            let down = mean_first_passage_time(&profile, t, local, global).expect("confined");
            let up = mean_first_passage_time(&profile, t, global, local).expect("confined");
            assert!((down / to_global - 1.0f64).abs() < 5e-7, "T = {t}: {down} against {to_global}");
            assert!((up / to_local - 1.0f64).abs() < 5e-7, "T = {t}: {up} against {to_local}");
        }
    }

    /// τ(−1 → 1) of dx = −L' dt + √(2TL) dW, L = L_0 + (x² − 1)²/4; expected rates by an independent program in f64.
    #[test]
    fn passage_under_noise_that_grows_with_the_loss() {
        let table = [
            (0.1, 0.5, 2.95435e-3),
            (0.1, 0.25, 1.53043e-4),
            (0.1, 0.1, 4.42412e-7),
            (0.2, 0.5, 2.14240e-2),
            (0.2, 0.25, 4.74022e-3),
            (0.2, 0.1, 2.34264e-4),
            (0.2, 0.05, 1.23409e-5),
            (0.2, 0.02, 1.44256e-7),
            (0.4, 0.25, 2.69168e-2),
            (0.4, 0.1, 5.41129e-3),
            (0.4, 0.05, 1.12396e-3),
            (0.4, 0.02, 1.01473e-4),
        ];
        let well = double_well();
        let drift = |x: f64| -well.slope(x);
        for (t, floor, rate) in table {
            let diffusion = |x: f64| t * (floor + well.value(x));
            let walk = ItoDiffusion { drift: &drift, diffusion: &diffusion };
            let far = FarSide::Open(-1.0);
            let time = walk.mean_passage_time(-1.0, 1.0, far).expect("confined");
            assert!((time * rate - 1.0f64).abs() < 5e-6, "T = {t}, L_0 = {floor}: 1/{time} against {rate}");
            let back = walk.mean_passage_time(1.0, -1.0, FarSide::Open(1.0)).expect("confined");
            assert!((back / time - 1.0).abs() < 1e-13, "mirror image {back} of {time}");
        }
    }

    /// T = 0.02 and L_0 = 0.1: κ is of order 10⁻²⁸. ψ = ln L/T in closed form, and a fine even grid.
    #[test]
    fn rates_of_hardly_any_passages_keep_their_digits() {
        let (t, floor) = (0.02, 0.1);
        let well = double_well();
        let loss = |x: f64| floor + well.value(x);
        let (drift, diffusion) = (|x: f64| -well.slope(x), |x: f64| t * loss(x));
        let walk = ItoDiffusion { drift: &drift, diffusion: &diffusion };
        let time = walk.mean_passage_time(-1.0, 1.0, FarSide::Open(-1.0)).expect("confined");
        // Trapezoidal rule.
        let (low, cells) = (-2.0, 60_000);
        let h = (1.0 - low) / f64::from(cells);
        let (mut mass, mut direct) = (0.0, 0.0);
        let density = |x: f64| loss(x).powf(-1.0 / t - 1.0) / t;
        for k in 0..cells {
            let (a, b) = (low + h * f64::from(k), low + h * f64::from(k + 1));
            let before = loss(a).powf(1.0 / t) * mass;
            mass += 0.5 * h * (density(a) + density(b));
            if b > -1.0 + 0.5 * h {
                direct += 0.5 * h * (before + loss(b).powf(1.0 / t) * mass);
            }
        }
        assert!(time > 1e26 && (time / direct - 1.0).abs() < 1e-6, "{time} against {direct}");
    }

    /// |θ| under dθ = −θ dt + √(2ηL) dW, L = ½(1 + |θ|²), η = 0.1, in one and two dimensions: from 0 until L is c times
    /// its least; expected times by an independent program in f64.
    #[test]
    fn passage_of_a_radius() {
        let eta = 0.1;
        let table = [
            (1.2, [4.0761, 1.6613]),
            (1.5, [35.635, 10.593]),
            (1.8, [204.46, 47.386]),
            (2.1, [930.68, 179.92]),
            (2.5, [5337.9, 866.67]),
            (3.0, [33980.0, 4714.2]),
            (4.0, [6.5025e5, 72750.0]),
        ];
        for (c, times) in table {
            for (others, expected) in times.into_iter().enumerate() {
                let diffusion = |r: f64| 0.5 * eta * (1.0 + r * r);
                let drift = |r: f64| -r + others as f64 * diffusion(r) / r;
                let walk = ItoDiffusion { drift: &drift, diffusion: &diffusion };
                let radius = f64::sqrt(c - 1.0);
                let time = walk.mean_passage_time(1e-7, radius, FarSide::Reflecting(1e-7)).expect("confined");
                assert!((time / expected - 1.0).abs() < 3.5e-5, "c = {c}: {time} against {expected}");
            }
        }
    }

    #[test]
    fn a_well_too_cold_for_the_panels_is_given_up_soon() {
        assert_eq!(mean_first_passage_time(&double_well(), 1e-13, -0.5, 1.0), None);
    }
}
