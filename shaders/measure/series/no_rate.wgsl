// No walker has a learning rate of its own.
fn measure_rate() {}
