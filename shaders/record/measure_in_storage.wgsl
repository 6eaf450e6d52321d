// The part of the record that measuring needs, too long for the workgroup's memory: read where it lies.

var<private> measure_record: u32;

fn load_measure_record(record: u32, lane: u32) {
    measure_record = record;
}

fn measure_parameter(i: u32) -> f32 {
    return cells[measure_record + i];
}
