// The normals of a group of steps. A group is the fewest steps whose normals fill whole calls:
// normal step * DIMENSION + i is lane (…) mod 4 of call (…) / 4.

var<private> normals: array<f32, NORMALS>;

fn draw(group: u32, walker: u32, cell: u32, key: vec2<u32>) {
    let first = wide_multiply(group, CALLS_PER_GROUP);
    // Few calls are written out, so that normals are at constant places, and stay in registers.
    draw_call(0u, first, walker, cell, key);
    if (CALLS_PER_GROUP > 1u) {
        draw_call(1u, first, walker, cell, key);
    }
    if (CALLS_PER_GROUP > 2u) {
        draw_call(2u, first, walker, cell, key);
    }
    if (CALLS_PER_GROUP > 3u) {
        draw_call(3u, first, walker, cell, key);
    }
    if (CALLS_PER_GROUP > 4u) {
        for (var k = 4u; k < CALLS_PER_GROUP; k++) {
            draw_call(k, first, walker, cell, key);
        }
    }
}

// Call k of the group whose first call is (low, high).
fn draw_call(k: u32, first: vec2<u32>, walker: u32, cell: u32, key: vec2<u32>) {
    let low = first.x + k;
    let call = vec2<u32>(low, first.y + u32(low < k));
    let z = four_normals(stream_words(STREAM_WALK, call, walker, cell, key));
    normals[4u * k] = z.x;
    normals[4u * k + 1u] = z.y;
    normals[4u * k + 2u] = z.z;
    normals[4u * k + 3u] = z.w;
}
