// 1/x where x > 0, the derivative of ln x. Twin of src/formula/elementary.rs.
fn slope_of_logarithm(x: f32) -> f32 {
    return select(undefined(x), 1.0 / x, x > 0.0);
}
