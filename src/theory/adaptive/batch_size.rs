//! The rule that takes its learning rate from a running estimate of the best batch size (McAllester, TTIC
//! 31230, 2018, "A complete algorithm").

/// The first rate after the warm-up of K steps, of gradients without noise: λ c/(1 − c), c = 1 − (1 − B/K)^K.
///
/// Derived here: averages that start at 0 are c g and c g², so that η = λ (c g)²/(c g² − c² g²), whatever g.
pub fn first_rate(warm_up: u64, batch: f64, lambda_rate: f64) -> f64 {
    let k = warm_up as f64;
    let forgotten = (1.0 - batch / k).powf(k);
    lambda_rate * (1.0 - forgotten) / forgotten
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_rate_is_that_of_the_recursion() {
        for (batch, expected) in [(1.0, 0.0541249696), (4.0, 1.8211156450)] {
            let found = first_rate(100, batch, 1.0 / 32.0);
            assert!((found - expected).abs() < 5.1e-11, "{found} against {expected}");
            let (mut mean, mut square) = (0.0, 0.0);
            for _ in 0..100 {
                mean += batch / 100.0 * (-1.7 - mean);
                square += batch / 100.0 * (1.7 * 1.7 - square);
            }
            let rate = mean * mean / (32.0 * (square - mean * mean));
            assert!((found / rate - 1.0f64).abs() < 1e-12, "{found} against {rate}");
        }
    }
}
