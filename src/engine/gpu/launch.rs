//! A batch on the device: its buffers, its launches, and its tally read back.

use super::batch::{self, Part};
use super::device::{Fault, OpenDevice};
use super::shape::{MOST_SCHEDULED_STEPS, Shape};
use super::survivors::{self, Survivors};
use super::{samples, series};
use crate::engine::EngineError;
use crate::experiment::Schedule;
use crate::plan::{Kernel, Plan};
use bytemuck::{Pod, Zeroable};
use wgpu::{BindGroup, Buffer, BufferUsages, ComputePipeline, SubmissionIndex};

/// What a launch is told; twin of `Launch` in `shaders/walk.wgsl`.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct Launch {
    pub first_step: u32,
    pub last_step: u32,
    pub key: [u32; 2],
    pub parts: u32,
    pub row: u32,
    pub workgroups: u32,
    pub finishes: u32,
    pub stride: u32,
    pub series_point: u32,
    /// What follows is at a multiple of 16 bytes.
    pub padding: [u32; 2],
    pub series_steps: [u32; series::MOST_SLOTS as usize],
}

/// Buffers of a batch.
pub struct Batch<'d> {
    device: &'d OpenDevice,
    launch: Launch,
    workgroup_size: u32,
    uniform: Buffer,
    states: Buffer,
    survivors: Option<Survivors>,
    tallies: Buffer,
    staging: Buffer,
    rate_factors: Option<RateFactors>,
    bindings: BindGroup,
}

/// Factors of the learning rate for the steps of a launch, cell by cell.
struct RateFactors {
    schedules: Vec<Schedule>,
    buffer: Buffer,
}

/// Compiles a kernel.
pub fn pipeline(device: &OpenDevice, source: String) -> Result<ComputePipeline, Fault> {
    device.scoped(|| {
        device.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &device.shader(source),
            entry_point: None,
            compilation_options: wgpu::PipelineCompilationOptions {
                // The kernel clears what it needs to be zero, together; left to wgpu a single invocation would.
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: None,
        })
    })
}

/// A storage buffer that holds `contents`, and may be copied.
pub fn filled(device: &OpenDevice, contents: &[u8]) -> Buffer {
    let usage = BufferUsages::STORAGE | BufferUsages::COPY_DST | BufferUsages::COPY_SRC;
    let buffer = empty(device, contents.len() as u64, usage);
    device.queue.write_buffer(&buffer, 0, contents);
    buffer
}

/// A buffer of zeros.
pub fn empty(device: &OpenDevice, size: u64, usage: BufferUsages) -> Buffer {
    device.device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false })
}

/// Binds buffers of a kernel, each with its number.
pub fn bind<'b>(
    device: &OpenDevice,
    pipeline: &ComputePipeline,
    buffers: impl IntoIterator<Item = (u32, &'b Buffer)>,
) -> BindGroup {
    let entries: Vec<_> = buffers
        .into_iter()
        .map(|(binding, buffer)| wgpu::BindGroupEntry { binding, resource: buffer.as_entire_binding() })
        .collect();
    device.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    })
}

/// Submits one dispatch.
pub fn dispatch(
    device: &OpenDevice,
    pipeline: &ComputePipeline,
    bindings: &BindGroup,
    x: u32,
    y: u32,
) -> SubmissionIndex {
    let mut encoder = device.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor::default());
        pass.set_pipeline(pipeline);
        pass.set_bind_group(0, bindings, &[]);
        pass.dispatch_workgroups(x, y, 1);
    }
    device.queue.submit([encoder.finish()])
}

/// Copies `buffer` through `staging` to the host.
pub fn read(device: &OpenDevice, buffer: &Buffer, staging: &Buffer) -> Result<Vec<u32>, Fault> {
    read_range(device, buffer, 0, staging)
}

/// Copies as much of `buffer` as `staging` holds, from a byte on, through it to the host.
pub fn read_range(device: &OpenDevice, buffer: &Buffer, first: u64, staging: &Buffer) -> Result<Vec<u32>, Fault> {
    let copied = begin_reading(device, buffer, first, staging, |_| {})?;
    finish_reading(device, staging, copied)
}

