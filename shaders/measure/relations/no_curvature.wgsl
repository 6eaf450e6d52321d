// A force has no second relation.
fn measure_second_relation(n: u32) {}
