//! Walkers on their ways.

use super::resampling::systematic;
use crate::tally::Lost;

/// Walkers with their states, and how far they have come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Crowd {
    /// Numbers of a state: coordinates, then what the rule remembers.
    pub words: usize,
    /// The states, one after another.
    pub states: Vec<f64>,
    /// The second word of the walkers' counters.
    pub walkers: Vec<u32>,
    /// The furthest that each has been.
    pub furthest: Vec<f64>,
    /// Which have passed.
    pub passed: Vec<bool>,
    /// Updates that were made.
    pub walker_steps: u64,
    /// Walkers that left the numbers.
    pub lost: Lost,
}

impl Crowd {
    /// Nobody yet.
    pub fn new(words: usize) -> Self {
        Self { words, ..Self::default() }
    }

    /// Number of walkers.
    pub fn len(&self) -> usize {
        self.walkers.len()
    }

    /// Whether walker `k` is not where it is to go.
    pub fn is_on_way(&self, k: usize, upper: f64) -> bool {
        !self.passed[k] && !self.is_beyond(k, upper)
    }

    /// Whether walker `k` has been beyond a level; what is not a number is beyond none, and nothing beyond everything.
    fn is_beyond(&self, k: usize, level: f64) -> bool {
        self.furthest[k] > level
    }

    /// The state of walker `k`.
    pub fn state(&self, k: usize) -> &[f64] {
        &self.states[k * self.words..(k + 1) * self.words]
    }

    /// Adds a walker.
    pub fn push(&mut self, walker: u32, state: &[f64], furthest: f64, passed: bool) {
        self.states.extend_from_slice(state);
        self.walkers.push(walker);
        self.furthest.push(furthest);
        self.passed.push(passed);
    }

    /// Puts walker `from` of another crowd in place of walker `k`.
    pub fn put(&mut self, k: usize, other: &Self, from: usize) {
        let words = self.words;
        self.states[k * words..(k + 1) * words].copy_from_slice(other.state(from));
        self.walkers[k] = other.walkers[from];
        self.furthest[k] = other.furthest[from];
        self.passed[k] = other.passed[from];
    }

    /// Where walker `k` is now.
    pub fn set(&mut self, k: usize, state: impl Iterator<Item = f64>, furthest: f64, passed: bool) {
        for (word, value) in self.states[k * self.words..(k + 1) * self.words].iter_mut().zip(state) {
            *word = value;
        }
        self.furthest[k] = furthest;
        self.passed[k] = passed;
    }

    /// The walkers at `places`.
    pub fn part(&self, places: &[usize]) -> Self {
        let mut part = Self::new(self.words);
        for k in places {
            part.push(self.walkers[*k], self.state(*k), self.furthest[*k], self.passed[*k]);
        }
        part
    }

    /// Copies of the walkers at `places`, which begin anew with the numbers of walkers from `first` on.
    pub fn copies(&self, places: &[usize], first: u32) -> Self {
        let mut copies = Self::new(self.words);
        for (number, k) in (first..).zip(places) {
            copies.push(number, self.state(*k), self.furthest[*k], self.passed[*k]);
        }
        copies
    }

    /// So many copies of the walkers at `places`, as evenly as that can be, which begin anew.
    pub fn evenly(&self, places: &[usize], walkers: u32, first: u32, offset: f64) -> Self {
        let chosen = systematic(places.iter().map(|_| 1), walkers as usize, offset);
        self.copies(&chosen.into_iter().map(|k| places[k]).collect::<Vec<_>>(), first)
    }
}

/// Walkers that left the basin: of every one of them one of its exits, by chance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Exits {
    /// The states after an update that led out of the basin.
    pub crowd: Crowd,
    /// How many exits each stands for.
    pub counts: Vec<u32>,
    /// Walker-steps that were watched.
    pub steps_at_risk: u64,
    /// Updates of all walkers.
    pub walker_steps: u64,
    /// Walkers that left the numbers.
    pub lost: Lost,
}

impl Exits {
    /// All exits.
    pub fn count(&self) -> u64 {
        self.counts.iter().map(|n| u64::from(*n)).sum()
    }

    /// Adds those of walkers that follow.
    pub fn add(&mut self, other: &Self) {
        let crowd = &other.crowd;
        for k in 0..crowd.len() {
            self.crowd.push(crowd.walkers[k], crowd.state(k), crowd.furthest[k], crowd.passed[k]);
        }
        self.counts.extend_from_slice(&other.counts);
        self.steps_at_risk += other.steps_at_risk;
        self.walker_steps += other.walker_steps;
        self.lost.add(other.lost);
    }

    /// Exits for `walkers` walkers, each with a chance in proportion to how many it stands for.
    pub fn sample(&self, walkers: u32, first: u32, offset: f64) -> Crowd {
        let weights = self.counts.iter().map(|n| u64::from(*n));
        self.crowd.copies(&systematic(weights, walkers as usize, offset), first)
    }
}
