//! The peak resident set of this process: what the kernel counts as VmHWM. Host memory only; a software
//! rasteriser's buffers are in it, a graphics card's own memory is not. Linux only: elsewhere there is
//! no such count that can be set back.

use std::fs;

/// Sets the peak back to what is resident now; whether that could be done.
pub(super) fn reset_peak() -> bool {
    fs::write("/proc/self/clear_refs", "5").is_ok()
}

/// The peak since then, in bytes.
pub(super) fn peak_bytes() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn the_peak_rises_with_what_is_touched_and_can_be_set_back() {
        const BYTES: usize = 256 << 20;
        if !reset_peak() {
            return;
        }
        drop(black_box(vec![1u8; BYTES]));
        let before = peak_bytes().expect("Linux says");
        assert!(before > BYTES as u64, "{before}");
        assert!(reset_peak());
        let after = peak_bytes().expect("Linux says");
        assert!(after < before, "{after} after the reset, {before} before");
    }
}