/// Submits a copy of `buffer`, from byte `first` on, into `staging`, to be read when that is done; `then` is recorded
/// after it.
fn begin_reading(
    device: &OpenDevice,
    buffer: &Buffer,
    first: u64,
    staging: &Buffer,
    then: impl FnOnce(&mut wgpu::CommandEncoder),
) -> Result<SubmissionIndex, Fault> {
    let mut encoder = device.device.create_command_encoder(&wgpu::CommandEncoderDescriptor::default());
    encoder.copy_buffer_to_buffer(buffer, first, staging, 0, staging.size());
    then(&mut encoder);
    let submission = device.queue.submit([encoder.finish()]);
    device.check()?;
    // What goes wrong here is reported as an uncaptured error, which `wait` looks at.
    staging.map_async(wgpu::MapMode::Read, .., |_| {});
    Ok(submission)
}

/// Waits for a copy, and reads it.
fn finish_reading(device: &OpenDevice, staging: &Buffer, copied: SubmissionIndex) -> Result<Vec<u32>, Fault> {
    device.wait(copied)?;
    let words = {
        let view = staging.get_mapped_range(..).map_err(|e| EngineError::Internal(format!("reading back: {e}")))?;
        bytemuck::pod_collect_to_vec(&view)
    };
    staging.unmap();
    Ok(words)
}

impl<'d> Batch<'d> {
    /// Makes the buffers of a batch of parts that start from their first step.
    pub fn new(
        device: &'d OpenDevice,
        pipeline: &ComputePipeline,
        plan: &Plan,
        parts: &[Part],
        shape: &Shape,
        samples: Option<&Buffer>,
    ) -> Result<Self, Fault> {
        let (records, table) = batch::tables(plan, parts, shape);
        let scheduled = parts.first().is_some_and(|part| plan.kernel(part.cell).scheduled);
        let count = parts.len() as u32;
        let stride = count * shape.part_walkers;
        let launch = Launch {
            key: crate::random::key(plan.seed),
            parts: count,
            workgroups: shape.workgroups_per_part(),
            stride,
            ..Launch::zeroed()
        };
        let kernel = parts.first().map(|part| plan.kernel(part.cell)).filter(|kernel| survivors::are_listed(kernel));
        device.scoped(|| {
            let uniform = empty(device, size_of::<Launch>() as u64, BufferUsages::UNIFORM | BufferUsages::COPY_DST);
            let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC;
            let states = empty(device, 4 * u64::from(stride) * u64::from(shape.state_words), usage);
            let survivors = kernel.map(|kernel| Survivors::new(device, kernel, shape, parts));
            let tally_bytes = 4 * u64::from(count) * u64::from(shape.tally.words);
            let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
            let tallies = empty(device, tally_bytes, usage);
            let staging = empty(device, tally_bytes, BufferUsages::COPY_DST | BufferUsages::MAP_READ);
            let cells = filled(device, bytemuck::cast_slice(&records));
            let table = filled(device, bytemuck::cast_slice(&table));
            let rate_factors = scheduled.then(|| RateFactors::new(device, plan, parts));
            let always = (0..).zip([&uniform, &cells, &table, &states, &tallies]);
            let buffers = always.chain(rate_factors.as_ref().map(|factors| (5, &factors.buffer)));
            let buffers = buffers.chain(samples.map(|samples| (samples::BINDING, samples)));
            let buffers = buffers.chain(survivors.as_ref().map(|all| (survivors::BINDING, &all.buffer)));
            let bindings = bind(device, pipeline, buffers);
            let workgroup_size = shape.workgroup_size;
            Self {
                device,
                launch,
                workgroup_size,
                uniform,
                states,
                survivors,
                tallies,
                staging,
                rate_factors,
                bindings,
            }
        })
    }

