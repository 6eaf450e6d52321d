// The numbers of a step one by one, for steps that take more of them than registers hold: number
// step * NUMBERS_OF_EXAMPLES + i is number (...) mod 4 of quad (...) / 4.

// Next number, low and high 32 bits.
var<private> next_place: vec2<u32>;
// Numbers of the quad at hand, the next first; they outlast a step, not a launch.
var<private> quad_numbers: vec4<f32>;
var<private> quad_is_held: bool;

// Begins with the first number of a step, from 0.
fn begin_numbers(step: u32) {
    next_place = wide_multiply(step, NUMBERS_OF_EXAMPLES);
}

fn next_number() -> f32 {
    let place = next_place.x & 3u;
    if (place == 0u || !quad_is_held) {
        let number = vec2<u32>((next_place.x >> 2u) | (next_place.y << 30u), next_place.y >> 2u);
        quad_numbers = quad(number, walker, cell, key);
        // A launch may begin within a quad.
        if ((place & 1u) == 1u) {
            quad_numbers = quad_numbers.yzwx;
        }
        if ((place & 2u) == 2u) {
            quad_numbers = quad_numbers.zwxy;
        }
        quad_is_held = true;
    }
    let number = quad_numbers.x;
    quad_numbers = quad_numbers.yzwx;
    next_place.x += 1u;
    next_place.y += u32(next_place.x == 0u);
    return number;
}
