//! The GPU engine on an adapter. Where there is none these tests show as ignored, unless
//! `KRAMERS_REQUIRE_GPU=1` makes that a failure.

#[path = "../agreement/mod.rs"]
mod agreement;
#[path = "../batches/mod.rs"]
mod batches;
mod bridge;
mod correlations;
mod dimensions;
mod distributions;
mod fast;
mod faults;
mod formulas;
mod functions;
mod invariance;
#[path = "../lags/mod.rs"]
mod lags;
mod minibatch;
#[path = "../numbers/mod.rs"]
mod numbers;
#[path = "../observables/mod.rs"]
mod observables;
#[path = "../own_rates/mod.rs"]
mod own_rates;
mod paths;
mod random;
mod rare;
#[path = "../rare/systems.rs"]
mod rare_systems;
#[path = "../reference/mod.rs"]
mod reference;
mod relations;
mod rules;
mod statistics;
mod team;
#[path = "../telescoping/mod.rs"]
mod telescoping;
mod twin;
#[path = "../written/mod.rs"]
mod written;

use kramers::engine::gpu::{GpuEngine, GpuOptions, Selection, adapters};
use kramers::engine::{Engine, EngineError};
use kramers::tally::Tally;
use kramers::{Experiment, Plan};
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;

type Outcome = Result<(), Failed>;

type Test = fn() -> Outcome;

const TESTS: &[(&str, Test)] = &[
    ("philox_gives_the_known_answers", random::known_answers),
    ("normals_follow_box_muller", random::normals),
    ("one_step_follows_the_formulas", random::one_step),
    ("every_rule_moves_as_written", rules::one_step),
    ("every_rule_moves_as_on_the_cpu", rules::ensembles),
    ("what_rules_remember_passes_between_launches", rules::launches),
    ("functions_of_formulas_are_accurate", functions::accuracy),
    ("functions_of_formulas_are_large_or_undefined_beyond_their_domain", functions::domains),
    ("walkers_outside_the_domain_of_a_formula_are_lost", formulas::domains),
    ("formulas_move_walkers_as_built_in_landscapes_do", formulas::walks),
    ("coupled_wells_are_walked_as_by_hand", formulas::coupled_wells),
    ("every_batch_is_drawn_as_written", minibatch::one_step),
    ("batches_move_walkers_as_on_the_cpu", minibatch::walks),
    ("hardware_functions_are_accurate_enough", fast::normals),
    ("hardware_normals_are_normal", fast::distribution),
    ("fast_ensembles_agree_with_theory", fast::ensembles),
    ("random_words_are_those_of_the_cpu_engine", twin::words),
    ("one_step_is_that_of_the_cpu_engine", twin::one_step),
    ("ensembles_agree_with_the_cpu_engine_and_theory", twin::ensembles),
    ("a_wrong_amplitude_is_caught", twin::wrong_amplitude),
    ("time_series_agree_with_theory", twin::time_series),
    ("a_path_without_noise_is_measured_exactly", paths::without_noise),
    ("first_passages_are_counted", paths::passages),
    ("histograms_count_every_state", paths::histograms),
    ("formulas_of_the_state_are_binned", formulas::binned),
    ("lost_walkers_are_counted_and_frozen", paths::lost),
    ("squares_beyond_f32_lose_a_walker", paths::overflowing),
    ("absorbed_walkers_are_not_lost", paths::absorbed),
    ("a_saddle_is_summed", paths::saddle),
    ("values_too_large_are_counted", paths::overflow),
    ("one_step_in_64_dimensions_is_that_of_the_cpu_engine", dimensions::one_step),
    ("ensembles_in_64_dimensions_agree_with_the_cpu_engine_and_theory", dimensions::ensembles),
    ("every_measure_works_in_64_dimensions", dimensions::measures),
    ("bridges_are_crossed_as_on_the_cpu_engine", bridge::bridges),
    ("growth_vanishes_at_the_critical_rate", statistics::growth),
    ("the_loss_jumps_on_a_ramp", statistics::jumps),
    ("relations_telescope", relations::telescope),
    ("walkers_lower_their_rates_as_by_hand", relations::own_rates),
    ("starts_are_distributed_as_asked", statistics::starts),
    ("moments_agree_with_exact_theory", statistics::moments),
    ("more_workgroups_than_a_row_holds", statistics::many_workgroups),
    ("three_point_numbers_are_as_documented", distributions::three_point_numbers),
    ("numbers_of_one_word_are_as_documented", distributions::numbers_of_one_word),
    ("probabilities_are_those_of_their_cells", distributions::probabilities_of_cells),
    ("paths_of_discrete_noise_are_exact", distributions::paths),
    ("launches_change_no_bit_of_a_three_point_walk", distributions::launches),
    ("pairs_of_states_are_summed_as_over_stored_paths", correlations::pairs),
    ("launches_change_no_bit_of_correlations", correlations::launches),
    ("launches_workgroups_and_batches_change_no_bit", invariance::of_rich_walks),
    ("launches_change_no_bit_of_an_absorbed_walk", invariance::of_absorbed_walks),
    ("variants_of_a_kernel_change_no_bit", invariance::of_variants),
    ("shards_change_no_bit", invariance::of_shards),
    ("trials_change_no_bit_and_are_recorded", invariance::of_trials),
    ("rare_passages_go_the_ways_of_the_cpu_engine", rare::ways),
    ("cuts_change_no_bit_of_rare_passages", rare::cuts),
    ("two_engines_find_what_one_finds", team::of_two),
    ("the_work_of_a_lost_device_is_done_by_the_other", team::with_a_loss),
    ("a_lost_device_is_an_error", faults::lost_device),
    ("what_cannot_be_done_is_said", faults::refusals),
];

