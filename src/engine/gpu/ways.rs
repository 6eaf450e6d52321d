//! Rare passages on the device: walkers that leave a basin, and their ways from there.

use super::assembly::{self, Frame};
use super::device::{Fault, OpenDevice};
use super::launch::{bind, dispatch, empty, filled, read_range};
use super::pace::Pace;
use super::shape::Shape;
use super::{GpuEngine, rounds, samples};
use crate::engine::EngineError;
use crate::engine::rare::{self, Crowd, Exits, Mover, Passages};
use crate::plan::{Block, Kernel, Plan};
use crate::tally::{Lost, Tally};
use bytemuck::{Pod, Zeroable};
use std::time::Instant;
use wgpu::{Buffer, BufferUsages, ComputePipeline};

/// Steps of walkers on their ways before those that have arrived are first left out; then twice as many each time.
const FIRST_STEPS: u32 = 64;

/// What a launch is told; twin of `Launch` in `shaders/ways/launch.wgsl`.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
struct Launch {
    first_step: u32,
    last_step: u32,
    key: [u32; 2],
    walkers: u32,
    stride: u32,
    first_walker: u32,
    cell: u32,
    basin: f32,
    upper: f32,
    row: u32,
    padding: u32,
}

/// How a walker on its way has ended, if it has; twins of the constants in `shaders/ways/go_on.wgsl`.
const ON_WAY: u32 = 0;
const PASSED: u32 = 2;
const LOST: u32 = 3;

/// Runs the repetitions of a rare passage of one cell, one after another; what is finished goes into `tally`.
pub fn run(
    engine: &mut GpuEngine,
    plan: &Plan,
    passages: &Passages,
    blocks: &[Block],
    progress: &(dyn Fn(u64) + Sync),
    tally: &mut Tally,
) -> Result<(), Fault> {
    let mut mover = GpuMover::new(engine, plan, passages)?;
    let levels = rare::levels(passages, &mut mover)?;
    for block in blocks {
        tally.blocks.insert(block.id, passages.repetition(&mut mover, &levels, block)?);
        progress(u64::from(block.walkers) * u64::from(mover.kernel.total_steps()));
    }
    Ok(())
}

/// Moves the walkers of one cell.
struct GpuMover<'a> {
    device: &'a OpenDevice,
    leave: ComputePipeline,
    go_on: ComputePipeline,
    kernel: &'a Kernel,
    passages: &'a Passages<'a>,
    record: Buffer,
    samples: Option<Buffer>,
    /// Words of a state.
    state: usize,
    workgroup_size: u32,
    /// Most walkers of a launch.
    most_walkers: usize,
    most_steps: u32,
    launch: Launch,
}

impl<'a> GpuMover<'a> {
    fn new(engine: &'a mut GpuEngine, plan: &'a Plan, passages: &'a Passages) -> Result<Self, Fault> {
        let (kernel, cell) = (plan.kernel(passages.cell), &plan.cells[passages.cell as usize]);
        let variant = engine.default_variant();
        let shape = Shape::new(kernel, cell, variant.workgroup_size);
        let mut most_steps = shape.most_steps(kernel);
        if !engine.device.hardware {
            most_steps = most_steps.min(rounds::most_steps(kernel, &shape)?);
        }
        let mut pipeline = |frame| {
            let source = assembly::ways(kernel, &shape, variant.wide_multiply, frame);
            engine.pipeline(source.ok_or_else(|| EngineError::Internal("no rare passage is planned".to_owned()))?)
        };
        let (leave, go_on) = (pipeline(Frame::Leave)?, pipeline(Frame::GoOn)?);
        let device = &engine.device;
        let record = device.scoped(|| filled(device, bytemuck::cast_slice(&shape.record.numbers(cell))))?;
        let state = kernel.dimension + kernel.memory();
        // Twice the state and five more words, as `leave` has them.
        let bytes = device.limits.max_storage_buffer_binding_size.min(device.limits.max_buffer_size).min(1 << 27);
        let most_walkers = (bytes / (4 * (2 * state as u64 + 5))).max(1) as usize;
        Ok(Self {
            samples: samples::buffer(device, plan, kernel)?,
            device,
            leave,
            go_on,
            kernel,
            passages,
            record,
            state,
            workgroup_size: shape.workgroup_size,
            most_walkers,
            most_steps,
            launch: Launch {
                key: crate::random::key(plan.seed),
                basin: passages.plan.basin as f32,
                ..Launch::zeroed()
            },
        })
    }

