// One step of given positions, for tests. Input: key, cell, first walker, step (from 0), then the bits
// of the positions, DIMENSION words a walker. Output: their bits after the step.
@group(0) @binding(0) var<storage, read> input: array<u32>;
@group(0) @binding(1) var<storage, read_write> output: array<u32>;
@group(0) @binding(2) var<storage, read> cells: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn probe(@builtin(global_invocation_id) id: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    load_step_record(0u, lane);
    workgroupBarrier();
    let at = id.x * DIMENSION;
    if (at + DIMENSION <= arrayLength(&output)) {
        var x: Vector;
        for (var i = 0u; i < DIMENSION; i++) {
            x[i] = bitcast<f32>(input[5u + at + i]);
        }
        let step = input[4];
        draw(step / STEPS_PER_GROUP, input[3] + id.x, input[2], vec2<u32>(input[0], input[1]));
        let first = (step % STEPS_PER_GROUP) * DIMENSION;
        let moved = update(x, noisy_gradient(gradient(x), first), first);
        for (var i = 0u; i < DIMENSION; i++) {
            output[at + i] = bitcast<u32>(moved[i]);
        }
    }
}
