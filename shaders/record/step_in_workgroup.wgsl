// The part of the record that every step needs, too long for registers: shared by the workgroup, all of whose
// walkers are of one cell. To be read after a barrier.

var<workgroup> step_record: array<f32, STEP_WORDS>;

fn load_step_record(record: u32, lane: u32) {
    for (var i = lane; i < STEP_WORDS; i += WORKGROUP_SIZE) {
        step_record[i] = cells[record + i];
    }
}

fn parameter(i: u32) -> f32 {
    return step_record[i];
}
