// Too many items for the workgroup's memory: straight to those of its part.

fn clear_rows(lane: u32) {}

fn add_to_item(item: u32, value: vec2<u32>) {
    add_wide(tally + TALLY_ROWS + 3u * item, value);
}

fn flush_rows(lane: u32) {}
