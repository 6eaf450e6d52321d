// Products of states with later ones. Signals are coordinates from the reference point, then the loss without its
// floor; those of measured states, the time origins, are kept for the longest lag in a ring of slots of the walker's
// state. Scales: of every signal, then of every product of two, row by row.

// Items of a lag: pairs, those too large, the sums of each signal at the origin, of each at present, and of their
// products, row by row.
const LAG_ITEMS: u32 = 2u + SIGNALS * (2u + SIGNALS);

alias Signals = array<f32, SIGNALS>;

var<private> ring: u32;
var<private> lag_step: u32;

fn find_ring(at: u32) {
    ring = at;
}

fn begin_lags() {
    let done = (max(launch.first_step, BURN_IN) - BURN_IN) / LAG_STRIDE;
    lag_step = select(BURN_IN + (done + 1u) * LAG_STRIDE, NEVER, done >= STEPS / LAG_STRIDE);
}

// The next step after which a state may be a time origin, or at a lag from one.
fn next_lag_step() -> u32 {
    return lag_step;
}

fn present_signals() -> Signals {
    var now: Signals;
    for (var i = 0u; i < CORRELATED_AXES; i++) {
        now[i] = x[AXES[i]] - measure_parameter(AT_REFERENCE + AXES[i]);
    }
    if (SIGNALS > CORRELATED_AXES) {
        now[SIGNALS - 1u] = loss(x, gradient(x));
    }
    return now;
}

// The place of signal 0 of a time origin; measured steps are multiples of EVERY.
fn slot(measured_step: u32) -> u32 {
    return ring + ((measured_step / EVERY) % SLOTS) * SIGNALS * launch.stride;
}

fn keep(place: u32, now: Signals) {
    var signals = now;
    for (var i = 0u; i < SIGNALS; i++) {
        states[place + i * launch.stride] = bitcast<u32>(signals[i]);
    }
}

fn add_pair(k: u32, place: u32, present: Signals) {
    var now = present;
    let first = LAG_ROWS + LAG_ITEMS * k;
    begin_row();
    for (var i = 0u; i < SIGNALS; i++) {
        let origin = bitcast<f32>(states[place + i * launch.stride]);
        let scale = measure_parameter(AT_SIGNAL_SCALES + i);
        add_to_row(first + 2u + i, origin * scale);
        add_to_row(first + 2u + SIGNALS + i, now[i] * scale);
        for (var j = 0u; j < SIGNALS; j++) {
            let product = SIGNALS * (i + 1u) + j;
            let scaled = origin * now[j] * measure_parameter(AT_SIGNAL_SCALES + product);
            add_to_row(first + 2u + SIGNALS + product, scaled);
        }
    }
    end_row(first);
}

// Pairs the state after update n with the time origins at given lags; it may be one itself.
fn correlate(n: u32, seen: bool) {
    let measured_step = n - BURN_IN;
    if (seen) {
        let now = present_signals();
        if (measured_step % EVERY == 0u) {
            keep(slot(measured_step), now);
        }
        for (var k = 0u; k < LAG_COUNT; k++) {
            let steps = lag(k);
            if (steps >= measured_step) {
                break;
            }
            let origin = measured_step - steps;
            if (origin % EVERY == 0u) {
                add_pair(k, slot(origin), now);
            }
        }
    }
    lag_step = select(n + LAG_STRIDE, NEVER, END_STEP - n < LAG_STRIDE);
}
