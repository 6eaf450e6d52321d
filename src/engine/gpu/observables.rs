//! The formulas that histograms bin, as a stage of the GPU engine.

use crate::plan::{Kernel, ObservableStage};
use std::fmt::Write;

/// The formulas of a kernel, each with the number of its histogram.
pub fn of(kernel: &Kernel) -> impl Iterator<Item = (usize, &ObservableStage)> {
    kernel.histograms.iter().enumerate().filter_map(|(place, stage)| Some((place, stage.observable.as_ref()?)))
}

/// `observable` in WGSL, the value of the formula of a histogram; 0 of one that has none.
pub fn wgsl(kernel: &Kernel) -> String {
    let (mut functions, mut cases, mut first) = (String::new(), String::new(), 0);
    for (place, stage) in of(kernel) {
        let name = format!("observable_{place}");
        let uniform = |k: u32| format!("measure_parameter(AT_OBSERVABLES + {}u)", first + k);
        functions.push_str(&stage.routine.wgsl(&name, uniform));
        first += stage.uniforms as u32;
        // Writing to a String cannot fail.
        let _ = writeln!(cases, "        case {place}u: {{ return {name}(x); }}");
    }
    format!(
        "{functions}\nfn observable(histogram: u32) -> f32 {{\n    switch histogram {{\n{cases}        default: {{ return \
         0.0; }}\n    }}\n}}\n"
    )
}
