//! The normal numbers of walkers in two dimensions, as the stream's documentation has them.

use kramers::random::{Stream, counter, key, normals, philox};

/// Of one step of a walker: half a call.
pub fn in_two_dimensions(seed: u64, walker: u32, step: u32) -> [f64; 2] {
    let call = normals(philox::<10>(counter(Stream::Walk, 0, walker, u64::from(step / 2)), key(seed)));
    let first = 2 * (step % 2) as usize;
    [f64::from(call[first]), f64::from(call[first + 1])]
}
