//! What a device's units do per second, where that is known.

use super::clock;
use super::floor::{Abilities, Operations};
use crate::engine::gpu::Variant;
use crate::engine::{Device, EngineKind};

/// A machine whose units are known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Machine {
    units: Units,
    /// Cycles per second of all its processors together.
    cycles_per_second: f64,
    abilities: Abilities,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Units {
    Vector(Vector),
    Nvidia(Nvidia),
}

/// The vector units of a processor: operations on whole vectors that start in a cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Vector {
    /// Numbers of 32 bits in a vector.
    lanes: f64,
    /// Multiplications, of floats and of integers.
    multiply: f64,
    /// Float additions, conversions, comparisons, shifts.
    shift: f64,
    /// All together.
    all: f64,
}

/// A multiprocessor of an NVIDIA GPU: operations on single numbers that start in a cycle.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Nvidia {
    /// Whether 64-bit products are one instruction, or built from 16-bit pieces.
    wide_products: bool,
}

/// NVIDIA GPUs by a part of their name: multiprocessors, and cycles per second at full boost.
const NVIDIA: [(&str, f64, f64); 1] = [("H200", 132.0, 1.98e9)];

impl Machine {
    /// The machine behind a device, by what its engine says of it; none where its units are unknown.
    pub fn of(device: &Device) -> Option<Self> {
        let software = device.name.starts_with("llvmpipe");
        match device.engine {
            EngineKind::Cpu => {
                let (isa, threads) = device.details.split_once(", ")?;
                let threads = threads.split_once(' ')?.0.parse().ok()?;
                Self::processor(isa == "avx512", isa == "avx512" || isa == "avx2", threads, false)
            }
            // llvmpipe compiles shaders for vectors of the width that it names, and runs them on all threads.
            EngineKind::Gpu if software => {
                let wide = device.name.contains("512 bits");
                let threads = std::thread::available_parallelism().ok()?.get();
                Self::processor(wide, wide || device.name.contains("256 bits"), threads, true)
            }
            EngineKind::Gpu => {
                let (_, processors, clock) = NVIDIA.into_iter().find(|(name, ..)| device.name.contains(name))?;
                let variant = Variant::recorded(device).ok()?;
                Some(Self {
                    units: Units::Nvidia(Nvidia { wide_products: variant.wide_multiply.needs_wide_integers() }),
                    cycles_per_second: processors * clock,
                    abilities: Abilities { three_operands: true, fixed_point: true },
                })
            }
        }
    }

    /// This processor with AVX-512 (`wide`) or AVX2 (`vectors`); unknown without either.
    fn processor(wide: bool, vectors: bool, threads: usize, fixed_point: bool) -> Option<Self> {
        let vector = vector_units(wide, amd_family()?);
        let abilities = Abilities { three_operands: wide, fixed_point };
        vectors.then(|| Self {
            units: Units::Vector(vector),
            cycles_per_second: clock::cycles_per_second(threads),
            abilities,
        })
    }

    /// What changes the counts of operations.
    pub fn abilities(&self) -> Abilities {
        self.abilities
    }

    /// Walker-steps per second where each takes these operations: those of the busiest unit.
    pub fn walker_steps_per_second(&self, o: &Operations) -> f64 {
        let cycles = match self.units {
            Units::Vector(v) => v.cycles(o, self.abilities.three_operands),
            Units::Nvidia(n) => n.cycles(o),
        };
        self.cycles_per_second / cycles
    }
}

impl Vector {
    /// Cycles of a walker-step. A product of all lanes takes two multiplications, of even and of odd
    /// ones, and moving halves about, with masks or without.
    fn cycles(&self, o: &Operations, masks: bool) -> f64 {
        let moves = if masks { 3.0 } else { 5.0 };
        let multiply = o.multiplies + 2.0 * o.products;
        let shift = o.additions + o.shifts;
        let all = multiply + shift + o.integers + moves * o.products + o.roots;
        let vectors = (multiply / self.multiply).max(shift / self.shift).max(all / self.all);
        // Counts are in memory, one at a time.
        (vectors / self.lanes).max(o.increments)
    }
}

