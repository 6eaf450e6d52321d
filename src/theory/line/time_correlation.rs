//! Correlations in time of one coordinate, and of its loss, in the stationary state.

use super::{Line, SOURCE};
use crate::experiment::Lags;
use crate::increment_spectrum::increment_spectrum;
use crate::theory::ensemble::MeasuringTimes;
use crate::theory::predict::add;
use crate::theory::transition_kernel::Observable;
use crate::theory::{Kind, Predictions};

impl Line<'_> {
    /// Adds the correlations of coordinate 0, and with the loss where there is no other; its time and rate, which are
    /// those of long series, as it is no single exponential; and the spectrum of increments.
    pub(super) fn predict_correlations(&self, all: &mut Predictions) {
        let Some(measured) = &self.setup.measure.correlation else { return };
        let Some(stationary) = self.kernel.stationary() else { return };
        if !measured.axes().contains(&0) || !self.is_settled(MeasuringTimes::of(self.setup).first) {
            return;
        }
        let lags = measured.lags();
        let profile = &self.coordinates[0].profile;
        let (mean, loss) = (stationary.mean(|x| x), stationary.mean(|x| profile.value(x)));
        let (position, above) = (|x: f64| x - mean, |x: f64| profile.value(x) - loss);
        let signals: [(&str, Observable); 2] = [("0", &position), ("loss", &above)];
        let signals = &signals[..if self.coordinates.len() == 1 { 2 } else { 1 }];
        let observables: Vec<Observable> = signals.iter().map(|(_, f)| *f).collect();
        let deviation = |f: Observable| stationary.mean(|x| f(x) * f(x)).sqrt();
        for (name, f) in signals {
            let Some(products) = self.kernel.lagged_means(*f, &observables, &lags) else { return };
            for (k, (other, g)) in signals.iter().enumerate() {
                let scale = deviation(*f) * deviation(*g);
                for (lag, means) in lags.iter().zip(&products) {
                    let name = format!("correlation[{name},{other},{lag}]");
                    add(all, name, SOURCE, Kind::Exact, means[k] / scale);
                }
            }
            if *name == "0"
                && let Lags::To(_) = measured.lags
            {
                let own: Vec<f64> = products.iter().map(|means| means[0]).collect();
                for (k, value) in increment_spectrum(&own).into_iter().enumerate() {
                    add(all, format!("increment_spectrum[0,{k}]"), SOURCE, Kind::Exact, value);
                }
            }
        }
        let Some(per_step) = self.setup.time_per_step() else { return };
        if let Some(sum) = self.kernel.summed_autocovariance() {
            let steps = sum / deviation(&position).powi(2) - 0.5;
            add(all, "correlation_time[0]", SOURCE, Kind::Asymptotic, per_step * steps);
        }
        if let Some(rate) = self.kernel.relaxation_rate() {
            add(all, "relaxation_rate[0]", SOURCE, Kind::Asymptotic, rate / per_step);
        }
    }
}
