//! Predictions for two wells on a line under noise that grows with the loss.

use super::{Clock, LossDriven};
use crate::experiment::Setup;
use crate::theory::ensemble::MeasuringTimes;
use crate::theory::kramers::Well;
use crate::theory::power_law::PowerLaw;
use crate::theory::predict::add;
use crate::theory::transition_kernel::TransitionKernel;
use crate::theory::{Kind, Predictions, Source};

const SOURCE: Source = Source::TransitionKernel;

/// Adds relaxation, moments and occupations, exact at the finite step, and relaxation by the power law.
pub fn predict(setup: &Setup, all: &mut Predictions) {
    let Some(per_step) = setup.time_per_step() else { return };
    if let Some(law) = PowerLaw::of(setup)
        && let (Some(there), Some(back)) = (law.escape_rate(Well::Left), law.escape_rate(Well::Right))
    {
        add(all, "relaxation_rate", Source::PowerLaw, Kind::Asymptotic, there + back);
    }
    let Some(along) = LossDriven::of(setup).filter(|along| along.clock == Clock::Time) else { return };
    let Some([_, saddle, _]) = along.profile.wells() else { return };
    let Some(start) = along.start(setup) else { return };
    let Some(kernel) = TransitionKernel::on_line(&along, &start) else { return };
    if let Some(rate) = kernel.relaxation_rate() {
        add(all, "relaxation_rate", SOURCE, Kind::Exact, rate / per_step);
    }
    let Some(before) = kernel.pooled(&start, MeasuringTimes::of(setup).before(), 1.0) else { return };
    let law = before.next();
    let bounds = setup.ensemble.bounds;
    if law.atoms().filter(|atom| atom.position.abs() > bounds).map(|atom| atom.weight).sum::<f64>() > 1e-9 {
        return;
    }
    let mean = law.mean(|x| x);
    let mut exact = |name: &str, value: f64| add(all, name, SOURCE, Kind::Exact, value);
    exact("mean[0]", mean);
    exact("covariance[0,0]", law.mean(|x| (x - mean) * (x - mean)));
    exact("loss", law.mean(|x| along.loss(x)));
    exact("gradient_norm_squared", law.mean(|x| along.profile.slope(x).powi(2)));
    exact("well_occupation[left]", before.next_between(f64::NEG_INFINITY, saddle));
    exact("well_occupation[right]", before.next_between(saddle, f64::INFINITY));
}
