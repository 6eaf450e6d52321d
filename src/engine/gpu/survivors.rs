//! The walkers that are left where they are absorbed: launches are of these alone, so that no invocation idles for long.

use super::batch::Part;
use super::device::{Fault, OpenDevice};
use super::launch::{empty, filled, read_range};
use super::shape::Shape;
use crate::experiment::After;
use crate::plan::{Kernel, steps_to_gathering};
use wgpu::{Buffer, BufferUsages};

/// Number of their binding.
pub const BINDING: u32 = 7;

/// Whether a kernel's walkers are absorbed.
pub fn are_listed(kernel: &Kernel) -> bool {
    kernel.passage.is_some_and(|passage| passage.after == After::Absorb)
}

/// Most steps of a launch after so many were made, a multiple of 4.
pub fn most_steps(done: u32) -> u32 {
    steps_to_gathering(done) & !3
}

/// Lists of the walkers of every part that are left.
pub struct Survivors {
    pub buffer: Buffer,
    staging: Buffer,
    /// Places of walkers in their part, part by part.
    lists: Vec<Vec<u32>>,
    part_walkers: usize,
    /// Words before those of `lost_at`, and of `passed_at`, in the states.
    places: [u64; 2],
}

impl Survivors {
    /// All walkers of `parts`.
    pub fn new(device: &OpenDevice, kernel: &Kernel, shape: &Shape, parts: &[Part]) -> Self {
        let part_walkers = shape.part_walkers as usize;
        let lists: Vec<Vec<u32>> = parts.iter().map(|part| (0..part.walkers).collect()).collect();
        let stride = (parts.len() * part_walkers) as u64;
        let staging = empty(device, 4 * stride, BufferUsages::COPY_DST | BufferUsages::MAP_READ);
        let buffer = filled(device, bytemuck::cast_slice(&words(&lists, part_walkers)));
        let places = [kernel.dimension as u64 * stride, u64::from(shape.state_words - 1) * stride];
        Self { buffer, staging, lists, part_walkers, places }
    }

    /// The most that a part has left.
    pub fn most(&self) -> u32 {
        self.lists.iter().map(|list| list.len() as u32).max().unwrap_or(0)
    }

    /// Leaves out those that `states` says were absorbed or lost.
    pub fn update(&mut self, device: &OpenDevice, states: &Buffer) -> Result<(), Fault> {
        for place in self.places {
            let gone = read_range(device, states, 4 * place, &self.staging)?;
            for (list, gone) in self.lists.iter_mut().zip(gone.chunks_exact(self.part_walkers)) {
                list.retain(|walker| gone[*walker as usize] == 0);
            }
        }
        self.write(device);
        Ok(())
    }

    /// Lists all walkers of `parts` again.
    pub fn list_all(&mut self, device: &OpenDevice, parts: &[Part]) {
        self.lists = parts.iter().map(|part| (0..part.walkers).collect()).collect();
        self.write(device);
    }

    fn write(&self, device: &OpenDevice) {
        device.queue.write_buffer(&self.buffer, 0, bytemuck::cast_slice(&words(&self.lists, self.part_walkers)));
    }
}

/// The lists as the shader has them: each with room for a whole part, then their lengths.
fn words(lists: &[Vec<u32>], part_walkers: usize) -> Vec<u32> {
    let mut words = Vec::with_capacity(lists.len() * (part_walkers + 1));
    for list in lists {
        words.extend(list);
        words.resize(words.len() + part_walkers - list.len(), 0);
    }
    words.extend(lists.iter().map(|list| list.len() as u32));
    words
}
