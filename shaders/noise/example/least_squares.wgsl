// ½ (w·θ − y)². Samples: w, y of every example.
@group(0) @binding(6) var<storage, read> samples: array<f32>;

fn next_gradient(x: Vector) -> Vector {
    let at = next_index() * (DIMENSION + 1u);
    var residual = -samples[at + DIMENSION];
    var g: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = samples[at + i];
        residual = fma(g[i], x[i], residual);
    }
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] *= residual;
    }
    return g;
}
