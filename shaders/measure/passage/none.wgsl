// No first passage is looked for.

fn clear_passages(lane: u32) {}
fn begin_passages() {}
fn load_passage(at: u32) {}
fn store_passage(at: u32) {}
fn is_absorbed() -> bool { return false; }
fn look_for_passage(n: u32) {}
fn restart_if_passed(n: u32) {}
fn finish_passages(end: u32) {}
fn flush_passages(lane: u32) {}
