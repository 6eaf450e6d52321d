// The numbers of a group of steps one by one, as they are asked for in order: for steps that take more of
// them than registers hold. Number step * NUMBERS_PER_STEP + i is number (...) mod 4 of quad (...) / 4.

// First quad of the group.
var<private> first_quad: vec2<u32>;
// A quad of the group, and its place; NO_QUAD before.
var<private> quad_numbers: vec4<f32>;
var<private> quad_place: u32;

const NO_QUAD: u32 = 0xffffffffu;

fn draw(group: u32, walker: u32, cell: u32, key: vec2<u32>) {
    first_quad = wide_multiply(group, QUADS_PER_GROUP);
    quad_place = NO_QUAD;
}

// Number k of the group.
fn number(k: u32) -> f32 {
    let place = k >> 2u;
    if (place != quad_place) {
        let low = first_quad.x + place;
        quad_numbers = quad(vec2<u32>(low, first_quad.y + u32(low < place)), walker, cell, key);
        quad_place = place;
    }
    let pair = select(quad_numbers.xy, quad_numbers.zw, (k & 2u) == 2u);
    return select(pair.x, pair.y, (k & 1u) == 1u);
}
