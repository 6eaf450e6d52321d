//! What is in a figure.

use super::*;

#[test]
fn labels_of_a_logarithmic_axis() {
    for (value, label) in
        [(1.0, "1"), (0.2, "0.2"), (0.02, "2·10⁻²"), (100.0, "100"), (1e-3, "10⁻³"), (5e-12, "5·10⁻¹²"), (2e4, "2·10⁴")]
    {
        assert_eq!(power_of_ten(value), label);
    }
}

#[test]
fn a_figure_shows_its_labels_and_every_entry_of_its_legend() {
    let line = Shape::Line { points: vec![(0.0, 1.0), (1.0, 0.1)], stroke: Stroke::Dashed };
    let markers = Shape::Markers(vec![(0.0, 1.0, 0.1), (1.0, 0.0, 0.1)]);
    let bars = Shape::Bars { edges: vec![0.0, 0.5, 1.0], heights: vec![0.3, 0.4] };
    let series = [("a line", line), ("markers", markers), ("bars", bars)];
    let series = series.into_iter().enumerate();
    let figure = Figure {
        title: "title".into(),
        x_label: "time".into(),
        y_label: "share".into(),
        log_x: false,
        log_y: true,
        y_range: None,
        series: series.map(|(k, (label, shape))| Series { label: label.into(), colour: k, shape }).collect(),
    };
    let svg = figure.to_svg().expect("something to draw");
    for text in ["title", "time", "share", "a line", "markers", "bars"] {
        assert!(svg.contains(&format!(">{text}<")), "{text} is not in the figure");
    }
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "every place is a number");
    let empty = Figure { series: Vec::new(), ..figure };
    assert_eq!(empty.to_svg(), None);
}

/// Where the circles of the markers are, by an attribute.
fn circles(svg: &str, attribute: &str) -> Vec<f64> {
    let places = svg.split("<circle ").skip(1).filter_map(|circle| circle.split(&format!("{attribute}=\"")).nth(1));
    places.filter_map(|place| place.split('"').next()?.parse().ok()).collect()
}

/// A straight line of logarithms down to 10⁻²⁰.
#[test]
fn logarithmic_axes_have_no_least_number() {
    let shape = Shape::Markers(vec![(0.0, 1.0, 0.0), (1.0, 1e-10, 0.0), (2.0, 1e-20, 0.0)]);
    let series = vec![Series { label: String::new(), colour: 0, shape }];
    let [title, x_label, y_label] = [const { String::new() }; 3];
    let figure = Figure { title, x_label, y_label, log_x: false, log_y: true, y_range: None, series };
    let svg = figure.to_svg().expect("something to draw");
    let [first, second, third] = circles(&svg, "cy")[..] else { panic!("{svg}") };
    assert!(third > first + 100.0 && (0.5 * (first + third) - second).abs() < 0.5, "{first}, {second}, {third}");
    assert!(svg.contains(">10⁻²⁰<") && svg.contains(">10⁻¹⁰<") && svg.contains(">1<"), "labels of the axis");
}

/// A straight line of logarithms: the middle one of three points is in the middle.
#[test]
fn both_axes_may_be_logarithmic() {
    let shape = Shape::Markers(vec![(0.01, 1.0, 0.0), (0.1, 0.1, 0.0), (1.0, 0.01, 0.0)]);
    let series = vec![Series { label: String::new(), colour: 0, shape }];
    let [title, x_label, y_label] = [const { String::new() }; 3];
    let linear = Figure { title, x_label, y_label, log_x: false, log_y: true, y_range: None, series };
    let figure = |log_x: bool| Figure { log_x, ..linear.clone() };
    let places = |log_x: bool| -> Vec<f64> { circles(&figure(log_x).to_svg().expect("something to draw"), "cx") };
    let [first, second, third] = places(true)[..] else { panic!("{:?}", places(true)) };
    assert!(third > first && (0.5 * (first + third) - second).abs() < 0.5, "{first}, {second}, {third}");
    let [first, second, third] = places(false)[..] else { panic!("{:?}", places(false)) };
    assert!(0.5 * (first + third) - second > 50.0, "canary: {first}, {second}, {third}");
}
