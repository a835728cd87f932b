// What one thread of the encoder computes. The same text is compiled for a GPU and, without CUDA, for a processor.
//
// A window of T values has K bins; value n turns bin f by 2 pi n f / T. D is the width of a row.

#ifndef PERFKIT_ENCODING_H
#define PERFKIT_ENCODING_H

#ifdef __CUDACC__
#define EVERYWHERE __host__ __device__ inline
#else
#include <cmath>
#define EVERYWHERE inline
#endif

struct Bin {
    float real, imag;
};

struct Turn {
    float cosine, sine;
};

// Bytes become numbers from -1 to 1. A division: to multiply by 1 / 127.5 gives other numbers.
EVERYWHERE float as_signal(unsigned char byte) { return static_cast<float>(byte) / 127.5f - 1.0f; }

// Numbers are taken as they are.
EVERYWHERE float as_signal(float number) { return number; }

// By how much position n turns bin f, from -pi to pi. The product is reduced in whole numbers, for it may be large.
EVERYWHERE Turn turn_of(int n, int f, int length) {
    int turns = static_cast<int>(static_cast<long long>(n) * f % length);
    if (2LL * turns > length) turns -= length;
    const float angle = 6.28318530717958648f * (static_cast<float>(turns) / static_cast<float>(length));
    return {cosf(angle), sinf(angle)};
}

// Bin f of what values start, start + step, ... add to it.
template <typename Value>
EVERYWHERE Bin part_of_bin(const Value* window, int length, int f, int start, int step) {
    Bin sum = {0.0f, 0.0f};
    for (int n = start; n < length; n += step) {
        const float signal = as_signal(window[n]);
        const Turn turn = turn_of(n, f, length);
        sum.real += signal * turn.cosine;
        sum.imag -= signal * turn.sine;
    }
    return sum;
}

EVERYWHERE float size_of(Bin bin) { return sqrtf(bin.real * bin.real + bin.imag * bin.imag); }

// What position p sees of bin f: its magnitude by the weight of the band, sine and cosine, as far as the row has room.
// The angle of a bin of 0 is 0.
EVERYWHERE void write_position(float* row, Bin bin, float band, int f, int p, int bins, int length, int width) {
    const float size = size_of(bin);
    const Turn turn = turn_of(p, f, length);
    const float cosine = size == 0.0f ? 0.0f : bin.real / size;
    const float sine = size == 0.0f ? 0.0f : bin.imag / size;
    row[f] = size * band;
    if (bins + f < width) row[bins + f] = cosine * turn.sine + sine * turn.cosine;
    if (2 * bins + f < width) row[2 * bins + f] = size == 0.0f ? 1.0f : cosine * turn.cosine - sine * turn.sine;
}

#endif
