//! A vector field over a density, as SVG.

use super::title_size;
use kuva::backend::svg::SvgBackend;
use kuva::plot::contour::ContourPlot;
use kuva::plot::heatmap::ColorMap;
use kuva::plot::quiver::{QuiverPivot, QuiverPlot};
use kuva::render::layout::{AxisLine, Layout};
use kuva::render::plots::Plot;
use kuva::render::render::render_multiple;

/// Arrows longer than this share of the longest are drawn; shorter ones are noise and clutter.
const SHORTEST: f64 = 0.02;

/// Arrows on a grid over a density.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::results) struct Field {
    pub(in crate::results) title: String,
    pub(in crate::results) x_label: String,
    pub(in crate::results) y_label: String,
    /// Middles of the bins along either axis.
    pub(in crate::results) x: Vec<f64>,
    pub(in crate::results) y: Vec<f64>,
    /// The density, a row for every y.
    pub(in crate::results) density: Vec<Vec<f64>>,
    /// Arrows: their middle (x, y), then their components.
    pub(in crate::results) arrows: Vec<[f64; 4]>,
}

impl Field {
    /// The figure as an SVG document; none where there is no arrow to draw.
    pub(in crate::results) fn to_svg(&self) -> Option<String> {
        let length = |arrow: &[f64; 4]| arrow[2].hypot(arrow[3]);
        let longest = self.arrows.iter().map(length).fold(0.0, f64::max);
        if !(longest > 0.0 && longest.is_finite()) || self.x.len() < 2 || self.y.len() < 2 {
            return None;
        }
        let drawn = self.arrows.iter().filter(|arrow| length(arrow) > SHORTEST * longest);
        let spacing = (self.x[1] - self.x[0]).min(self.y[1] - self.y[0]);
        let quiver = QuiverPlot::new()
            .with_arrows(drawn.map(|[x, y, u, v]| (*x, *y, *u, *v)))
            .with_color("#D55E00")
            .with_scale(1.4 * spacing / longest)
            .with_shaft_width(1.6)
            .with_pivot(QuiverPivot::Middle);
        let density = ContourPlot::new()
            .with_grid(self.density.clone(), self.x.clone(), self.y.clone())
            .with_n_levels(10)
            .with_filled()
            .with_colormap(ColorMap::Blues)
            .with_line_width(0.4)
            .with_legend("density");
        let plots: Vec<Plot> = vec![density.into(), quiver.into()];
        let layout = Layout::auto_from_plots(&plots)
            .with_width(720.0)
            .with_height(600.0)
            .with_title(&self.title)
            .with_title_size(title_size(&self.title))
            .with_x_label(&self.x_label)
            .with_y_label(&self.y_label)
            .with_axis_line(AxisLine::Box)
            .with_x_axis_min(self.x[0])
            .with_x_axis_max(self.x[self.x.len() - 1])
            .with_y_axis_min(self.y[0])
            .with_y_axis_max(self.y[self.y.len() - 1]);
        Some(SvgBackend::new().render_scene(&render_multiple(plots, layout)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_shows_its_arrows_and_labels() {
        let middles: Vec<f64> = (0..9).map(|k| f64::from(k) - 4.0).collect();
        let density =
            middles.iter().map(|y| middles.iter().map(|x| (-0.1 * (x * x + y * y)).exp()).collect()).collect();
        let arrows = middles.iter().flat_map(|y| middles.iter().map(move |x| [*x, *y, -y, *x])).collect();
        let text = |text: &str| text.to_owned();
        let (title, x_label, y_label) = (text("a turning field"), text("here"), text("there"));
        let field = Field { title, x_label, y_label, x: middles.clone(), y: middles, density, arrows };
        let svg = field.to_svg().expect("something to draw");
        for text in ["a turning field", "here", "there", "density"] {
            assert!(svg.contains(&format!(">{text}<")), "{text} is not in the figure");
        }
        assert!(!svg.contains("NaN") && !svg.contains("inf"), "every place is a number");
        let still = Field { arrows: vec![[0.0; 4]], ..field };
        assert_eq!(still.to_svg(), None);
    }
}
