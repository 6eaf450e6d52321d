//! Numbers as a person reads them.

/// `2.35e9`: three digits, in plain figures where they are few.
pub(super) fn short(value: f64) -> String {
    significant(value, 3)
}

/// `digits` significant digits, in plain figures between 0.001 and a million.
pub(super) fn significant(value: f64, digits: usize) -> String {
    if value == 0.0 || !value.is_finite() {
        return value.to_string();
    }
    let scientific = format!("{:.*e}", digits - 1, value);
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    if (-3..6).contains(&exponent) {
        let decimals = usize::try_from(digits as i32 - 1 - exponent).unwrap_or(0);
        format!("{value:.decimals$}")
    } else {
        scientific
    }
}

/// A value with its standard error to two digits: `0.002712 ± 0.000013`, `(3.1203 ± 0.0021)e-5`.
pub(super) fn with_error(value: f64, error: Option<f64>) -> String {
    let Some(error) = error.filter(|e| *e > 0.0 && e.is_finite()) else {
        return match error {
            Some(_) => format!("{} ± 0", significant(value, 6)),
            None => format!("{} ± ?", significant(value, 6)),
        };
    };
    let leading = |x: f64| x.abs().log10().floor() as i32;
    let scale = leading(value.abs().max(error));
    // Two digits of the error, in the place that its rounding gives it (0.0996 is 0.10).
    let last = (leading(error) - 1) + i32::from(error / 10f64.powi(leading(error) - 1) >= 99.5);
    if (-3..6).contains(&scale) {
        let decimals = usize::try_from(-last).unwrap_or(0);
        format!("{value:.decimals$} ± {error:.decimals$}")
    } else {
        let decimals = usize::try_from(scale - last).unwrap_or(0);
        let unit = 10f64.powi(scale);
        format!("({:.decimals$} ± {:.decimals$})e{scale}", value / unit, error / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_errors_have_the_same_decimals() {
        for (value, error, text) in [
            (0.0026123, Some(0.0000131), "0.002612 ± 0.000013"),
            (3.12031e-5, Some(2.1e-8), "(3.1203 ± 0.0021)e-5"),
            (-0.24371, Some(0.000996), "-0.2437 ± 0.0010"),
            (3.0e-9, Some(0.2), "0.00 ± 0.20"),
            (1234.5, Some(20.0), "1234 ± 20"),
            (0.5, None, "0.500000 ± ?"),
            (0.0, Some(0.0), "0 ± 0"),
        ] {
            assert_eq!(with_error(value, error), text);
        }
    }

    #[test]
    fn digits_count() {
        for (value, digits, text) in [(2.0e11, 3, "2.00e11"), (0.00277614, 6, "0.00277614"), (66.2686, 3, "66.3")] {
            assert_eq!(significant(value, digits), text);
        }
    }
}
