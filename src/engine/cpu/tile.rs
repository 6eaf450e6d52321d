//! A tile: the walkers that move together, in rows that stay in the first-level cache.

use super::real::Real;
use std::ops::{Deref, DerefMut, Range};

/// Walkers of a tile.
pub const LANES: usize = 512;

/// One number for every walker of a tile.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Row<T>([T; LANES]);

impl<T: Copy> Row<T> {
    /// The same number for all.
    pub fn new(value: T) -> Self {
        Self([value; LANES])
    }
}

impl<T> Deref for Row<T> {
    type Target = [T; LANES];

    #[inline(always)]
    fn deref(&self) -> &[T; LANES] {
        &self.0
    }
}

impl<T> DerefMut for Row<T> {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut [T; LANES] {
        &mut self.0
    }
}

/// `rows` rows of zeros.
pub fn rows<T: Copy + Default>(rows: usize) -> Vec<Row<T>> {
    vec![Row::new(T::default()); rows]
}

/// The walkers of a tile that belong to one block.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Their lanes.
    pub lanes: Range<usize>,
    /// Place of their block among those of the task.
    pub block: usize,
}

/// Who the walkers of a tile are, which is what their random numbers depend on.
#[derive(Clone, Debug)]
pub struct Walkers {
    /// The second word of their counters: a walker's place in its cell.
    numbers: Row<u32>,
    /// The third word: their cell.
    pub cell: u32,
    /// Tells these walkers from those that were in the tile before.
    pub turn: u64,
}

impl Walkers {
    /// No walkers yet.
    pub fn of_cell(cell: u32) -> Self {
        Self { numbers: Row::new(0), cell, turn: 0 }
    }

    /// The walkers that follow upon `first`; lanes from `count` on repeat it.
    pub fn set_from(&mut self, first: u32, count: usize) {
        self.set(|lane| first + if lane < count { lane as u32 } else { 0 });
    }

    /// Walkers lane by lane.
    pub fn set(&mut self, number: impl Fn(usize) -> u32) {
        self.turn += 1;
        for lane in 0..LANES {
            self.numbers[lane] = number(lane);
        }
    }
}

impl Deref for Walkers {
    type Target = Row<u32>;

    fn deref(&self) -> &Row<u32> {
        &self.numbers
    }
}

/// State of the walkers of a tile, one row a coordinate.
pub struct Tile<R> {
    /// Positions.
    pub x: Vec<Row<R>>,
    /// Positions before the last update, where a measure needs them.
    pub before: Vec<Row<R>>,
    /// Gradients, and what noise makes of them.
    pub g: Vec<Row<R>>,
    /// Mean squares of the gradients of a batch's examples, where the rule asks for them.
    pub squares: Vec<Row<R>>,
    /// What the update rule remembers of a walker from step to step; zeros at its start.
    pub memory: Vec<Row<R>>,
    /// Random numbers of the steps of a batch.
    pub z: Vec<Row<R>>,
    /// 1 for walkers that move and are measured, 0 for those lost, absorbed or not there.
    pub active: Row<R>,
    /// Who they are.
    pub walkers: Walkers,
    /// The blocks that its walkers belong to.
    pub segments: Vec<Segment>,
}

impl<R: Real> Tile<R> {
    /// A tile of a cell's walkers with room for `dimension` coordinates, `memory` rows of the rule, and `numbers` rows of random
    /// numbers.
    pub fn new(cell: u32, dimension: usize, memory: usize, numbers: usize) -> Self {
        Self {
            x: rows(dimension),
            before: rows(dimension),
            g: rows(dimension),
            squares: Vec::new(),
            memory: rows(memory),
            z: rows(numbers),
            active: Row::new(R::default()),
            walkers: Walkers::of_cell(cell),
            segments: Vec::new(),
        }
    }

    /// Puts the walker of `lane` at its start, of which `position` gives the coordinates.
    pub fn restart(&mut self, lane: usize, position: impl Fn(usize) -> R) {
        for (i, x) in self.x.iter_mut().enumerate() {
            x[lane] = position(i);
        }
        for row in &mut self.memory {
            row[lane] = R::default();
        }
    }

    /// The position of the walker of `lane`, then what the rule remembers of it.
    pub fn state(&self, lane: usize) -> impl Iterator<Item = f64> {
        self.x.iter().chain(&self.memory).map(move |row| row[lane].to_f64())
    }

    /// The lane's segment.
    pub fn segment_of(&self, lane: usize) -> &Segment {
        let place = self.segments.partition_point(|segment| segment.lanes.end <= lane);
        &self.segments[place]
    }

    /// `value` for a lane that is measured, else 0; a choice, not a product, as what is not measured may
    /// be infinite.
    #[inline(always)]
    pub fn if_active(&self, lane: usize, value: f64) -> f64 {
        if self.is_active(lane) { value } else { 0.0 }
    }

    /// Whether the lane moves and is measured.
    #[inline(always)]
    pub fn is_active(&self, lane: usize) -> bool {
        self.active[lane] > R::default()
    }
}
