// The standard work by hand in C++: xoshiro128++ (Blackman & Vigna 2021), Box-Muller with polynomials,
// loops over tiles of walkers that the compiler vectorises, OpenMP. What a good programmer writes who
// needs neither streams that others can repeat nor another landscape.
//
//   walk a|b WALKERS   prints one line of JSON

#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <omp.h>
#include <vector>

using u32 = uint32_t;

constexpr int STEPS = 2000, EVERY = 10, BINS = 256;
constexpr float TIME_STEP = 0.01f, TEMPERATURE = 0.15f;
constexpr int NEVER = STEPS + 1;

// Walkers of a tile: their state stays in the first-level cache.
constexpr int LANES = 512;

struct alignas(64) Tile {
    u32 s0[LANES], s1[LANES], s2[LANES], s3[LANES];
    float x[LANES];
    int passed_at[LANES], bin[LANES];
    // Words and normals of two steps.
    u32 a[LANES], b[LANES];
    float square[LANES], z0[LANES], z1[LANES];
};

static inline u32 rotate(u32 x, int k) { return x << k | x >> (32 - k); }

static inline float as_float(u32 bits) {
    float x;
    memcpy(&x, &bits, 4);
    return x;
}

static inline u32 as_bits(float x) {
    u32 bits;
    memcpy(&bits, &x, 4);
    return bits;
}

// splitmix32 fills the generator's state from the walker's number.
static inline u32 mix(u32& state) {
    u32 z = state += 0x9E3779B9u;
    z = (z ^ z >> 16) * 0x85EBCA6Bu;
    z = (z ^ z >> 13) * 0xC2B2AE35u;
    return z ^ z >> 16;
}

#define NEXT_WORD(word)                          \
    u32 word = rotate(s0 + s3, 7) + s0;          \
    {                                            \
        u32 shifted = s1 << 9;                   \
        s2 ^= s0, s3 ^= s1, s1 ^= s2, s0 ^= s3;  \
        s2 ^= shifted, s3 = rotate(s3, 11);      \
    }

// ln of u in (0, 1], u = 2^e m with m in [sqrt(1/2), sqrt(2)); Cephes' polynomial.
static inline float logarithm(float u) {
    u32 bits = as_bits(u);
    int e = (int)(bits - 0x3f3504f3u) >> 23;
    float f = as_float(bits - ((u32)e << 23)) - 1.0f;
    float p = 7.0376836292e-2f;
    p = p * f - 1.1514610310e-1f;
    p = p * f + 1.1676998740e-1f;
    p = p * f - 1.2420140846e-1f;
    p = p * f + 1.4249322787e-1f;
    p = p * f - 1.6668057665e-1f;
    p = p * f + 2.0000714765e-1f;
    p = p * f - 2.4999993993e-1f;
    p = p * f + 3.3333331174e-1f;
    float z = f * f;
    return (float)e * 0.69314718056f + (f + z * (f * p - 0.5f));
}

static inline float step(float x, float noise) { return x + (x - x * x * x) * TIME_STEP + noise; }

// Two steps of a tile, updates n and n + 1. A loop a stage: chains of dependent operations are short, so
// that the processor has many vectors in flight (a sixth faster than all in one loop, on Zen 5).
template <bool measured> static void two_steps(Tile& t, int n, float scale) {
#pragma omp simd
    for (int i = 0; i < LANES; i++) {
        u32 s0 = t.s0[i], s1 = t.s1[i], s2 = t.s2[i], s3 = t.s3[i];
        NEXT_WORD(a)
        NEXT_WORD(b)
        t.s0[i] = s0, t.s1[i] = s1, t.s2[i] = s2, t.s3[i] = s3;
        t.a[i] = a, t.b[i] = b;
    }
#pragma omp simd
    for (int i = 0; i < LANES; i++) {
        float u = (float)t.a[i] * 0x1p-32f + 0x1p-33f;
        t.square[i] = std::fmax(-2.0f * logarithm(u), 0.0f);
    }
#pragma omp simd
    for (int i = 0; i < LANES; i++) {
        float radius = scale * std::sqrt(t.square[i]);
        u32 quadrant = t.b[i] + 0x20000000u >> 30;
        float w = (float)(int)(t.b[i] - (quadrant << 30)) * (6.283185307179586f * 0x1p-32f);
        float z = w * w;
        float s = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * w + w;
        float c = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z;
        c += 1.0f - 0.5f * z;
        float sine = quadrant & 1 ? c : s, cosine = quadrant & 1 ? s : c;
        t.z0[i] = radius * as_float(as_bits(cosine) ^ (quadrant + 1 & 2) << 30);
        t.z1[i] = radius * as_float(as_bits(sine) ^ (quadrant & 2) << 30);
    }
#pragma omp simd
    for (int i = 0; i < LANES; i++) {
        float x = step(t.x[i], t.z0[i]), y = step(x, t.z1[i]);
        if (measured) {
            int first = x > 0.0f ? n : NEVER, second = y > 0.0f ? n + 1 : NEVER;
            first = first < second ? first : second;
            t.passed_at[i] = first < t.passed_at[i] ? first : t.passed_at[i];
        }
        t.x[i] = y;
    }
}

