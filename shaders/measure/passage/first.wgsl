// Only the first passage after the burn-in is recorded, at the end of the run.

// Update after which the walker had passed; 0 before.
var<private> passed_at: u32;

fn begin_passages() { passed_at = 0u; }
fn load_passage(at: u32) { passed_at = states[at]; }
fn store_passage(at: u32) { states[at] = passed_at; }
fn restart_if_passed(n: u32) {}

fn look_for_passage(n: u32) {
    if (passed_at == 0u && (BURN_IN == 0u || n > BURN_IN) && has_passed(n)) {
        passed_at = n;
    }
}

fn finish_passages(end: u32) {
    if (passed_at > 0u) {
        atomicAdd(&tallies[tally + TALLY_PASSAGES], 1u);
        record_duration(passed_at - BURN_IN);
        add_risk(passed_at - BURN_IN);
    } else if (end >= BURN_IN) {
        censor(BURN_IN, end);
        add_risk(end - BURN_IN);
    }
}
