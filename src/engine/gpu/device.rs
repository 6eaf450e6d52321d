//! An open device: its queue, its limits, and what went wrong on it.

use super::adapters::AdapterInfo;
use crate::engine::EngineError;
use std::sync::{Arc, Mutex, PoisonError};
use wgpu::{Device, ErrorFilter, Features, Limits, Queue, ShaderModule, ShaderRuntimeChecks};

/// A device with its queue.
pub struct OpenDevice {
    pub device: Device,
    pub queue: Queue,
    pub name: String,
    pub driver: String,
    /// Whether shaders have 64-bit integers.
    pub wide_integers: bool,
    pub limits: Limits,
    /// Whether it is hardware, not a software rasteriser.
    pub hardware: bool,
    trusted: bool,
    faults: Arc<Faults>,
}

/// The first faults that the device reported.
#[derive(Default)]
struct Faults {
    lost: Mutex<Option<String>>,
    error: Mutex<Option<String>>,
}

/// Why work on a device stopped.
#[derive(Debug)]
pub enum Fault {
    /// The device was lost.
    Lost(String),
    /// Anything else.
    Other(EngineError),
}

impl From<EngineError> for Fault {
    fn from(error: EngineError) -> Self {
        Self::Other(error)
    }
}

fn keep_first(place: &Mutex<Option<String>>, message: String) {
    place.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(message);
}

fn first(place: &Mutex<Option<String>>) -> Option<String> {
    place.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

impl OpenDevice {
    /// Opens an adapter; `trusted` shaders go without loop bounding.
    pub fn open(info: &AdapterInfo, trusted: bool) -> Result<Self, EngineError> {
        let adapter = &info.adapter;
        let features = adapter.features() & Features::SHADER_INT64;
        let able = adapter.limits();
        // No more than what small adapters have, as batches of walkers are cut to fit; but samples may take as much
        // as the adapter binds.
        let small = Limits { max_storage_buffers_per_shader_stage: 8, ..Limits::downlevel_defaults() };
        let limits = Limits {
            max_storage_buffer_binding_size: able.max_storage_buffer_binding_size,
            max_buffer_size: able.max_buffer_size,
            ..small.or_worse_values_from(&able)
        };
        let request = wgpu::DeviceDescriptor {
            label: Some("kramers"),
            required_features: features,
            required_limits: limits.clone(),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&request))
            .map_err(|e| EngineError::NoDevice(format!("{} cannot be opened: {e}", info.name)))?;
        let faults = Arc::new(Faults::default());
        let on_loss = Arc::clone(&faults);
        device.set_device_lost_callback(move |reason, message| {
            keep_first(&on_loss.lost, if message.is_empty() { format!("{reason:?}") } else { message });
        });
        let on_error = Arc::clone(&faults);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| keep_first(&on_error.error, error.to_string())));
        let driver = format!("{} ({})", info.driver, info.backend);
        let (name, hardware) = (info.name.clone(), info.hardware);
        let wide_integers = features.contains(Features::SHADER_INT64);
        Ok(Self { device, queue, name, driver, wide_integers, limits, hardware, trusted, faults })
    }

    /// What the driver said when the device was lost, if it was.
    pub fn loss(&self) -> Option<String> {
        first(&self.faults.lost)
    }

    /// Fails if anything went wrong on the device.
    pub fn check(&self) -> Result<(), Fault> {
        if let Some(message) = self.loss() {
            return Err(Fault::Lost(message));
        }
        match first(&self.faults.error) {
            Some(message) => Err(EngineError::Internal(format!("{}: {message}", self.name)).into()),
            None => Ok(()),
        }
    }

    /// Runs `set_up`, which creates things on the device, and fails with what the device says of it.
    pub fn scoped<T>(&self, set_up: impl FnOnce() -> T) -> Result<T, Fault> {
        let memory = self.device.push_error_scope(ErrorFilter::OutOfMemory);
        let validation = self.device.push_error_scope(ErrorFilter::Validation);
        let internal = self.device.push_error_scope(ErrorFilter::Internal);
        let made = set_up();
        let errors = [internal, validation, memory].map(|scope| pollster::block_on(scope.pop()));
        // A shader that the driver cannot compile may lose the device without a word.
        self.check()?;
        match errors.into_iter().flatten().next() {
            None => Ok(made),
            Some(error @ wgpu::Error::OutOfMemory { .. }) => {
                Err(EngineError::BeyondLimits(format!("{} is out of memory: {error}", self.name)).into())
            }
            Some(error) => Err(EngineError::Internal(format!("{}: {error}", self.name)).into()),
        }
    }

    /// Compiles one of our shaders.
    pub fn shader(&self, source: String) -> ShaderModule {
        let description = wgpu::ShaderModuleDescriptor { label: None, source: wgpu::ShaderSource::Wgsl(source.into()) };
        if !self.trusted {
            return self.device.create_shader_module(description);
        }
        let checks = ShaderRuntimeChecks { force_loop_bounding: false, ..ShaderRuntimeChecks::checked() };
        // SAFETY: without loop bounding the shader must not loop forever. Every loop of shaders/ counts an
        // integer up to a bound that does not change in the loop (steps of a launch, coordinates, examples, sums,
        // bins, slots), or is left at once. All other checks stay on.
        unsafe { self.device.create_shader_module_trusted(description, checks) }
    }

    /// Waits for a submission.
    pub fn wait(&self, submission: wgpu::SubmissionIndex) -> Result<(), Fault> {
        self.check()?;
        let wait = wgpu::PollType::Wait { submission_index: Some(submission), timeout: None };
        self.device.poll(wait).map_err(|e| EngineError::Internal(format!("{}: {e}", self.name)))?;
        self.check()
    }
}