    /// Submits the updates after `first` up to `last`, of the walkers that are left. Walkers come to their ends with the
    /// last of all, unless they are absorbed, for which [`Self::finish`] is there.
    pub fn advance(
        &self,
        pipeline: &ComputePipeline,
        kernel: &Kernel,
        first: u32,
        last: u32,
    ) -> Result<SubmissionIndex, Fault> {
        self.device.check()?;
        if let Some(factors) = &self.rate_factors {
            factors.write(self.device, first, last);
        }
        let (series_point, series_steps) = series::points_of_launch(kernel, first, last);
        let finishes = u32::from(last == kernel.total_steps() && self.survivors.is_none());
        let launch = Launch { first_step: first, last_step: last, finishes, series_point, series_steps, ..self.launch };
        Ok(self.submit(pipeline, launch))
    }

    fn submit(&self, pipeline: &ComputePipeline, launch: Launch) -> SubmissionIndex {
        let workgroups = launch.parts * launch.workgroups;
        let rows = workgroups.div_ceil(self.device.limits.max_compute_workgroups_per_dimension);
        let launch = Launch { row: workgroups.div_ceil(rows), ..launch };
        self.device.queue.write_buffer(&self.uniform, 0, bytemuck::bytes_of(&launch));
        dispatch(self.device, pipeline, &self.bindings, launch.row, rows)
    }

    /// Whether walkers may be absorbed on the way.
    pub fn absorbs(&self) -> bool {
        self.survivors.is_some()
    }

    /// Leaves walkers that were absorbed or lost out of the launches to come; whether any are left.
    pub fn leave_out_absorbed(&mut self) -> Result<bool, Fault> {
        let Some(survivors) = &mut self.survivors else { return Ok(true) };
        survivors.update(self.device, &self.states)?;
        self.launch.workgroups = survivors.most().div_ceil(self.workgroup_size).max(1);
        Ok(survivors.most() > 0)
    }

    /// Counts all walkers of `parts` as what they are at the end of the run, where they may have been absorbed.
    pub fn finish(&mut self, pipeline: &ComputePipeline, kernel: &Kernel, parts: &[Part]) -> Result<(), Fault> {
        let Some(survivors) = &mut self.survivors else { return Ok(()) };
        survivors.list_all(self.device, parts);
        let workgroups = survivors.most().div_ceil(self.workgroup_size);
        let last = kernel.total_steps();
        let launch = Launch { first_step: last, last_step: last, finishes: 1, workgroups, ..self.launch };
        let submission = self.submit(pipeline, launch);
        self.device.wait(submission)
    }

    /// Has the tallies of all parts read when what is submitted is done, and then set to zero.
    pub fn begin_draining(&self) -> Result<SubmissionIndex, Fault> {
        let clear = |encoder: &mut wgpu::CommandEncoder| encoder.clear_buffer(&self.tallies, 0, None);
        begin_reading(self.device, &self.tallies, 0, &self.staging, clear)
    }

    /// The tallies that [`Self::begin_draining`] had read.
    pub fn finish_draining(&self, copied: SubmissionIndex) -> Result<Vec<u32>, Fault> {
        finish_reading(self.device, &self.staging, copied)
    }
}

impl RateFactors {
    /// Room for the cells of `parts`, in the order of their records.
    fn new(device: &OpenDevice, plan: &Plan, parts: &[Part]) -> Self {
        let mut cells: Vec<u32> = parts.iter().map(|part| part.cell).collect();
        cells.dedup();
        let size = 4 * cells.len() as u64 * u64::from(MOST_SCHEDULED_STEPS);
        let buffer = empty(device, size, BufferUsages::STORAGE | BufferUsages::COPY_DST);
        Self { schedules: cells.iter().map(|cell| plan.cells[*cell as usize].schedule.clone()).collect(), buffer }
    }

    /// Those of the updates after `first` up to `last`.
    fn write(&self, device: &OpenDevice, first: u32, last: u32) {
        let steps = |schedule| (first..last).map(move |step| (schedule, step));
        let factor = |(schedule, step): (&Schedule, u32)| schedule.factor(u64::from(step)) as f32;
        let factors: Vec<f32> = self.schedules.iter().flat_map(steps).map(factor).collect();
        device.queue.write_buffer(&self.buffer, 0, bytemuck::cast_slice(&factors));
    }
}
