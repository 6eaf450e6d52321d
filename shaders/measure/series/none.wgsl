// No time series.
fn clear_series(lane: u32) {}
fn begin_series() {}
fn next_series_step() -> u32 { return NEVER; }
fn measure_series() {}
fn next_series_point() {}
fn flush_series(lane: u32) {}
