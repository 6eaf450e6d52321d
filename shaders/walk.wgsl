// The frame: every invocation loads a walker, takes it through the steps of the launch, and stores it;
// a workgroup adds what its walkers counted to the tally of their part, a run of walkers of one block.
//
// A step is: draw the random numbers, update rule, measures; the rule asks the landscape for gradients and
// the noise to disturb them. Each
// is a stage in a file of its own. What code runs at a step depends on the step's number only, never on
// where launches begin and end, so results do not depend on that either.

struct Launch {
    // Updates done before, and to be done after.
    first_step: u32,
    last_step: u32,
    key: vec2<u32>,
    // Parts in this batch.
    parts: u32,
    // Workgroups in a row of the dispatch, and of a part.
    row: u32,
    workgroups: u32,
    // Whether walkers are at their end afterwards, and are counted as what they are then.
    finishes: u32,
    // Walkers that the state has room for.
    stride: u32,
    // Next point of the time series, and the updates after which it and those that follow in the launch are;
    // NEVER for none.
    series_point: u32,
    series_steps: array<vec4<u32>, SERIES_STEPS>,
}

@group(0) @binding(0) var<uniform> launch: Launch;
// Records of the cells, each a short part for every step and the numbers of the start.
@group(0) @binding(1) var<storage, read> cells: array<f32>;
// Parts: first word of the cell's record, number of the cell, first walker, walkers.
@group(0) @binding(2) var<storage, read> parts: array<vec4<u32>>;
@group(0) @binding(3) var<storage, read_write> states: array<u32>;
@group(0) @binding(4) var<storage, read_write> tallies: array<atomic<u32>>;

var<private> origin: Vector;
// Update after which the walker was lost; 0 before.
var<private> lost_at: u32;
// Whether the walker has been within bounds in this launch, and after how many of its steps it was.
var<private> inside: bool;
var<private> steps_inside: u32;
// First word of the part's tally.
var<private> tally: u32;
var<private> next_measured: u32;

fn begin_measuring() {
    let done = (max(launch.first_step, BURN_IN) - BURN_IN) / EVERY;
    next_measured = select(BURN_IN + (done + 1u) * EVERY, NEVER, done >= MEASUREMENTS);
}

// Measures the state after update n if that is due and the walker is to be `seen`. What is due goes by n
// alone, so that all walkers keep in step.
fn measure_state(n: u32, place: u32, seen: bool) {
    if (((MEASURED_PLACES >> place) & 1u) == 1u && (MEASURED_ALWAYS || n == next_measured)) {
        if (seen) {
            let g = gradient(x);
            let level = loss(x, g);
            begin_state();
            measure_moments(g, level);
            measure_relations(n);
            measure_current(g);
            end_state();
            measure_histograms(level);
        }
        next_measured = select(n + EVERY, NEVER, END_STEP - n < EVERY);
    }
    if (n == next_series_step()) {
        if (seen) {
            measure_series();
        }
        next_series_point();
    }
    end_stretch(n, seen);
    if (n == next_lag_step()) {
        correlate(n, seen);
    }
}

// Update n, with the numbers at `place` of the group. A walker that is lost or absorbed at a step moves
// on, unseen: waiting for the outcome of each step before the next would take longer.
fn step(n: u32, place: u32, eventful: bool) {
    if (KEEPS_BEFORE && (SEES_ALL || eventful)) {
        before = x;
    }
    advance(n, place * NUMBERS_PER_STEP);
    observe_update(n);
    // An absorbed walker is frozen: where it strays is not looked at.
    inside = inside && (is_absorbed() || !is_beyond_bounds());
    steps_inside += u32(inside);
    if (inside) {
        look_for_passage(n);
    }
    if (eventful) {
        measure_state(n, place, inside && !is_absorbed());
    }
    if (inside) {
        restart_if_passed(n);
    }
}

// The steps of one group, written out so that the places of numbers are constants.
fn steps_of_group(group: u32, eventful: bool) {
    draw(group, walker, cell, key);
    let n = group * STEPS_PER_GROUP + 1u;
    step(n, 0u, eventful);
    if (STEPS_PER_GROUP > 1u) {
        if (LAST_GROUP_FULL || n < END_STEP) {
            step(n + 1u, 1u, eventful);
        }
    }
    if (STEPS_PER_GROUP > 2u) {
        if (LAST_GROUP_FULL || n + 1u < END_STEP) {
            step(n + 2u, 2u, eventful);
        }
        if (LAST_GROUP_FULL || n + 2u < END_STEP) {
            step(n + 3u, 3u, eventful);
        }
    }
}

fn next_eventful_group() -> u32 {
    // NEVER is 0, so that it becomes the last number of all.
    let measured_or_point = min(next_measured - 1u, next_series_step() - 1u);
    return min(measured_or_point, min(next_stretch_end() - 1u, next_lag_step() - 1u)) / STEPS_PER_GROUP;
}

