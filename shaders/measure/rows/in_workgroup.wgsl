// Items that rows of sums are made of, 64 bits each: added up in the workgroup's memory, and to the 96 bits that
// the tally has of each at the end of the launch.

var<workgroup> row_items: array<atomic<u32>, 2u * ROW_ITEMS>;

fn clear_rows(lane: u32) {
    for (var k = lane; k < 2u * ROW_ITEMS; k += WORKGROUP_SIZE) {
        atomicStore(&row_items[k], 0u);
    }
}

fn add_to_item(item: u32, value: vec2<u32>) {
    let low = atomicAdd(&row_items[2u * item], value.x) + value.x;
    let high = value.y + u32(low < value.x);
    if (high != 0u) {
        atomicAdd(&row_items[2u * item + 1u], high);
    }
}

fn flush_rows(lane: u32) {
    for (var item = lane; item < ROW_ITEMS; item += WORKGROUP_SIZE) {
        let low = atomicLoad(&row_items[2u * item]);
        let high = atomicLoad(&row_items[2u * item + 1u]);
        if ((low | high) != 0u) {
            add_wide(tally + TALLY_ROWS + 3u * item, vec2<u32>(low, high));
        }
    }
}
