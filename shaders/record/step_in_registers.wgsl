// The part of the record that every step needs, in registers.

var<private> step_registers: array<f32, STEP_WORDS>;

fn load_step_record(record: u32, lane: u32) {
    for (var i = 0u; i < STEP_WORDS; i++) {
        step_registers[i] = cells[record + i];
    }
}

fn parameter(i: u32) -> f32 {
    return step_registers[i];
}
