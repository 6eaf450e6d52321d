//! Losses with known critical points.

use super::{CriticalPoint, MOST_POINTS, Pass, Region, critical_points, passes};
use crate::formula::Surface;
use crate::formula::tests::formula;

fn surface(loss: &str, variables: &[&str]) -> Surface {
    formula(loss, variables, &[]).with(&[])
}

/// In a region of its own, from a start.
fn found(loss: &str, variables: &[&str], start: &[f64]) -> Vec<CriticalPoint> {
    let surface = surface(loss, variables);
    critical_points(&surface, &Region::around(&surface, &[start.to_vec()]))
}

fn is_near(found: f64, exact: f64, error: f64) -> bool {
    (found - exact).abs() <= error
}

/// M. A. Styblinski and T. S. Tang, Neural Networks 3, 467 (1990): roots of 4x³ − 32x + 5 = 0, to eight
/// decimals, and 6x² − 16 there.
const STYBLINSKI_TANG: [(f64, f64); 3] =
    [(-2.903_534_03, 34.583_06), (0.156_731_26, -15.852_61), (2.746_802_77, 29.269_55)];

#[test]
fn of_styblinski_and_tang_along_a_line() {
    let points = found("(x^4 - 16*x^2 + 5*x)/2", &["x"], &[1.0]);
    assert_eq!(points.len(), 3, "{points:?}");
    for (point, (x, curvature)) in points.iter().zip(STYBLINSKI_TANG) {
        assert!(is_near(point.position[0], x, 1e-8), "{point:?} for {x}");
        assert!(is_near(point.eigenvalues[0], curvature, 1e-5), "{point:?} for {curvature}");
        assert_eq!(point.index, usize::from(curvature < 0.0));
    }
}

/// A sum has the critical points of its terms in every combination: 4 minima, 4 passes, 1 maximum.
#[test]
fn of_styblinski_and_tang_in_the_plane() {
    let points = found("(x^4 - 16*x^2 + 5*x)/2 + (y^4 - 16*y^2 + 5*y)/2", &["x", "y"], &[0.5, 0.5]);
    let exact = STYBLINSKI_TANG.into_iter().flat_map(|x| STYBLINSKI_TANG.map(|y| (x, y)));
    assert_eq!(points.len(), 9, "{points:?}");
    for (point, ((x, h), (y, k))) in points.iter().zip(exact) {
        assert!(is_near(point.position[0], x, 1e-8) && is_near(point.position[1], y, 1e-8), "{point:?}");
        assert!(is_near(point.eigenvalues[0], h.min(k), 1e-5) && is_near(point.eigenvalues[1], h.max(k), 1e-5));
        assert_eq!(point.index, usize::from(h < 0.0) + usize::from(k < 0.0));
    }
}

#[test]
fn in_three_dimensions_minima_are_found_downhill_of_passes() {
    let well = |x: &str| format!("({x}^2 - 1)^2/4");
    let points = found(&["x", "y", "z"].map(well).join(" + "), &["x", "y", "z"], &[0.9, 0.9, 0.9]);
    let number = |index| points.iter().filter(|point| point.index == index).count();
    assert_eq!([0, 1, 2, 3].map(number), [8, 12, 6, 1], "{points:?}");
}

/// y = x at every critical point, x = −1, 0, 1; the Hessian has the trace 3x² − 1 + 2k and the determinant
/// k(3x² − 1).
#[test]
fn of_coupled_wells() {
    for k in [0.1, 1.0, 20.0] {
        let points = found(&format!("0.25*(x^2 - 1)^2 + 0.5*{k}*(y - x)^2"), &["x", "y"], &[-1.0, -1.0]);
        assert_eq!(points.len(), 3, "k = {k}: {points:?}");
        for (point, x) in points.iter().zip([-1.0, 0.0, 1.0]) {
            assert!(point.position.iter().all(|found| is_near(*found, x, 1e-10)), "{point:?}");
            let bend = 3.0 * x * x - 1.0;
            let (trace, determinant) = (bend + 2.0 * k, k * bend);
            let root = (trace * trace / 4.0 - determinant).sqrt();
            assert!(is_near(point.eigenvalues[0], trace / 2.0 - root, 1e-9), "{point:?}");
            assert!(is_near(point.eigenvalues[1], trace / 2.0 + root, 1e-9), "{point:?}");
            assert!(is_near(point.loss, (x * x - 1.0).powi(2) / 4.0, 1e-12));
        }
    }
}

