//! Polynomials orthonormal in a density, and its Gauss quadrature.

use super::ensemble::Atom;
use nalgebra::DMatrix;

/// A polynomial that is smaller than this share of what it may be is zero but for rounding.
const NOTHING: f64 = 1e-6;

/// The polynomials φ_0, φ_1, … orthonormal in a density that is given by many weighted points, from the
/// recurrence b_(k+1) φ_(k+1) = (x − a_k) φ_k − b_k φ_(k−1) by Stieltjes' procedure on the points
/// (Gautschi, Orthogonal Polynomials: Computation and Approximation, §2.2.3).
#[derive(Clone, Debug)]
pub struct OrthogonalPolynomials {
    /// a_0, a_1, ….
    diagonal: Vec<f64>,
    /// b_1, b_2, …: one more than is needed for as many polynomials.
    off_diagonal: Vec<f64>,
}

impl OrthogonalPolynomials {
    /// The first `count` polynomials of a density on ascending points; its weights need not sum to one. None where the density
    /// has too few points or is not finite.
    pub fn new(density: &[Atom], count: usize) -> Option<Self> {
        let norm: f64 = density.iter().map(|atom| atom.weight).sum();
        let average = |f: &dyn Fn(usize) -> f64| -> f64 {
            density.iter().enumerate().map(|(i, atom)| atom.weight * f(i)).sum::<f64>() / norm
        };
        let width = density.last()?.position - density.first()?.position;
        let (mut last, mut now) = (vec![0.0; density.len()], vec![1.0; density.len()]);
        let mut all = Self { diagonal: Vec::with_capacity(count), off_diagonal: Vec::with_capacity(count) };
        let mut b = 0.0;
        for _ in 0..count {
            let a = average(&|i| density[i].position * now[i] * now[i]);
            let next: Vec<f64> = (0..density.len()).map(|i| (density[i].position - a) * now[i] - b * last[i]).collect();
            b = average(&|i| next[i] * next[i]).sqrt();
            if !(a.is_finite() && b.is_finite() && b > NOTHING * width) {
                return None;
            }
            last = std::mem::replace(&mut now, next.iter().map(|p| p / b).collect());
            all.diagonal.push(a);
            all.off_diagonal.push(b);
        }
        Some(all)
    }

    /// φ_k(x) and φ_k'(x) for every k.
    pub fn values(&self, x: f64) -> Vec<(f64, f64)> {
        let mut values = vec![(1.0, 0.0)];
        for k in 0..self.diagonal.len() - 1 {
            let (p, slope) = values[k];
            let (before, b) = if k == 0 { ((0.0, 0.0), 0.0) } else { (values[k - 1], self.off_diagonal[k - 1]) };
            let next = (x - self.diagonal[k]) * p - b * before.0;
            let next_slope = p + (x - self.diagonal[k]) * slope - b * before.1;
            values.push((next / self.off_diagonal[k], next_slope / self.off_diagonal[k]));
        }
        values
    }

    /// The density's Gauss quadrature, as many nodes as polynomials, ascending, with weights that sum to one:
    /// nodes are eigenvalues of the recurrence's matrix (Golub & Welsch, Math. Comp. 23, 221 (1969)), weights
    /// the Christoffel numbers 1/Σ_k φ_k².
    pub fn gauss(&self) -> Vec<Atom> {
        let n = self.diagonal.len();
        let jacobi = DMatrix::from_fn(n, n, |i, j| match i.abs_diff(j) {
            0 => self.diagonal[i],
            1 => self.off_diagonal[i.min(j)],
            _ => 0.0,
        });
        let mut nodes: Vec<f64> = jacobi.symmetric_eigenvalues().iter().copied().collect();
        nodes.sort_by(f64::total_cmp);
        let weight = |x: f64| 1.0 / self.values(x).iter().map(|(p, _)| p * p).sum::<f64>();
        nodes.into_iter().map(|position| Atom { position, weight: weight(position) }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theory::ensemble::panel_nodes;

    /// Hermite's: a_k = 0, b_k = √k, and moments 1, 3, 15, … of the normal law.
    #[test]
    fn normal_density_has_hermite_polynomials() {
        let mut density = panel_nodes(-13.0, 13.0, 26);
        density.iter_mut().for_each(|atom| atom.weight *= (-0.5 * atom.position * atom.position).exp());
        let hermite = OrthogonalPolynomials::new(&density, 20).expect("enough points");
        for k in 0..20 {
            assert!(hermite.diagonal[k].abs() < 1e-13, "a_{k} = {}", hermite.diagonal[k]);
            let b = hermite.off_diagonal[k];
            assert!((b - ((k + 1) as f64).sqrt()).abs() < 1e-11, "b_{} = {b}", k + 1);
        }
        let (value, slope) = hermite.values(0.7)[3];
        assert!((value - (0.343 - 2.1) / 6f64.sqrt()).abs() < 1e-13, "He_3(0.7) = {value}");
        assert!((slope - (3.0 * 0.49 - 3.0) / 6f64.sqrt()).abs() < 1e-13, "He_3'(0.7) = {slope}");
        let moment = |k: i32| hermite.gauss().iter().map(|atom| atom.weight * atom.position.powi(k)).sum::<f64>();
        for (k, expected) in [(0, 1.0), (2, 1.0), (4, 3.0), (6, 15.0), (7, 0.0), (20, 654_729_075.0)] {
            assert!((moment(k) - expected).abs() < 1e-11 * expected.max(100.0), "moment {k}: {}", moment(k));
        }
        assert!(OrthogonalPolynomials::new(&density[..5], 20).is_none(), "five points have five polynomials");
    }
}
