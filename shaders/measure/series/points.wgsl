// Sums over the walkers at the points of the time series: positions from the reference point, their products,
// loss, squared gradient, products of the gradient noise, logarithms of the distance and factors of learning rates, in
// the order of SeriesLayout in src/tally/series.rs. Points of a launch have slots in the workgroup.

// A point's words in the workgroup: (low, high) of every sum, then counts.
const SLOT_WORDS: u32 = 2u * SERIES_SUMS + 3u;
// A point's words in the tally: its counts, then 96 bits of every sum.
const POINT_WORDS: u32 = 3u + 3u * SERIES_SUMS;

// The slot of the next point.
var<private> series_slot: u32;
var<private> series_step: u32;
var<private> series_largest: u32;
var<workgroup> series_slots: array<atomic<u32>, SERIES_SLOTS * SLOT_WORDS>;

fn clear_series(lane: u32) {
    for (var k = lane; k < SERIES_SLOTS * SLOT_WORDS; k += WORKGROUP_SIZE) {
        atomicStore(&series_slots[k], 0u);
    }
}

// The update after which the point of a slot is.
fn series_step_of(slot: u32) -> u32 {
    let known = min(slot, SERIES_SLOTS - 1u);
    return select(NEVER, launch.series_steps[known / 4u][known % 4u], slot == known);
}

fn begin_series() {
    series_slot = 0u;
    series_step = series_step_of(0u);
}

fn next_series_step() -> u32 {
    return series_step;
}

fn next_series_point() {
    series_slot += 1u;
    series_step = series_step_of(series_slot);
}

fn add_to_series(k: u32, value: f32) {
    let scaled = value * measure_parameter(AT_SERIES_SCALES + k);
    let parts = split(scaled);
    let at = series_slot * SLOT_WORDS + 2u * k;
    atomicAdd(&series_slots[at], parts.x - 0x4B000000u);
    atomicAdd(&series_slots[at + 1u], parts.y - 0x4B400000u);
    series_largest = max(series_largest, magnitude(scaled));
}

fn add_products_to_series(first: u32, v: Vector) {
    var i = 0u;
    var j = 0u;
    for (var k = 0u; k < SERIES_PRODUCTS; k++) {
        add_to_series(first + k, v[i] * v[j]);
        j += 1u;
        if (!SERIES_FULL || j == DIMENSION) {
            i += 1u;
            j = i;
        }
    }
}

// The logarithm of the length of v, whose square may be beyond what a float holds.
fn log_length(v: Vector) -> f32 {
    // The least normal float, in place of 0.
    var largest = 0x1p-126f;
    for (var i = 0u; i < DIMENSION; i++) {
        largest = max(largest, abs(v[i]));
    }
    var sum = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        let share = v[i] / largest;
        sum = fma(share, share, sum);
    }
    return -0.5 * minus_two_ln(largest) - 0.25 * minus_two_ln(max(sum, 1.0));
}

fn measure_series() {
    series_largest = 0u;
    var v: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        v[i] = x[i] - measure_parameter(AT_REFERENCE + i);
        add_to_series(i, v[i]);
    }
    add_products_to_series(DIMENSION, v);
    if (SERIES_DISTANCE) {
        add_to_series(AT_SERIES_DISTANCE, log_length(v));
    }
    let g = gradient(x);
    let level = loss(x, g);
    add_to_series(AT_SERIES_LOSS, level);
    add_to_series(AT_SERIES_LOSS + 1u, squared_norm(g));
    if (SERIES_QUANTILES) {
        for (var i = 0u; i < DIMENSION; i++) {
            count_for_quantiles(i, i, v[i]);
        }
        count_for_quantiles(DIMENSION, AT_SERIES_LOSS, level);
    }
    if (SERIES_NOISE) {
        let mean = gradient(before);
        for (var i = 0u; i < DIMENSION; i++) {
            v[i] = noisy[i] - mean[i];
        }
        add_products_to_series(AT_SERIES_LOSS + 2u, v);
    }
    measure_rate();
    let counts = series_slot * SLOT_WORDS + 2u * SERIES_SUMS;
    atomicAdd(&series_slots[counts], 1u);
    atomicAdd(&series_slots[counts + 1u], in_right_well());
    atomicAdd(&series_slots[counts + 2u], u32(series_largest >= RANGE_BITS_OF_FLOAT));
}

fn flush_series(lane: u32) {
    for (var k = lane; k < SERIES_SLOTS * SERIES_SUMS; k += WORKGROUP_SIZE) {
        let slot = k / SERIES_SUMS;
        let sum = k % SERIES_SUMS;
        if (series_step_of(slot) > NEVER) {
            let at = slot * SLOT_WORDS + 2u * sum;
            let low = atomicLoad(&series_slots[at]);
            let high = atomicLoad(&series_slots[at + 1u]);
            let first = tally + TALLY_SERIES + (launch.series_point + slot) * POINT_WORDS;
            add_wide(first + 3u + 3u * sum, join(vec2<u32>(low, high), 0u));
        }
    }
    for (var k = lane; k < SERIES_SLOTS * 3u; k += WORKGROUP_SIZE) {
        let slot = k / 3u;
        if (series_step_of(slot) > NEVER) {
            let count = atomicLoad(&series_slots[slot * SLOT_WORDS + 2u * SERIES_SUMS + k % 3u]);
            atomicAdd(&tallies[tally + TALLY_SERIES + (launch.series_point + slot) * POINT_WORDS + k % 3u], count);
        }
    }
}
