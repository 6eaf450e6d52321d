// Averages of the first relation over windows of time. What is kept is the sum of left minus right side, which
// telescopes and so stays small, and that of the right: of a stretch, which divides all windows, and of the windows
// of every length and the half-running average, to which stretches are handed on.
// Record, read where it lies: one over the steps of every row and the scales of its sums, from AT_PER_STEP and
// AT_WINDOW_SCALES on.

// Items of a row: windows, those too large, then sums of right, right², mismatch, mismatch², mismatch · right.
const WINDOW_ITEMS: u32 = 7u;
const ROWS: u32 = WINDOWS + HALF_RUNNING_COUNT;

// Both sides of the last update.
var<private> sides: vec2<f32>;
// (mismatch, right).
var<private> recent: vec2<f32>;
var<private> open_windows: array<vec2<f32>, WINDOWS + 1u>;
var<private> stretch_end: u32;
// The stretch that has ended and is to be handed on, and whether the walker was seen at its end.
var<private> ended: vec2<f32>;
var<private> seen_at_end: bool;

var<private> window_record: u32;

fn find_windows(record: u32) {
    window_record = record;
}

fn window_parameter(i: u32) -> f32 {
    return cells[window_record + i];
}

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

// Adds the averages of the open window of `row` to it, of those `seen`, and begins the next.
fn close_window(row: u32, seen: bool) {
    let window = min(row, WINDOWS);
    let mean = open_windows[window] * window_parameter(AT_PER_STEP + row);
    if (seen) {
        let scales = AT_WINDOW_SCALES + 5u * row;
        let item = WINDOW_ITEMS * row;
        begin_row();
        add_to_row(item + 2u, mean.y * window_parameter(scales));
        add_to_row(item + 3u, mean.y * mean.y * window_parameter(scales + 1u));
        add_to_row(item + 4u, mean.x * window_parameter(scales + 2u));
        add_to_row(item + 5u, mean.x * mean.x * window_parameter(scales + 3u));
        add_to_row(item + 6u, mean.x * mean.y * window_parameter(scales + 4u));
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

// The first row from `first` on whose windows end with this step; ROWS where there is none.
fn next_row(first: u32, measured_step: u32) -> u32 {
    var next = ROWS;
    for (var k = HALF_RUNNING_COUNT; k > 0u; k--) {
        let row = WINDOWS + k - 1u;
        next = select(next, row, row >= first && measured_step == HALF_RUNNING[k - 1u].y);
    }
    for (var row = WINDOWS; row > first; row--) {
        next = select(next, row - 1u, measured_step % WINDOW_LENGTHS[row - 1u] == 0u);
    }
    return next;
}

// Adds the stretch that has ended to the windows, and closes those that end with it.
fn hand_on() {
    for (var k = 0u; k <= WINDOWS; k++) {
        open_windows[k] += ended;
    }
    let measured_step = stretch_end - BURN_IN;
    // What is due is looked for beforehand: of code under a condition for every row software rasterisers run all.
    var row = next_row(0u, measured_step);
    if (row < ROWS) {
        loop {
            close_window(row, seen_at_end);
            row = next_row(row + 1u, measured_step);
            if (row >= ROWS) {
                break;
            }
        }
    }
    var half_begins = false;
    for (var k = 0u; k < HALF_RUNNING_COUNT; k++) {
        half_begins |= measured_step == HALF_RUNNING[k].x;
    }
    // One may end where the next begins.
    if (half_begins) {
        open_windows[WINDOWS] = vec2<f32>();
    }
    stretch_end = select(stretch_end + STRETCH, NEVER, END_STEP - stretch_end < STRETCH);
}
