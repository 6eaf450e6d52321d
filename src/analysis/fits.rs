//! Fits over the cells of a sweep.

mod arrhenius;
mod critical_rate;
mod fdr2_slope;
mod power_law;

use super::Estimates;
use super::line::{LineFit, weighted_line};
use super::root::{RootFit, weighted_root};
use crate::experiment::Experiment;
use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};
use std::collections::BTreeMap;

/// What is fitted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FitKind {
    /// `arrhenius_slope`, d ln κ/d(1/T) of the escape rate κ over the temperature T that the cells have as the step
    /// goes to zero: minus the barrier, in the limit of low T.
    #[default]
    Arrhenius,
    /// `fdr2_slope`, the slope at η = 0 of ⟨|∇L|²⟩ against the learning rate η: ½ Tr HC there (S. Yaida, ICLR 2019,
    /// equation FDR2).
    Fdr2Slope,
    /// `power_law_exponent`, d ln κ/d ln c of the escape rate κ over the ratio c of the loss that is to be passed to that
    /// of the minimum, under noise that grows with the loss: −(B/(ηh*) + 1 − n/2) in n dimensions where ηh*/B is small
    /// (Mori, Ziyin, Liu & Ueda, ICML 2022).
    PowerLaw,
    /// `exponent_per_inverse_temperature`, d ln κ/d(1/T) over ln c at one c, with T = ηh*/B: −1 between wells, in the same
    /// limit.
    PerInverseTemperature,
    /// `exponent_per_dimension`, d ln κ/dn over ln c at one c and T, where n is the number of directions that are not
    /// flat: ½ between wells, in the same limit.
    PerDimension,
    /// `critical_learning_rate`, the zero of the growth rate of the distance from a minimum without loss or noise over the
    /// learning rate: beyond it SGD leaves the minimum.
    CriticalRate,
}

impl FitKind {
    /// All that there are.
    pub const ALL: [Self; 6] = [
        Self::Arrhenius,
        Self::Fdr2Slope,
        Self::PowerLaw,
        Self::PerInverseTemperature,
        Self::PerDimension,
        Self::CriticalRate,
    ];

    /// Its name among the fits.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arrhenius => "arrhenius_slope",
            Self::Fdr2Slope => "fdr2_slope",
            Self::PowerLaw => "power_law_exponent",
            Self::PerInverseTemperature => "exponent_per_inverse_temperature",
            Self::PerDimension => "exponent_per_dimension",
            Self::CriticalRate => "critical_learning_rate",
        }
    }

    /// The estimate of the cells that it is made of. ⟨|∇L|²⟩ is the mean of FDR2's left side, of less noise.
    pub fn estimate(self) -> &'static str {
        match self {
            Self::Fdr2Slope => "gradient_norm_squared",
            Self::CriticalRate => "growth_rate",
            _ => "escape_rate",
        }
    }

    /// The ordinate at x of a curve through the estimate: ln κ, ⟨|∇L|²⟩/η, and the growth rate itself.
    pub fn ordinate(self, x: f64, estimate: f64) -> f64 {
        match self {
            Self::Fdr2Slope => estimate / x,
            Self::CriticalRate => estimate,
            _ => estimate.ln(),
        }
    }
}

/// One fit over the cells of a sweep. What cannot be fitted has no value, and a reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Fit {
    /// What is fitted.
    #[serde(skip)]
    pub kind: FitKind,
    /// The name of what is fitted.
    pub name: String,
    /// The swept key along which the cells lie.
    pub over: String,
    /// The other swept keys, with the values that the cells share.
    pub at: BTreeMap<String, serde_json::Value>,
    /// The cells that take part.
    pub cells: Vec<usize>,
    /// The fitted number.
    pub value: Option<f64>,
    /// Its standard error, from those of the cells.
    pub std_error: Option<f64>,
    /// χ² of the fit.
    pub chi_squared: Option<f64>,
    /// Its degrees of freedom.
    pub degrees_of_freedom: Option<usize>,
    /// Why there is no value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The fitted line, which has the value as its slope or intercept, where one is fitted.
    #[serde(skip)]
    pub line: Option<LineFit>,
    /// The fitted points, one for each of `cells`, so that predictions can be fitted with the same weights.
    #[serde(skip)]
    pub points: Vec<FitPoint>,
}