// The groups from `first` up to `end`: runs of quiet ones, without measuring in their code, and eventful ones.
// Where walkers are not absorbed, all do the same at the same time. Loops ask at their end whether to go
// on, as software rasterisers run a loop that asks at its beginning once more for nothing.
fn walk_until(end: u32, first: u32) -> u32 {
    var group = first;
    loop {
        let quiet_end = min(end, next_eventful_group());
        if (group < quiet_end) {
            loop {
                steps_of_group(group, false);
                group += 1u;
                if (group >= quiet_end || is_absorbed()) {
                    break;
                }
            }
        }
        // Where events are rare a single group has them, else all that follow may.
        if (group < end && !is_absorbed()) {
            loop {
                steps_of_group(group, true);
                group += 1u;
                if (EVENTS_ARE_RARE || group >= end || is_absorbed()) {
                    break;
                }
            }
        }
        if (group >= end || is_absorbed()) {
            break;
        }
    }
    return group;
}

// The groups of the launch, from one end of a stretch of windows to the next.
fn walk_on() {
    begin_measuring();
    begin_series();
    begin_stretches();
    begin_lags();
    inside = true;
    steps_inside = 0u;
    var group = launch.first_step / STEPS_PER_GROUP;
    let end = (launch.last_step - 1u) / STEPS_PER_GROUP + 1u;
    loop {
        group = walk_until(min(end, group_after_stretch()), group);
        hand_on_after_group(group * STEPS_PER_GROUP);
        if (group >= end || is_absorbed()) {
            break;
        }
    }
    if (!inside) {
        lost_at = launch.first_step + steps_inside + 1u;
    }
}

// A walker's state: coordinates, lost_at, the rule's memory, what windows keep, the ring of time origins, and what
// first passage keeps, `stride` words apart.
fn load_walker(at: u32) {
    for (var i = 0u; i < DIMENSION; i++) {
        x[i] = bitcast<f32>(states[at + i * launch.stride]);
    }
    lost_at = states[at + DIMENSION * launch.stride];
    load_memory(at + (DIMENSION + 1u) * launch.stride, launch.stride);
    load_windows(at + (DIMENSION + 1u + MEMORY) * launch.stride);
    load_passage(at + (DIMENSION + 1u + MEMORY + WINDOW_MEMORY + RING_MEMORY) * launch.stride);
}

fn store_walker(at: u32) {
    for (var i = 0u; i < DIMENSION; i++) {
        states[at + i * launch.stride] = bitcast<u32>(x[i]);
    }
    states[at + DIMENSION * launch.stride] = lost_at;
    store_memory(at + (DIMENSION + 1u) * launch.stride, launch.stride);
    store_windows(at + (DIMENSION + 1u + MEMORY) * launch.stride);
    store_passage(at + (DIMENSION + 1u + MEMORY + WINDOW_MEMORY + RING_MEMORY) * launch.stride);
}

fn finish_walker() {
    var end = END_STEP;
    if (lost_at > 0u) {
        atomicAdd(&tallies[tally + TALLY_LOST], 1u);
        // The first lost step, so that 0 stands for none and the largest is kept.
        atomicMax(&tallies[tally + TALLY_LOST + 1u], 0u - lost_at);
        end = lost_at - 1u;
    }
    finish_passages(end);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn walk(@builtin(workgroup_id) place: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let workgroup = place.y * launch.row + place.x;
    // The last row of a dispatch may have workgroups too many: they have no walkers.
    let wanted = workgroup / launch.workgroups;
    let number = min(wanted, launch.parts - 1u);
    let part = parts[number];
    let seat = (workgroup % launch.workgroups) * WORKGROUP_SIZE + lane;
    let present = wanted < launch.parts && seat < walkers_of_part(number, part.w);
    let index = walker_of_part(number, select(0u, seat, present));
    tally = number * TALLY_WORDS;
    key = launch.key;
    cell = part.y;
    walker = part.z + index;
    find_rate_factors(part.x / RECORD_WORDS, launch.first_step, launch.last_step);
    load_step_record(part.x, lane);
    load_measure_record(part.x, lane);
    find_windows(part.x);
    clear_histograms(lane);
    clear_series(lane);
    clear_rows(lane);
    clear_passages(lane);
    workgroupBarrier();
    if (present) {
        origin = starting_position(part.x, walker, cell, key);
        let at = number * PART_WALKERS + index;
        find_ring(at + (DIMENSION + 1u + MEMORY + WINDOW_MEMORY) * launch.stride);
        if (launch.first_step == 0u) {
            x = origin;
            lost_at = 0u;
            begin_memory();
            begin_windows();
            begin_passages();
        } else {
            load_walker(at);
        }
        if (lost_at == 0u && !is_absorbed() && launch.first_step < launch.last_step) {
            walk_on();
        }
        store_walker(at);
        if (launch.finishes != 0u) {
            finish_walker();
        }
    }
    // The first of these has a barrier, which the others rely on.
    flush_moments(lane);
    flush_histograms(lane);
    flush_series(lane);
    flush_rows(lane);
    flush_passages(lane);
}
