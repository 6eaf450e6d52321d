// The numbers of a group of steps, normal or not. A group is the fewest steps whose numbers fill
// whole quads: number step * NUMBERS_PER_STEP + i is number (...) mod 4 of quad (...) / 4.

var<private> numbers: array<f32, NUMBERS>;

fn draw(group: u32, walker: u32, cell: u32, key: vec2<u32>) {
    let first = wide_multiply(group, QUADS_PER_GROUP);
    // Few quads are written out, so that numbers are at constant places, and stay in registers.
    draw_quad(0u, first, walker, cell, key);
    if (QUADS_PER_GROUP > 1u) {
        draw_quad(1u, first, walker, cell, key);
    }
    if (QUADS_PER_GROUP > 2u) {
        draw_quad(2u, first, walker, cell, key);
    }
    if (QUADS_PER_GROUP > 3u) {
        draw_quad(3u, first, walker, cell, key);
    }
    if (QUADS_PER_GROUP > 4u) {
        for (var k = 4u; k < QUADS_PER_GROUP; k++) {
            draw_quad(k, first, walker, cell, key);
        }
    }
}

// Quad k of the group whose first quad is (low, high).
fn draw_quad(k: u32, first: vec2<u32>, walker: u32, cell: u32, key: vec2<u32>) {
    let low = first.x + k;
    let z = quad(vec2<u32>(low, first.y + u32(low < k)), walker, cell, key);
    numbers[4u * k] = z.x;
    numbers[4u * k + 1u] = z.y;
    numbers[4u * k + 2u] = z.z;
    numbers[4u * k + 3u] = z.w;
}
