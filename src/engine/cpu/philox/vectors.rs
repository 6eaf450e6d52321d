//! Vectors of 32-bit words whose products take 64-bit lanes, for the instruction sets that have them.

use bytemuck::cast;
use pulp::x86::{V3, V4};
use std::arch::x86_64::{__m256i, __m512i};
use std::fmt::Debug;

/// Operations on vectors of `N` 32-bit lanes, which are `N`/2 lanes of 64 bits.
pub trait Vectors<const N: usize>: Copy + Debug {
    type V: Copy;
    /// The word in every 32-bit lane.
    fn splat(self, word: u32) -> Self::V;
    fn load(self, words: [u32; N]) -> Self::V;
    fn store(self, v: Self::V) -> [u32; N];
    fn xor(self, a: Self::V, b: Self::V) -> Self::V;
    fn xor3(self, a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    /// 64-bit products of the low halves of 64-bit lanes.
    fn multiply(self, a: Self::V, b: Self::V) -> Self::V;
    /// The high halves of 64-bit lanes, moved to the low ones.
    fn high(self, a: Self::V) -> Self::V;
    /// Even 32-bit lanes: low halves of `even`; odd ones: low halves of `odd`.
    fn join_low(self, even: Self::V, odd: Self::V) -> Self::V;
    /// The same of high halves.
    fn join_high(self, even: Self::V, odd: Self::V) -> Self::V;
}

/// Truth table of a three-fold exclusive or.
const XOR3: i32 = 0x96;
/// Both halves of a 64-bit lane are its low, its high half, in shuffles of 32-bit lanes.
const LOW: i32 = 0b10_10_00_00;
const HIGH: i32 = 0b11_11_01_01;

impl Vectors<16> for V4 {
    type V = __m512i;

    #[inline(always)]
    fn splat(self, word: u32) -> __m512i {
        self.avx512f._mm512_set1_epi32(word as i32)
    }
    #[inline(always)]
    fn load(self, words: [u32; 16]) -> __m512i {
        cast(words)
    }
    #[inline(always)]
    fn store(self, v: __m512i) -> [u32; 16] {
        cast(v)
    }
    #[inline(always)]
    fn xor(self, a: __m512i, b: __m512i) -> __m512i {
        self.avx512f._mm512_xor_si512(a, b)
    }
    #[inline(always)]
    fn xor3(self, a: __m512i, b: __m512i, c: __m512i) -> __m512i {
        self.avx512f._mm512_ternarylogic_epi64::<XOR3>(a, b, c)
    }
    #[inline(always)]
    fn multiply(self, a: __m512i, b: __m512i) -> __m512i {
        self.avx512f._mm512_mul_epu32(a, b)
    }
    #[inline(always)]
    fn high(self, a: __m512i) -> __m512i {
        self.avx512f._mm512_srli_epi64::<32>(a)
    }
    #[inline(always)]
    fn join_low(self, even: __m512i, odd: __m512i) -> __m512i {
        self.avx512f._mm512_mask_shuffle_epi32::<LOW>(even, 0xaaaa, odd)
    }
    #[inline(always)]
    fn join_high(self, even: __m512i, odd: __m512i) -> __m512i {
        self.avx512f._mm512_mask_shuffle_epi32::<HIGH>(odd, 0x5555, even)
    }
}

impl Vectors<8> for V3 {
    type V = __m256i;

    #[inline(always)]
    fn splat(self, word: u32) -> __m256i {
        self.avx._mm256_set1_epi32(word as i32)
    }
    #[inline(always)]
    fn load(self, words: [u32; 8]) -> __m256i {
        cast(words)
    }
    #[inline(always)]
    fn store(self, v: __m256i) -> [u32; 8] {
        cast(v)
    }
    #[inline(always)]
    fn xor(self, a: __m256i, b: __m256i) -> __m256i {
        self.avx2._mm256_xor_si256(a, b)
    }
    #[inline(always)]
    fn xor3(self, a: __m256i, b: __m256i, c: __m256i) -> __m256i {
        self.xor(self.xor(b, c), a)
    }
    #[inline(always)]
    fn multiply(self, a: __m256i, b: __m256i) -> __m256i {
        self.avx2._mm256_mul_epu32(a, b)
    }
    #[inline(always)]
    fn high(self, a: __m256i) -> __m256i {
        self.avx2._mm256_srli_epi64::<32>(a)
    }
    #[inline(always)]
    fn join_low(self, even: __m256i, odd: __m256i) -> __m256i {
        self.avx2._mm256_blend_epi32::<0xaa>(even, self.avx2._mm256_shuffle_epi32::<LOW>(odd))
    }
    #[inline(always)]
    fn join_high(self, even: __m256i, odd: __m256i) -> __m256i {
        self.avx2._mm256_blend_epi32::<0xaa>(self.avx2._mm256_shuffle_epi32::<HIGH>(even), odd)
    }
}

#[cfg(test)]
mod tests {
    use super::Vectors;
    use std::array::from_fn;

    /// Every operation against the same on single lanes.
    fn check<const N: usize>(s: impl Vectors<N>) {
        let words = |seed: u32| from_fn::<u32, N, _>(|lane| (seed + lane as u32).wrapping_mul(0x9e37_79b9));
        let (a, b, c) = (words(1), words(100), words(1000));
        let [va, vb, vc] = [a, b, c].map(|w| s.load(w));
        let each = |lane: &dyn Fn(usize) -> u32| from_fn::<u32, N, _>(lane);
        let product = |lane: usize| u64::from(a[lane & !1]) * u64::from(b[lane & !1]);
        assert_eq!(s.store(s.splat(7)), [7; N]);
        assert_eq!(s.store(s.xor(va, vb)), each(&|i| a[i] ^ b[i]));
        assert_eq!(s.store(s.xor3(va, vb, vc)), each(&|i| a[i] ^ b[i] ^ c[i]));
        assert_eq!(s.store(s.multiply(va, vb)), each(&|i| (product(i) >> (32 * (i % 2))) as u32));
        assert_eq!(s.store(s.high(va)), each(&|i| if i % 2 == 0 { a[i + 1] } else { 0 }));
        assert_eq!(s.store(s.join_low(va, vb)), each(&|i| if i % 2 == 0 { a[i] } else { b[i - 1] }));
        assert_eq!(s.store(s.join_high(va, vb)), each(&|i| if i % 2 == 0 { a[i + 1] } else { b[i] }));
    }

    #[test]
    fn vectors_do_what_single_words_do() {
        if let Some(s) = pulp::x86::V3::try_new() {
            check(s);
        }
        if let Some(s) = pulp::x86::V4::try_new() {
            check(s);
        }
    }
}
