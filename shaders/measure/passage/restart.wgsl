// A walker that passes goes back to its start after the measuring of that step, during the burn-in
// too, where it is not counted.

// Update at which the walker's episode began.
var<private> since: u32;

fn begin_passages() { since = 0u; }
fn load_passage(at: u32) { since = states[at]; }
fn store_passage(at: u32) { states[at] = since; }
fn is_absorbed() -> bool { return false; }
fn look_for_passage(n: u32) {}

fn restart_if_passed(n: u32) {
    if (has_passed(n)) {
        if (n > BURN_IN) {
            atomicAdd(&tallies[tally + TALLY_PASSAGES], 1u);
            if (since >= BURN_IN) {
                record_duration(n - since);
            }
        }
        x = origin;
        begin_memory();
        since = n;
    }
}

fn finish_passages(end: u32) {
    if (end >= BURN_IN) {
        add_risk(end - BURN_IN);
        if (since >= BURN_IN) {
            censor(since, end);
        }
    }
}
