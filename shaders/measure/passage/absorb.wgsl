// A walker that has passed is frozen, and no longer measured.
fn is_absorbed() -> bool { return passed_at > 0u; }
