// L = barrier ((x_0/separation)² − 1)² + tilt x_0 + ½ Σ k_i x_i² over i > 0.
// Record: cubic = 4 barrier/separation⁴, linear = −4 barrier/separation², tilt, barrier, 1/separation²,
// then k.

const CUBIC: u32 = AT_LANDSCAPE;
const LINEAR: u32 = AT_LANDSCAPE + 1u;
const TILT: u32 = AT_LANDSCAPE + 2u;
const BARRIER: u32 = AT_LANDSCAPE + 3u;
const INVERSE_SQUARE: u32 = AT_LANDSCAPE + 4u;
// Place of k_i is TRANSVERSE + i.
const TRANSVERSE: u32 = AT_LANDSCAPE + 4u;

fn gradient(x: Vector) -> Vector {
    var g: Vector;
    let along = fma(parameter(CUBIC) * x[0], x[0], parameter(LINEAR));
    g[0] = fma(x[0], along, parameter(TILT));
    for (var i = 1u; i < DIMENSION; i++) {
        g[i] = parameter(TRANSVERSE + i) * x[i];
    }
    return g;
}

fn loss(x: Vector, g: Vector) -> f32 {
    let v = fma(x[0] * parameter(INVERSE_SQUARE), x[0], -1.0);
    var sum = fma(parameter(BARRIER) * v, v, parameter(TILT) * x[0]);
    for (var i = 1u; i < DIMENSION; i++) {
        sum = fma((0.5 * parameter(TRANSVERSE + i)) * x[i], x[i], sum);
    }
    return sum;
}
