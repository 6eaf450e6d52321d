//! `kramers study`: the built-in experiments.

use super::options::Options;
use super::{exit, output, run};
use clap::Args;
use kramers::Experiment;
use kramers::experiment::ExperimentError;
use kramers::experiment::Override;

/// The files of `experiments/` by name, in the order given.
macro_rules! experiments {
    ($($name:literal)*) => { [$(($name, include_str!(concat!("../../experiments/", $name, ".toml")))),*] };
}

/// The built-in experiments, by name, in the order of their subjects: stationary laws and escape, learning
/// rates, momentum, batches, adaptive rules, integrators; what settled walkers do.
const STUDIES: [(&str, &str); 53] = experiments![
    "kramers-escape"
    "styblinski-tang"
    "gibbs-temperature"
    "quadratic-noise"
    "two-temperatures"
    "uniform-fixed-point"
    "noise-shape"
    "barrier-shape"
    "power-law-escape"
    "power-law-relaxation"
    "rare-escape-power-law"
    "effective-dimension"
    "effective-dimension-relaxation"
    "log-landscape"
    "log-landscape-moments"
    "critical-learning-rate"
    "critical-learning-rate-ramp"
    "gradient-flow"
    "gradient-descent"
    "learning-rate-decay"
    "annealing"
    "running-averages"
    "momentum-conjugacy"
    "momentum-escape"
    "batch-scaling"
    "converged-loss"
    "regression"
    "stationary-tail"
    "regression-escape"
    "replacement"
    "optimal-batch"
    "adaptive-rate"
    "sign-sgd"
    "rmsprop"
    "rmsprop-batch-size"
    "adam-warm-up"
    "adam"
    "leimkuhler-matthews"
    "underdamped-turnover"
    "fluctuation-dissipation"
    "fluctuation-dissipation-wells"
    "noise-ball"
    "fdr-estimator-variance"
    "anharmonicity"
    "broken-balance"
    "broken-balance-wells"
    "limit-cycle"
    "limit-cycle-correlations"
    "limit-cycle-noiseless"
    "free-energy"
    "spectra"
    "noise-covariance"
    "rare-escape"
];

/// Arguments of `study`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The study; none lists them
    #[arg(value_name = "NAME", conflicts_with = "all")]
    name: Option<String>,
    /// Print the study's experiment file, to start from
    #[arg(long, requires = "name")]
    print: bool,
    /// Run all of them, one after the other; with --out DIR each into DIR/NAME
    #[arg(long, conflicts_with_all = ["json", "print"])]
    all: bool,
    #[command(flatten)]
    options: Options,
}

pub(super) fn main(arguments: &Arguments) -> anyhow::Result<u8> {
    if arguments.all {
        // Every study runs, whatever became of the ones before; the first failure is the exit code.
        let mut first = exit::DONE;
        for (name, text) in STUDIES {
            let out = arguments.options.out.as_ref().map(|directory| directory.join(name));
            let options = Options { out, ..arguments.options.clone() };
            let code = study(name, text, &options).unwrap_or_else(|error| {
                output::error(&format!("{name}: {error}"));
                exit::code(&error)
            });
            first = if first == exit::DONE { code } else { first };
        }
        return Ok(first);
    }
    let Some(name) = &arguments.name else {
        return match arguments.options.are_default() {
            true => list(),
            false => Err(exit::usage("study: which? Give a NAME of `kramers study`, or --all")),
        };
    };
    let Some((name, text)) = STUDIES.iter().find(|(known, _)| known == name) else {
        let known: Vec<&str> = STUDIES.iter().map(|(known, _)| *known).collect();
        return Err(exit::usage(format!("study {name}: there is no such study; there are {}", known.join(", "))));
    };
    if arguments.print {
        output::results(text)?;
        return Ok(exit::DONE);
    }
    study(name, text, &arguments.options)
}

fn study(name: &str, text: &str, options: &Options) -> anyhow::Result<u8> {
    let experiment = options.experiment(|set| read(name, text, set))?;
    run::run(&experiment, options)
}

fn read(name: &str, text: &str, set: &[Override]) -> Result<Experiment, ExperimentError> {
    Experiment::parse(name, &format!("{name}.toml"), text, set)
}

/// One study a line, name first.
fn list() -> anyhow::Result<u8> {
    let width = STUDIES.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let mut lines = String::new();
    for (name, text) in STUDIES {
        lines += &format!("{name:<width$}  {}\n", read(name, text, &[])?.title);
    }
    output::results(&lines)?;
    Ok(exit::DONE)
}
