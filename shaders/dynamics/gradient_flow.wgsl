// dx/dt = −∇L(x) by the classical Runge–Kutta method of order 4. Record: Δt.
fn advance(n: u32, first: u32) {
    let time_step = parameter(AT_DYNAMICS);
    let g1 = gradient(x);
    let g2 = gradient(downhill(0.5 * time_step, g1));
    let g3 = gradient(downhill(0.5 * time_step, g2));
    let g4 = gradient(downhill(time_step, g3));
    for (var i = 0u; i < DIMENSION; i++) {
        let sum = fma(2.0, g2[i] + g3[i], g1[i] + g4[i]);
        x[i] = fma(-time_step / 6.0, sum, x[i]);
    }
}

fn downhill(time: f32, g: Vector) -> Vector {
    var moved: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        moved[i] = fma(-time, g[i], x[i]);
    }
    return moved;
}
