//! Figures as data, and how they become SVG; the only place that knows the `kuva` crate.

mod field;
#[cfg(test)]
mod tests;

pub(super) use field::Field;

use kuva::backend::svg::SvgBackend;
use kuva::plot::legend::{LegendEntry, LegendPosition, LegendShape};
use kuva::plot::{LinePlot, ScatterPlot};
use kuva::render::layout::{AxisLine, Layout, TickFormat};
use kuva::render::plots::Plot;
use kuva::render::render::render_multiple;
use std::sync::Arc;

/// Colours that the colour-blind tell apart (Okabe and Ito, 2008).
const COLOURS: [&str; 7] = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"];

/// A figure with two axes.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    pub(super) title: String,
    pub(super) x_label: String,
    pub(super) y_label: String,
    /// Whether the x axis is logarithmic; all x are positive then.
    pub(super) log_x: bool,
    /// Whether the y axis is logarithmic; values that are not positive are left out then.
    pub(super) log_y: bool,
    /// Least and largest y; what the data need where there is none.
    pub(super) y_range: Option<(f64, f64)>,
    pub(super) series: Vec<Series>,
}

/// One curve or set of points, with its entry in the legend.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Series {
    /// Empty for none.
    pub(super) label: String,
    /// Place in the list of colours.
    pub(super) colour: usize,
    pub(super) shape: Shape,
}

/// How a series is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    /// Bars between edges, one edge more than heights.
    Bars { edges: Vec<f64>, heights: Vec<f64> },
    /// A line through points.
    Line { points: Vec<(f64, f64)>, stroke: Stroke },
    /// Markers (x, y, standard error).
    Markers(Vec<(f64, f64, f64)>),
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stroke {
    Solid,
    Dashed,
    Dotted,
}

/// Size of a title's letters, so that a longer one fits the figure too.
fn title_size(title: &str) -> u32 {
    const LARGEST: usize = 16;
    const LETTERS: usize = 66;
    (LARGEST * LETTERS / title.chars().count().max(LETTERS)).max(8) as u32
}

impl Figure {
    /// The figure as an SVG document; none where there is nothing to draw.
    pub(super) fn to_svg(&self) -> Option<String> {
        let (_, (least, _)) = self.ranges()?;
        // The crate takes all below 10⁻¹⁰ for that on a logarithmic axis.
        let unit = if self.log_y && least < 1e-9 { 10f64.powi(least.log10().floor() as i32) } else { 1.0 };
        self.in_units_of(unit).drawn(unit)
    }

    /// The same, with another unit of y.
    fn in_units_of(&self, unit: f64) -> Self {
        let mut figure = self.clone();
        figure.y_range = self.y_range.map(|(low, high)| (low / unit, high / unit));
        for series in &mut figure.series {
            match &mut series.shape {
                Shape::Bars { heights, .. } => heights.iter_mut().for_each(|y| *y /= unit),
                Shape::Line { points, .. } => points.iter_mut().for_each(|(_, y)| *y /= unit),
                Shape::Markers(points) => points.iter_mut().for_each(|(_, y, e)| (*y, *e) = (*y / unit, *e / unit)),
            }
        }
        figure
    }

    /// As SVG; labels of a logarithmic y axis are times `unit`.
    fn drawn(&self, unit: f64) -> Option<String> {
        let ((x_low, x_high), (y_low, y_high)) = self.ranges()?;
        let plots: Vec<Plot> = self.series.iter().map(|series| self.plot(series)).collect();
        let mut layout = Layout::auto_from_plots(&plots)
            .with_width(720.0)
            .with_height(460.0)
            .with_title(&self.title)
            .with_title_size(title_size(&self.title))
            .with_x_label(&self.x_label)
            .with_y_label(&self.y_label)
            .with_axis_line(AxisLine::Box)
            .with_legend_position(LegendPosition::OutsideRightTop)
            .with_legend_entries(self.series.iter().filter_map(Series::entry).collect())
            .with_x_axis_min(x_low)
            .with_x_axis_max(x_high)
            .with_y_axis_min(y_low)
            .with_y_axis_max(y_high);
        if self.log_x {
            layout = layout.with_log_x().with_x_tick_format(TickFormat::Custom(Arc::new(power_of_ten)));
        }
        if self.log_y {
            let label = move |value: f64| power_of_ten(value * unit);
            layout = layout.with_log_y().with_y_tick_format(TickFormat::Custom(Arc::new(label)));
        }
        Some(SvgBackend::new().render_scene(&render_multiple(plots, layout)))
    }

    fn shown(&self, y: f64) -> bool {
        y.is_finite() && (!self.log_y || y > 0.0)
    }

