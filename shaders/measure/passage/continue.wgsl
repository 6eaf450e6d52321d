// A walker that has passed goes on.
fn is_absorbed() -> bool { return false; }
