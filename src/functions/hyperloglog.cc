#include "functions/hyperloglog.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace lakesmith::functions {
namespace {

struct BiasPoint {
  int count;
  double estimate;
};

#include "functions/hyperloglog_bias.inc"

constexpr int kLeastPrecision = 4;
constexpr int kMostPrecision = 24;
constexpr std::span<const BiasPoint> kBias[] = {kBias4,  kBias5,  kBias6,  kBias7,  kBias8,
                                                kBias9,  kBias10, kBias11, kBias12, kBias13,
                                                kBias14, kBias15, kBias16, kBias17, kBias18};
// Up to these counts the number of zeros alone says more.
constexpr double kThresholds[] = {10,   20,   40,    80,    220,   400,    900,   1800,
                                  3100, 6500, 15500, 20000, 50000, 120000, 350000};

// Where the estimate would stand among the points. They are not all sorted, so that the way of the
// search matters: it is that of Java.
size_t Search(std::span<const BiasPoint> points, double estimate) {
  size_t low = 0;
  size_t high = points.size();
  while (low < high) {
    const size_t middle = (low + high - 1) / 2;
    if (points[middle].estimate == estimate) return middle;
    if (points[middle].estimate < estimate) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// The mean bias of the six points nearest to the estimate.
double BiasOf(std::span<const BiasPoint> points, double estimate) {
  constexpr size_t kNeighbours = 6;
  const auto distance = [&](size_t i) {
    const double difference = estimate - points[i].estimate;
    return difference * difference;
  };
  const size_t nearest = Search(points, estimate);
  size_t low = nearest < kNeighbours ? 0 : nearest - kNeighbours + 1;
  size_t high = std::min(low + kNeighbours, points.size());
  for (; high < points.size() && distance(high) < distance(low); ++high) ++low;
  double sum = 0;
  for (size_t i = low; i < high; ++i) sum += points[i].estimate - points[i].count;
  return sum / static_cast<double>(high - low);
}

double Alpha(int precision, double registers) {
  switch (precision) {
    case 4:
      return 0.673;
    case 5:
      return 0.697;
    case 6:
      return 0.709;
    default:
      return 0.7213 / (1 + 1.079 / registers);
  }
}

}  // namespace

Result<int> HyperLogLogPrecision(double deviation) {
  // Of registers of a power of two, the least that deviate so little.
  const double precision = std::ceil(2 * std::log(1.106 / deviation) / std::log(2.0));
  if (precision >= kLeastPrecision && precision <= kMostPrecision)
    return static_cast<int>(precision);
  return Invalid(
             "Failed preparing of the function `approx_count_distinct` for call. Please, double "
             "check function's arguments: a relative standard deviation of {} is not between "
             "0.0003 and 0.39.",
             deviation)
      .WithClass("FAILED_FUNCTION_CALL", "38000");
}

int64_t HyperLogLogEstimate(int precision, double sum, int64_t zeros) {
  const auto registers = static_cast<double>(int64_t{1} << precision);
  const auto table = static_cast<size_t>(precision - kLeastPrecision);
  const bool known = table < std::size(kBias);
  const double raw = Alpha(precision, registers) * registers * registers / sum;
  double estimate = raw;
  if (known && raw < 5 * registers) estimate -= BiasOf(kBias[table], raw);
  if (zeros > 0) {
    const double by_zeros = registers * std::log(registers / static_cast<double>(zeros));
    if ((known && by_zeros <= kThresholds[table]) || raw <= 2.5 * registers) estimate = by_zeros;
  }
  return std::llround(estimate);
}

}  // namespace lakesmith::functions