    /// Submits a launch and waits for it.
    fn run(&self, frame: Frame, launch: Launch, buffers: &[(u32, &Buffer)]) -> Result<(), Fault> {
        let device = self.device;
        let pipeline = if frame == Frame::Leave { &self.leave } else { &self.go_on };
        let workgroups = launch.walkers.div_ceil(self.workgroup_size);
        let rows = workgroups.div_ceil(device.limits.max_compute_workgroups_per_dimension);
        let row = workgroups.div_ceil(rows);
        let bindings = device.scoped(|| {
            let uniform = empty(device, size_of::<Launch>() as u64, BufferUsages::UNIFORM | BufferUsages::COPY_DST);
            device.queue.write_buffer(&uniform, 0, bytemuck::bytes_of(&Launch { row, ..launch }));
            let always = [(0, &uniform), (1, &self.record)].into_iter().chain(buffers.iter().copied());
            bind(device, pipeline, always.chain(self.samples.as_ref().map(|samples| (samples::BINDING, samples))))
        })?;
        device.wait(dispatch(device, pipeline, &bindings, row, rows))
    }

    /// Words of a buffer of `stride` walkers, from the `word`-th of each on.
    fn read(&self, buffer: &Buffer, stride: usize, word: usize, words: usize) -> Result<Vec<u32>, Fault> {
        let staging = self.device.scoped(|| {
            let usage = BufferUsages::COPY_DST | BufferUsages::MAP_READ;
            empty(self.device, 4 * (stride * words) as u64, usage)
        })?;
        read_range(self.device, buffer, 4 * (stride * word) as u64, &staging)
    }

    /// Watches walkers that fit a launch leave the basin.
    fn leave_some(&self, first_walker: u32, walkers: u32) -> Result<Exits, Fault> {
        let (device, state, stride) = (self.device, self.state, walkers as usize);
        let words = 2 * state + 5;
        let states = device
            .scoped(|| empty(device, 4 * (stride * words) as u64, BufferUsages::STORAGE | BufferUsages::COPY_SRC))?;
        let (burn_in, total) = (self.kernel.burn_in, self.kernel.total_steps());
        let mut pace = Pace::new(self.most_steps, None);
        let mut done = 0;
        while done < total {
            let steps = pace.next().min(total - done);
            let launch = Launch {
                first_step: done,
                last_step: done + steps,
                walkers,
                stride: walkers,
                first_walker,
                cell: self.passages.cell_word(0),
                ..self.launch
            };
            let submitted = Instant::now();
            self.run(Frame::Leave, launch, &[(3, &states)])?;
            pace.finished(steps, submitted);
            done += steps;
        }
        let found = self.read(&states, stride, 0, words)?;
        let mut exits = Exits { crowd: Crowd::new(state), ..Exits::default() };
        exits.walker_steps = u64::from(walkers) * u64::from(total);
        for k in 0..stride {
            let word = |place: usize| found[place * stride + k];
            let number = |place: usize| f64::from(f32::from_bits(word(place)));
            let end = match word(state + 1) {
                0 => total,
                lost_at => {
                    exits.lost.add(Lost { count: 1, first_step: Some(lost_at) });
                    lost_at - 1
                }
            };
            exits.steps_at_risk += u64::from(end.saturating_sub(burn_in));
            let count = word(state + 2);
            if count > 0 {
                let kept = state + 3;
                let at: Vec<f64> = (kept..kept + state).map(number).collect();
                exits.crowd.push(first_walker + k as u32, &at, number(kept + state), word(kept + state + 1) != 0);
                exits.counts.push(count);
            }
        }
        Ok(exits)
    }

