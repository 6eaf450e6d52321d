// Walkers are absorbed: those of a part that are left are listed, PART_WALKERS places a part, and how many there are
// after all lists.
@group(0) @binding(7) var<storage, read> survivors: array<u32>;

fn walkers_of_part(part: u32, walkers: u32) -> u32 {
    return survivors[launch.stride + part];
}

fn walker_of_part(part: u32, place: u32) -> u32 {
    return survivors[part * PART_WALKERS + place];
}
