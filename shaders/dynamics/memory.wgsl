// What the rule remembers of a walker from step to step: MEMORY numbers, zeros at its start.

var<private> memory: array<f32, MEMORY>;

fn begin_memory() {
    for (var i = 0u; i < MEMORY; i++) {
        memory[i] = 0.0;
    }
}

// In the walker's state, from word `at` on, `stride` words apart.
fn load_memory(at: u32, stride: u32) {
    for (var i = 0u; i < MEMORY; i++) {
        memory[i] = bitcast<f32>(states[at + i * stride]);
    }
}

fn store_memory(at: u32, stride: u32) {
    for (var i = 0u; i < MEMORY; i++) {
        states[at + i * stride] = bitcast<u32>(memory[i]);
    }
}
