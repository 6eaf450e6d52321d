// Sums of relations over the updates that lead to measured states.
fn measure_relations(n: u32) {
    let sides = sides_of_update(n);
    add_to_sum(AT_RELATION_SUMS, sides.x);
    add_to_sum(AT_RELATION_SUMS + 1u, sides.y);
    add_to_sum(AT_RELATION_SUMS + 2u, sides.x * sides.x);
    add_to_sum(AT_RELATION_SUMS + 3u, sides.y * sides.y);
    measure_second_relation(n);
}