/// The six-hump camel function (L. C. W. Dixon and G. P. Szegő, 1978): 6 minima, 2 maxima, 7 passes, and
/// the lowest loss −1.0316285 at (±0.08984201, ∓0.71265640).
#[test]
fn of_the_six_hump_camel() {
    let camel = "(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2";
    let points = found(camel, &["x", "y"], &[1.0, 0.0]);
    let number = |index| points.iter().filter(|point| point.index == index).count();
    assert_eq!([0, 1, 2].map(number), [6, 7, 2], "{points:?}");
    let lowest: Vec<_> = points.iter().filter(|point| is_near(point.loss, -1.031_628_5, 1e-7)).collect();
    assert_eq!(lowest.len(), 2);
    assert!(is_near(lowest[1].position[0], 0.089_842_01, 1e-8), "{lowest:?}");
    assert!(is_near(lowest[1].position[1], -0.712_656_40, 1e-8), "{lowest:?}");
}

#[test]
fn of_losses_that_do_not_confine_or_are_flat() {
    // In a region of width 16 about π/2: 5 minima and 5 maxima.
    let points = found("cos(x)", &["x"], &[std::f64::consts::FRAC_PI_2]);
    assert!(points.len() == 5 || points.len() == 6, "{points:?}");
    assert!(points.iter().all(|point| is_near(point.position[0].sin(), 0.0, 1e-14)));
    // x = 0 is a point of inflection, where the slope touches 0.
    let points = found("x^4/4 - x^3/3", &["x"], &[2.0]);
    let expected = [0.0, 1.0];
    assert!(
        points.len() == 2 && points.iter().zip(expected).all(|(p, x)| is_near(p.position[0], x, 1e-6)),
        "{points:?}"
    );
    // No critical point, and a pole.
    assert!(found("x + exp(x)", &["x"], &[0.0]).is_empty());
    assert!(found("log(abs(x - 0.1234)) + x", &["x"], &[2.0]).len() == 1);
    // A circle of minima.
    assert!(found("(x^2 + y^2 - 1)^2", &["x", "y"], &[1.0, 0.0]).len() <= MOST_POINTS);
}

#[test]
fn a_quadratic_far_away_is_found() {
    let points = found("(x - 300)^2 + 3*(y + 20)^2 + (x - 300)*(y + 20)", &["x", "y"], &[0.0, 0.0]);
    assert_eq!(points.len(), 1);
    assert!(is_near(points[0].position[0], 300.0, 1e-9) && is_near(points[0].position[1], -20.0, 1e-9));
}

/// Of a sum of double wells, the pass from a corner goes along an edge to the next corner.
#[test]
fn passes_of_a_sum_join_neighbours() {
    let surface = surface("(x^4 - 16*x^2 + 5*x)/2 + (y^4 - 16*y^2 + 5*y)/2", &["x", "y"]);
    let region = Region::around(&surface, &[vec![0.5, 0.5]]);
    let points = critical_points(&surface, &region);
    let mut joined: Vec<_> = passes(&surface, &region, &points).iter().map(|p| (p.saddle, p.minima)).collect();
    joined.sort_unstable();
    // Row by row: minima at the corners 0, 2, 6, 8, the maximum in the middle.
    let pass = |saddle, a, b| (saddle, [Some(a), Some(b)]);
    assert_eq!(joined, [pass(1, 0, 2), pass(3, 0, 6), pass(5, 2, 8), pass(7, 6, 8)]);
}

/// The camel has two minima on each of three levels; by its symmetry about 0 the flow from a pass and from its image
/// end in images, and the pass between the two lowest wells, if one joins them, joins images.
#[test]
fn passes_of_the_camel_are_symmetric() {
    let surface = surface("(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2", &["x", "y"]);
    let region = Region::around(&surface, &[vec![1.0, 0.0]]);
    let points = critical_points(&surface, &region);
    let found = passes(&surface, &region, &points);
    assert_eq!(found.len(), 7);
    // In the order of coordinates the image of point k about 0 is the last but k.
    let image = |k: usize| points.len() - 1 - k;
    for pass in &found {
        let [Some(a), Some(b)] = pass.minima else { panic!("{pass:?} leads nowhere") };
        let mirrored = Pass { saddle: image(pass.saddle), minima: [Some(image(b)), Some(image(a))] };
        assert!(a != b && found.contains(&mirrored), "{pass:?} without {mirrored:?} in {found:?}");
        assert!([a, b].iter().all(|k| points[*k].index == 0 && points[*k].loss < points[pass.saddle].loss));
    }
}

/// A pass to a cliff joins one minimum alone.
#[test]
fn a_pass_may_lead_out() {
    let surface = surface("x^2/2 - x^3/3 + y^2", &["x", "y"]);
    let region = Region::around(&surface, &[vec![0.1, 0.1]]);
    let points = critical_points(&surface, &region);
    assert_eq!(passes(&surface, &region, &points), [Pass { saddle: 1, minima: [Some(0), None] }]);
}
