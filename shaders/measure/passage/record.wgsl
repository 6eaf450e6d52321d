// Counts of first passages, for all that may happen after one: bins of durations, and time at risk.

// Walker-steps at risk of the workgroup: low and high 16 bits of each walker's are summed apart.
var<workgroup> risk: array<atomic<u32>, 2>;

fn clear_passages(lane: u32) {
    if (lane < 2u) {
        atomicStore(&risk[lane], 0u);
    }
}

// The bin of n steps: exact below 64, then 32 bins to the octave. Twin of LogBins in
// src/tally/passage.rs.
fn duration_bin(n: u32) -> u32 {
    let octave = firstLeadingBit(max(n, 64u));
    let within = (n >> (octave - 5u)) & 31u;
    return select(64u + (octave - 6u) * 32u + within, n, n < 64u);
}

fn record_duration(steps: u32) {
    atomicAdd(&tallies[tally + TALLY_DURATIONS + duration_bin(steps)], 1u);
}

// An episode that began at `since` ends without passage; the walker was last at risk in update `end`.
fn censor(since: u32, end: u32) {
    atomicAdd(&tallies[tally + TALLY_CENSORED + duration_bin(end - since)], 1u);
}

fn add_risk(steps: u32) {
    atomicAdd(&risk[0], steps & 0xffffu);
    atomicAdd(&risk[1], steps >> 16u);
}

fn flush_passages(lane: u32) {
    if (lane == 0u) {
        let high = atomicLoad(&risk[1]);
        let low = atomicLoad(&risk[0]);
        let sum = low + (high << 16u);
        add_wide(tally + TALLY_RISK, vec2<u32>(sum, (high >> 16u) + u32(sum < low)));
    }
}
