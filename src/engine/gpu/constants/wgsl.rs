//! The prelude as text.

use super::Constants;
use std::fmt::Write;

impl Constants {
    /// The constants in WGSL.
    pub fn prelude(&self) -> String {
        let mut text = String::new();
        // Writing to a String cannot fail.
        for (name, value) in &self.numbers {
            let _ = writeln!(text, "const {name}: u32 = {value}u;");
        }
        for (name, value) in &self.flags {
            let _ = writeln!(text, "const {name}: bool = {value};");
        }
        if !self.histograms.is_empty() {
            let shape = |[a, m, b, n]: &[u32; 4]| format!("vec4<u32>({a}u, {m}u, {b}u, {n}u)");
            let shapes: Vec<_> = self.histograms.iter().map(shape).collect();
            let _ = writeln!(text, "const HISTOGRAMS = array<vec4<u32>, {}>({});", shapes.len(), shapes.join(", "));
        }
        for (name, list) in [("WINDOW_LENGTHS", &self.window_lengths), ("AXES", &self.axes), ("LAGS", &self.lags)] {
            let values: Vec<_> = list.iter().map(|value| format!("{value}u")).collect();
            if !values.is_empty() {
                let _ = writeln!(text, "const {name} = array<u32, {}>({});", values.len(), values.join(", "));
            }
        }
        if !self.window_lengths.is_empty() {
            // An array has a place, though there be nothing to run half.
            let places = self.half_running.iter().chain(self.half_running.is_empty().then_some(&(0, 0)));
            let pairs: Vec<_> = places.map(|(half, end)| format!("vec2<u32>({half}u, {end}u)")).collect();
            let _ = writeln!(text, "const HALF_RUNNING = array<vec2<u32>, {}>({});", pairs.len(), pairs.join(", "));
        }
        text.push_str("alias Vector = array<f32, DIMENSION>;\n");
        text
    }
}
