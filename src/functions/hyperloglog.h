#pragma once

#include <bit>
#include <cstdint>

#include "base/result.h"

namespace lakesmith::functions {

// Spark's estimate of how many values differ: HyperLogLog++ over xxhash64 of the values, with dense
// registers. Equal to Spark's to the last digit.
// Source: S. Heule, M. Nunkesser, A. Hall, "HyperLogLog in Practice", 2013.

// The number of bits that choose a register, for a relative standard deviation.
// Errors: kInvalid when it is above 0.39 (fewer than 4 bits) or below 0.0003 (more than 24).
Result<int> HyperLogLogPrecision(double deviation);

// What a hash says: the greatest rank of all hashes is kept in the register.
struct HyperLogLogEntry {
  HyperLogLogEntry(uint64_t hash, int precision)
      : place(static_cast<uint32_t>(hash >> (64 - precision))),
        rank(static_cast<uint8_t>(
            std::countl_zero(hash << precision | uint64_t{1} << (precision - 1)) + 1)) {}
  HyperLogLogEntry(uint32_t place, uint8_t rank) : place(place), rank(rank) {}

  uint32_t place;
  uint8_t rank;
};

// The estimate of registers of which `zeros` are not set; `sum` is that of 2^-rank over all, with
// rank 0 for those.
int64_t HyperLogLogEstimate(int precision, double sum, int64_t zeros);

}  // namespace lakesmith::functions
