// Sums over the walkers at the points of the time series. Point j (from 0) is after measured step
// ⌈(j + 1) STEPS / SERIES_POINTS⌉, kept as whole part and rest of that quotient.

// A point's words in the workgroup: (low, high) of every sum, then counts.
const SERIES_SUMS: u32 = DIMENSION + 1u;
const SLOT_WORDS: u32 = 2u * SERIES_SUMS + 3u;
// A point's words in the tally: its counts, then 96 bits of every sum.
const POINT_WORDS: u32 = 3u + 3u * SERIES_SUMS;

var<private> series_point: u32;
var<private> series_whole: u32;
var<private> series_rest: u32;
var<workgroup> series_slots: array<atomic<u32>, SERIES_SLOTS * SLOT_WORDS>;

fn clear_series(lane: u32) {
    for (var k = lane; k < SERIES_SLOTS * SLOT_WORDS; k += WORKGROUP_SIZE) {
        atomicStore(&series_slots[k], 0u);
    }
}

fn begin_series() {
    series_point = launch.series_point;
    series_whole = launch.series_whole;
    series_rest = launch.series_rest;
}

fn next_series_step() -> u32 {
    return select(BURN_IN + series_whole + u32(series_rest > 0u), NEVER, series_point >= SERIES_POINTS);
}

fn add_to_slot(at: u32, scaled: f32) {
    let parts = split(scaled);
    atomicAdd(&series_slots[at], parts.x - 0x4B000000u);
    atomicAdd(&series_slots[at + 1u], parts.y - 0x4B400000u);
}

fn measure_series() {
    let slot = (series_point - launch.series_point) * SLOT_WORDS;
    var greatest = 0u;
    for (var i = 0u; i < DIMENSION; i++) {
        let scaled = (x[i] - measure_parameter(AT_REFERENCE + i)) * measure_parameter(AT_SCALES + i);
        add_to_slot(slot + 2u * i, scaled);
        greatest = max(greatest, magnitude(scaled));
    }
    let scaled = loss(x, gradient(x)) * measure_parameter(AT_SCALES + AT_LOSS_SUM);
    add_to_slot(slot + 2u * DIMENSION, scaled);
    greatest = max(greatest, magnitude(scaled));
    let counts = slot + 2u * SERIES_SUMS;
    atomicAdd(&series_slots[counts], 1u);
    atomicAdd(&series_slots[counts + 1u], in_right_well());
    atomicAdd(&series_slots[counts + 2u], u32(greatest >= RANGE_BITS_OF_FLOAT));
}

fn next_series_point() {
    series_point += 1u;
    series_whole += STEPS / SERIES_POINTS;
    series_rest += STEPS % SERIES_POINTS;
    if (series_rest >= SERIES_POINTS) {
        series_rest -= SERIES_POINTS;
        series_whole += 1u;
    }
}

fn flush_series(lane: u32) {
    for (var k = lane; k < SERIES_SLOTS * SERIES_SUMS; k += WORKGROUP_SIZE) {
        let slot = k / SERIES_SUMS;
        let sum = k % SERIES_SUMS;
        let point = launch.series_point + slot;
        if (point < SERIES_POINTS) {
            let at = slot * SLOT_WORDS + 2u * sum;
            let low = atomicLoad(&series_slots[at]);
            let high = atomicLoad(&series_slots[at + 1u]);
            let first = tally + TALLY_SERIES + point * POINT_WORDS;
            add_wide(first + 3u + 3u * sum, join(vec2<u32>(low, high), 0u));
        }
    }
    for (var k = lane; k < SERIES_SLOTS * 3u; k += WORKGROUP_SIZE) {
        let point = launch.series_point + k / 3u;
        if (point < SERIES_POINTS) {
            let count = atomicLoad(&series_slots[(k / 3u) * SLOT_WORDS + 2u * SERIES_SUMS + k % 3u]);
            atomicAdd(&tallies[tally + TALLY_SERIES + point * POINT_WORDS + k % 3u], count);
        }
    }
}
