//! `kramers bench`: walker-steps per second on the standard works, per device.

use super::grid::{Align, Grid};
use super::number::{short, significant};
use super::{device, exit, output};
use clap::Args;
use kramers::bench::{BenchError, Effort, Machine, Measurement, Work, measure};
use kramers::engine::gpu;
use kramers::experiment::Precision;
use serde_json::json;

/// The default of `--device`.
const ALL_KINDS: &str = "all-kinds";

/// Walkers of a standard work are divided by this for `--quick`.
const QUICK_DIVISOR: u64 = 1 << 8;

/// Arguments of `bench`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// `all-kinds` (the CPU engine and every adapter, software rasterisers too), `auto`, `cpu`, `gpu`, or a
    /// GPU's index or name as `kramers devices` lists them
    #[arg(long, value_name = "DEVICE", default_value = ALL_KINDS)]
    device: String,
    /// This work only, by its name in the table; repeatable
    #[arg(long, value_name = "NAME")]
    work: Vec<String>,
    /// Another generator than the default, as `random` in an experiment
    #[arg(long, value_name = "GENERATOR")]
    random: Option<String>,
    /// Timed runs of each work, of which the median counts
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    repetitions: u16,
    /// Tiny works, once each: whether they run, not how fast
    #[arg(long, conflicts_with = "repetitions")]
    quick: bool,
    /// The results as JSON on stdout, nothing else there
    #[arg(long)]
    json: bool,
}

pub(super) fn main(arguments: &Arguments) -> anyhow::Result<u8> {
    let works = works(&arguments.work)?;
    let mut results = Vec::new();
    let mut code = exit::DONE;
    for name in devices(&arguments.device) {
        match on_device(&name, &works, arguments, &mut results) {
            Err(error) if arguments.device != ALL_KINDS => return Err(error),
            // The others are worth knowing all the same.
            Err(error) => {
                output::error(&format!("--device {name}: {error}"));
                code = exit::FAILED;
            }
            Ok(()) => {}
        }
    }
    output::results(&match arguments.json {
        true => format!("{}\n", serde_json::to_string_pretty(&json!({ "results": results }))?),
        false => table(&results),
    })?;
    Ok(code)
}

/// The works called `names`, all where there are none.
fn works(names: &[String]) -> anyhow::Result<Vec<Work>> {
    if names.is_empty() {
        return Ok(Work::ALL.to_vec());
    }
    let named = |name: &String| {
        Work::ALL.into_iter().find(|work| work.name == name).ok_or_else(|| {
            let known = Work::ALL.map(|work| format!("`{}`", work.name)).join(", ");
            exit::usage(format!("--work {name}: must be one of {known}"))
        })
    };
    names.iter().map(named).collect()
}

/// The devices that are meant: one, or the CPU engine and every adapter by its index. Adapters are looked
/// for when the CPU engine is done: their drivers would count as its memory.
fn devices(name: &str) -> Box<dyn Iterator<Item = String>> {
    if name != ALL_KINDS {
        return Box::new(std::iter::once(name.to_owned()));
    }
    let adapters = std::iter::once_with(gpu::adapters).flatten().map(|adapter| adapter.index.to_string());
    Box::new(std::iter::once("cpu".to_owned()).chain(adapters))
}

/// Times the works on one device; what is measured before an error is kept.
fn on_device(name: &str, works: &[Work], arguments: &Arguments, results: &mut Vec<Measurement>) -> anyhow::Result<()> {
    let mut engine = device::open(name, Precision::F32)?;
    let device = engine.device();
    output::note(&format!("{} ({})", device.name, device.details));
    let machine = Machine::of(&device);
    let effort = effort(arguments);
    for work in works {
        let measured = measure(work, engine.as_mut(), machine.as_ref(), &effort).map_err(cause)?;
        output::note(&format!("  {}: {} walker-steps/s", work.name, short(measured.walker_steps_per_second)));
        results.push(measured);
    }
    Ok(())
}

/// Runs of a second at least, after which a launch's own cost no longer counts.
fn effort(arguments: &Arguments) -> Effort {
    let random = arguments.random.clone();
    match arguments.quick {
        true => Effort { seconds: 0.0, repetitions: 1, divide: QUICK_DIVISOR, random },
        false => Effort { seconds: 1.0, repetitions: usize::from(arguments.repetitions), divide: 1, random },
    }
}

/// The error that has an exit code.
fn cause(error: BenchError) -> anyhow::Error {
    match error {
        BenchError::Engine(error) => error.into(),
        BenchError::Work(error) => error.into(),
    }
}

/// A table for each device.
fn table(results: &[Measurement]) -> String {
    let of_device = results.chunk_by(|a, b| (&a.device, &a.details) == (&b.device, &b.details));
    let tables = of_device.map(|rows| format!("{} ({})\n{}", rows[0].device, rows[0].details, rows_of(rows)));
    tables.collect::<Vec<_>>().join("\n")
}

fn rows_of(results: &[Measurement]) -> Grid {
    let heads = ["walker-steps/s", "min", "max", "of the floor", "memory", "walkers"];
    let mut grid = Grid::new(vec![("work".to_owned(), Align::Left)]);
    heads.into_iter().for_each(|head| grid.column(head, Align::Right));
    for m in results {
        let rate = |seconds: f64| short(m.walker_steps_per_second * m.seconds / seconds);
        let unknown = || "–".to_owned();
        grid.row(vec![
            m.work.to_owned(),
            short(m.walker_steps_per_second),
            rate(m.spread.max),
            rate(m.spread.min),
            m.floor_share.map_or_else(unknown, |share| format!("{} %", significant(100.0 * share, 2))),
            m.memory_bytes.map_or_else(unknown, |bytes| format!("{} MiB", bytes >> 20)),
            m.walkers.to_string(),
        ]);
    }
    grid
}
