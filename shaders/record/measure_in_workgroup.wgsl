// The part of the record that measuring needs, too long for registers: shared by the workgroup, all of whose
// walkers are of one cell. To be read after a barrier.

var<workgroup> measure_record: array<f32, MEASURE_WORDS>;

fn load_measure_record(record: u32, lane: u32) {
    for (var i = lane; i < MEASURE_WORDS; i += WORKGROUP_SIZE) {
        measure_record[i] = cells[record + STEP_WORDS + i];
    }
}

fn measure_parameter(i: u32) -> f32 {
    return measure_record[i - STEP_WORDS];
}
