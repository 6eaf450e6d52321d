// What both frames of rare passages share: what a launch is told, and its buffers.

struct Launch {
    // Updates done before, and to be done after.
    first_step: u32,
    last_step: u32,
    key: vec2<u32>,
    // Walkers in the launch, and those that the states have room for.
    walkers: u32,
    stride: u32,
    // The second word of the counters of the first walker of a basin, and the third of all.
    first_walker: u32,
    cell: u32,
    // Walkers are in the basin up to here, and on their way up to there.
    basin: f32,
    upper: f32,
    // Workgroups in a row of the dispatch.
    row: u32,
}

@group(0) @binding(0) var<uniform> launch: Launch;
// The record of the cell.
@group(0) @binding(1) var<storage, read> cells: array<f32>;
// Places in `states` of the walkers in the launch.
@group(0) @binding(2) var<storage, read> places: array<u32>;
// Words of the walkers, `stride` apart.
@group(0) @binding(3) var<storage, read_write> states: array<u32>;

const STATE: u32 = DIMENSION + MEMORY;

fn load_state(at: u32) {
    for (var i = 0u; i < DIMENSION; i++) {
        x[i] = bitcast<f32>(states[at + i * launch.stride]);
    }
    load_memory(at + DIMENSION * launch.stride, launch.stride);
}

fn store_state(at: u32) {
    for (var i = 0u; i < DIMENSION; i++) {
        states[at + i * launch.stride] = bitcast<u32>(x[i]);
    }
    store_memory(at + DIMENSION * launch.stride, launch.stride);
}

// The groups of the launch, as the frame's `step_on` makes steps, until the walker `is_done`.
fn walk_on() {
    var group = launch.first_step / STEPS_PER_GROUP;
    let end = (launch.last_step - 1u) / STEPS_PER_GROUP + 1u;
    loop {
        draw(group, walker, cell, key);
        let n = group * STEPS_PER_GROUP + 1u;
        // Written out, so that the places of numbers are constants.
        step_on(n, 0u);
        if (STEPS_PER_GROUP > 1u && n < launch.last_step) {
            step_on(n + 1u, 1u);
        }
        if (STEPS_PER_GROUP > 2u) {
            if (n + 1u < launch.last_step) {
                step_on(n + 2u, 2u);
            }
            if (n + 2u < launch.last_step) {
                step_on(n + 3u, 3u);
            }
        }
        group += 1u;
        if (group >= end || is_done()) {
            break;
        }
    }
}
