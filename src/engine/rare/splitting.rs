//! Adaptive multilevel splitting: the half that got least far is replaced by continuations of the others, again and
//! again (Cérou & Guyader, Stoch. Anal. Appl. 25, 417 (2007)).
//!
//! A way is known by where it began and by its random numbers, so that a copy of it up to the first place beyond a
//! level is made by going it once more. Replacing all that got no further than the level, ties too, and continuing each
//! copy with numbers of its own leaves the estimate unbiased (Bréhier, Gazeau, Goudenège, Lelièvre & Rousset, Ann.
//! Appl. Probab. 26, 3559 (2016)).

use super::resampling::systematic;
use super::{Crowd, Exits, Found, Mover, Passages};
use std::collections::BTreeMap;

/// Where every way began: with the numbers of which generation, and in which state.
struct Ways {
    generations: Vec<u32>,
    beginnings: Crowd,
    /// How far they lead; those that pass, beyond everything.
    reach: Vec<f64>,
}

/// Estimates the share of ways that pass: the product of the shares that are not replaced, and that of the ways that
/// pass in the end, when half of them do.
pub fn share<M: Mover>(
    passages: &Passages,
    mover: &mut M,
    exits: &mut Exits,
    first: u32,
    found: &mut Found,
) -> Result<(), M::Error> {
    let count = passages.walkers as usize;
    let beginnings = exits.sample(passages.walkers, first, passages.offset(first, 1));
    let mut ends = beginnings.clone();
    mover.go_on(&mut ends, 1, f64::INFINITY)?;
    found.add(&ends);
    let mut ways =
        Ways { generations: vec![1; count], reach: (0..count).map(|k| reach(&ends, k)).collect(), beginnings };
    let mut share = 1.0;
    for generation in 2.. {
        found.levels = generation - 1;
        let mut sorted = ways.reach.clone();
        sorted.sort_by(f64::total_cmp);
        let level = sorted[(count - 1) / 2];
        if level == f64::INFINITY || passages.is_last(generation) {
            break;
        }
        let (killed, left): (Vec<usize>, Vec<usize>) = (0..count).partition(|k| ways.reach[*k] <= level);
        share *= left.len() as f64 / count as f64;
        if left.is_empty() {
            break;
        }
        let chosen = systematic(left.iter().map(|_| 1), killed.len(), passages.offset(first, generation));
        let parents: Vec<usize> = chosen.into_iter().map(|k| left[k]).collect();
        ways.replace(mover, &killed, &parents, (generation, level), first, found)?;
    }
    let passed = ways.reach.iter().filter(|reach| **reach == f64::INFINITY).count();
    found.probability = share * passed as f64 / count as f64;
    Ok(())
}

impl Ways {
    /// Puts copies of the ways of `parents` up to beyond the level in place of the `killed` ones, and continues them.
    fn replace<M: Mover>(
        &mut self,
        mover: &mut M,
        killed: &[usize],
        parents: &[usize],
        (generation, level): (u32, f64),
        first: u32,
        found: &mut Found,
    ) -> Result<(), M::Error> {
        let mut of_generation: BTreeMap<u32, Vec<(usize, usize)>> = BTreeMap::new();
        for (child, parent) in killed.iter().zip(parents) {
            of_generation.entry(self.generations[*parent]).or_default().push((*child, *parent));
        }
        let mut children = Crowd::new(self.beginnings.words);
        let mut places = Vec::with_capacity(killed.len());
        for (born, pairs) in of_generation {
            let mut copies = Crowd::new(self.beginnings.words);
            for (_, parent) in &pairs {
                let from = &self.beginnings;
                copies.push(from.walkers[*parent], from.state(*parent), from.furthest[*parent], from.passed[*parent]);
            }
            mover.go_on(&mut copies, born, level)?;
            found.walker_steps += copies.walker_steps;
            for (k, (child, _)) in pairs.iter().enumerate() {
                children.push(first + *child as u32, copies.state(k), copies.furthest[k], copies.passed[k]);
                places.push(*child);
            }
        }
        for (k, child) in places.iter().enumerate() {
            self.beginnings.put(*child, &children, k);
            self.generations[*child] = generation;
        }
        mover.go_on(&mut children, generation, f64::INFINITY)?;
        found.add(&children);
        for (k, child) in places.iter().enumerate() {
            self.reach[*child] = reach(&children, k);
        }
        Ok(())
    }
}

/// How far a way has led that is at its end: those that pass further than all others.
fn reach(crowd: &Crowd, k: usize) -> f64 {
    // What is not a number is no distance.
    if crowd.passed[k] { f64::INFINITY } else { crowd.furthest[k].clamp(f64::MIN, f64::MAX).max(f64::MIN) }
}
