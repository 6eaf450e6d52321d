// The part of the record that every step needs, too long for the workgroup's memory: read where it lies.

var<private> step_record: u32;

fn load_step_record(record: u32, lane: u32) {
    step_record = record;
}

fn parameter(i: u32) -> f32 {
    return cells[step_record + i];
}
