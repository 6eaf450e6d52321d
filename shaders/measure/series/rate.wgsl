// The factor of each walker's own learning rate.
fn measure_rate() {
    add_to_series(SERIES_SUMS - 1u, own_rate_factor());
}
