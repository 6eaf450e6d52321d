// The functions of formulas at given numbers, for tests.
@group(0) @binding(0) var<storage, read> input: array<f32>;
// exp, log, sqrt, sin, cos and tanh of every number, and the slope of log.
@group(0) @binding(1) var<storage, read_write> output: array<u32>;

@compute @workgroup_size(64)
fn probe(@builtin(global_invocation_id) id: vec3<u32>) {
    if (id.x < arrayLength(&input)) {
        let x = input[id.x];
        let at = 7u * id.x;
        output[at] = bitcast<u32>(exponential(x));
        output[at + 1u] = bitcast<u32>(logarithm(x));
        output[at + 2u] = bitcast<u32>(square_root(x));
        output[at + 3u] = bitcast<u32>(sine(x));
        output[at + 4u] = bitcast<u32>(cosine(x));
        output[at + 5u] = bitcast<u32>(hyperbolic_tangent(x));
        output[at + 6u] = bitcast<u32>(slope_of_logarithm(x));
    }
}
