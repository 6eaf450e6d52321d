//! Reversible Markov chains in continuous time, as networks of conductors between capacitors.

/// Rounds of the inverse iteration.
const ROUNDS: usize = 400;

/// Relative change of the rate from one round to the next that ends it.
const TOLERANCE: f64 = 1e-11;

/// Places i with capacities m_i, and conductances c_ij between those that are near each other in their order: the chain
/// that goes from i to j at the rate c_ij/m_i, whose stationary law is m.
#[derive(Clone, Debug)]
pub struct Network {
    capacities: Vec<f64>,
    /// The farthest that places with a conductor between them are apart.
    reach: usize,
    /// c of i and i + 1, …, i + `reach`, place by place.
    conductances: Vec<f64>,
}

impl Network {
    /// Without conductors.
    pub fn new(capacities: Vec<f64>, reach: usize) -> Self {
        let conductances = vec![0.0; capacities.len() * reach];
        Self { capacities, reach, conductances }
    }

    /// Adds a conductor between the place i and the one `ahead` of it, 1 ≤ `ahead` ≤ reach.
    pub fn connect(&mut self, i: usize, ahead: usize, conductance: f64) {
        self.conductances[i * self.reach + ahead - 1] += conductance;
    }

    /// The mean times until the chain is at the place of the largest capacity, from every place.
    pub fn times_to_largest(self) -> Vec<f64> {
        let capacities = self.capacities.clone();
        Eliminated::from(self).potentials(capacities)
    }

    /// The smallest decay rate of the chain: least Σ c_ij (f_i − f_j)²/Σ m_i f_i² over pairs and f with Σ m_i f_i = 0,
    /// by inverse iteration from a guess of f. No two numbers of unlike sign are added in the elimination (Grassmann,
    /// Taksar & Heyman, Oper. Res. 33, 1107 (1985)), and potentials are those over the place of the largest capacity,
    /// so that a small rate keeps its digits. None where it does not converge.
    pub fn slowest_rate(self, guess: Vec<f64>) -> Option<f64> {
        let capacities = self.capacities.clone();
        let total: f64 = capacities.iter().sum();
        let mean =
            |f: &[f64], g: &[f64]| f.iter().zip(g).zip(&capacities).map(|((f, g), m)| m * f * g).sum::<f64>() / total;
        let ones = vec![1.0; capacities.len()];
        let centred = |f: Vec<f64>| {
            let average = mean(&f, &ones);
            f.into_iter().map(|x| x - average).collect::<Vec<f64>>()
        };
        let star = Eliminated::from(self);
        let mut mode = centred(guess);
        let mut last = f64::NAN;
        for _ in 0..ROUNDS {
            let currents = mode.iter().zip(&capacities).map(|(f, m)| f * m).collect();
            let next = centred(star.potentials(currents));
            let rate = mean(&next, &mode) / mean(&next, &next);
            if (rate - last).abs() <= TOLERANCE * rate {
                return Some(rate);
            }
            last = rate;
            let scale = mean(&next, &next).sqrt();
            mode = next.into_iter().map(|x| x / scale).collect();
        }
        None
    }
}

/// A network with its places taken out one by one, from the first on: conductors c_ik c_kj/Σ_l c_kl in place of the
/// star around k. The place of the largest capacity is the ground.
struct Eliminated {
    reach: usize,
    /// The star of each place, as it was when that was taken out, but for its conductor to the ground.
    conductances: Vec<f64>,
    /// Its sum, with that.
    sums: Vec<f64>,
}

impl From<Network> for Eliminated {
    fn from(network: Network) -> Self {
        let Network { capacities, reach, mut conductances } = network;
        let n = capacities.len();
        let ground = (0..n).max_by(|i, j| capacities[*i].total_cmp(&capacities[*j])).unwrap_or(0);
        let mut to_ground = vec![0.0; n];
        for ahead in 1..=reach {
            if ahead <= ground {
                to_ground[ground - ahead] = std::mem::take(&mut conductances[(ground - ahead) * reach + ahead - 1]);
            }
            if ground + ahead < n {
                to_ground[ground + ahead] = std::mem::take(&mut conductances[ground * reach + ahead - 1]);
            }
        }
        let mut sums = vec![0.0; n];
        for k in 0..n {
            let (before, after) = conductances.split_at_mut((k + 1) * reach);
            let star = &before[k * reach..][..reach.min(n - 1 - k)];
            sums[k] = star.iter().sum::<f64>() + to_ground[k];
            for (i, own) in star.iter().enumerate().filter(|(_, own)| **own > 0.0) {
                let share = own / sums[k];
                to_ground[k + 1 + i] += share * to_ground[k];
                let row = &mut after[i * reach..][..reach];
                row.iter_mut().zip(&star[i + 1..]).for_each(|(c, other)| *c += share * other);
            }
        }
        Self { reach, conductances, sums }
    }
}

