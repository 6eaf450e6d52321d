//! Rare passages on the CPU engine: their rates against exact ones and those of walkers that are waited for, and the
//! same bits however the work is cut.

mod coverage;
mod invariance;
mod rates;
mod systems;

use kramers::engine::cpu::CpuEngine;
use rates::{exact, rate, with_error, z};
use systems::{METHODS, SYSTEMS, escapes};

/// Of the chain, whose step is finite, by the transition kernel: 4.6·10⁻¹⁰ and 4.1·10⁻²¹ a unit of time. |z| < 4 for
/// four rates: a false alarm of 2.5·10⁻⁴ for a fresh seed; the seed is fixed.
#[test]
fn rates_are_exact() {
    let mut engine = CpuEngine::new().expect("threads");
    for (temperature, wrong) in [(0.0125, 0.0127), (0.0055, 0.0056)] {
        for method in METHODS {
            let of = |temperature| escapes(temperature, 4096, method);
            let found = rate(&mut engine, &of(temperature));
            let (value, error) = with_error(&found);
            assert!(error < 0.05 * value, "{method} at {temperature}: {value:e} ± {error:e} shows little");
            let right = z(&found, exact(&of(temperature)));
            assert!(right < 4.0, "{method} at {temperature}: z = {right:.2}");
            let wrong = z(&found, exact(&of(wrong)));
            assert!(wrong > 4.0, "canary: {method}: a rate of another temperature passes with z = {wrong:.2}");
        }
    }
}

/// Two estimates are within 4 of their standard errors: a false alarm of 8·10⁻³ for all 23 and a fresh seed, with 31
/// degrees of freedom of the lesser; the seed is fixed.
#[test]
fn passages_looked_for_are_as_frequent_as_those_waited_for() {
    let mut engine = CpuEngine::new().expect("threads");
    for system in &SYSTEMS {
        let (waited, of_waited) =
            with_error(&rate(&mut engine, &system.waited_for("walkers = 16384, burn_in = 200, steps = 2000")));
        for method in system.methods() {
            let text = system.looked_for(method);
            let mut apart = |text: &str| {
                let (value, error) = with_error(&rate(&mut engine, text));
                (value - waited) / error.hypot(of_waited)
            };
            let (right, wrong) = (apart(&text), apart(&system.hotter(&text)));
            println!("{}, {method}: {right:.2}, {wrong:.2}", system.name);
            assert!(right.abs() < 4.0, "{}, {method}: {right:.2} standard errors apart", system.name);
            assert!(wrong > 4.0, "canary: {}, {method}: passes with {wrong:.2} when it is hotter", system.name);
        }
    }
}

/// Where nobody leaves the basin, or nobody gets far, there is no rate, and it is said why.
#[test]
fn what_is_too_rare_has_no_rate() {
    let mut engine = CpuEngine::new().expect("threads");
    let text = escapes(0.0125, 16, METHODS[0]);
    for (wrong, reason) in [("basin = 0.5", "left the basin"), ("basin = -0.9, levels = [0.9]", "led to a passage")] {
        let rate = rate(&mut engine, &text.replace("basin = -0.9", wrong));
        assert!(rate.value.is_none() && rate.reason.as_ref().is_some_and(|r| r.contains(reason)), "{rate:?}");
    }
}
