//! Forward flux sampling: from level to level, a full number of walkers from where others reached the last one
//! (Allen, Warren & ten Wolde, Phys. Rev. Lett. 94, 018104 (2005)).

use super::{Crowd, Exits, Found, Mover, Passages};

/// Estimates the share of ways that pass: the product, over levels, of the shares that reach the next. Each is unbiased
/// given the states that it begins from, which were chosen evenly, and so is the product.
pub fn share<M: Mover>(
    passages: &Passages,
    mover: &mut M,
    exits: &mut Exits,
    levels: &[f64],
    first: u32,
    found: &mut Found,
) -> Result<(), M::Error> {
    let mut crowd = exits.sample(passages.walkers, first, passages.offset(first, 1));
    found.probability = 1.0;
    let passing = std::iter::once(&f64::INFINITY);
    for (generation, level) in (1..).zip(levels.iter().chain(passing)) {
        mover.go_on(&mut crowd, generation, *level)?;
        found.add(&crowd);
        found.levels = generation;
        let arrived = arrived(&crowd, *level);
        found.probability *= arrived.len() as f64 / crowd.len() as f64;
        if arrived.is_empty() {
            break;
        }
        crowd = crowd.evenly(&arrived, passages.walkers, first, passages.offset(first, generation + 1));
    }
    Ok(())
}

/// Those that are beyond the level, or have passed.
pub fn arrived(crowd: &Crowd, level: f64) -> Vec<usize> {
    (0..crowd.len()).filter(|k| !crowd.is_on_way(*k, level)).collect()
}