impl Nvidia {
    /// Cycles of a walker-step (sm_90: 128 instructions start in a cycle, at most 128 on floats, 64 on
    /// integers, 16 special functions, 32 in memory; products of integers take half of the float units
    /// for two cycles).
    fn cycles(&self, o: &Operations) -> f64 {
        let (products, pieces) =
            if self.wide_products { (o.products, 0.0) } else { (5.0 * o.products, 7.0 * o.products) };
        let float = o.multiplies + o.additions;
        let integer = o.integers + o.shifts + pieces;
        let issued = float + products + integer + o.roots + o.increments;
        let busiest =
            [issued / 128.0, (float + 2.0 * products) / 128.0, integer / 64.0, o.roots / 16.0, o.increments / 32.0];
        busiest.into_iter().fold(0.0, f64::max)
    }
}

/// The vector units of a processor: of AMD's by family (23 on: Zen, 25: Zen 3 and 4, 26: Zen 5, measured
/// there), of others (0) as Intel's.
fn vector_units(wide: bool, amd_family: u32) -> Vector {
    let (multiply, shift, all) = match (wide, amd_family) {
        (true, 26..) | (false, 23..) => (2.0, 2.0, 4.0),
        // Wide vectors go through the units of narrow ones in halves.
        (true, 23..) => (1.0, 1.0, 2.0),
        (true, _) => (2.0, 2.0, 2.0),
        (false, _) => (2.0, 2.0, 3.0),
    };
    Vector { lanes: if wide { 16.0 } else { 8.0 }, multiply, shift, all }
}

/// The family of an x86 processor made by AMD, 0 of another maker's; none on other architectures.
fn amd_family() -> Option<u32> {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::__cpuid;
        let maker = __cpuid(0);
        if [maker.ebx, maker.edx, maker.ecx].map(u32::to_le_bytes).concat() != b"AuthenticAMD" {
            return Some(0);
        }
        let version = __cpuid(1).eax;
        Some((version >> 8 & 0xf) + (version >> 20 & 0xff))
    }
    #[cfg(not(target_arch = "x86_64"))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::Work;
    use crate::engine::Engine;
    use crate::engine::cpu::{CpuEngine, Isa};

    fn floor(machine: &Machine, work: Work) -> f64 {
        let plan = work.plan(work.walkers, None).expect("a valid experiment");
        machine.walker_steps_per_second(&Operations::per_walker_step(plan.kernel(0), machine.abilities()))
    }

    #[test]
    fn the_cpu_engine_has_a_floor_where_there_are_vectors() {
        for isa in Isa::available() {
            let device = CpuEngine::with(isa, 1).expect("a thread").device();
            let machine = Machine::of(&device);
            assert_eq!(machine.is_some(), matches!(isa.name(), "avx512" | "avx2"), "{device:?}");
            if let Some(machine) = machine {
                let (a, b) = (floor(&machine, Work::W_A), floor(&machine, Work::W_B));
                assert!(b < a && 1e8 < b && a < 1e11, "{a}, {b}");
            }
        }
    }

    /// Of the order that a count of compiled kernels gives: 1.2·10¹² with hardware logarithms and roots in
    /// place of polynomials, and a third of it with products of 16-bit pieces.
    #[test]
    fn nvidia_parts_are_known_by_name() {
        let device = |details: &str| Device {
            engine: EngineKind::Gpu,
            name: "NVIDIA H200".to_owned(),
            details: details.to_owned(),
        };
        let wide =
            floor(&Machine::of(&device("driver, 64-bit multiply, workgroups of 128")).expect("known"), Work::W_A);
        let pieces = floor(
            &Machine::of(&device("driver, multiply from 16-bit pieces, workgroups of 128")).expect("known"),
            Work::W_A,
        );
        assert!((6e11..1.2e12).contains(&wide), "{wide}");
        assert!((0.3..0.6).contains(&(pieces / wide)), "{pieces}");
        let unknown = Device { name: "Another".to_owned(), ..device("driver, 64-bit multiply, workgroups of 128") };
        assert_eq!(Machine::of(&unknown), None);
    }
}
