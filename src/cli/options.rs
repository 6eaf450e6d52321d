//! The options that `run` and `study` share.

use super::exit::usage;
use clap::Args;
use kramers::experiment::{Experiment, ExperimentError, Override};
use kramers::results::{Shard, shard_from_environment};
use std::path::PathBuf;

/// Walkers that `--quick` leaves in a cell: this share of them, but not fewer than [`FEWEST`] (or than
/// the experiment has).
const QUICK_SHARE: u64 = 64;
/// See [`QUICK_SHARE`]: enough for sixteen blocks to take error bars from.
const FEWEST: u64 = 1024;

/// The default of `--device`.
const AUTO: &str = "auto";

/// How much is said.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Loudness {
    /// No progress and no notes
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Every estimate in the table, and log messages of the engine (twice: more of them)
    #[arg(short, long, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

/// Options of `run` and `study`.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// Results directory [default: results/NAME; with --quick results/NAME-quick; with --shard I/N
    /// results/NAME/shard-I-of-N]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Replace the results of another experiment in the results directory
    #[arg(long)]
    pub(super) force: bool,
    /// `auto` (a hardware GPU if there is one, else the CPU), `gpu`, `cpu`, `all` (every hardware GPU, the
    /// work shared out among them), or a GPU's index or name as `kramers devices` lists them
    #[arg(long, value_name = "DEVICE", default_value = AUTO)]
    pub(super) device: String,
    /// Override one value of the experiment, e.g. ensemble.walkers=1e6; repeatable
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Walkers in each cell
    #[arg(long, value_name = "N", conflicts_with = "quick")]
    pub(super) walkers: Option<String>,
    /// Measured steps
    #[arg(long, value_name = "N")]
    pub(super) steps: Option<String>,
    /// Key of the random number generator
    #[arg(long, value_name = "N")]
    pub(super) seed: Option<String>,
    /// A sixty-fourth of the walkers (at least 1024), to look before a long run
    #[arg(long)]
    pub(super) quick: bool,
    /// Exit with 3 if an exact prediction is missed by 5 standard errors or more
    #[arg(long)]
    pub(super) check: bool,
    /// Run part I (from 0) of N of the work and leave it for `kramers merge`; `auto` takes the part from
    /// the batch system's variables. Not with --check or --json, as a part has no results before the merge
    #[arg(long, value_name = "I/N", conflicts_with_all = ["check", "json"])]
    pub(super) shard: Option<String>,
    /// The results document on stdout, nothing else there
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    pub(super) loudness: Loudness,
}

/// Reads `KEY=VALUE` arguments.
pub(super) fn overrides(set: &[String]) -> anyhow::Result<Vec<Override>> {
    let read = |text: &String| text.parse().map_err(|e: String| usage(format!("--set {text}: {e}")));
    set.iter().map(read).collect()
}

impl Options {
    /// Whether none is given.
    pub(super) fn are_default(&self) -> bool {
        *self == Self { device: AUTO.to_owned(), ..Self::default() }
    }

    /// Reads an experiment by `read`, with the values that the options override.
    pub(super) fn experiment(
        &self,
        read: impl Fn(&[Override]) -> Result<Experiment, ExperimentError>,
    ) -> anyhow::Result<Experiment> {
        let mut set = overrides(&self.set)?;
        let short = [
            ("walkers", "ensemble.walkers", &self.walkers),
            ("steps", "ensemble.steps", &self.steps),
            ("seed", "seed", &self.seed),
        ];
        for (option, key, value) in short {
            if let Some(value) = value {
                let read = format!("{key}={value}").parse();
                set.push(read.map_err(|e: String| usage(format!("--{option} {value}: {e}")))?);
            }
        }
        let mut experiment = read(&set)?;
        if self.quick {
            let all = experiment.cells[0].setup.ensemble.walkers;
            let few = (all / QUICK_SHARE).max(all.min(FEWEST));
            set.push(Override { key: "ensemble.walkers".to_owned(), value: i64::try_from(few)?.into() });
            experiment = read(&set)?;
        }
        Ok(experiment)
    }

    /// The shard that is asked for, and where `auto` found it.
    pub(super) fn shard(&self) -> anyhow::Result<Option<(Shard, Option<String>)>> {
        match self.shard.as_deref() {
            None => Ok(None),
            Some("auto") => {
                let found = shard_from_environment(|name| std::env::var(name).ok()).map_err(usage)?;
                Ok(Some((found.0, Some(found.1))))
            }
            Some(text) => {
                let shard: Shard = text.parse().map_err(|e: String| usage(format!("--shard {text}: {e}")))?;
                Ok(Some((shard, None)))
            }
        }
    }

    /// The results directory of the experiment `name`.
    pub(super) fn directory(&self, name: &str, shard: Option<Shard>) -> PathBuf {
        let default = || {
            let name = if self.quick { format!("{name}-quick") } else { name.to_owned() };
            let whole = PathBuf::from("results").join(name);
            match shard {
                Some(shard) => whole.join(format!("shard-{}-of-{}", shard.index(), shard.count())),
                None => whole,
            }
        };
        self.out.clone().unwrap_or_else(default)
    }
}
