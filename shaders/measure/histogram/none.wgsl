// No histogram.
fn measure_histograms(level: f32) {}
fn clear_histograms(lane: u32) {}
fn flush_histograms(lane: u32) {}