// Bins -1 and BINS are outside [-2, 2].
static void count(Tile& t, int* histogram) {
#pragma omp simd
    for (int i = 0; i < LANES; i++) {
        float bin = std::floor((t.x[i] + 2.0f) * (BINS / 4.0f));
        t.bin[i] = (int)std::fmin(std::fmax(bin, -1.0f), (float)BINS);
    }
    for (int i = 0; i < LANES; i++) histogram[t.bin[i] + 1]++;
}

struct Sums {
    double x = 0, square = 0, passed = 0, time = 0;
};

template <bool measured> static Sums walk(long walkers, std::vector<long>& histogram) {
    const float scale = std::sqrt(2 * TEMPERATURE * TIME_STEP);
    double x = 0, square = 0, passed = 0, time = 0;
#pragma omp parallel reduction(+ : x, square, passed, time)
    {
        Tile t;
        int bins[BINS + 2] = {};
        std::vector<long> mine(BINS + 2);
#pragma omp for schedule(dynamic, 16)
        for (long first = 0; first < walkers; first += LANES) {
            for (int i = 0; i < LANES; i++) {
                u32 state = (u32)(first + i) * 0x2545F491u;
                t.s0[i] = mix(state), t.s1[i] = mix(state), t.s2[i] = mix(state), t.s3[i] = mix(state) | 1;
                t.x[i] = -1.0f, t.passed_at[i] = NEVER;
            }
            for (int n = 1; n <= STEPS; n += 2) {
                two_steps<measured>(t, n, scale);
                if (measured && (n + 1) % EVERY == 0) count(t, bins);
            }
            for (int i = 0; i < LANES; i++) {
                x += t.x[i], square += (double)t.x[i] * t.x[i];
                passed += t.passed_at[i] < NEVER;
                time += TIME_STEP * std::fmin(t.passed_at[i], STEPS);
            }
            for (int k = 0; k < BINS + 2; k++) mine[k] += bins[k], bins[k] = 0;
        }
#pragma omp critical
        for (int k = 0; k < BINS + 2; k++) histogram[k] += mine[k];
    }
    return {x, square, passed, time};
}

int main(int count, char** arguments) {
    if (count != 3) return fprintf(stderr, "usage: walk a|b WALKERS\n"), 2;
    const bool measured = arguments[1][0] == 'b';
    const long walkers = atol(arguments[2]) / LANES * LANES;
    std::vector<long> histogram(BINS + 2);
    auto began = std::chrono::steady_clock::now();
    Sums sums = measured ? walk<true>(walkers, histogram) : walk<false>(walkers, histogram);
    double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
    double n = walkers, mean = sums.x / n;
    printf("{\"device\": \"%d threads\", \"version\": \"compiler " __VERSION__ "\", \"walkers\": %ld, \"steps\": %d, ",
           omp_get_max_threads(), walkers, STEPS);
    printf("\"seconds\": %.6f, \"mean\": %.9f, \"variance\": %.9f", seconds, mean, sums.square / n - mean * mean);
    if (measured) {
        long states = 0;
        for (int k = 1; k <= BINS; k++) states += histogram[k];
        printf(", \"passed\": %.9f, \"passage_time\": %.9f, \"histogram_states\": %ld", sums.passed / n, sums.time / n,
               states);
    }
    printf("}\n");
}
