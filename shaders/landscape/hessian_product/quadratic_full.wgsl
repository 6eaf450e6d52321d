// H u.
fn hessian_product(x: Vector, u: Vector) -> Vector {
    var product: Vector;
    for (var i = 0u; i < DIMENSION; i++) {
        product[i] = row_times(i, u);
    }
    return product;
}
