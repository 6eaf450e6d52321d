//! The exponent of a density that is a power of the loss, which both theory and analysis find from a mean.

use statrs::function::gamma::digamma;

/// φ of the density p ∝ L^−φ in `dimension` coordinates, L = L* + ½hr², that has the mean of ln(L/L*): that of maximum
/// likelihood. As ∫ (1 + r²)^−φ dⁿr ∝ Γ(φ − n/2)/Γ(φ), it solves ψ(φ) − ψ(φ − n/2) = ⟨ln(L/L*)⟩. None where the mean is
/// not positive.
pub fn loss_exponent(mean_log: f64, dimension: usize) -> Option<f64> {
    let half = 0.5 * dimension as f64;
    let excess = |above: f64| digamma(above + half) - digamma(above) - mean_log;
    if !(mean_log > 0.0 && mean_log.is_finite()) {
        return None;
    }
    let (mut low, mut high): (f64, f64) = (1e-12, 1e12);
    for _ in 0..200 {
        let middle = (low * high).sqrt();
        if excess(middle) > 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some((low * high).sqrt() + half)
}
