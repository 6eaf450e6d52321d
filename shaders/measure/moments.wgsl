// Sums over measured states: positions from the reference point, their products, loss, squared
// gradients, each times the state's weight, and the weights; then those that other files take over the updates which
// led there; in the order of MomentLayout in src/tally/moments.rs.

var<private> sum_low: array<u32, SUMS>;
var<private> sum_high: array<u32, SUMS>;
var<private> measured: u32;
var<private> measured_right: u32;
var<private> overflows: u32;
var<private> largest: u32;

// What every walker of the workgroup adds to a few of its items, (low, high) words.
var<workgroup> shares: array<vec2<u32>, SHARED_ITEMS * WORKGROUP_SIZE>;

fn add_to_sum(k: u32, value: f32) {
    let scaled = value * measure_parameter(AT_SCALES + k);
    let parts = split(scaled);
    sum_low[k] += parts.x;
    sum_high[k] += parts.y;
    largest = max(largest, magnitude(scaled));
}

fn squared_norm(g: Vector) -> f32 {
    var sum = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        sum = fma(g[i], g[i], sum);
    }
    return sum;
}

fn in_right_well() -> u32 {
    return u32(WELLS && x[0] > parameter(AT_SADDLE));
}

fn begin_state() {
    largest = 0u;
}

fn measure_moments(g: Vector, level: f32) {
    let w = weight(level);
    var v: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        v[i] = x[i] - measure_parameter(AT_REFERENCE + i);
        add_to_sum(i, w * v[i]);
    }
    // One loop over the pairs i ≤ j, or i = j, which compilers unroll as they would not two.
    var i = 0u;
    var j = 0u;
    for (var k = DIMENSION; k < AT_LOSS_SUM; k++) {
        add_to_sum(k, (w * v[i]) * v[j]);
        j += 1u;
        if (!FULL_COVARIANCE || j == DIMENSION) {
            i += 1u;
            j = i;
        }
    }
    add_to_sum(AT_LOSS_SUM, w * level);
    add_to_sum(AT_LOSS_SUM + 1u, w * squared_norm(g));
    if (STOCHASTIC) {
        add_to_sum(AT_LOSS_SUM + 2u, w * squared_norm(noisy));
    }
    if (WEIGHTED) {
        add_to_sum(AT_WEIGHT_SUM, w);
    }
}

fn end_state() {
    measured += 1u;
    measured_right += in_right_well();
    overflows += u32(largest >= RANGE_BITS_OF_FLOAT);
}

// The items that a workgroup adds to its tally: the sums, then (measured, in the right well), then
// overflows.
const ITEMS: u32 = SUMS + 2u;

fn item(k: u32) -> vec2<u32> {
    if (k < SUMS) {
        return join(vec2<u32>(sum_low[k], sum_high[k]), measured);
    }
    return select(vec2<u32>(overflows, 0u), vec2<u32>(measured, measured_right), k == SUMS);
}

fn flush_item(k: u32, total: vec2<u32>) {
    if (k < SUMS) {
        add_wide(tally + 3u * k, total);
    } else {
        let at = tally + TALLY_COUNTS + 2u * (k - SUMS);
        atomicAdd(&tallies[at], total.x);
        atomicAdd(&tallies[at + 1u], total.y);
    }
}

// Adds the items from `first` on, as many as are shared at a time, to the tally: one invocation an item
// goes through what all have stored. Atomics in the workgroup's memory would take longer, on processors
// above all.
fn flush_items(first: u32, lane: u32) {
    for (var k = 0u; k < SHARED_ITEMS; k++) {
        if (first + k < ITEMS) {
            shares[k * WORKGROUP_SIZE + lane] = item(first + k);
        }
    }
    workgroupBarrier();
    if (lane < SHARED_ITEMS && first + lane < ITEMS) {
        var total = vec2<u32>();
        for (var other = 0u; other < WORKGROUP_SIZE; other++) {
            let share = shares[lane * WORKGROUP_SIZE + other];
            total.x += share.x;
            total.y += share.y + u32(total.x < share.x);
        }
        flush_item(first + lane, total);
    }
    workgroupBarrier();
}

// Adds the workgroup's moments to the tally. The first rounds are written out, so that the sums of few
// dimensions are at constant places, and stay in registers.
fn flush_moments(lane: u32) {
    flush_items(0u, lane);
    if (ITEMS > SHARED_ITEMS) {
        flush_items(SHARED_ITEMS, lane);
    }
    if (ITEMS > 2u * SHARED_ITEMS) {
        flush_items(2u * SHARED_ITEMS, lane);
    }
    if (ITEMS > 3u * SHARED_ITEMS) {
        flush_items(3u * SHARED_ITEMS, lane);
    }
    if (ITEMS > 4u * SHARED_ITEMS) {
        for (var first = 4u * SHARED_ITEMS; first < ITEMS; first += SHARED_ITEMS) {
            flush_items(first, lane);
        }
    }
}
