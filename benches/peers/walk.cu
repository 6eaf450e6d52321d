// The standard work by hand in CUDA: Philox4x32-10 (Salmon et al. 2011), Box-Muller with the hardware's
// functions, a walker a thread with its state in registers, histograms in shared memory.
//
// Compiled by nvcc it is a program: walk a|b WALKERS prints one line of JSON. Compiled at run time it is
// the kernels alone, for cuda.py.

#define STEPS 2000
#define EVERY 10
#define BINS 256
#define THREADS 256

typedef unsigned int u32;
typedef unsigned long long u64;

struct Totals {
    double x, square, passed, time;
    u64 histogram[BINS];
};

__device__ __forceinline__ uint4 philox(uint4 c, uint2 key) {
#pragma unroll
    for (int round = 0; round < 10; round++) {
        u64 p0 = (u64)0xD2511F53u * c.x, p1 = (u64)0xCD9E8D57u * c.z;
        c = make_uint4((u32)(p1 >> 32) ^ c.y ^ key.x, (u32)p1, (u32)(p0 >> 32) ^ c.w ^ key.y, (u32)p0);
        key.x += 0x9E3779B9u;
        key.y += 0xBB67AE85u;
    }
    return c;
}

__device__ __forceinline__ float2 normals(u32 a, u32 b, float scale) {
    float u = fmaf((float)a, 0x1p-32f, 0x1p-33f);
    float radius = scale * sqrtf(fmaxf(-2.0f * __logf(u), 0.0f));
    float angle = (float)(int)b * (6.283185307179586f * 0x1p-32f);
    return make_float2(radius * __cosf(angle), radius * __sinf(angle));
}

__device__ __forceinline__ float step(float x, float noise) { return fmaf(fmaf(-x * x, x, x), 0.01f, x + noise); }

// Sum over the threads of a block; the first thread has it.
__device__ double block_sum(double value) {
    __shared__ double sums[THREADS];
    sums[threadIdx.x] = value;
    for (int half = THREADS / 2; half > 0; half /= 2) {
        __syncthreads();
        if (threadIdx.x < half) sums[threadIdx.x] += sums[threadIdx.x + half];
    }
    __syncthreads();
    value = sums[0];
    __syncthreads();
    return value;
}

template <bool measured> __device__ __forceinline__ void walk(Totals* totals, u32 seed) {
    __shared__ u32 histogram[BINS];
    if (measured) {
        for (int bin = threadIdx.x; bin < BINS; bin += THREADS) histogram[bin] = 0;
        __syncthreads();
    }
    const u32 walker = blockIdx.x * THREADS + threadIdx.x;
    const float scale = 0.054772256f;
    float x = -1.0f;
    int passed_at = 0;
    // Twenty steps a turn: five calls, and two times to count.
    for (int n = 0; n < STEPS; n += 20) {
#pragma unroll
        for (int call = 0; call < 5; call++) {
            uint4 words = philox(make_uint4(n / 4 + call, walker, 0, 0), make_uint2(seed, 0));
            float2 first = normals(words.x, words.y, scale), second = normals(words.z, words.w, scale);
            const float noise[4] = {first.x, first.y, second.x, second.y};
#pragma unroll
            for (int k = 0; k < 4; k++) {
                x = step(x, noise[k]);
                if (measured) {
                    const int done = 4 * call + k + 1;
                    if (passed_at == 0 && x > 0.0f) passed_at = n + done;
                    if (done % EVERY == 0) {
                        const float bin = floorf((x + 2.0f) * (BINS / 4.0f));
                        if (bin >= 0.0f && bin < BINS) atomicAdd(&histogram[(int)bin], 1u);
                    }
                }
            }
        }
    }
    const double sum = block_sum(x), square = block_sum((double)x * x);
    const double passed = measured ? block_sum(passed_at > 0) : 0.0;
    const double time = measured ? block_sum(0.01 * (passed_at > 0 ? passed_at : STEPS)) : 0.0;
    if (threadIdx.x == 0) {
        atomicAdd(&totals->x, sum);
        atomicAdd(&totals->square, square);
        atomicAdd(&totals->passed, passed);
        atomicAdd(&totals->time, time);
    }
    if (measured) {
        for (int bin = threadIdx.x; bin < BINS; bin += THREADS)
            if (histogram[bin]) atomicAdd(&totals->histogram[bin], (u64)histogram[bin]);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS) walk_a(Totals* totals, u32 seed) { walk<false>(totals, seed); }
extern "C" __global__ void __launch_bounds__(THREADS) walk_b(Totals* totals, u32 seed) { walk<true>(totals, seed); }

#ifndef __CUDACC_RTC__
#include <cstdio>
#include <cstdlib>

static void check(cudaError_t error) {
    if (error != cudaSuccess) fprintf(stderr, "CUDA: %s\n", cudaGetErrorString(error)), exit(1);
}

int main(int count, char** arguments) {
    if (count != 3) return fprintf(stderr, "usage: walk a|b WALKERS\n"), 2;
    const bool measured = arguments[1][0] == 'b';
    const long blocks = atol(arguments[2]) / THREADS;
    const double walkers = (double)(blocks * THREADS);
    Totals *device, totals;
    cudaEvent_t began, ended;
    float milliseconds;
    check(cudaMalloc(&device, sizeof totals));
    check(cudaEventCreate(&began));
    check(cudaEventCreate(&ended));
    // The first run warms up.
    for (u32 seed = 0; seed < 2; seed++) {
        check(cudaMemset(device, 0, sizeof totals));
        check(cudaEventRecord(began));
        if (measured) walk_b<<<blocks, THREADS>>>(device, seed);
        else walk_a<<<blocks, THREADS>>>(device, seed);
        check(cudaGetLastError());
        check(cudaEventRecord(ended));
        check(cudaEventSynchronize(ended));
    }
    check(cudaEventElapsedTime(&milliseconds, began, ended));
    check(cudaMemcpy(&totals, device, sizeof totals, cudaMemcpyDeviceToHost));
    cudaDeviceProp device_is;
    check(cudaGetDeviceProperties(&device_is, 0));
    const double mean = totals.x / walkers;
    printf("{\"device\": \"%s\", \"walkers\": %.0f, \"steps\": %d, \"seconds\": %.6f, \"mean\": %.9f, \"variance\": %.9f",
           device_is.name, walkers, STEPS, milliseconds * 1e-3, mean, totals.square / walkers - mean * mean);
    if (measured) {
        double states = 0;
        for (u64 bin : totals.histogram) states += (double)bin;
        printf(", \"passed\": %.9f, \"passage_time\": %.9f, \"histogram_states\": %.0f", totals.passed / walkers,
               totals.time / walkers, states);
    }
    printf("}\n");
}
#endif