/// What takes minutes: ignored unless it is asked for.
const LONG: &[(&str, Test)] = &[("all_relations_telescope", relations::all_telescope)];

fn main() -> ExitCode {
    let found = adapters();
    match found.first() {
        Some(adapter) => eprintln!("GPU tests run on {} ({}, {})", adapter.name, adapter.driver, adapter.backend),
        None if std::env::var("KRAMERS_REQUIRE_GPU").is_ok_and(|v| v == "1") => {
            eprintln!("KRAMERS_REQUIRE_GPU=1, and there is no GPU adapter (install mesa-vulkan-drivers)");
            return ExitCode::FAILURE;
        }
        None => eprintln!("GPU tests are ignored: there is no GPU adapter (install mesa-vulkan-drivers)"),
    }
    let trial = |(name, test): &(&str, Test)| {
        let trial = Trial::test(*name, *test);
        if found.is_empty() { trial.with_ignored_flag(true).with_kind("no GPU adapter") } else { trial }
    };
    let mut arguments = Arguments::from_args();
    // One adapter: tests one after another.
    arguments.test_threads = Some(1);
    let long = LONG.iter().map(|test| trial(test).with_ignored_flag(true));
    libtest_mimic::run(&arguments, TESTS.iter().map(trial).chain(long).collect()).exit_code()
}

fn plan(text: &str) -> Result<Plan, Failed> {
    Ok(Plan::new(&Experiment::parse("test", "test.toml", text, &[])?))
}

fn engine(options: GpuOptions) -> Result<GpuEngine, EngineError> {
    GpuEngine::with_options(Selection::Any, options)
}

fn run_with(plan: &Plan, options: GpuOptions) -> Result<Tally, Failed> {
    Ok(engine(options)?.run(plan, &plan.blocks(), &|_| {})?)
}

fn run(plan: &Plan) -> Result<Tally, Failed> {
    run_with(plan, GpuOptions::default())
}

/// Fails with `message` unless `holds`.
fn require(holds: bool, message: impl Into<String>) -> Outcome {
    if holds { Ok(()) } else { Err(message.into().into()) }
}
