//! Where a profile lies below a level.

use crate::landscape::Profile;

/// The intervals where U ≤ level; none where they are not bounded or empty.
pub fn sublevel(profile: &Profile, level: f64) -> Vec<(f64, f64)> {
    match profile {
        Profile::Quadratic { curvature, minimum } if *curvature > 0.0 && level > 0.0 => {
            let reach = (2.0 * level / curvature).sqrt();
            vec![(minimum - reach, minimum + reach)]
        }
        Profile::Quadratic { .. } => Vec::new(),
        Profile::DoubleWell(_) | Profile::Formula(_) => {
            let Some([left, saddle, right]) = profile.wells() else { return Vec::new() };
            let outside = |mut x: f64, direction: f64| {
                let mut step = 0.5 * direction * (right - left);
                while profile.value(x) <= level && x.is_finite() {
                    x += step;
                    step *= 2.0;
                }
                x
            };
            // U is monotone between these.
            let pieces = [outside(left, -1.0), left, saddle, right, outside(right, 1.0)];
            let crossings: Vec<f64> =
                pieces.windows(2).filter_map(|piece| crossing(profile, level, piece[0], piece[1])).collect();
            crossings
                .windows(2)
                .map(|pair| (pair[0], pair[1]))
                .filter(|(a, b)| profile.value(0.5 * (a + b)) <= level)
                .collect()
        }
    }
}

/// Where U crosses `level` between a and b, by bisection.
fn crossing(profile: &Profile, level: f64, mut a: f64, mut b: f64) -> Option<f64> {
    let above = |x: f64| profile.value(x) > level;
    let from = above(a);
    if from == above(b) {
        return None;
    }
    for _ in 0..200 {
        let middle = 0.5 * (a + b);
        if above(middle) == from {
            a = middle;
        } else {
            b = middle;
        }
    }
    Some(0.5 * (a + b))
}
