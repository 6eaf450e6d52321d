// No grid.
fn add_to_grid() {}
