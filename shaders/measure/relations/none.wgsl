// No relations.
fn measure_relations(n: u32) {}
