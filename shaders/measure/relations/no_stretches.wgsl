// No windows.
fn find_windows(record: u32) {}
fn begin_windows() {}
fn load_windows(at: u32) {}
fn store_windows(at: u32) {}
fn begin_stretches() {}
fn observe_update(n: u32) {}
fn next_stretch_end() -> u32 { return NEVER; }
fn end_stretch(n: u32, seen: bool) {}
fn group_after_stretch() -> u32 { return 0xffffffffu; }
fn hand_on_after_group(done: u32) {}
