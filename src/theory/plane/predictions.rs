//! What is measured of updates, and between states, in a stationary law of the plane.

use super::density::PlaneDensity;
use super::{Chain, Collocated, SOURCE};
use crate::experiment::Lags;
use crate::increment_spectrum::increment_spectrum;
use crate::theory::predict::add;
use crate::theory::{Kind, Predictions, Source};
use nalgebra::Vector2;

/// A signal by its name.
type Signal<'f> = (String, &'f dyn Fn([f64; 2]) -> f64);

impl Chain<'_> {
    /// Adds the flux of the diffusion that the chain becomes as the step goes to zero, where the noises of both
    /// coordinates are independent.
    pub(super) fn predict_flux(&self, density: &PlaneDensity, all: &mut Predictions) {
        let Some(measured) = &self.setup.measure.current else { return };
        if self.noise[(0, 1)] == 0.0
            && let Some(per_step) = self.setup.time_per_step()
            && let Some(flux) = density.flux(&self.diffusion(), measured.axes, measured.centre)
        {
            add(all, "flux", Source::FokkerPlanck, Kind::LeadingOrder, flux / per_step);
        }
    }
}

impl Collocated<'_> {
    /// Adds both sides of the relations (S. Yaida, ICLR 2019).
    pub(super) fn predict_relations(&self, all: &mut Predictions) {
        let (chain, setup) = (self.chain, self.chain.setup);
        let Some(measured) = &setup.measure.fluctuation_dissipation else { return };
        let Some((_, tau)) = setup.update_rates() else { return };
        let centre = measured.centre();
        let of_slope = |f: &dyn Fn(usize, f64, [f64; 2]) -> f64| {
            self.mean(|z| setup.landscape.gradient(&z).into_iter().enumerate().map(|(i, g)| f(i, g, z)).sum())
        };
        let left = of_slope(&|i, g, z| (z[i] - centre[i]) * g);
        let noise: f64 = (0..2).map(|i| chain.noise[(i, i)] / chain.rates[i]).sum();
        let right = 0.5 * (of_slope(&|i, g, _| chain.rates[i] * g * g) + noise);
        let mut exact = |name: &str, value: f64| add(all, name, SOURCE, Kind::Exact, value);
        exact("fdr1_left", left);
        exact("fdr1_right", right);
        exact("fdr1_ratio", left / right);
        if !setup.landscape.has_loss() {
            return;
        }
        let bend = |z: [f64; 2]| {
            let (drift, hessian) = (Vector2::from(chain.drift(z)), setup.landscape.hessian(&z)?);
            let square = drift * drift.transpose() + chain.noise;
            Some(hessian.component_mul(&square).sum())
        };
        let second =
            [of_slope(&|i, g, _| chain.rates[i] * g * g / tau), 0.5 * self.mean(|z| bend(z).unwrap_or(f64::NAN)) / tau];
        exact("fdr2_left", second[0]);
        exact("fdr2_right", second[1]);
        exact("fdr2_ratio", second[0] / second[1]);
        if let Some(minimum) = setup.landscape.minimum_below(&setup.ensemble.start.first_point()) {
            let above = self.mean(|z| setup.landscape.loss(&z)) - setup.landscape.loss(&minimum);
            exact("nqm1_left", above);
            exact("nqm1_right", 0.5 * right);
            exact("nqm1_ratio", above / (0.5 * right));
        }
    }

    /// Adds rotation, circulation and entropy production.
    pub(super) fn predict_current(&self, all: &mut Predictions) {
        let (chain, setup) = (self.chain, self.chain.setup);
        let Some(measured) = &setup.measure.current else { return };
        let mut exact = |name: &str, value: f64| add(all, name, SOURCE, Kind::Exact, value);
        let rotation = self.rotation();
        exact("rotation[0,1]", rotation);
        let turned = if measured.axes == [0, 1] { rotation } else { -rotation };
        exact("rotation", turned);
        let Some(per_step) = setup.time_per_step() else { return };
        exact("circulation", turned / per_step);
        if let Some(inverse) = chain.noise.try_inverse() {
            let produced = self.mean_over_step(|z, next| {
                let force = Vector2::from(chain.drift(z)) + Vector2::from(chain.drift(next));
                force.dot(&(inverse * (Vector2::from(next) - Vector2::from(z))))
            });
            exact("entropy_production", produced / per_step);
        }
    }

    /// Adds correlations of the coordinates, of this mean, and of the loss; and spectra of increments.
    pub(super) fn predict_correlations(&self, mean: [f64; 2], all: &mut Predictions) {
        let setup = self.chain.setup;
        let Some(measured) = &setup.measure.correlation else { return };
        let has_loss = setup.landscape.has_loss();
        let loss = if has_loss { self.mean(|z| setup.landscape.loss(&z)) } else { 0.0 };
        let position = |i: usize| move |w: [f64; 2]| self.frame.position(w)[i] - mean[i];
        let (first, second) = (position(0), position(1));
        let above = |w: [f64; 2]| setup.landscape.loss(&self.frame.position(w)) - loss;
        let mut signals: Vec<Signal> = Vec::new();
        for i in measured.axes() {
            signals.push((i.to_string(), if *i == 0 { &first } else { &second }));
        }
        if has_loss {
            signals.push(("loss".to_owned(), &above));
        }
        let functions: Vec<_> = signals.iter().map(|(_, f)| *f).collect();
        let lags = measured.lags();
        let Some(products) = self.kernel.lagged_means(&functions, &lags) else { return };
        for (a, (first, _)) in signals.iter().enumerate() {
            for (b, (second, _)) in signals.iter().enumerate() {
                let scale = (products[0][(a, a)] * products[0][(b, b)]).sqrt();
                for (lag, product) in lags.iter().zip(&products) {
                    let name = format!("correlation[{first},{second},{lag}]");
                    add(all, name, SOURCE, Kind::Exact, product[(a, b)] / scale);
                }
            }
            if first != "loss"
                && let Lags::To(_) = measured.lags
            {
                let own: Vec<f64> = products.iter().map(|product| product[(a, a)]).collect();
                for (k, value) in increment_spectrum(&own).into_iter().enumerate() {
                    add(all, format!("increment_spectrum[{first},{k}]"), SOURCE, Kind::Exact, value);
                }
            }
        }
    }
}
