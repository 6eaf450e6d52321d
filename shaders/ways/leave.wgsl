// The frame of walkers of a basin: every invocation watches one leave it.
//
// Words of a walker: its state, whether it is in the basin, the update after which it was lost, how often it has left,
// and of one of these times, by chance, the state, how far it was, and whether it had passed.

const INSIDE: u32 = STATE;
const LOST_AT: u32 = STATE + 1u;
const COUNT: u32 = STATE + 2u;
const KEPT: u32 = STATE + 3u;

var<private> origin: Vector;
var<private> place: u32;
var<private> inside: bool;
var<private> lost_at: u32;
var<private> count: u32;

fn is_done() -> bool {
    return lost_at != 0u;
}

fn step_on(n: u32, numbers: u32) {
    advance(n, numbers * NUMBERS_PER_STEP);
    if (lost_at != 0u) {
        return;
    }
    if (is_beyond_bounds()) {
        lost_at = n;
        return;
    }
    let now = along(x);
    let passed = meets_condition(x);
    // Who passes has left, wherever it is; what is not a number is not beyond the basin.
    let still = !(now > launch.basin) && !passed;
    if (n > BURN_IN && inside && !still) {
        keep(n, now, passed);
    }
    inside = still;
    if (passed) {
        x = origin;
        begin_memory();
        inside = true;
    }
}

// Each time that the walker leaves is kept in the end with the same chance.
fn keep(n: u32, now: f32, passed: bool) {
    count += 1u;
    let word = stream_words(STREAM_SELECTION, vec2<u32>(n, 0u), walker, cell, key).x;
    if (wide_multiply(word, count).y == 0u) {
        let at = place + KEPT * launch.stride;
        store_state(at);
        states[at + STATE * launch.stride] = bitcast<u32>(now);
        states[at + (STATE + 1u) * launch.stride] = u32(passed);
    }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn leave(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    load_step_record(0u, lane);
    workgroupBarrier();
    place = (group.y * launch.row + group.x) * WORKGROUP_SIZE + lane;
    if (place < launch.walkers) {
        key = launch.key;
        cell = launch.cell;
        walker = launch.first_walker + place;
        origin = starting_position(0u, walker, cell, key);
        if (launch.first_step == 0u) {
            x = origin;
            begin_memory();
            inside = true;
            lost_at = 0u;
            count = 0u;
        } else {
            load_state(place);
            inside = states[place + INSIDE * launch.stride] != 0u;
            lost_at = states[place + LOST_AT * launch.stride];
            count = states[place + COUNT * launch.stride];
        }
        if (lost_at == 0u) {
            find_rate_factors(0u, launch.first_step, launch.last_step);
            walk_on();
        }
        store_state(place);
        states[place + INSIDE * launch.stride] = u32(inside);
        states[place + LOST_AT * launch.stride] = lost_at;
        states[place + COUNT * launch.stride] = count;
    }
}
