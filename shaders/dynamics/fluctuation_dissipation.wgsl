// v = β v + η ĝ, x −= v, at a learning rate that each walker lowers by itself (S. Yaida, ICLR 2019, section 3.2): where
// the half-running averages of both sides of its fluctuation–dissipation relation, (x − c)·ĝ and ½ (1 + β) Σ v_i²/η_i,
// agree, and then they begin anew. Record: η; β, X, 1 − Y, half the steps between tests; c.
// Memory: v; factor of the rate less 1; sums of left minus right side and of the right since the rate was last lowered;
// units of half the steps between tests since then; units between snapshots less 1; the snapshots of both sums.

// Snapshots; when all are taken every other one is kept, and their distance doubles.
const SNAPSHOTS: u32 = 16u;
const AT_FACTOR: u32 = DIMENSION;
const AT_SNAPSHOTS: u32 = DIMENSION + 5u;
const AT_BETA: u32 = AT_DYNAMICS + DIMENSION;

fn own_rate_factor() -> f32 {
    return 1.0 + memory[AT_FACTOR];
}

// `first` is the place of this step's numbers in its group.
fn advance(n: u32, first: u32) {
    noisy = stochastic_gradient(x, n, first);
    let factor = own_rate_factor();
    let beta = parameter(AT_BETA);
    var left = 0.0;
    var right = 0.0;
    for (var i = 0u; i < DIMENSION; i++) {
        let rate = parameter(AT_DYNAMICS + i) * factor;
        let v = fma(rate, noisy[i], beta * memory[i]);
        left = fma(x[i] - parameter(AT_BETA + 4u + i), noisy[i], left);
        right = fma(v, v / rate, right);
        memory[i] = v;
        x[i] -= v;
    }
    right = (0.5 * (1.0 + beta)) * right;
    memory[AT_FACTOR + 1u] += left - right;
    memory[AT_FACTOR + 2u] += right;
    if (n % u32(parameter(AT_BETA + 3u)) == 0u) {
        end_unit();
    }
}

// A unit of half the steps between tests has passed.
fn end_unit() {
    let units = memory[AT_FACTOR + 3u] + 1.0;
    memory[AT_FACTOR + 3u] = units;
    let snapshots = u32(units) / (u32(memory[AT_FACTOR + 4u]) + 1u);
    if (snapshots * (u32(memory[AT_FACTOR + 4u]) + 1u) != u32(units)) {
        return;
    }
    let sums = vec2<f32>(memory[AT_FACTOR + 1u], memory[AT_FACTOR + 2u]);
    memory[AT_SNAPSHOTS + 2u * (snapshots - 1u)] = sums.x;
    memory[AT_SNAPSHOTS + 2u * (snapshots - 1u) + 1u] = sums.y;
    if (snapshots % 2u == 0u) {
        let half = AT_SNAPSHOTS + snapshots - 2u;
        let mismatch = sums.x - memory[half];
        let right = sums.y - memory[half + 1u];
        if (abs(mismatch) < parameter(AT_BETA + 1u) * right) {
            memory[AT_FACTOR] = own_rate_factor() * parameter(AT_BETA + 2u) - 1.0;
            for (var k = 1u; k < 5u; k++) {
                memory[AT_FACTOR + k] = 0.0;
            }
            return;
        }
    }
    if (snapshots == SNAPSHOTS) {
        for (var k = 0u; k < SNAPSHOTS / 2u; k++) {
            memory[AT_SNAPSHOTS + 2u * k] = memory[AT_SNAPSHOTS + 4u * k + 2u];
            memory[AT_SNAPSHOTS + 2u * k + 1u] = memory[AT_SNAPSHOTS + 4u * k + 3u];
        }
        memory[AT_FACTOR + 4u] = 2.0 * memory[AT_FACTOR + 4u] + 1.0;
    }
}
