// Twin of src/formula/elementary.rs.
fn square_root(x: f32) -> f32 {
    return select(undefined(x), sqrt(abs(x)), x >= 0.0);
}
