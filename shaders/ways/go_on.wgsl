// The frame of walkers on their ways: every invocation takes one on until it is in the basin, has passed, or has come
// beyond a level, or to the end of the launch.
//
// Words of a walker: its state, the furthest that it has been, its number, how it ended, and after which step.

const ON_WAY: u32 = 0u;
const ARRIVED: u32 = 1u;
const PASSED: u32 = 2u;
const LOST: u32 = 3u;

var<private> place: u32;
var<private> furthest: f32;
var<private> ended: u32;

fn is_done() -> bool {
    return ended != ON_WAY;
}

// A walker that has ended moves on, unseen.
fn step_on(n: u32, numbers: u32) {
    advance(n, numbers * NUMBERS_PER_STEP);
    if (ended == ON_WAY) {
        if (is_beyond_bounds()) {
            ended = LOST;
        } else {
            let now = along(x);
            furthest = select(furthest, now, now > furthest);
            let arrived = !(now > launch.basin) || now > launch.upper;
            ended = select(select(ON_WAY, ARRIVED, arrived), PASSED, meets_condition(x));
        }
        if (ended != ON_WAY) {
            store_way(n);
        }
    }
}

fn store_way(n: u32) {
    store_state(place);
    let at = place + STATE * launch.stride;
    states[at] = bitcast<u32>(furthest);
    states[at + 2u * launch.stride] = ended;
    states[at + 3u * launch.stride] = n;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn go_on(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    load_step_record(0u, lane);
    workgroupBarrier();
    let index = (group.y * launch.row + group.x) * WORKGROUP_SIZE + lane;
    if (index < launch.walkers) {
        place = places[index];
        key = launch.key;
        cell = launch.cell;
        load_state(place);
        let at = place + STATE * launch.stride;
        furthest = bitcast<f32>(states[at]);
        walker = states[at + launch.stride];
        ended = ON_WAY;
        find_rate_factors(0u, launch.first_step, launch.last_step);
        walk_on();
        if (ended == ON_WAY) {
            store_way(launch.last_step);
        }
    }
}
