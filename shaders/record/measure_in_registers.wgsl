// The part of the record that measuring needs, in registers.

var<private> measure_registers: array<f32, MEASURE_WORDS>;

fn load_measure_record(record: u32, lane: u32) {
    for (var i = 0u; i < MEASURE_WORDS; i++) {
        measure_registers[i] = cells[record + STEP_WORDS + i];
    }
}

fn measure_parameter(i: u32) -> f32 {
    return measure_registers[i - STEP_WORDS];
}
