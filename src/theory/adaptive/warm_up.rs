//! The first steps of simplified Adam, whose averages up to step t ≤ min(N_g, N_s) are plain means, on a flat
//! landscape under normal noise and with ε = 0: x_t = −η Σ_{j≤t} u_j, u_t = μ_t/√s_t.
//!
//! Derived here. The gradients are g = r n with n uniform on the sphere in R^t, so that u_t² = (n·1)²/t ~
//! Beta(½, (t − 1)/2), whatever their variance. For j < k, with c_j = Γ((j + 1)/2)/Γ(j/2),
//!
//! ```text
//! E u_j u_k = c_j/(c_k √(jk)),    c_1 = 1/√π,    c_{j+1} = j/(2 c_j)
//! ```
//!
//! as u_t = S_t/√(t Q_t) with S and Q the sums of the gradients and of their squares: given the first j
//! gradients S_k has the mean S_j, S_j²/Q_j has the mean 1 whatever Q_j, and Q_j/Q_k ~ Beta(j/2, (k − j)/2).

/// E u_j u_k; j, k ≥ 1. E u_t² = 1/t.
pub fn step_correlation(j: u64, k: u64) -> f64 {
    let (first, last) = (j.min(k), j.max(k));
    let mut ratios = gamma_ratios();
    let c_first = ratios.by_ref().nth(first.saturating_sub(1) as usize).unwrap_or(f64::NAN);
    let c_last = if last > first { ratios.nth((last - first - 1) as usize).unwrap_or(f64::NAN) } else { c_first };
    c_first / (c_last * (first as f64 * last as f64).sqrt())
}

/// E u_t⁴ = 3/(t(t + 2)).
pub fn step_fourth_moment(t: u64) -> f64 {
    let t = t as f64;
    3.0 / (t * (t + 2.0))
}

/// Var(x_t)/η² = Σ_{j,k≤t} E u_j u_k.
pub fn warm_up_variance(t: u64) -> f64 {
    let (mut variance, mut before) = (0.0, 0.0);
    for (k, c) in (1..=t).zip(gamma_ratios()) {
        let root = (k as f64).sqrt();
        variance += 1.0 / k as f64 + 2.0 * before / (c * root);
        before += c / root;
    }
    variance
}

/// c_1, c_2, ….
fn gamma_ratios() -> impl Iterator<Item = f64> {
    let first = std::f64::consts::FRAC_2_SQRT_PI / 2.0;
    (1u64..).scan(first, |c, j| {
        let now = *c;
        *c = 0.5 * j as f64 / now;
        Some(now)
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::ensemble::panel_nodes;
    use super::*;

    /// Numbers from an independent program.
    #[test]
    fn variance_grows_as_twice_the_steps() {
        let table = [
            (1, 1.0),
            (2, 2.4003163),
            (3, 3.9522748),
            (5, 7.2785641),
            (10, 16.1617390),
            (20, 34.8059111),
            (50, 92.6431116),
            (100, 190.7263947),
        ];
        for (t, expected) in table {
            let found = warm_up_variance(t);
            assert!((found - expected).abs() < 5.1e-8, "{found} after {t}");
            let pairs: f64 = (1..=t).flat_map(|j| (1..=t).map(move |k| step_correlation(j, k))).sum();
            assert!((found - pairs).abs() < 1e-10, "{found} against the sum {pairs} of all pairs");
        }
        let growth = warm_up_variance(100_001) - warm_up_variance(100_000);
        assert!((growth - 2.0).abs() < 0.01, "{growth} per step");
    }

    /// By quadrature over two gradients at angle φ: u_1 = sign cos φ, u_2 = (cos φ + sin φ)/√2.
    #[test]
    fn moments_of_the_second_step() {
        let quarter = std::f64::consts::FRAC_PI_2;
        let mean = |f: &dyn Fn(f64) -> f64| {
            let over = |k: i32| panel_nodes((f64::from(k) - 1.0) * quarter, f64::from(k) * quarter, 1);
            (0..4).flat_map(over).map(|node| node.weight * f(node.position)).sum::<f64>() / (4.0 * quarter)
        };
        let second = |angle: f64| (angle.cos() + angle.sin()) / 2f64.sqrt();
        assert!((mean(&|a| a.cos().signum() * second(a)) - step_correlation(1, 2)).abs() < 1e-12);
        assert!((mean(&|a| second(a).powi(2)) - step_correlation(2, 2)).abs() < 1e-12);
        assert!((mean(&|a| second(a).powi(4)) - step_fourth_moment(2)).abs() < 1e-12);
        assert!((step_fourth_moment(10) - 0.025).abs() < 1e-15);
    }
}
