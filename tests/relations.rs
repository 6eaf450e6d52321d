//! Fluctuation–dissipation relations on the CPU engine: what telescopes does, and walkers lower their learning rates
//! when both sides agree.

mod numbers;
mod own_rates;
mod telescoping;

use kramers::engine::cpu::CpuEngine;
use telescoping::{half_running_apart, residual, scheduled, second_residual, systems};

/// A hundred roundings of f64, or of f32, of numbers of the size of the path's ends.
const ROUND_OFF: [(&str, f64); 2] = [("f64", 1e-13), ("f32", 2e-5)];

#[test]
fn left_minus_right_is_what_the_ends_of_a_path_say() {
    let mut engine = CpuEngine::new().expect("threads");
    let systems = systems();
    assert!(systems.len() > 150, "only {} systems", systems.len());
    for system in &systems {
        for (precision, round_off) in ROUND_OFF {
            let left_over = residual(&mut engine, system, precision, 0.0);
            assert!(left_over < round_off, "{left_over:.1e} is left over in {precision} of\n{system}");
        }
    }
    let mut quadratic = [0, 0];
    for (system, is_scheduled) in both_kinds() {
        for (precision, round_off) in ROUND_OFF {
            let Some(left_over) = second_residual(&mut engine, &system, precision, 0.0) else { continue };
            assert!(left_over < round_off, "{left_over:.1e} is left over of the second in {precision} of\n{system}");
            quadratic[usize::from(is_scheduled)] += 1;
        }
    }
    assert!(quadratic.iter().all(|n| *n > 100), "only {quadratic:?} quadratic systems");
}

/// All systems, and whether their rates change along the run.
fn both_kinds() -> impl Iterator<Item = (String, bool)> {
    let of = |systems: Vec<String>, is_scheduled| systems.into_iter().map(move |system| (system, is_scheduled));
    of(systems(), false).chain(of(scheduled(), true))
}

/// Canary: windows wrong by 1 % do not telescope.
#[test]
fn wrong_windows_are_found_out() {
    let mut engine = CpuEngine::new().expect("threads");
    for (system, is_scheduled) in both_kinds().step_by(7) {
        assert!(is_scheduled || residual(&mut engine, &system, "f32", 0.01) > ROUND_OFF[1].1, "{system}");
        let second = second_residual(&mut engine, &system, "f32", 0.01);
        assert!(second.is_none_or(|second| second > ROUND_OFF[1].1), "the second relation of\n{system}");
    }
}

/// In f64 the engine and the walk by hand decide alike; in f32 hardly a walker decides otherwise.
#[test]
fn walkers_lower_their_rates_as_by_hand() {
    let mut engine = CpuEngine::new().expect("threads");
    for (precision, most) in [("f64", 1e-12), ("f32", 0.01)] {
        for (apart, canary) in own_rates::differences(&mut engine, precision) {
            assert!(apart <= most, "{apart:.1e} apart in {precision}");
            assert!(canary > 2.0 * most, "canary: another threshold is only {canary:.1e} apart");
        }
    }
}

/// One average ends where the next begins. Canary: that of other steps is another.
#[test]
fn half_running_averages_do_not_depend_on_what_follows() {
    let mut engine = CpuEngine::new().expect("threads");
    for system in systems().iter().step_by(7) {
        let apart = half_running_apart(&mut engine, system, 16);
        assert!(apart < 1e-5, "{apart:.1e} in\n{system}");
        assert!(half_running_apart(&mut engine, system, 32) > 1e-4, "canary in\n{system}");
    }
}
