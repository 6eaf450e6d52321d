// A walker has passed when its state after an update meets the condition.
fn has_passed(n: u32) -> bool {
    return meets_condition(x);
}
