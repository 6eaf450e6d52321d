//! `random`: the random number generator.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Random number generator: Philox with four 32-bit words (Salmon, Moraes, Dror & Shaw, "Parallel random
/// numbers: as easy as 1, 2, 3", SC 2011).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
pub enum Random {
    /// Ten rounds: the authors' own choice, three more than any test of theirs needs.
    #[default]
    #[serde(rename = "philox4x32-10")]
    Philox4x32x10,
    /// Ten rounds, with the GPU's own logarithm, sine and cosine in the normal transform instead of our
    /// polynomials: the same random words, and normal numbers that depend on the device, within 10⁻³ of
    /// ours where the tests pass. For speed on a GPU; not for far tails, nor where another device must give
    /// the same bits. The CPU engine, which has no such functions, takes it for `philox4x32-10`.
    #[serde(rename = "philox4x32-10-fast")]
    Philox4x32x10Fast,
    /// Seven rounds, the fewest that pass BigCrush (Salmon et al.): for speed, without the
    /// margin that rare events want.
    #[serde(rename = "philox4x32-7")]
    Philox4x32x7,
}

impl Random {
    /// Rounds of Philox.
    pub fn rounds(self) -> u32 {
        match self {
            Self::Philox4x32x10 | Self::Philox4x32x10Fast => 10,
            Self::Philox4x32x7 => 7,
        }
    }
}
