//! How long a correlation lasts, from its values at given lags.

use super::weighted_line;

/// Correlation times that a window has, so that little is left beyond it: A. Sokal, "Monte Carlo methods in
/// statistical mechanics" (1989), section 3.
const TIMES: f64 = 5.0;

/// The same where r falls below −[`OSCILLATION`]: an oscillation lasts longer than its sum tells.
const TIMES_OF_OSCILLATION: f64 = 10.0;
const OSCILLATION: f64 = 0.05;

/// Share of a correlation time that may hang on how r is interpolated.
const MOST_DOUBT: f64 = 0.2;

/// Correlation below which nothing is left of it that would tell more.
const LEAST: f64 = 0.1;

/// Standard errors from which on it is well measured.
const LEAST_SIGNIFICANCE: f64 = 10.0;

/// The lags over which a correlation is summed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Window {
    /// Place of the last.
    pub end: usize,
    /// Whether the correlation falls below −[`OSCILLATION`].
    oscillates: bool,
}

/// The lags up to the first that is [`TIMES`] correlation times long, here of |r|, or why there is none. `lags` ascend
/// from 0, in steps, and r(0) = 1.
pub(super) fn window(lags: &[f64], r: &[f64]) -> Result<Window, String> {
    let oscillates = r.iter().any(|r| *r < -OSCILLATION);
    let times = if oscillates { TIMES_OF_OSCILLATION } else { TIMES };
    let (mut steps, mut doubt) = (0.5, 0.0);
    for k in 1..lags.len() {
        let gap = lags[k] - lags[k - 1];
        steps += sum_between(gap, r[k - 1].abs(), r[k].abs());
        doubt += doubt_between(gap, r[k - 1], r[k]);
        if lags[k] >= times * steps {
            let told = doubt <= MOST_DOUBT * steps;
            let reason = || "the lags are too far apart to tell what is between them; measure at more lags".to_owned();
            return told.then_some(Window { end: k, oscillates }).ok_or_else(reason);
        }
    }
    let longest = lags.last().copied().unwrap_or_default();
    Err(format!("the longest lag, {longest} steps, is below {times} correlation times; measure at longer lags"))
}

/// The integrated autocorrelation time in steps:
///
/// ```text
/// τ = ½ + Σ_{k≥1} r(k)
/// ```
///
/// Between lags r is interpolated, and beyond the window it goes on to fall as it did in its second half, in which what
/// decays fast is gone; where it oscillates, or does not fall there or is not positive, nothing is added.
pub(super) fn integrated_steps(lags: &[f64], r: &[f64], window: Window) -> f64 {
    let within = (1..=window.end).map(|k| sum_between(lags[k] - lags[k - 1], r[k - 1], r[k]));
    let (end, left) = (lags[window.end], r[window.end]);
    let middle = lags.partition_point(|lag| 2.0 * lag <= end) - 1;
    let falls = left > 0.0 && left < r[middle] && !window.oscillates;
    // Σ_{j≥1} ρ^j with ρ = (r(end)/r(middle))^{1/(end − middle)}, times what is left.
    let tail = if falls { left / ((r[middle] / left).ln() / (end - lags[middle])).exp_m1() } else { 0.0 };
    0.5 + within.sum::<f64>() + tail
}

/// Σ of r over the `steps` steps from after a lag with r = `from` up to one with r = `to`: by geometric
/// interpolation, or linear where not both are positive.
fn sum_between(steps: f64, from: f64, to: f64) -> f64 {
    if from > 0.0 && to > 0.0 {
        let rate = (to / from).ln() / steps;
        // from Σ_{j=1}^{n} e^{j rate} = (to − from) / (1 − e^{−rate}).
        if rate == 0.0 { steps * from } else { (to - from) / -(-rate).exp_m1() }
    } else {
        linear_sum(steps, from, to)
    }
}

fn linear_sum(steps: f64, from: f64, to: f64) -> f64 {
    0.5 * (steps * (from + to) + (to - from))
}

/// How much less the sum would be if r fell faster: exponentially, or at once where it is not positive at the end.
fn doubt_between(steps: f64, from: f64, to: f64) -> f64 {
    let least = if from > 0.0 && to > 0.0 { sum_between(steps, from, to) } else { steps * to };
    (linear_sum(steps, from, to) - least).abs()
}

/// Places of the lags that tell the rate of decay: those well measured until the first that is not or below [`LEAST`],
/// but for their first half, in which faster decays than the slowest may be left; a first lag that is well measured, in
/// any case. `errors` are those of r. None where there is none.
pub(super) fn decaying(lags: &[f64], r: &[f64], errors: &[Option<f64>]) -> Vec<usize> {
    let is_well_measured = |k: usize| r[k] >= errors[k].map_or(LEAST, |error| LEAST_SIGNIFICANCE * error) && r[k] > 0.0;
    let found: Vec<usize> =
        (1..lags.len()).take_while(|k| is_well_measured(*k) && (*k == 1 || r[*k] >= LEAST)).collect();
    let end = found.last().map_or(0.0, |k| lags[*k]);
    found.into_iter().filter(|k| 2.0 * lags[*k] >= end).collect()
}

