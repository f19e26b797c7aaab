#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "types/value.h"

namespace lakesmith::functions {

// One bar of a histogram of doubles.
struct HistogramBar {
  double point = 0;
  double height = 0;
};

// At most `bars` bars: neighbours that are nearest are merged, weighted by their heights.
// Source: Y. Ben-Haim, E. Tom-Tov, "A Streaming Parallel Decision Tree Algorithm", 2010.
std::vector<HistogramBar> NumericHistogram(std::span<const double> values, size_t bars);

// Spark's count-min sketch in its serialized form, version 1. Integral values and texts (as UTF-8)
// are counted. Errors: kInvalid for eps or confidence out of range.
// Source: org.apache.spark.util.sketch.CountMinSketch, "serialized format".
Result<std::string> CountMinSketch(std::span<const types::Value> values, double eps,
                                   double confidence, int32_t seed);

}  // namespace lakesmith::functions
