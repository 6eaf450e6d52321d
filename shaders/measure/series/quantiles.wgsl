// Counts of walkers at a point of the time series, by bin of every coordinate and of the loss, each in units of its
// typical size. They go straight to those of the part: points are few.

// A fixed-point scale gives typical sizes QUANTILE_BITS bits.
const QUANTILE_UNIT: f32 = 1.0 / f32(1u << QUANTILE_BITS);

// Twin of LogLinearBins in src/tally/quantiles.rs.
fn quantile_bin(v: f32) -> u32 {
    let size = abs(v);
    let above = min((bitcast<u32>(size) >> 16u) - QUANTILE_OFFSET, QUANTILE_HALF - 1u);
    let k = select(above, u32(min(size, 0x1p-10f) * 0x1p17f), size < 0x1p-10f);
    return select(QUANTILE_HALF + k, QUANTILE_HALF - 1u - k, v < 0.0);
}

// Coordinate i, or the loss as number DIMENSION, whose sum at the point has number k.
fn count_for_quantiles(i: u32, k: u32, value: f32) {
    let point = launch.series_point + series_slot;
    let bin = quantile_bin(value * measure_parameter(AT_SERIES_SCALES + k) * QUANTILE_UNIT);
    let first = (point * (DIMENSION + 1u) + i) * 2u * QUANTILE_HALF;
    atomicAdd(&tallies[tally + TALLY_QUANTILES + first + bin], 1u);
}
