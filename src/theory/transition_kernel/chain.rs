//! A finite Markov chain with a banded matrix, possibly losing walkers, and its elimination.

use std::ops::Range;

/// Most multiplications of an elimination: some tenths of a second.
const MAX_WORK: usize = 300_000_000;

/// Transition probabilities a_ij between n states, zero for |i − j| beyond a half width, and the
/// probability ℓ_i to leave: Σ_j a_ij + ℓ_i = 1.
#[derive(Clone, Debug)]
pub struct Chain {
    half: usize,
    band: Vec<f64>,
    leaving: Vec<f64>,
}

impl Chain {
    /// The chain with rows given as the first state reached and the probabilities from there on. What a
    /// row lacks of one stays in its state. None where eliminating the states would take too long.
    pub fn new(rows: &[(usize, Vec<f64>)], leaving: Vec<f64>) -> Option<Self> {
        let reach = |(i, (first, values)): (usize, &(usize, Vec<f64>))| {
            i.abs_diff(*first).max(i.abs_diff(first + values.len().max(1) - 1))
        };
        let half = rows.iter().enumerate().map(reach).max().unwrap_or(0);
        if rows.len() * half * half > MAX_WORK {
            return None;
        }
        let width = 2 * half + 1;
        let mut band = vec![0.0; rows.len() * width];
        for (i, (first, values)) in rows.iter().enumerate() {
            let place = i * width + half + first - i;
            band[place..place + values.len()].copy_from_slice(values);
            band[i * width + half] += 1.0 - leaving[i] - values.iter().sum::<f64>();
        }
        Some(Self { half, band, leaving })
    }

    /// Number of states.
    pub fn len(&self) -> usize {
        self.leaving.len()
    }

    /// ℓ.
    pub fn leaving(&self) -> &[f64] {
        &self.leaving
    }

    /// Entries of the band.
    pub fn size(&self) -> usize {
        self.band.len()
    }

    /// One step: writes the masses Σ_i m_i a_ij to `next`.
    pub fn step(&self, masses: &[f64], next: &mut [f64]) {
        next.fill(0.0);
        let (n, width) = (self.len(), 2 * self.half + 1);
        for (i, (mass, row)) in masses.iter().zip(self.band.chunks_exact(width)).enumerate() {
            let (low, high) = (i.saturating_sub(self.half), (i + self.half + 1).min(n));
            let row = &row[low + self.half - i..high + self.half - i];
            for (to, a) in next[low..high].iter_mut().zip(row) {
                *to += mass * a;
            }
        }
    }
}

/// I − A = U L of a [`Chain`], found by eliminating one state after the other, from both ends towards a
/// root, with sums of positive numbers only, so that even the smallest probabilities keep all their
/// digits (Grassmann, Taksar & Heyman, Oper. Res. 33, 1107 (1985)).
#[derive(Clone, Debug)]
pub struct Elimination {
    half: usize,
    root: usize,
    /// Towards states eliminated later −L, from them −U; U has ones on its diagonal, L the pivots.
    band: Vec<f64>,
    pivots: Vec<f64>,
}

impl Elimination {
    /// Eliminates the states of `chain`. The root must be a state that walkers come to from every other.
    pub fn new(chain: &Chain, root: usize) -> Self {
        let half = chain.half;
        let mut leaving = chain.leaving.clone();
        let mut all = Self { half, root, band: chain.band.clone(), pivots: leaving.clone() };
        for p in all.order() {
            let later = all.later(p);
            let row = all.band[all.place(p, later.start)..][..later.len()].to_vec();
            let pivot = leaving[p] + row.iter().sum::<f64>();
            all.pivots[p] = pivot;
            for i in later.clone() {
                let (entry, place) = (all.place(i, p), all.place(i, later.start));
                let share = all.band[entry] / pivot;
                all.band[entry] = share;
                if share != 0.0 {
                    for (a, b) in all.band[place..][..row.len()].iter_mut().zip(&row) {
                        *a += share * b;
                    }
                    leaving[i] += share * leaving[p];
                }
            }
        }
        all.pivots[root] = leaving[root];
        all
    }

    /// The states in the order of elimination, but for the root.
    fn order(&self) -> impl DoubleEndedIterator<Item = usize> + use<> {
        (self.root + 1..self.pivots.len()).rev().chain(0..self.root)
    }

    /// The states next to p that are eliminated after it.
    fn later(&self, p: usize) -> Range<usize> {
        if p > self.root { p.saturating_sub(self.half)..p } else { p + 1..(p + self.half).min(self.root) + 1 }
    }

    fn place(&self, i: usize, j: usize) -> usize {
        i * (2 * self.half + 1) + j + self.half - i
    }

    fn at(&self, i: usize, j: usize) -> f64 {
        self.band[self.place(i, j)]
    }

