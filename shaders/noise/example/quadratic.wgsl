// a·θ + ½ θᵀHθ. Samples: a, then H row by row, of every example.
@group(0) @binding(6) var<storage, read> samples: array<f32>;

fn next_gradient(x: Vector) -> Vector {
    let at = next_index() * (DIMENSION + DIMENSION * DIMENSION);
    var g: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        g[i] = samples[at + i];
        for (var j = 0u; j < DIMENSION; j++) {
            g[i] = fma(samples[at + DIMENSION + i * DIMENSION + j], x[j], g[i]);
        }
    }
    return g;
}
