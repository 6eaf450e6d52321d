// Lags at equal distances.
fn lag(k: u32) -> u32 {
    return k * LAG_DISTANCE;
}
