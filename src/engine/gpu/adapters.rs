//! The adapters of this machine, and which one is meant.

use crate::engine::EngineError;
use wgpu::{Adapter, Backends, DeviceType, Instance, InstanceDescriptor};

/// An adapter of this machine.
#[derive(Clone, Debug)]
pub struct AdapterInfo {
    /// Place in [`adapters`].
    pub index: usize,
    /// Name of the device.
    pub name: String,
    /// Driver and its version.
    pub driver: String,
    /// Interface: `vulkan`, `metal` or `dx12`.
    pub backend: String,
    /// Whether it is hardware; else a software rasteriser.
    pub hardware: bool,
    pub(super) adapter: Adapter,
}

/// Which adapter is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// The first that is hardware.
    Hardware,
    /// The first that is hardware, else the first.
    Any,
    /// The one at this place in [`adapters`].
    Index(usize),
    /// The first whose name contains this, in any case.
    Name(String),
}

/// The adapter that is meant.
pub(super) fn select(selection: &Selection) -> Result<AdapterInfo, EngineError> {
    let mut found = adapters();
    let hardware = || found.iter().position(|adapter| adapter.hardware);
    let place = match selection {
        Selection::Hardware => hardware(),
        Selection::Any => hardware().or((!found.is_empty()).then_some(0)),
        Selection::Index(index) => (*index < found.len()).then_some(*index),
        Selection::Name(name) => {
            let name = name.to_lowercase();
            found.iter().position(|adapter| adapter.name.to_lowercase().contains(&name))
        }
    };
    match place {
        Some(place) => Ok(found.swap_remove(place)),
        None => Err(EngineError::NoDevice(absent(selection, &found))),
    }
}

/// The adapters of this machine, each once. Drivers take a while to say.
pub fn adapters() -> Vec<AdapterInfo> {
    let instance = Instance::new(InstanceDescriptor {
        backends: Backends::PRIMARY,
        ..InstanceDescriptor::new_without_display_handle_from_env()
    });
    let mut seen = Vec::new();
    let mut found = Vec::new();
    for adapter in pollster::block_on(instance.enumerate_adapters(Backends::PRIMARY)) {
        let info = adapter.get_info();
        // One device may be offered by several drivers' files.
        let identity = (info.backend, info.device_pci_bus_id.clone(), info.name.clone(), info.driver_info.clone());
        if seen.contains(&identity) {
            continue;
        }
        seen.push(identity);
        found.push(AdapterInfo {
            index: found.len(),
            name: info.name,
            driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
            backend: info.backend.to_string(),
            hardware: info.device_type != DeviceType::Cpu,
            adapter,
        });
    }
    found
}

/// Why there is no such adapter, and what may help.
fn absent(selection: &Selection, found: &[AdapterInfo]) -> String {
    if found.is_empty() {
        return "no GPU adapter found: on Linux this needs the Vulkan loader (package libvulkan1) and a driver that \
                lists itself in /usr/share/vulkan/icd.d or VK_DRIVER_FILES (NVIDIA: in containers with \
                NVIDIA_DRIVER_CAPABILITIES=all; in software: package mesa-vulkan-drivers)"
            .to_owned();
    }
    let names: Vec<_> = found.iter().map(|adapter| format!("{}: {}", adapter.index, adapter.name)).collect();
    let here = names.join(", ");
    match selection {
        Selection::Index(index) => format!("no GPU adapter {index}: this machine has {here}"),
        Selection::Name(name) => format!("no GPU adapter called `{name}`: this machine has {here}"),
        Selection::Hardware | Selection::Any => {
            format!("no hardware GPU found, only software ({here}); ask for that by index or name")
        }
    }
}