    fn plot(&self, series: &Series) -> Plot {
        let colour = series.colour();
        match &series.shape {
            // A filled staircase: bars of their own would show hairlines between them.
            Shape::Bars { edges, heights } => {
                let corners = edges.windows(2).zip(heights).flat_map(|(bin, y)| [(bin[0], *y), (bin[1], *y)]);
                let line = LinePlot::new().with_data(corners.collect::<Vec<_>>()).with_color(colour);
                let line = line.with_stroke_width(1.0).with_fill().with_fill_opacity(0.35);
                line.into()
            }
            Shape::Line { points, stroke } => {
                let points = points.iter().copied().filter(|(_, y)| self.shown(*y));
                let line = LinePlot::new().with_data(points).with_color(colour).with_stroke_width(1.8);
                match stroke {
                    Stroke::Solid => line,
                    Stroke::Dashed => line.with_dashed(),
                    Stroke::Dotted => line.with_dotted(),
                }
                .into()
            }
            Shape::Markers(points) => {
                let points: Vec<_> = points.iter().filter(|(_, y, _)| self.shown(*y)).collect();
                // On a logarithmic axis a bar that reaches zero has no end: it is drawn down to a tenth.
                let down = |y: f64, e: f64| if self.log_y { e.min(0.9 * y) } else { e };
                ScatterPlot::new()
                    .with_data(points.iter().map(|(x, y, _)| (*x, *y)))
                    .with_y_err_asymmetric(points.iter().map(|(_, y, e)| (down(*y, *e), *e)))
                    .with_color(colour)
                    .with_size(4.0)
                    .into()
            }
        }
    }

    /// Ranges of both axes with room around the data, error bars included.
    fn ranges(&self) -> Option<((f64, f64), (f64, f64))> {
        let mut x = Range::default();
        let mut y = Range::default();
        let mut bars = false;
        let mut add = |px: f64, low: f64, high: f64| {
            if self.shown(low) && self.shown(high) {
                x.include(px);
                y.include(low);
                y.include(high);
            }
        };
        for series in &self.series {
            match &series.shape {
                Shape::Bars { edges, heights } => {
                    bars = true;
                    for (edge, height) in edges.windows(2).zip(heights) {
                        add(edge[0], *height, *height);
                        add(edge[1], *height, *height);
                    }
                }
                Shape::Line { points, .. } => points.iter().for_each(|(px, py)| add(*px, *py, *py)),
                Shape::Markers(points) => points.iter().for_each(|(px, py, e)| {
                    let low = if self.log_y { py - e.min(0.9 * py) } else { py - e };
                    add(*px, low, py + e);
                }),
            }
        }
        let (x_low, x_high) = x.ends()?;
        let (mut y_low, mut y_high) = y.ends()?;
        let x_range = if self.log_x {
            (x_low / 1.1, x_high * 1.1)
        } else {
            let room = if bars { 0.0 } else { 0.04 * (x_high - x_low).max(f64::MIN_POSITIVE) };
            (x_low - room, x_high + room)
        };
        if let Some((low, high)) = self.y_range {
            (y_low, y_high) = (low, high);
        } else if self.log_y {
            let room = (y_high / y_low).powf(0.06).max(1.1);
            (y_low, y_high) = (y_low / room, y_high * room);
        } else {
            let room = 0.06 * (y_high - y_low);
            (y_low, y_high) = if bars { (0.0, y_high + room) } else { (y_low - room, y_high + room) };
        }
        Some((x_range, (y_low, y_high)))
    }
}

impl Series {
    fn colour(&self) -> &'static str {
        COLOURS[self.colour % COLOURS.len()]
    }

    /// Its entry in the legend, where it has one.
    fn entry(&self) -> Option<LegendEntry> {
        let (shape, dasharray) = match &self.shape {
            Shape::Bars { .. } => (LegendShape::Rect, None),
            Shape::Markers(_) => (LegendShape::Circle, None),
            Shape::Line { stroke: Stroke::Solid, .. } => (LegendShape::Line, None),
            Shape::Line { stroke: Stroke::Dashed, .. } => (LegendShape::Line, Some("5 3".to_owned())),
            Shape::Line { stroke: Stroke::Dotted, .. } => (LegendShape::Line, Some("2 3".to_owned())),
        };
        let color = self.colour().to_owned();
        (!self.label.is_empty()).then(|| LegendEntry { label: self.label.clone(), color, shape, dasharray })
    }
}

/// The range of numbers seen.
#[derive(Default)]
struct Range(Option<(f64, f64)>);

impl Range {
    fn include(&mut self, value: f64) {
        let (low, high) = self.0.unwrap_or((value, value));
        self.0 = Some((low.min(value), high.max(value)));
    }

    /// The ends, or none without numbers; a single number gets a range around it.
    fn ends(&self) -> Option<(f64, f64)> {
        let (low, high) = self.0?;
        let width = if low == 0.0 { 1.0 } else { 0.1 * low.abs() };
        Some(if low < high { (low, high) } else { (low - width, high + width) })
    }
}

/// `10⁻³`, `2·10⁻³`: the labels of a logarithmic axis.
fn power_of_ten(value: f64) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    let mut exponent = value.log10().floor() as i32;
    let mut mantissa = (value / 10f64.powi(exponent)).round() as i32;
    if mantissa == 10 {
        (mantissa, exponent) = (1, exponent + 1);
    }
    if (-1..=3).contains(&exponent) {
        let decimals = usize::try_from(-exponent).unwrap_or(0);
        return format!("{value:.decimals$}");
    }
    let digits = exponent.unsigned_abs().to_string();
    let power: String = digits.chars().filter_map(|c| c.to_digit(10)).map(|d| DIGITS[d as usize]).collect();
    let sign = if exponent < 0 { "⁻" } else { "" };
    let factor = if mantissa == 1 { String::new() } else { format!("{mantissa}·") };
    format!("{factor}10{sign}{power}")
}
