// Bins of the workgroup, added to those of its part at the end of the launch.

var<workgroup> histogram: array<atomic<u32>, BINS>;

fn clear_histograms(lane: u32) {
    for (var bin = lane; bin < BINS; bin += WORKGROUP_SIZE) {
        atomicStore(&histogram[bin], 0u);
    }
}

fn count_in_bin(bin: u32) {
    atomicAdd(&histogram[bin], 1u);
}

fn flush_histograms(lane: u32) {
    for (var bin = lane; bin < BINS; bin += WORKGROUP_SIZE) {
        let count = atomicLoad(&histogram[bin]);
        if (count > 0u) {
            atomicAdd(&tallies[tally + TALLY_BINS + bin], count);
        }
    }
}
