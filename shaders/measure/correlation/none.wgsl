// No correlations.
fn find_ring(at: u32) {}
fn begin_lags() {}
fn next_lag_step() -> u32 { return NEVER; }
fn correlate(n: u32, seen: bool) {}
