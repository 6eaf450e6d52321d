//! Fits over the cells of a sweep.

mod arrhenius;
mod fdr2_slope;
mod power_law;

use super::Estimates;
use super::line::{LineFit, weighted_line};
use crate::experiment::Experiment;
use serde::Serialize;
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
}

impl FitKind {
    /// All that there are.
    pub const ALL: [Self; 3] = [Self::Arrhenius, Self::Fdr2Slope, Self::PowerLaw];

    /// Its name among the fits.
    pub fn name(self) -> &'static str {
        match self {
            Self::Arrhenius => "arrhenius_slope",
            Self::Fdr2Slope => "fdr2_slope",
            Self::PowerLaw => "power_law_exponent",
        }
    }

    /// The estimate of the cells that it is made of. ⟨|∇L|²⟩ is the mean of FDR2's left side, of less noise.
    pub fn estimate(self) -> &'static str {
        match self {
            Self::Arrhenius | Self::PowerLaw => "escape_rate",
            Self::Fdr2Slope => "gradient_norm_squared",
        }
    }

    /// The ordinate at x of a line through the estimate: ln κ, and ⟨|∇L|²⟩/η.
    pub fn ordinate(self, x: f64, estimate: f64) -> f64 {
        match self {
            Self::Arrhenius | Self::PowerLaw => estimate.ln(),
            Self::Fdr2Slope => estimate / x,
        }
    }

    /// The number wanted of the line, with its error.
    pub fn of_line(self, line: &LineFit) -> (f64, f64) {
        match self {
            Self::Arrhenius | Self::PowerLaw => (line.slope, line.slope_error),
            Self::Fdr2Slope => (line.intercept, line.intercept_error),
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
    /// The fitted line, which has the value as its slope or intercept.
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
    /// A cell's place on the line; none where the estimate is not positive, or has no error.
    fn of(kind: FitKind, cell: usize, x: f64, estimates: &Estimates) -> Option<Self> {
        let estimate = estimates.get(kind.estimate())?;
        let (value, error) = (estimate.value.filter(|v| *v > 0.0)?, estimate.std_error.filter(|e| *e > 0.0)?);
        let sigma = match kind {
            FitKind::Arrhenius | FitKind::PowerLaw => error / value,
            FitKind::Fdr2Slope => error / x,
        };
        Some(Self { cell, x, y: kind.ordinate(x, value), sigma })
    }
}

impl Fit {
    /// The number that the fit would find, with the same weights, if the ordinates of its points were `y`.
    pub fn through(&self, y: &[f64]) -> Option<f64> {
        self.kind.of_line(&line(&self.points, y)?).0.into()
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
        let line = line(&points, &y);
        let number = line.as_ref().map(|line| kind.of_line(line));
        Self {
            kind,
            name: kind.name().into(),
            over,
            at,
            cells: points.iter().map(|point| point.cell).collect(),
            value: number.map(|(value, _)| value),
            std_error: number.map(|(_, error)| error),
            chi_squared: line.map(|line| line.chi_squared),
            degrees_of_freedom: line.map(|line| line.degrees_of_freedom),
            reason: None,
            line,
            points,
        }
    }
}

fn line(points: &[FitPoint], y: &[f64]) -> Option<LineFit> {
    let column = |f: fn(&FitPoint) -> f64| points.iter().map(f).collect::<Vec<_>>();
    weighted_line(&column(|p| p.x), y, &column(|p| p.sigma))
}

/// The fits of an experiment from the estimates of its cells, in their order.
///
/// # Panics
/// Where there are fewer estimates than cells.
pub fn fits(experiment: &Experiment, estimates: &[Estimates]) -> Vec<Fit> {
    let mut fits = arrhenius::fits(experiment, estimates);
    fits.extend(fdr2_slope::fits(experiment, estimates));
    fits.extend(power_law::fits(experiment, estimates));
    fits
}

/// Whether the sweep pairs its keys.
fn is_zipped(experiment: &Experiment) -> bool {
    let written = serde_json::to_value(&experiment.sweep).unwrap_or_default();
    written.get("zip").and_then(serde_json::Value::as_bool).unwrap_or(false)
}

/// Cells that agree in every swept key but `over`, with the values of the others, in the order of their
/// first cells.
fn groups(experiment: &Experiment, over: &str) -> Vec<(BTreeMap<String, serde_json::Value>, Vec<usize>)> {
    let mut places = BTreeMap::new();
    let mut groups: Vec<(BTreeMap<_, _>, Vec<usize>)> = Vec::new();
    for (cell, parameters) in experiment.cells.iter().map(|cell| &cell.parameters).enumerate() {
        let others = parameters.iter().filter(|(key, _)| key != over);
        let at: BTreeMap<_, _> =
            others.map(|(key, value)| (key.clone(), serde_json::to_value(value).unwrap_or_default())).collect();
        let place = *places.entry(serde_json::to_string(&at).unwrap_or_default()).or_insert_with(|| {
            groups.push((at, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(cell);
    }
    groups
}
