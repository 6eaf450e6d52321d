//! Fluctuation–dissipation relations (S. Yaida, ICLR 2019) of x' = x − r U'(x) + sξ.

use super::{Line, SOURCE};
use crate::experiment::FluctuationDissipation;
use crate::theory::predict::add;
use crate::theory::reduction::step_covariance;
use crate::theory::{Kind, Predictions};

impl Line<'_> {
    /// Adds both sides of the relations; and of their averages over windows where walkers have settled, whose means then
    /// are those of any update.
    pub(super) fn predict_relations(&self, all: &mut Predictions) {
        let setup = self.setup;
        let Some(measured) = &setup.measure.fluctuation_dissipation else { return };
        let Some((_, tau)) = setup.update_rates() else { return };
        let (noise, along) = (step_covariance(setup), &self.coordinates[0]);
        // Of every coordinate: E (θ − c) U', E U'², and E U''(r²U'² + s²).
        let moments = |i: usize| {
            let (c, rate, variance) = (measured.centre()[i], self.coordinates[i].rate, noise[(i, i)]);
            if i == 0 {
                let profile = &along.profile;
                let bend = |x: f64| profile.curvature(x) * ((rate * profile.slope(x)).powi(2) + variance);
                let square = self.before.mean(|x| profile.slope(x).powi(2));
                return [self.before.mean(|x| (x - c) * profile.slope(x)), square, self.before.mean(bend)];
            }
            let (k, mean, y2) = (
                self.coordinates[i].profile.curvature(0.0),
                self.across.mean[i - 1],
                self.across.square[(i - 1, i - 1)],
            );
            [k * (y2 - c * mean), k * k * y2, k * ((rate * k).powi(2) * y2 + variance)]
        };
        let (mut first, mut second) = ([0.0; 2], [0.0; 2]);
        for (i, coordinate) in self.coordinates.iter().enumerate() {
            let [left, square, bend] = moments(i);
            first[0] += left;
            first[1] += 0.5 * (coordinate.rate * square + noise[(i, i)] / coordinate.rate);
            second[0] += coordinate.rate * square / tau;
            second[1] += 0.5 * bend / tau;
        }
        let mut exact = |name: &str, value: f64| add(all, name, SOURCE, Kind::Exact, value);
        for (order, [left, right]) in [("fdr1", first), ("fdr2", second)] {
            exact(&format!("{order}_left"), left);
            exact(&format!("{order}_right"), right);
            exact(&format!("{order}_ratio"), left / right);
        }
        if let Some(minimum) = setup.landscape.minimum_below(&setup.ensemble.start.first_point()) {
            let above = self.loss - setup.landscape.loss(&minimum);
            exact("nqm1_left", above);
            exact("nqm1_right", 0.5 * first[1]);
            exact("nqm1_ratio", above / (0.5 * first[1]));
        }
        if self.coordinates.len() == 1 {
            let [left, right] = self.variances(measured.centre()[0], first);
            exact("fdr1_left_variance", left);
            exact("fdr1_right_variance", right);
            if self.is_settled(setup.ensemble.burn_in) {
                self.predict_windows(measured, first, all);
            }
        }
    }

    /// Variances of (x − c) u and r u²/2 of these means, u = U' + (s/r) ξ with normal ξ.
    fn variances(&self, centre: f64, means: [f64; 2]) -> [f64; 2] {
        let along = &self.coordinates[0];
        let variance = (along.deviation / along.rate).powi(2);
        let slope = |x: f64| along.profile.slope(x).powi(2);
        let left = self.before.mean(|x| (x - centre).powi(2) * (slope(x) + variance));
        let fourth = self.before.mean(|x| slope(x).powi(2) + 6.0 * slope(x) * variance + 3.0 * variance * variance);
        [left - means[0] * means[0], 0.25 * along.rate * along.rate * fourth - means[1] * means[1]]
    }

    /// Sides differ by the fall of G = (x − c)²/(2r) in every update, so that their mismatch over T updates has the
    /// variance 2 (Var G − Cov(G_0, G_T))/T². Derived here.
    fn predict_windows(&self, measured: &FluctuationDissipation, means: [f64; 2], all: &mut Predictions) {
        let mut exact = |name: String, value: f64| add(all, name, SOURCE, Kind::Exact, value);
        for (_, to) in measured.half_running(self.setup.ensemble.steps) {
            exact(format!("fdr1_half_running[{to}]"), 1.0);
        }
        let (centre, rate) = (measured.centre()[0], self.coordinates[0].rate);
        let potential = |x: f64| 0.5 * (x - centre).powi(2) / rate;
        let lags: Vec<u64> = [0].into_iter().chain(measured.windows.iter().copied()).collect();
        let later = self.kernel.lagged_means(&potential, &[&potential], &lags);
        for (k, length) in measured.windows.iter().enumerate() {
            exact(format!("fdr1_window_left[{length}]"), means[0]);
            exact(format!("fdr1_window_right[{length}]"), means[1]);
            exact(format!("fdr1_mismatch[{length}]"), 0.0);
            if let Some(products) = &later {
                let variance = 2.0 * (products[0][0] - products[1 + k][0]) / (*length as f64).powi(2);
                exact(format!("fdr1_mismatch_variance[{length}]"), variance);
                exact(format!("fdr1_mismatch_deviation[{length}]"), variance.max(0.0).sqrt() / means[1]);
            }
        }
    }
}
