// Passed where the loss is above the threshold.
fn meets_condition(x: Vector) -> bool {
    return loss(x, gradient(x)) > parameter(AT_THRESHOLD);
}
