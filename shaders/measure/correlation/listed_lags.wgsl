// Lags as listed.
fn lag(k: u32) -> u32 {
    return LAGS[k];
}
