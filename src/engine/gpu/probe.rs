//! Single stages run as shaders, from the very files that kernels are joined from, for tests that hold
//! them against known answers and against the CPU engine.

use super::assembly;
use super::device::{Fault, OpenDevice};
use super::launch::{bind, dispatch, empty, filled, pipeline, read};
use super::shape::Shape;
use super::wide_multiply::WideMultiply;
use super::{GpuEngine, Variant, samples};
use crate::engine::EngineError;
use crate::experiment::Random;
use crate::plan::Plan;
use crate::tally::Tally;
use wgpu::BufferUsages;

/// Philox4x32: the words of each (counter, key) by a generator's rounds, and by one way to multiply.
///
/// # Errors
/// Where the device cannot do that, or fails.
pub fn philox(
    engine: &GpuEngine,
    generator: Random,
    multiply: WideMultiply,
    calls: &[([u32; 4], [u32; 2])],
) -> Result<Vec<[u32; 4]>, EngineError> {
    let input: Vec<u32> = calls.iter().flat_map(|([a, b, c, d], [k, l])| [*a, *b, *c, *d, *k, *l, 0, 0]).collect();
    let source = assembly::philox_probe(generator, multiply);
    let words = run(&engine.device, source, &[(0, &input)], &vec![0; 4 * calls.len()], 64, calls.len())?;
    Ok(words.chunks_exact(4).map(|w| [w[0], w[1], w[2], w[3]]).collect())
}

/// The four normals of each call's words, by a generator's normal transform.
///
/// # Errors
/// Where the device fails.
pub fn normals(engine: &GpuEngine, generator: Random, words: &[[u32; 4]]) -> Result<Vec<[f32; 4]>, EngineError> {
    let input = words.concat();
    let source = assembly::normals_probe(generator);
    let bits = run(&engine.device, source, &[(0, &input)], &vec![0; input.len()], 64, words.len())?;
    Ok(bits.chunks_exact(4).map(|b| [b[0], b[1], b[2], b[3]].map(f32::from_bits)).collect())
}

/// exp, log, sqrt, sin, cos and tanh of every number, and the slope of log, as formulas have them.
///
/// # Errors
/// Where the device fails.
pub fn functions(engine: &GpuEngine, numbers: &[f32]) -> Result<Vec<[f32; 7]>, EngineError> {
    let input: Vec<u32> = numbers.iter().map(|x| x.to_bits()).collect();
    let bits =
        run(&engine.device, assembly::functions_probe(), &[(0, &input)], &vec![0; 7 * input.len()], 64, input.len())?;
    Ok(bits.as_chunks().0.iter().map(|values| values.map(f32::from_bits)).collect())
}

/// One step of walkers `first_walker`, `first_walker` + 1, … of `cell`: the `step`-th of the walk, from 0.
/// `states` holds their positions, each followed by what the rule remembers of the walker
/// ([`Kernel::memory`](crate::plan::Kernel::memory) numbers). Returns these after the step.
///
/// # Errors
/// Where the device fails.
pub fn one_step(
    engine: &GpuEngine,
    plan: &Plan,
    cell: u32,
    first_walker: u32,
    step: u32,
    states: &[f32],
) -> Result<Vec<f32>, EngineError> {
    let (kernel, numbers) = (plan.kernel(cell), &plan.cells[cell as usize]);
    let shape = Shape::new(kernel, numbers, Variant::ON_HARDWARE.workgroup_size);
    let key = crate::random::key(plan.seed);
    let input = [key[0], key[1], cell, first_walker, step];
    let bits: Vec<u32> = states.iter().map(|x| x.to_bits()).collect();
    let record: Vec<u32> = shape.record.numbers(numbers).into_iter().map(f32::to_bits).collect();
    let source = assembly::step_probe(kernel, &shape, engine.variant.wide_multiply);
    let walkers = states.len() / (kernel.dimension + kernel.memory());
    // What the schedule says of this step.
    let factor = [(numbers.schedule.factor(u64::from(step)) as f32).to_bits()];
    let mut inputs: Vec<(u32, &[u32])> = vec![(0, &input), (2, &record)];
    if kernel.scheduled {
        inputs.push((5, &factor));
    }
    let samples: Option<Vec<u32>> =
        samples::numbers(plan, kernel).map(|numbers| numbers.into_iter().map(f32::to_bits).collect());
    inputs.extend(samples.as_deref().map(|bits| (samples::BINDING, bits)));
    let moved = run(&engine.device, source, &inputs, &bits, shape.workgroup_size as usize, walkers)?;
    Ok(moved.into_iter().map(f32::from_bits).collect())
}

/// Runs a probe once, with inputs by the numbers of their buffers; buffer 1 is the output, with what it holds
/// before.
fn run(
    device: &OpenDevice,
    source: String,
    inputs: &[(u32, &[u32])],
    before: &[u32],
    workgroup_size: usize,
    invocations: usize,
) -> Result<Vec<u32>, EngineError> {
    let work = || -> Result<Vec<u32>, Fault> {
        let pipeline = pipeline(device, source)?;
        let (output, staging, bindings) = device.scoped(|| {
            let output = filled(device, bytemuck::cast_slice(before));
            let staging = empty(device, output.size(), BufferUsages::COPY_DST | BufferUsages::MAP_READ);
            let fill = |(number, words): &(u32, &[u32])| (*number, filled(device, bytemuck::cast_slice(words)));
            let buffers: Vec<_> = inputs.iter().map(fill).collect();
            let inputs = buffers.iter().map(|(number, buffer)| (*number, buffer));
            let bindings = bind(device, &pipeline, inputs.chain([(1, &output)]));
            (output, staging, bindings)
        })?;
        dispatch(device, &pipeline, &bindings, invocations.div_ceil(workgroup_size) as u32, 1);
        read(device, &output, &staging)
    };
    work().map_err(|fault| match fault {
        Fault::Lost(message) => EngineError::DeviceLost { message, finished: Box::new(Tally::default()) },
        Fault::Other(error) => error,
    })
}