impl Eliminated {
    /// The potentials that drive these currents out of the places and into the ground.
    fn potentials(&self, mut currents: Vec<f64>) -> Vec<f64> {
        let n = self.sums.len();
        let star = |k: usize| &self.conductances[k * self.reach..][..self.reach.min(n - 1 - k)];
        let linked = |k: &usize| self.sums[*k] > 0.0;
        for k in (0..n).filter(linked) {
            let (own, rest) = (currents[k] / self.sums[k], &mut currents[k + 1..]);
            rest.iter_mut().zip(star(k)).for_each(|(current, c)| *current += own * c);
        }
        let mut potentials = vec![0.0; n];
        for k in (0..n).rev().filter(linked) {
            let driven: f64 = star(k).iter().zip(&potentials[k + 1..]).map(|(c, f)| c * f).sum();
            potentials[k] = (currents[k] + driven) / self.sums[k];
        }
        potentials
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// n places in a row: 4 sin²(π/2n).
    #[test]
    fn chain_of_equal_conductors() {
        for (n, reach) in [(2, 1), (7, 1), (40, 1), (40, 3)] {
            let mut network = Network::new(vec![1.0; n], reach);
            (0..n - 1).for_each(|i| network.connect(i, 1, 1.0));
            let guess = (0..n).map(|i| if i == 0 { 1.0 } else { 0.0 }).collect();
            let rate = network.slowest_rate(guess).expect("converges");
            let expected = 4.0 * (0.5 * PI / n as f64).sin().powi(2);
            assert!((rate / expected - 1.0).abs() < 1e-9, "{rate} against {expected}");
        }
    }

    /// Two pairs with a weak link c between them: λ = c (1/(m_0 + m_1) + 1/(m_2 + m_3)) to all digits.
    #[test]
    fn weak_link() {
        let mut network = Network::new(vec![1.0, 2.0, 3.0, 4.0], 2);
        network.connect(0, 2, 1e-30);
        network.connect(0, 1, 5.0);
        network.connect(2, 1, 7.0);
        let rate = network.slowest_rate(vec![1.0, 1.0, -1.0, -1.0]).expect("converges");
        let expected = 1e-30 * (1.0 / 3.0 + 1.0 / 7.0);
        assert!((rate / expected - 1.0).abs() < 1e-14, "{rate} against {expected}");
    }

    /// Ends that conduct next to nothing take no part, wherever the ground is.
    #[test]
    fn dead_ends() {
        for weights in [[1.0, 2.0], [2.0, 1.0]] {
            let mut capacities = vec![1e-40; 8];
            capacities[3..5].copy_from_slice(&weights);
            let mut network = Network::new(capacities, 1);
            (0..7).for_each(|i| network.connect(i, 1, if i == 3 { 1.0 } else { 1e-35 }));
            let guess = (0..8).map(|i| if i < 4 { -1.0 } else { 1.0 }).collect();
            let rate = network.slowest_rate(guess).expect("converges");
            assert!((rate - 1.5).abs() < 1e-12, "{rate}");
        }
    }

    /// A complete graph of four places, with every rate the sum of capacities: λ = Σ m.
    #[test]
    fn complete_graph() {
        let m = [1.0, 2.0, 3.0, 0.5];
        let mut network = Network::new(m.to_vec(), 3);
        for i in 0..4 {
            (i + 1..4).for_each(|j| network.connect(i, j - i, m[i] * m[j]));
        }
        let rate = network.slowest_rate(vec![0.3, -0.2, 0.9, 0.1]).expect("converges");
        assert!((rate - 6.5).abs() < 1e-12, "{rate}");
    }

    /// n places in a row to an end that holds all: n + (n − 1) + … steps in continuous time from the first.
    #[test]
    fn times_along_a_row() {
        for (n, reach) in [(1, 1), (6, 1), (6, 3)] {
            let capacities = (0..n).map(|_| 1.0).chain([f64::MAX]).collect();
            let mut network = Network::new(capacities, reach);
            (0..n).for_each(|i| network.connect(i, 1, 1.0));
            let times = network.times_to_largest();
            let later = |i: usize| (i..n).map(|k| (k + 1) as f64).sum::<f64>();
            for i in 0..n {
                assert!((times[i] / later(i) - 1.0).abs() < 1e-14, "{i} of {n}: {times:?}");
            }
            assert_eq!(times[n], 0.0);
        }
    }
}
