// Noise of coordinate i where coordinates are independent: its amplitude times its number. Amplitudes are
// in the record from `at` on, the step's numbers from `first` on.
fn noise_of(i: u32, at: u32, first: u32) -> f32 {
    return parameter(at + i) * numbers[first + i];
}
