// Averages of the first relation over windows of time. What is kept is the sum of left minus right side, which
// telescopes and so stays small, and that of the right: of a stretch, which divides all windows, and of the windows
// of every length and the half-running average, to which stretches are handed on.
// Record, after that of the relation: one over the steps of every row.

// Items of a row: windows, those too large, then sums of right, right², mismatch, mismatch², mismatch · right.
const WINDOW_ITEMS: u32 = 7u;
// Place of one over the steps of row 0.
const AT_PER_STEP: u32 = AT_RELATIONS + 2u * DIMENSION + 2u;

// Both sides of the last update.
var<private> sides: vec2<f32>;
// (mismatch, right).
var<private> recent: vec2<f32>;
var<private> open_windows: array<vec2<f32>, WINDOWS + 1u>;
var<private> stretch_end: u32;
// The stretch that has ended and is to be handed on, and whether the walker was seen at its end.
var<private> ended: vec2<f32>;
var<private> seen_at_end: bool;

fn begin_windows() {
    recent = vec2<f32>();
    for (var k = 0u; k <= WINDOWS; k++) {
        open_windows[k] = vec2<f32>();
    }
}

// In the walker's state, from word `at` on.
fn load_windows(at: u32) {
    recent = vec2<f32>(bitcast<f32>(states[at]), bitcast<f32>(states[at + launch.stride]));
    for (var k = 0u; k <= WINDOWS; k++) {
        let place = at + (2u * k + 2u) * launch.stride;
        open_windows[k] = vec2<f32>(bitcast<f32>(states[place]), bitcast<f32>(states[place + launch.stride]));
    }
}

fn store_windows(at: u32) {
    states[at] = bitcast<u32>(recent.x);
    states[at + launch.stride] = bitcast<u32>(recent.y);
    for (var k = 0u; k <= WINDOWS; k++) {
        let place = at + (2u * k + 2u) * launch.stride;
        states[place] = bitcast<u32>(open_windows[k].x);
        states[place + launch.stride] = bitcast<u32>(open_windows[k].y);
    }
}

fn begin_stretches() {
    let done = (max(launch.first_step, BURN_IN) - BURN_IN) / STRETCH;
    stretch_end = select(BURN_IN + (done + 1u) * STRETCH, NEVER, done >= STEPS / STRETCH);
}

fn next_stretch_end() -> u32 {
    return stretch_end;
}

fn sides_of_update(n: u32) -> vec2<f32> {
    return sides;
}

fn observe_update(n: u32) {
    if (BURN_IN == 0u || n > BURN_IN) {
        sides = first_relation(n);
        recent += vec2<f32>(sides.x - sides.y, sides.y);
    }
}

// Adds the averages of an open window to `row` of those `seen`, and begins the next.
fn close_window(window: u32, row: u32, seen: bool) {
    let mean = open_windows[window] * measure_parameter(AT_PER_STEP + row);
    if (seen) {
        let scales = AT_WINDOW_SCALES + 5u * row;
        let item = WINDOW_ITEMS * row;
        begin_row();
        add_to_row(item + 2u, mean.y * measure_parameter(scales));
        add_to_row(item + 3u, mean.y * mean.y * measure_parameter(scales + 1u));
        add_to_row(item + 4u, mean.x * measure_parameter(scales + 2u));
        add_to_row(item + 5u, mean.x * mean.x * measure_parameter(scales + 3u));
        add_to_row(item + 6u, mean.x * mean.y * measure_parameter(scales + 4u));
        end_row(item);
    }
    open_windows[window] = vec2<f32>();
}

// The stretch ends with update n. It is handed on where a group of steps ends, in code that is there once and which
// software rasterisers, that run what they mask, come to but once a stretch; shorter stretches are handed on at once.
fn end_stretch(n: u32, seen: bool) {
    if (n == stretch_end) {
        ended = recent;
        seen_at_end = seen;
        recent = vec2<f32>();
        if (STRETCH < STEPS_PER_GROUP) {
            hand_on();
        }
    }
}

// The group that follows the end of the stretch.
fn group_after_stretch() -> u32 {
    return select(min(stretch_end - 1u, 0xfffffffeu) / STEPS_PER_GROUP + 1u, 0xffffffffu, STRETCH < STEPS_PER_GROUP);
}

fn hand_on_after_group(done: u32) {
    if (STRETCH >= STEPS_PER_GROUP && stretch_end != NEVER && done >= stretch_end) {
        hand_on();
    }
}

// Adds the stretch that has ended to the windows, and closes those that end with it.
fn hand_on() {
    for (var k = 0u; k <= WINDOWS; k++) {
        open_windows[k] += ended;
    }
    let seen = seen_at_end;
    let measured_step = stretch_end - BURN_IN;
    for (var k = 0u; k < WINDOWS; k++) {
        if (measured_step % WINDOW_LENGTHS[k] == 0u) {
            close_window(k, k, seen);
        }
    }
    // The earlier first: one may end where the next begins.
    for (var k = HALF_RUNNING_COUNT; k > 0u; k--) {
        let interval = HALF_RUNNING[k - 1u];
        if (measured_step == interval.y) {
            close_window(WINDOWS, WINDOWS + k - 1u, seen);
        } else if (measured_step == interval.x) {
            open_windows[WINDOWS] = vec2<f32>();
        }
    }
    stretch_end = select(stretch_end + STRETCH, NEVER, END_STEP - stretch_end < STRETCH);
}
