//! Theory: what an experiment should find, as pure functions in f64 of the experiment alone.

mod adaptive;
mod barriers;
mod batch_noise;
mod bin_shares;
mod bridged;
mod collocated;
pub mod collocation;
mod correlation;
mod current;
mod deterministic;
mod diffusion;
mod double_well;
mod ensemble;
mod epoch;
mod escape;
mod fluctuation_dissipation;
mod fourth_moment;
mod freidlin_wentzell;
mod gradient_flow;
mod gradient_noise;
mod gradient_rule;
mod growth_rate;
mod klein_kramers;
mod kramers;
mod kramers_corrections;
mod kramers_turnover;
mod langevin;
mod line;
mod linear;
mod linear_potential;
mod loss_driven;
mod loss_jump;
mod loss_noise;
mod matrix_power;
mod moment_map;
mod motion;
mod network;
mod noise_cumulants;
mod orthogonal_polynomials;
mod passage_time;
mod plane;
mod power_law;
mod predict;
mod progress;
mod quadratic;
mod quadratic_form;
mod radial_wells;
mod recursion;
mod reduction;
mod regression;
mod running_average;
mod schedule;
mod sublevel;
mod tail_index;
mod temperature;
mod time_correlation;
mod time_series;
mod transition_kernel;
mod updates;
mod wells_on_way;

pub use crate::gaussian::Gaussian;
pub use crate::loss_exponent::loss_exponent;
pub use adaptive::{
    AdaptiveRule, first_rate, sign_descent_law, sign_descent_pooled, step_correlation, step_fourth_moment,
    warm_up_variance,
};
pub use barriers::{Barrier, barriers};
pub use bin_shares::{bin_shares, tested_histogram};
pub use collocation::{CollocationKernel, Nodes, NoiseLaw, PlaneKernel, Quadrature, Step};
pub use correlation::{lagged_covariance, relaxation_steps, rotation};
pub use current::{entropy_production, flux};
pub use diffusion::LinearDiffusion;
pub use ensemble::{Atom, MeasuringTimes, SecondOrder};
pub use epoch::EpochRule;
pub use escape::{hazard, relaxation_time};
pub use fluctuation_dissipation::{Relations, difference_variance, half_trace, window_variance};
pub use freidlin_wentzell::{Escape, freidlin_wentzell_rate};
pub use gradient_flow::{double_well_flow, modified_flow, spread_about_flow};
pub use gradient_noise::{Draw, GradientNoise, Sample};
pub use gradient_rule::{GradientRule, batch_rule};
pub use growth_rate::{
    critical_learning_rate, critical_learning_rates, diffusion_critical_learning_rate, diffusion_growth_rate,
    growth_rate, regression_critical_learning_rate, regression_growth_rate, step_growth,
};
pub use klein_kramers::underdamped_relaxation_rate;
pub use kramers::{Well, escape_rate, eyring_kramers_rate, spatial_diffusion_rate};
pub use kramers_corrections::{corrected_escape_rate, step_factor, temperature_coefficient};
pub use kramers_turnover::turnover_rate;
pub use langevin::{baoab, leimkuhler_matthews};
pub use linear::{LinearRule, stationary_covariance};
pub use linear_potential::LinearPotential;
pub use loss_driven::{Clock, LossDriven};
pub use loss_jump::{Jump, LossJump};
pub use loss_noise::LossNoiseLaw;
pub use moment_map::MomentMap;
pub use noise_cumulants::{stationary_cumulant, stationary_excess_kurtosis, uniform_half_width};
pub use passage_time::{FarSide, ItoDiffusion, mean_first_passage_time};
pub use power_law::{PowerLaw, power_law_exponent};
pub use predict::predict;
pub use progress::{ProgressGuarantee, concentration_bound};
pub use quadratic_form::{Affine, QuadraticForm};
pub use radial_wells::RadialWells;
pub use reduction::{Coordinate, coordinates};
pub use regression::Regression;
pub use running_average::RunningAverage;
pub use schedule::{ScheduledDescent, pooled_by_steps, power_schedule_converges};
pub use tail_index::{normal_tail_index, regression_tail_index};
pub use transition_kernel::{Observable, Occupation, Transition, TransitionKernel};
pub use wells_on_way::wells_on_way;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How a prediction relates to what is measured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Holds at the finite step and parameters used, so that a z-score is meaningful.
    #[default]
    Exact,
    /// Holds as the step goes to zero.
    LeadingOrder,
    /// Holds in a limit, such as low temperature, or many walkers and steps where squares vary without bound.
    Asymptotic,
}

/// Where a prediction comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Mean and covariance of a linear rule, step by step; its fixed point solves the discrete Lyapunov
    /// equation.
    DiscreteLyapunov,
    /// The Markov chain of one coordinate at the finite step, on a quadrature grid.
    TransitionKernel,
    /// The transition operator at the finite step, collocated: of any law of the noise, or of a state of two
    /// numbers.
    Collocation,
    /// The smallest decay rate of the Klein–Kramers equation, in continuous time.
    KleinKramers,
    /// The Fokker–Planck equation: its stationary density in the plane or its slowest decay, in continuous time.
    FokkerPlanck,
    /// A run without noise, followed step by step.
    IteratedMap,
    /// The gradient flow in closed form.
    ClosedFormFlow,
    /// The birth–death chain of RMSProp that averages over one step.
    SignChain,
    /// RMSProp or Adam with an average of squares over infinitely many steps.
    AveragedSecondMoment,
    /// The first steps of Adam on a flat landscape, while its averages are plain means.
    AdamWarmUp,
    /// Gradient noise ∝ the loss times the Hessian.
    Decoupled,
    /// Kesten's tail index of a linear rule with a random factor.
    Kesten,
    /// The mean growth of the logarithm of the distance from a minimum in one step.
    LyapunovExponent,
    /// That of the diffusion which the distance follows as the step goes to zero.
    GeometricBrownianMotion,
    /// Student's t, the stationary law under noise that grows with the loss.
    StudentT,
    /// The law of the Kolmogorov–Smirnov distance.
    Kolmogorov,
    /// Mean first-passage time of the diffusion, by quadrature, or by finite volumes in two dimensions.
    MeanFirstPassageIntegral,
    /// Kramers' escape rate.
    Kramers,
    /// Escape by a power of the loss, under noise that grows with it.
    PowerLaw,
    /// Kramers' escape rate with its first corrections in temperature and in the step.
    KramersCorrected,
    /// The escape rate of underdamped motion from low friction to high, after Mel'nikov and Meshkov.
    KramersTurnover,
    /// The escape rate under noise of any law, by its large deviations.
    FreidlinWentzell,
    /// The Gibbs density exp(−L/T).
    Gibbs,
    /// A minimum, as if the landscape were quadratic about it.
    Harmonic,
    /// The experiment's own `[expect]` table.
    Expect,
}

/// One prediction of one estimate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// Where it comes from.
    pub source: Source,
    /// The predicted value.
    pub value: f64,
    /// How it relates to what is measured.
    pub kind: Kind,
}

/// The predictions of a cell, by estimate.
pub type Predictions = BTreeMap<String, Vec<Prediction>>;
