// Adds to a row of sums: an item of values, one of those too large, and the sums.

fn begin_row() {
    largest = 0u;
}

fn add_to_row(item: u32, scaled: f32) {
    add_to_item(item, join(split(scaled), 1u));
    largest = max(largest, magnitude(scaled));
}

fn end_row(first_item: u32) {
    add_to_item(first_item, vec2<u32>(1u, 0u));
    if (largest >= RANGE_BITS_OF_FLOAT) {
        add_to_item(first_item + 1u, vec2<u32>(1u, 0u));
    }
}
