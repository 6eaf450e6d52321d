//! `kramers devices`: what this machine can run on.

use super::{device, exit, output};
use kramers::engine::cpu::CpuEngine;
use kramers::engine::{Engine, gpu};

pub(super) fn main() -> anyhow::Result<u8> {
    let adapters = gpu::adapters();
    let auto = device::auto(&adapters);
    let mark = |taken: bool| if taken { "auto" } else { "" };
    let cpu = CpuEngine::new()?.device();
    let mut rows = vec![["cpu".to_owned(), mark(auto.is_none()).to_owned(), cpu.name, cpu.details]];
    for (place, adapter) in adapters.iter().enumerate() {
        let kind = if adapter.hardware { "GPU" } else { "software rasteriser" };
        let taken = mark(auto == Some(place)).to_owned();
        rows.push([
            adapter.index.to_string(),
            taken,
            adapter.name.clone(),
            format!("{kind}, {}, {}", adapter.backend, adapter.driver),
        ]);
    }
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), 4, width(2)];
    let mut text = String::new();
    for [name, auto, what, details] in &rows {
        let [a, b, c] = widths;
        text += &format!("{name:<a$}  {auto:<b$}  {what:<c$}  {details}\n");
    }
    output::results(&text)?;
    if adapters.is_empty() {
        output::note("no GPU: no Vulkan, Metal or Direct3D 12 driver offers an adapter");
    }
    Ok(exit::DONE)
}
