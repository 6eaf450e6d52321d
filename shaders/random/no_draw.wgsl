// A rule without noise draws nothing.
fn draw(group: u32, walker: u32, cell: u32, key: vec2<u32>) {}