/// A point that a line is fitted to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FitPoint {
    /// Its cell.
    pub cell: usize,
    /// Its abscissa.
    pub x: f64,
    /// Its ordinate.
    pub y: f64,
    /// Standard error of `y`.
    pub sigma: f64,
}

impl FitPoint {
    /// A cell's place on the line; none where the estimate has no error, or has to be positive and is not.
    fn of(kind: FitKind, cell: usize, x: f64, estimates: &Estimates) -> Option<Self> {
        let estimate = estimates.get(kind.estimate())?;
        let is_allowed = |value: &f64| *value > 0.0 || kind == FitKind::CriticalRate;
        let (value, error) = (estimate.value.filter(is_allowed)?, estimate.std_error.filter(|e| *e > 0.0)?);
        let sigma = match kind {
            FitKind::Fdr2Slope => error / x,
            FitKind::CriticalRate => error,
            _ => error / value,
        };
        Some(Self { cell, x, y: kind.ordinate(x, value), sigma })
    }
}

impl Fit {
    /// The number that the fit would find, with the same weights, if the ordinates of its points were `y`.
    pub fn through(&self, y: &[f64]) -> Option<f64> {
        Some(Solution::of(self.kind, &self.points, y)?.value)
    }

    /// The slopes between successive points, as fits of two points each; none of a fit that wants no slope.
    pub fn local_slopes(&self) -> Vec<Self> {
        let mut points = self.points.clone();
        points.sort_by(|a, b| a.x.total_cmp(&b.x));
        let between = |pair: &[FitPoint]| Self::new(self.kind, self.over.clone(), self.at.clone(), pair.to_vec());
        let local = points.windows(2).filter(|_| self.kind == FitKind::PowerLaw).map(between);
        local.filter(|slope| slope.value.is_some()).collect()
    }

    /// A fit of escape rates along `over`, where `abscissa` says what x of a cell is. Cells without a rate are left out.
    fn of_rates(
        kind: FitKind,
        (over, at, cells): (String, BTreeMap<String, serde_json::Value>, Vec<usize>),
        estimates: &[Estimates],
        abscissa: impl Fn(usize) -> Option<f64>,
    ) -> Self {
        let point = |cell: &usize| FitPoint::of(kind, *cell, abscissa(*cell)?, &estimates[*cell]);
        let points: Vec<FitPoint> = cells.iter().filter_map(point).collect();
        let without: Vec<String> =
            cells.iter().filter(|cell| points.iter().all(|p| p.cell != **cell)).map(usize::to_string).collect();
        let few = points.len() < 2;
        let mut fit = Self::new(kind, over, at, points);
        if fit.value.is_none() {
            fit.reason = Some(match few {
                true => format!(
                    "a line needs two cells with an escape rate and its error; cells {} have none",
                    without.join(", ")
                ),
                false => "the cells with an escape rate are all at one place along the line".to_owned(),
            });
        }
        fit
    }

    fn new(kind: FitKind, over: String, at: BTreeMap<String, serde_json::Value>, points: Vec<FitPoint>) -> Self {
        let y: Vec<f64> = points.iter().map(|point| point.y).collect();
        let solution = Solution::of(kind, &points, &y);
        Self {
            kind,
            name: kind.name().into(),
            over,
            at,
            cells: points.iter().map(|point| point.cell).collect(),
            value: solution.map(|found| found.value),
            std_error: solution.map(|found| found.error),
            chi_squared: solution.map(|found| found.chi_squared),
            degrees_of_freedom: solution.map(|found| found.degrees_of_freedom),
            reason: None,
            line: solution.and_then(|found| found.line),
            points,
        }
    }
}

