// H(x) u.
fn hessian_product(x: Vector, u: Vector) -> Vector {
    var product: Vector;
    product[0] = fma(3.0 * parameter(CUBIC) * x[0], x[0], parameter(LINEAR)) * u[0];
    for (var i = 1u; i < DIMENSION; i++) {
        product[i] = parameter(TRANSVERSE + i) * u[i];
    }
    return product;
}
