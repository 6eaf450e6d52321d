// Passed below the threshold along one coordinate.
fn meets_condition(x: Vector) -> bool {
    return x[CONDITION_AXIS] < parameter(AT_THRESHOLD);
}
