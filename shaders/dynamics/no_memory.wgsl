// The rule remembers nothing.
fn begin_memory() {}
fn load_memory(at: u32, stride: u32) {}
fn store_memory(at: u32, stride: u32) {}
