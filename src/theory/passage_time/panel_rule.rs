//! Integrals over a part of a panel, from values at its nodes.

use crate::theory::ensemble::panel_nodes;

/// Nodes of a panel.
pub const ORDER: usize = 16;

/// Gauss–Legendre quadrature on [−1, 1] and the integrals of its interpolating polynomials.
pub struct PanelRule {
    pub nodes: [f64; ORDER],
    pub weights: [f64; ORDER],
    /// ∫ from −1 to node k of the polynomial that is 1 at node m and 0 at the others.
    partial: [[f64; ORDER]; ORDER],
}

impl PanelRule {
    pub fn new() -> Self {
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
    pub fn integrals(&self, half: f64, values: &[f64; ORDER]) -> ([f64; ORDER], f64) {
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