    /// Solves (I − A) u = b: with b = 1, u is the mean number of steps before leaving.
    pub fn solve(&self, b: &[f64]) -> Vec<f64> {
        let mut u = b.to_vec();
        for p in self.order() {
            for i in self.later(p) {
                u[i] += self.at(i, p) * u[p];
            }
        }
        u[self.root] /= self.pivots[self.root];
        for p in self.order().rev() {
            let reached: f64 = self.later(p).map(|j| self.at(p, j) * u[j]).sum();
            u[p] = (u[p] + reached) / self.pivots[p];
        }
        u
    }

    /// Solves v (I − A) = b: v is the mean number of visits to every state of walkers that start as b.
    /// Where nobody leaves, b must sum to zero, and v is the solution that sums to zero.
    pub fn solve_left(&self, b: &[f64]) -> Vec<f64> {
        let mut v = b.to_vec();
        for p in self.order() {
            v[p] /= self.pivots[p];
            for j in self.later(p) {
                v[j] += v[p] * self.at(p, j);
            }
        }
        let last = self.pivots[self.root];
        v[self.root] = if last > 0.0 { v[self.root] / last } else { 0.0 };
        self.back_substitute(&mut v);
        if last == 0.0 {
            let total: f64 = v.iter().sum();
            for (v, mass) in v.iter_mut().zip(self.stationary()) {
                *v -= total * mass;
            }
        }
        v
    }

    /// The stationary distribution, where nobody leaves.
    pub fn stationary(&self) -> Vec<f64> {
        let mut v = vec![0.0; self.pivots.len()];
        v[self.root] = 1.0;
        self.back_substitute(&mut v);
        let total: f64 = v.iter().sum();
        v.iter_mut().for_each(|mass| *mass /= total);
        v
    }

    fn back_substitute(&self, v: &mut [f64]) {
        for p in self.order().rev() {
            v[p] += self.later(p).map(|i| v[i] * self.at(i, p)).sum::<f64>();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A walk between n states that goes up with probability p and down with q, staying at the ends.
    fn walk(n: usize, p: f64, q: f64, leaving: f64) -> Chain {
        let row = |i: usize| match i {
            0 => (0, vec![1.0 - p - leaving, p]),
            _ if i + 1 == n => (i - 1, vec![q, 1.0 - q]),
            _ => (i - 1, vec![q, 1.0 - p - q, p]),
        };
        let rows: Vec<_> = (0..n).map(row).collect();
        Chain::new(&rows, (0..n).map(|i| if i == 0 { leaving } else { 0.0 }).collect()).expect("small")
    }

    #[test]
    fn stationary_distribution_is_in_detailed_balance() {
        for root in [0, 17, 39] {
            let masses = Elimination::new(&walk(40, 0.1, 0.4, 0.0), root).stationary();
            for pair in masses.windows(2) {
                assert!((pair[1] / pair[0] - 0.25).abs() < 1e-14, "ratio {}", pair[1] / pair[0]);
            }
        }
    }

    #[test]
    fn mean_number_of_steps_and_visits() {
        // From the far end of a walk that leaves from state 0 the mean number of steps is Σ_i T_i with
        // T_i = 1/q + (p/q) T_(i+1) the time from i to i − 1.
        let (n, p, q, leaving) = (12, 0.3, 0.2, 1e-3);
        let chain = walk(n, p, q, leaving);
        let elimination = Elimination::new(&chain, 5);
        let mut down = 1.0 / q;
        let mut total = down;
        for i in (0..n - 1).rev() {
            let rate = if i == 0 { leaving } else { q };
            down = 1.0 / rate + p / rate * down;
            total += down;
        }
        let steps = elimination.solve(&vec![1.0; n])[n - 1];
        assert!((steps / total - 1.0).abs() < 1e-13, "{steps} against {total}");
        let mut start = vec![0.0; n];
        start[n - 1] = 1.0;
        let visits = elimination.solve_left(&start);
        assert!((visits.iter().sum::<f64>() / total - 1.0).abs() < 1e-13);
        let mut next = vec![0.0; n];
        chain.step(&visits, &mut next);
        let residual = |i: usize| (visits[i] - next[i] - start[i]).abs() / total;
        assert!((0..n).all(|i| residual(i) < 1e-15), "visits are those of the start and of one step more");
    }

    #[test]
    fn left_solution_where_nobody_leaves() {
        let chain = walk(9, 0.3, 0.2, 0.0);
        let mut b = vec![0.0; 9];
        (b[2], b[7]) = (1.0, -1.0);
        let v = Elimination::new(&chain, 4).solve_left(&b);
        let mut next = vec![0.0; 9];
        chain.step(&v, &mut next);
        assert!((0..9).all(|i| (v[i] - next[i] - b[i]).abs() < 1e-13), "{v:?}");
        assert!(v.iter().sum::<f64>().abs() < 1e-13);
    }
}
