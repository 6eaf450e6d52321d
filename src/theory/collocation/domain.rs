//! The part of the line that a chain is collocated on.

use super::law::NoiseLaw;
use crate::gibbs;
use crate::theory::ensemble::Atom;
use crate::theory::reduction::Coordinate;

/// Rounds of fitting the domain.
const ROUNDS: usize = 1000;

/// Places of the domain that are tried for where they lead.
const PLACES: usize = 128;

/// A domain that has grown so much has no end.
const FARTHEST: f64 = 1e3;

/// [a, b] that the chain from `start` stays in: where noise of finite support can lead, and else as far as
/// the Gibbs density or one step from within reaches, but no farther than whence a step without noise leads
/// back inside. What noise without end reaches is stretched by `stretch`. None where U does not confine the
/// chain.
pub fn domain(coordinate: &Coordinate, law: &NoiseLaw, start: &[Atom], stretch: f64) -> Option<(f64, f64)> {
    let inner = path(coordinate, start)?;
    let (low, high) = gibbs::support(&coordinate.profile, coordinate.temperature())?;
    // ξ enters with a minus: its largest value leads down.
    let (least, largest) = law.support();
    let (down, up) = (coordinate.deviation * largest, -coordinate.deviation * least);
    let room = law.reach();
    let mut a = if down.is_finite() {
        balance(coordinate, inner.0, -1.0, down)?
    } else {
        inner.0 + stretch * (low.min(inner.0 - coordinate.deviation * room.1) - inner.0)
    };
    let mut b = if up.is_finite() {
        balance(coordinate, inner.1, 1.0, up)?
    } else {
        inner.1 + stretch * (high.max(inner.1 - coordinate.deviation * room.0) - inner.1)
    };
    let finite = |push: f64| if push.is_finite() { push } else { 0.0 };
    let farthest = FARTHEST * (b - a);
    for _ in 0..ROUNDS {
        let width = b - a;
        let led = (0..=PLACES).map(|k| coordinate.next(a + width * k as f64 / PLACES as f64));
        let (least, largest) =
            led.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, largest), y| (y.min(least), y.max(largest)));
        let (lowest, highest) = (least - finite(down), largest + finite(up));
        let tolerance = 1e-9 * width;
        let (below, above) = (lowest < a - tolerance, highest > b + tolerance);
        if !below && !above {
            return (a <= inner.0 && inner.1 <= b && width.is_finite()).then_some((a, b));
        }
        let astray = |x: f64| {
            let y = coordinate.next(x);
            y - finite(down) < a - tolerance || y + finite(up) > b + tolerance
        };
        let (shrinks_below, shrinks_above) = (down.is_infinite() && astray(a), up.is_infinite() && astray(b));
        if shrinks_below || shrinks_above {
            a += if shrinks_below { 0.01 * width } else { 0.0 };
            b -= if shrinks_above { 0.01 * width } else { 0.0 };
        } else if below && down.is_infinite() || above && up.is_infinite() {
            return None;
        } else {
            a = a.min(lowest);
            b = b.max(highest);
        }
        if !(a <= inner.0 && inner.1 <= b && b - a < farthest) {
            return None;
        }
    }
    None
}

/// The hull of the minima and of the way from the start without noise.
fn path(coordinate: &Coordinate, start: &[Atom]) -> Option<(f64, f64)> {
    let minima = coordinate.profile.minima();
    let (mut low, mut high) = (*minima.first()?, *minima.last()?);
    for atom in start {
        let mut x = atom.position;
        for _ in 0..PLACES {
            low = low.min(x);
            high = high.max(x);
            x = coordinate.next(x);
        }
    }
    (low.is_finite() && high.is_finite()).then_some((low, high))
}

/// The place from `from` on in the direction `sign` where the drift balances the strongest noise against it.
fn balance(coordinate: &Coordinate, from: f64, sign: f64, push: f64) -> Option<f64> {
    let pushed = |x: f64| coordinate.rate * coordinate.profile.slope(x) * sign < push;
    let (mut inside, mut outside) = (from, from);
    let mut step = sign * coordinate.deviation;
    while pushed(outside) {
        inside = outside;
        outside += step;
        step *= 2.0;
        if !outside.is_finite() {
            return None;
        }
    }
    for _ in 0..100 {
        let middle = 0.5 * (inside + outside);
        if pushed(middle) {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    Some(outside)
}
