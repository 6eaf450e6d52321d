// Too many bins for the workgroup's memory: straight to those of its part.

fn count_in_bin(bin: u32) {
    atomicAdd(&tallies[tally + TALLY_BINS + bin], 1u);
}

fn clear_histograms(lane: u32) {}

fn flush_histograms(lane: u32) {}
