// The same body on a processor, one thread after the other: it proves what the kernel computes, not how fast.
//
//     c++ -O2 -ffp-contract=off --shared -fPIC -o encoding_host.so encoding_host.cpp

#include "encoding.h"

namespace {

constexpr int ROWS = 8;  // as in the kernel: so many parts are added up

template <typename Value>
int encode(float* out, float* sizes, const Value* values, const float* bands, int batch, int length, int width,
           int bins) {
    for (int b = 0; b < batch; ++b) {
        float* const rows = out + 1LL * b * length * width;
        for (int f = 0; f < bins; ++f) {
            Bin bin = {0.0f, 0.0f};
            for (int row = 0; row < ROWS; ++row) {
                const Bin part = part_of_bin(values + 1LL * b * length, length, f, row, ROWS);
                bin.real += part.real;
                bin.imag += part.imag;
            }
            sizes[1LL * b * bins + f] = size_of(bin);
            for (int p = 0; p < length; ++p)
                write_position(rows + 1LL * p * width, bin, bands[f], f, p, bins, length, width);
        }
        for (int p = 0; p < length; ++p)
            for (int column = 3 * bins; column < width; ++column) rows[1LL * p * width + column] = 0.0f;
    }
    return 0;
}

}  // namespace

extern "C" int encode_bytes(float* out, float* sizes, const unsigned char* values, const float* bands, int batch,
                            int length, int width, int bins, void*) {
    return encode(out, sizes, values, bands, batch, length, width, bins);
}

extern "C" int encode_signal(float* out, float* sizes, const float* values, const float* bands, int batch, int length,
                             int width, int bins, void*) {
    return encode(out, sizes, values, bands, batch, length, width, bins);
}

extern "C" const char* error_text(int) { return ""; }
