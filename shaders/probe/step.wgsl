// One step of given walkers, for tests. Input: key, cell, first walker, step (from 0). States: the bits of
// positions and the rule's memory, DIMENSION + MEMORY words a walker, before the step and after it.
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> states: array<u32>;
@group(0) @binding(2) var<storage, read> cells: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn probe(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    load_step_record(0u, lane);
    workgroupBarrier();
    let words = DIMENSION + MEMORY;
    let at = id.x * words;
    if (at + words <= arrayLength(&states)) {
        for (var i = 0u; i < DIMENSION; i++) {
            x[i] = bitcast<f32>(states[at + i]);
        }
        load_memory(at + DIMENSION, 1u);
        key = vec2<u32>(input[0], input[1]);
        cell = input[2];
        walker = input[3] + id.x;
        let step = input[4];
        find_rate_factors(0u, step, step + 1u);
        draw(step / STEPS_PER_GROUP, walker, cell, key);
        advance(step + 1u, (step % STEPS_PER_GROUP) * NUMBERS_PER_STEP);
        for (var i = 0u; i < DIMENSION; i++) {
            states[at + i] = bitcast<u32>(x[i]);
        }
        store_memory(at + DIMENSION, 1u);
    }
}