/// −d ln r/dk per step: of the line through ln r at `places` with the `errors` of r, or of that from r(0) = 1 to an
/// only place.
pub(super) fn rate(lags: &[f64], r: &[f64], errors: &[Option<f64>], places: &[usize]) -> Result<f64, String> {
    if places.iter().any(|k| r[*k] <= 0.0) {
        return Err("the correlation is not positive".to_owned());
    }
    match places {
        [k] => Ok(-r[*k].ln() / lags[*k]),
        _ => {
            let of = |f: &dyn Fn(usize) -> f64| places.iter().map(|k| f(*k)).collect::<Vec<f64>>();
            let sigma = of(&|k| errors[k].filter(|e| *e > 0.0).unwrap_or(1.0) / r[k]);
            let line = weighted_line(&of(&|k| lags[k]), &of(&|k| r[k].ln()), &sigma);
            line.map(|line| -line.slope).ok_or_else(|| "no line goes through ln r".to_owned())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn powers(lags: &[f64], q: f64) -> Vec<f64> {
        lags.iter().map(|k| q.powf(*k)).collect()
    }

    /// ½ (1 + q)/(1 − q), whatever the lags are, as interpolation and tail are those of an exponential.
    #[test]
    fn of_an_exponential_it_is_exact() {
        let dense: Vec<f64> = (0..=60).map(f64::from).collect();
        for lags in [&dense[..], &[0.0, 1.0, 5.0, 12.0, 24.0, 48.0, 100.0]] {
            let r = powers(lags, 0.9);
            let window = window(lags, &r).expect("long lags");
            assert_eq!(lags[window.end], 48.0, "the first above 5 times 9.44");
            let found = integrated_steps(lags, &r, window);
            assert!((found - 9.5).abs() < 1e-11, "{found} with {} lags", lags.len());
            let errors = vec![Some(1e-3); lags.len()];
            let places = decaying(lags, &r, &errors);
            assert!((rate(lags, &r, &errors, &places).expect("a rate") + 0.9f64.ln()).abs() < 1e-12);
        }
        assert!(window(&dense[..40], &powers(&dense[..40], 0.9)).is_err(), "39 steps are below 5 times 9.5");
        assert!(window(&[0.0, 3.0, 60.0], &[1.0, 0.729, -1e-3]).is_err(), "anything may be between 3 and 60");
        let alone = |error| decaying(&[0.0, 50.0], &powers(&[0.0, 50.0], 0.9), &[None, error]);
        assert!(alone(None).is_empty() && alone(Some(1e-3)).is_empty(), "r(50) = 0.005");
        assert_eq!(alone(Some(1e-4)), [1]);
    }

    /// r = cos ωk q^k: Re 1/(1 − q e^{iω}) − ½.
    #[test]
    fn an_oscillation_is_summed_with_its_sign() {
        let lags: Vec<f64> = (0..400).map(f64::from).collect();
        let (q, omega) = (0.95f64, 0.3f64);
        let r: Vec<f64> = lags.iter().map(|k| q.powf(*k) * (omega * k).cos()).collect();
        let expected = (1.0 - q * omega.cos()) / (1.0 - 2.0 * q * omega.cos() + q * q) - 0.5;
        let window = window(&lags, &r).expect("long lags");
        let found = integrated_steps(&lags, &r, window);
        assert!((found - expected).abs() < 0.02 * expected, "{found} up to lag {} against {expected}", window.end);
        let short = integrated_steps(&lags, &r, Window { end: window.end / 4, ..window });
        assert!((short - expected).abs() > 0.05 * expected, "canary: {short} up to a quarter of it");
    }

    /// What is beyond the window decays as the slow of two modes does.
    #[test]
    fn two_modes_are_summed_to_their_end() {
        let lags: Vec<f64> = (0..200).map(f64::from).collect();
        let r: Vec<f64> = powers(&lags, 0.95).iter().zip(powers(&lags, 0.7)).map(|(a, b)| 0.5 * (a + b)).collect();
        let window = window(&lags, &r).expect("long lags");
        let expected = 0.5 + 0.5 * (0.95 / 0.05 + 0.7 / 0.3);
        let found = integrated_steps(&lags, &r, window);
        assert!((found - expected).abs() < 1e-3 * expected, "{found} against {expected}");
        let within = 0.5 + r[1..=window.end].iter().sum::<f64>();
        assert!((within - expected).abs() > 1e-2 * expected, "canary: without the tail it is {within}");
    }

    /// A fast mode is gone from the later half of the lags.
    #[test]
    fn the_rate_is_that_of_the_slow_mode() {
        let lags: Vec<f64> = (0..=100).map(f64::from).collect();
        let r: Vec<f64> = powers(&lags, 0.98).iter().zip(powers(&lags, 0.6)).map(|(a, b)| 0.7 * a + 0.3 * b).collect();
        let errors = vec![Some(1e-3); lags.len()];
        let places = decaying(&lags, &r, &errors);
        assert_eq!((places[0], places.last()), (48, Some(&96)), "r(97) < 0.1");
        let found = rate(&lags, &r, &errors, &places).expect("a rate");
        assert!((found + 0.98f64.ln()).abs() < 1e-9, "{found}");
        let whole = rate(&lags, &r, &errors, &(1..=96).collect::<Vec<_>>()).expect("a rate");
        assert!((whole + 0.98f64.ln()).abs() > 1e-4, "canary: from the first lag on it is {whole}");
        assert!((rate(&lags, &r, &errors, &[2]).expect("a rate") + r[2].ln() / 2.0).abs() < 1e-15);
    }
}
