//! The instruction set, picked at run time.
//!
//! A stage's loops are written once, in plain Rust; [`Isa::run`] compiles them for each instruction
//! set. Results are the same bits on all: loops work element by element, sums have a fixed order, and
//! fused multiply-adds are written out, so a processor without them is slow, and right.

/// An instruction set of this machine.
#[derive(Clone, Copy, Debug)]
pub enum Isa {
    /// What every processor of the target architecture has.
    Baseline,
    /// AVX2 with fused multiply-add (x86-64-v3).
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
    /// AVX-512 (x86-64-v4).
    #[cfg(target_arch = "x86_64")]
    Avx512(pulp::x86::V4),
}

impl Isa {
    /// The environment variable that forces an instruction set, for tests: `baseline`, `avx2` or
    /// `avx512`.
    pub const VARIABLE: &str = "KRAMERS_ISA";

    /// The instruction sets that this machine has, best first.
    pub fn available() -> Vec<Self> {
        let mut all = Vec::new();
        #[cfg(target_arch = "x86_64")]
        {
            all.extend(pulp::x86::V4::try_new().map(Self::Avx512));
            all.extend(pulp::x86::V3::try_new().map(Self::Avx2));
        }
        all.push(Self::Baseline);
        all
    }

    /// The one called `name`, if this machine has it.
    pub fn named(name: &str) -> Option<Self> {
        Self::available().into_iter().find(|isa| isa.name() == name)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            // NEON with fused multiply-add is part of every aarch64.
            Self::Baseline => "baseline",
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => "avx2",
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(_) => "avx512",
        }
    }

    /// Runs `loops` compiled for this instruction set; `loops` must be inlined (`#[inline(always)]`).
    #[inline(always)]
    pub fn run<T>(self, loops: impl FnOnce() -> T) -> T {
        match self {
            Self::Baseline => loops(),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(isa) => isa.vectorize(loops),
            #[cfg(target_arch = "x86_64")]
            Self::Avx512(isa) => isa.vectorize(loops),
        }
    }
}
