// The encoder of bytes in one kernel, for programs that load it as a shared library: no header of torch's.
//
//     nvcc -O3 -arch=sm_90 --shared -Xcompiler -fPIC -o encoding.so encoding.cu

#include <cuda_runtime.h>

#include "encoding.h"

namespace {

constexpr int BINS = 32;       // of a block, side by side in memory
constexpr int ROWS = 8;        // of a block: each adds up every eighth value, then writes every eighth position
constexpr int POSITIONS = 32;  // that a block writes

template <typename Value>
__global__ void encode(float* out, float* sizes, const Value* values, const float* bands, int length, int width,
                       int bins) {
    __shared__ Bin parts[ROWS][BINS];
    const int b = blockIdx.x, f = blockIdx.y * BINS + threadIdx.x, first = blockIdx.z * POSITIONS;
    const int end = min(first + POSITIONS, length);
    if (f < bins) parts[threadIdx.y][threadIdx.x] = part_of_bin(values + 1LL * b * length, length, f, threadIdx.y, ROWS);
    __syncthreads();
    if (f < bins) {
        Bin bin = {0.0f, 0.0f};
        for (int row = 0; row < ROWS; ++row) {
            bin.real += parts[row][threadIdx.x].real;
            bin.imag += parts[row][threadIdx.x].imag;
        }
        if (first == 0 && threadIdx.y == 0) sizes[1LL * b * bins + f] = size_of(bin);
        for (int p = first + threadIdx.y; p < end; p += ROWS)
            write_position(out + (1LL * b * length + p) * width, bin, bands[f], f, p, bins, length, width);
    }
    if (blockIdx.y == 0)  // what is left of the rows
        for (int p = first + threadIdx.y; p < end; p += ROWS)
            for (int column = 3 * bins + threadIdx.x; column < width; column += BINS)
                out[(1LL * b * length + p) * width + column] = 0.0f;
}

template <typename Value>
int launch(float* out, float* sizes, const Value* values, const float* bands, int batch, int length, int width,
           int bins, void* stream) {
    const dim3 grid(batch, bins > 0 ? (bins + BINS - 1) / BINS : 1, (length + POSITIONS - 1) / POSITIONS);
    const auto queue = static_cast<cudaStream_t>(stream);
    encode<<<grid, dim3(BINS, ROWS), 0, queue>>>(out, sizes, values, bands, length, width, bins);
    return static_cast<int>(cudaGetLastError());
}

}  // namespace

// Queue the kernel in a stream of the current device; the answer is CUDA's error, 0 where there is none.
extern "C" int encode_bytes(float* out, float* sizes, const unsigned char* values, const float* bands, int batch,
                            int length, int width, int bins, void* stream) {
    return launch(out, sizes, values, bands, batch, length, width, bins, stream);
}

extern "C" int encode_signal(float* out, float* sizes, const float* values, const float* bands, int batch, int length,
                             int width, int bins, void* stream) {
    return launch(out, sizes, values, bands, batch, length, width, bins, stream);
}

extern "C" const char* error_text(int error) { return cudaGetErrorString(static_cast<cudaError_t>(error)); }