/// What a fit finds.
#[derive(Clone, Copy)]
struct Solution {
    value: f64,
    error: f64,
    chi_squared: f64,
    degrees_of_freedom: usize,
    line: Option<LineFit>,
}

impl Solution {
    /// The slope or intercept of the line through the points, or the zero of a curve, with `y` for their ordinates.
    fn of(kind: FitKind, points: &[FitPoint], y: &[f64]) -> Option<Self> {
        let column = |f: fn(&FitPoint) -> f64| points.iter().map(f).collect::<Vec<_>>();
        let (x, sigma) = (column(|p| p.x), column(|p| p.sigma));
        if kind == FitKind::CriticalRate {
            let RootFit { root: value, error, chi_squared, degrees_of_freedom } = weighted_root(&x, y, &sigma)?;
            return Some(Self { value, error, chi_squared, degrees_of_freedom, line: None });
        }
        let line = weighted_line(&x, y, &sigma)?;
        let (value, error) = match kind {
            FitKind::Fdr2Slope => (line.intercept, line.intercept_error),
            _ => (line.slope, line.slope_error),
        };
        let LineFit { chi_squared, degrees_of_freedom, .. } = line;
        Some(Self { value, error, chi_squared, degrees_of_freedom, line: Some(line) })
    }
}

/// The fits of an experiment from the estimates of its cells, in their order.
///
/// # Panics
/// Where there are fewer estimates than cells.
pub fn fits(experiment: &Experiment, estimates: &[Estimates]) -> Vec<Fit> {
    let mut fits = arrhenius::fits(experiment, estimates);
    fits.extend(fdr2_slope::fits(experiment, estimates));
    fits.extend(power_law::fits(experiment, estimates));
    fits.extend(critical_rate::fits(experiment, estimates));
    fits
}

/// A χ² as large as this share of all has leaves no line or curve.
const IMPROBABLE: f64 = 0.05;

/// Whether the points are on the line or curve as far as their errors tell.
fn is_probable(fit: &Fit) -> bool {
    let law = fit.degrees_of_freedom.and_then(|n| ChiSquared::new(n as f64).ok());
    law.zip(fit.chi_squared).is_none_or(|(law, chi)| law.sf(chi) > IMPROBABLE)
}

/// Whether the sweep pairs its keys.
fn is_zipped(experiment: &Experiment) -> bool {
    let written = serde_json::to_value(&experiment.sweep).unwrap_or_default();
    written.get("zip").and_then(serde_json::Value::as_bool).unwrap_or(false)
}

/// Tables whose keys may go along with another where keys are swept together.
const ALONG: [&str; 2] = ["ensemble.", "rare."];

/// Cells that agree in every swept key but `over`, with the values of the others, in the order of their
/// first cells. Where keys are swept together, those of the ensemble and of how rare passages are reached need not
/// agree, and a cell that is alone makes no group.
fn groups(experiment: &Experiment, over: &str) -> Vec<(BTreeMap<String, serde_json::Value>, Vec<usize>)> {
    let is_zipped = is_zipped(experiment);
    let is_other = |key: &str| key != over && !(is_zipped && ALONG.iter().any(|table| key.starts_with(table)));
    let mut places = BTreeMap::new();
    let mut groups: Vec<(BTreeMap<_, _>, Vec<usize>)> = Vec::new();
    for (cell, parameters) in experiment.cells.iter().map(|cell| &cell.parameters).enumerate() {
        let others = parameters.iter().filter(|(key, _)| is_other(key));
        let at: BTreeMap<_, _> =
            others.map(|(key, value)| (key.clone(), serde_json::to_value(value).unwrap_or_default())).collect();
        let place = *places.entry(serde_json::to_string(&at).unwrap_or_default()).or_insert_with(|| {
            groups.push((at, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(cell);
    }
    groups.retain(|(_, cells)| !is_zipped || cells.len() > 1);
    groups
}
