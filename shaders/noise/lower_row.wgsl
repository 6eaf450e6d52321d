// Row i of a lower triangle times the numbers of a step, in ascending order, added to `sum`. The rows are in
// the record from `at` on, the numbers from `first` on. Rounds are few where rows are long, as software
// rasterisers bound them; beyond the diagonal are zeros.
fn add_lower_row(i: u32, at: u32, first: u32, before: f32) -> f32 {
    let row = at + i * DIMENSION;
    var sum = before;
    for (var j = 0u; j < FOURS; j += 4u) {
        if (j <= i) {
            sum = fma(parameter(row + j), numbers[first + j], sum);
            sum = fma(parameter(row + j + 1u), numbers[first + j + 1u], sum);
            sum = fma(parameter(row + j + 2u), numbers[first + j + 2u], sum);
            sum = fma(parameter(row + j + 3u), numbers[first + j + 3u], sum);
        }
    }
    for (var j = FOURS; j < DIMENSION; j++) {
        if (j <= i) {
            sum = fma(parameter(row + j), numbers[first + j], sum);
        }
    }
    return sum;
}
