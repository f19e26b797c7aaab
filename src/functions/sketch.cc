#include "functions/sketch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "functions/hash.h"

namespace lakesmith::functions {
namespace {

// java.util.Random: a 48-bit linear congruence. Source: the documented contract of that class.
class JavaRandom {
 public:
  explicit JavaRandom(int64_t seed) : state_((static_cast<uint64_t>(seed) ^ kMultiplier) & kMask) {}

  // Below `bound`, which is positive.
  int32_t NextInt(int32_t bound) {
    if ((bound & -bound) == bound)
      return static_cast<int32_t>((static_cast<int64_t>(bound) * Next(31)) >> 31);
    while (true) {
      const int32_t bits = Next(31);
      const int32_t value = bits % bound;
      if (static_cast<int64_t>(bits) - value + (bound - 1) <= INT32_MAX) return value;
    }
  }

  // From 0 to below 1.
  double NextDouble() {
    const int64_t high = static_cast<int64_t>(Next(26)) << 27;
    return static_cast<double>(high + Next(27)) * 0x1p-53;
  }

 private:
  static constexpr uint64_t kMultiplier = 0x5DEECE66DULL;
  static constexpr uint64_t kMask = (uint64_t{1} << 48) - 1;

  int32_t Next(int bits) {
    state_ = (state_ * kMultiplier + 0xB) & kMask;
    return static_cast<int32_t>(state_ >> (48 - bits));
  }

  uint64_t state_;
};

void AppendBigEndian(std::string& bytes, uint64_t value, int width) {
  for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
    bytes += static_cast<char>(value >> shift & 0xFF);
}

class Table {
 public:
  Table(int32_t depth, int32_t width, int32_t seed)
      : depth_(depth), width_(width), counts_(static_cast<size_t>(depth) * width) {
    JavaRandom random(seed);
    for (int32_t i = 0; i < depth; ++i) hashes_.push_back(random.NextInt(INT32_MAX));
  }

  void Add(int64_t item) {
    for (int32_t row = 0; row < depth_; ++row) {
      // (a * x) mod p mod w, with p = 2^31 - 1.
      uint64_t hash = static_cast<uint64_t>(hashes_[row]) * static_cast<uint64_t>(item);
      hash += static_cast<uint64_t>(static_cast<int64_t>(hash) >> 32);
      hash &= INT32_MAX;
      ++counts_[static_cast<size_t>(row) * width_ + static_cast<int32_t>(hash) % width_];
    }
    ++total_;
  }

  void Add(const std::string& text) {
    const types::Value value(text);
    const auto text_type = types::DataType::String();
    const int32_t first = SparkMurmur3(value, text_type, 0);
    const int32_t second = SparkMurmur3(value, text_type, first);
    for (int32_t row = 0; row < depth_; ++row) {
      const auto mixed =
          static_cast<int32_t>(static_cast<uint32_t>(first) +
                               static_cast<uint32_t>(row) * static_cast<uint32_t>(second));
      ++counts_[static_cast<size_t>(row) * width_ + std::abs(mixed % width_)];
    }
    ++total_;
  }

  std::string Serialized() const {
    std::string bytes;
    AppendBigEndian(bytes, 1, 4);
    AppendBigEndian(bytes, static_cast<uint64_t>(total_), 8);
    AppendBigEndian(bytes, static_cast<uint64_t>(depth_), 4);
    AppendBigEndian(bytes, static_cast<uint64_t>(width_), 4);
    for (const int64_t hash : hashes_) AppendBigEndian(bytes, static_cast<uint64_t>(hash), 8);
    for (const int64_t count : counts_) AppendBigEndian(bytes, static_cast<uint64_t>(count), 8);
    return bytes;
  }

 private:
  int32_t depth_;
  int32_t width_;
  int64_t total_ = 0;
  std::vector<int64_t> hashes_;
  std::vector<int64_t> counts_;
};

// Which bar is nearest to its right neighbour; chance decides among equals, with Hive's seed.
size_t NearestPair(const std::vector<HistogramBar>& bars, JavaRandom& random) {
  size_t at = 0;
  int equals = 1;
  double smallest = bars[1].point - bars[0].point;
  for (size_t i = 1; i + 1 < bars.size(); ++i) {
    const double distance = bars[i + 1].point - bars[i].point;
    if (distance < smallest) {
      smallest = distance;
      at = i;
      equals = 1;
    } else if (distance == smallest && random.NextDouble() <= 1.0 / ++equals) {
      at = i;
    }
  }
  return at;
}

// Merges the two neighbours that are nearest to each other.
void MergeNearest(std::vector<HistogramBar>& bars, JavaRandom& random) {
  const size_t at = NearestPair(bars, random);
  HistogramBar& left = bars[at];
  const HistogramBar& right = bars[at + 1];
  const double height = left.height + right.height;
  left.point = (left.point * left.height + right.point * right.height) / height;
  left.height = height;
  bars.erase(bars.begin() + static_cast<ptrdiff_t>(at) + 1);
}

}  // namespace

std::vector<HistogramBar> NumericHistogram(std::span<const double> values, size_t bars) {
  std::vector<HistogramBar> result;
  JavaRandom random(31183);
  for (const double value : values) {
    const auto place = std::ranges::lower_bound(result, value, {}, &HistogramBar::point);
    if (place != result.end() && place->point == value) {
      place->height += 1;
      continue;
    }
    result.insert(place, {value, 1});
    if (result.size() > bars) MergeNearest(result, random);
  }
  return result;
}

Result<std::string> CountMinSketch(std::span<const types::Value> values, double eps,
                                   double confidence, int32_t seed) {
  if (!(eps > 0) || !(confidence > 0) || !(confidence < 1)) {
    return Invalid("count_min_sketch needs eps > 0 and 0 < confidence < 1, not {} and {}.", eps,
                   confidence)
        .WithClass("DATATYPE_MISMATCH.VALUE_OUT_OF_RANGE", "42K09");
  }
  const double width = std::ceil(2 / eps);
  const double depth = std::ceil(-std::log(1 - confidence) / std::log(2));
  if (width * depth > 1e7) return Invalid("the count-min sketch asked for is too large");
  Table table(static_cast<int32_t>(depth), static_cast<int32_t>(width), seed);
  for (const types::Value& value : values) {
    if (const auto* number = std::get_if<int64_t>(&value.storage())) {
      table.Add(*number);
    } else if (const auto* bytes = std::get_if<types::BinaryValue>(&value.storage())) {
      table.Add(bytes->bytes);
    } else {
      table.Add(value.as<std::string>());
    }
  }
  return table.Serialized();
}

}  // namespace lakesmith::functions
