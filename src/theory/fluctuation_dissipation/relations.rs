//! The two sides of the relations as quadratic forms of an update on a quadratic landscape.

use crate::experiment::{Dynamics, Quadratic, Setup};
use crate::theory::linear::hessian;
use crate::theory::quadratic_form::QuadraticForm;

/// Left and right sides of both relations, of an update θ' = θ − Δ: forms of (z, z') with z = (x, what the rule
/// remembers), x = θ − θ*.
#[derive(Clone, Debug, PartialEq)]
pub struct Relations {
    /// Σ (θ_i − c_i) u_i and Σ η_i u_i²/2 with u_i = Δ_i/η_i; with momentum Σ (θ_i − c_i) ĝ_i and
    /// (1 + β)/2 Σ v_i'²/η_i (Yaida 2019, (FDR1) and (FDR1')).
    pub first: [QuadraticForm; 2],
    /// ∇L·Δ/τ and Δ·HΔ/(2τ), τ the rate that all coordinates share, or 1 (FDR2).
    pub second: [QuadraticForm; 2],
    /// G(z) with left − right = G(z) − G(z') in every update, up to a constant: Σ (θ_i − c_i)²/(2η_i), with momentum
    /// Σ [(1 − β)(θ_i − c_i)²/2 − β(θ_i − c_i)v_i]/η_i. Derived here.
    pub potential: QuadraticForm,
}

impl Relations {
    /// With positions taken from c = `centre` and z of `size` numbers; none of a rule without a learning rate or a
    /// time step.
    pub fn on_quadratic(setup: &Setup, landscape: &Quadratic, centre: &[f64], size: usize) -> Option<Self> {
        let d = setup.dimension();
        let (rates, tau) = setup.update_rates()?;
        let two = || [QuadraticForm::zero(2 * size), QuadraticForm::zero(2 * size)];
        let (mut first, mut second, mut potential) = (two(), two(), QuadraticForm::zero(size));
        // Places in (1, z, z'), z = (x, v).
        let (x, v) = (|i: usize| 1 + i, |i: usize| 1 + d + i);
        let next = |place: usize| size + place;
        for (i, rate) in rates.iter().enumerate() {
            let from_centre = [(x(i), 1.0), (0, landscape.minimum[i] - centre[i])];
            // The constant (θ* − c)² takes no part in a difference.
            let offset = 2.0 * from_centre[1].1;
            if let Dynamics::Momentum(rule) = &setup.dynamics {
                let beta = 1.0 - 1.0 / rule.averaging_steps();
                first[0].add(&from_centre, &[(next(v(i)), 1.0 / rate), (v(i), -beta / rate)]);
                first[1].add(&[(next(v(i)), 0.5 * (1.0 + beta) / rate)], &[(next(v(i)), 1.0)]);
                potential.add(&[(x(i), 0.5 * (1.0 - beta) / rate)], &[(x(i), 1.0), (0, offset)]);
                potential.add(&from_centre, &[(v(i), -beta / rate)]);
            } else {
                first[0].add(&from_centre, &[(x(i), 1.0 / rate), (next(x(i)), -1.0 / rate)]);
                let step = [(x(i), 1.0), (next(x(i)), -1.0)];
                first[1].add(&step, &step.map(|(place, sign)| (place, 0.5 * sign / rate)));
                potential.add(&[(x(i), 0.5 / rate)], &[(x(i), 1.0), (0, offset)]);
            }
        }
        let hessian = hessian(landscape);
        for (i, j) in (0..d).flat_map(|i| (0..d).map(move |j| (i, j))) {
            let curvature = hessian[(i, j)] / tau;
            let step = |k: usize, factor: f64| [(x(k), factor), (next(x(k)), -factor)];
            second[0].add(&[(x(i), curvature)], &step(j, 1.0));
            second[1].add(&step(i, 0.5 * curvature), &step(j, 1.0));
        }
        Some(Self { first, second, potential })
    }
}
