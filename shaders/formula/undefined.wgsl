// What a function has outside its domain: not a number, made of the bits of x, as compilers do not make it
// of constants. It goes through all that follows, and the walker is lost.
fn undefined(x: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(x) | 0x7fc00000u);
}