    /// Takes the walkers at `places`, which fit a launch, on.
    fn take_on(&self, crowd: &mut Crowd, places: &[usize], cell: u32, upper: f64) -> Result<(), Fault> {
        let (device, state, stride) = (self.device, self.state, places.len());
        let words = state + 4;
        let mut before = vec![0_u32; stride * words];
        for (k, place) in places.iter().enumerate() {
            for (word, value) in crowd.state(*place).iter().chain(&[crowd.furthest[*place]]).enumerate() {
                before[word * stride + k] = (*value as f32).to_bits();
            }
            before[(state + 1) * stride + k] = crowd.walkers[*place];
        }
        let mut on_way: Vec<u32> = (0..stride as u32).collect();
        let (states, list) = device.scoped(|| {
            (filled(device, bytemuck::cast_slice(&before)), filled(device, bytemuck::cast_slice(&on_way)))
        })?;
        let (mut done, mut steps) = (0_u32, FIRST_STEPS);
        let mut pace = Pace::new(self.most_steps, None);
        while !on_way.is_empty() {
            let Some(last_step) = done.checked_add(steps.min(pace.next())) else {
                // As many steps as there are numbers for: these walkers will never arrive.
                crowd.lost.add(Lost { count: on_way.len() as u64, first_step: Some(done) });
                break;
            };
            let launch = Launch {
                first_step: done,
                last_step,
                walkers: on_way.len() as u32,
                stride: stride as u32,
                cell,
                upper: upper as f32,
                ..self.launch
            };
            let submitted = Instant::now();
            self.run(Frame::GoOn, launch, &[(2, &list), (3, &states)])?;
            pace.finished(last_step - done, submitted);
            let ended = self.read(&states, stride, state + 2, 1)?;
            on_way.retain(|k| ended[*k as usize] == ON_WAY);
            device.queue.write_buffer(&list, 0, bytemuck::cast_slice(&on_way));
            (done, steps) = (last_step, steps.saturating_mul(2));
        }
        let after = self.read(&states, stride, 0, words)?;
        for (k, place) in places.iter().enumerate() {
            let word = |word: usize| after[word * stride + k];
            let number = |place: usize| f64::from(f32::from_bits(word(place)));
            crowd.set(*place, (0..state).map(number), number(state), word(state + 2) == PASSED);
            crowd.walker_steps += u64::from(word(state + 3));
            if word(state + 2) == LOST {
                crowd.lost.add(Lost { count: 1, first_step: Some(word(state + 3)) });
            }
        }
        Ok(())
    }
}

impl Mover for GpuMover<'_> {
    type Error = Fault;

    fn leave(&mut self, first: u32, walkers: u32) -> Result<Exits, Fault> {
        let mut all = Exits { crowd: Crowd::new(self.state), ..Exits::default() };
        for done in (0..walkers).step_by(self.most_walkers) {
            all.add(&self.leave_some(first + done, (walkers - done).min(self.most_walkers as u32))?);
        }
        Ok(all)
    }

    fn go_on(&mut self, crowd: &mut Crowd, generation: u32, upper: f64) -> Result<(), Fault> {
        let on_way: Vec<usize> = (0..crowd.len()).filter(|k| crowd.is_on_way(*k, upper)).collect();
        let cell = self.passages.cell_word(generation);
        on_way.chunks(self.most_walkers).try_for_each(|places| self.take_on(crowd, places, cell, upper))
    }
}

#[cfg(test)]
mod tests {
    use super::super::validation::{kernels::updates, members_of_launch, shape, ways};
    use super::super::wide_multiply::WideMultiply;
    use super::*;
    use std::mem::offset_of;

    #[test]
    fn the_launch_has_the_same_layout_on_both_sides() {
        let kernel = &ways::kernels(updates(1))[0];
        for frame in [Frame::Leave, Frame::GoOn] {
            let source = assembly::ways(kernel, &shape(kernel), WideMultiply::U16, frame).expect("a rare passage");
            let (found, size) = members_of_launch(&source);
            let expected = [
                ("first_step", offset_of!(Launch, first_step)),
                ("last_step", offset_of!(Launch, last_step)),
                ("key", offset_of!(Launch, key)),
                ("walkers", offset_of!(Launch, walkers)),
                ("stride", offset_of!(Launch, stride)),
                ("first_walker", offset_of!(Launch, first_walker)),
                ("cell", offset_of!(Launch, cell)),
                ("basin", offset_of!(Launch, basin)),
                ("upper", offset_of!(Launch, upper)),
                ("row", offset_of!(Launch, row)),
            ];
            assert_eq!(found, expected.map(|(name, place)| (name.to_owned(), place)));
            assert_eq!(size, size_of::<Launch>());
        }
    }
}
