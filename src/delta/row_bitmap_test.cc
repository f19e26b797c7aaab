#include "delta/row_bitmap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <set>

namespace lakesmith::delta {
namespace {

std::set<uint64_t> RowsOf(const RowBitmap& bitmap) {
  std::set<uint64_t> rows;
  bitmap.ForEach([&](uint64_t row) { rows.insert(row); });
  return rows;
}

RowBitmap BitmapOf(const std::set<uint64_t>& rows) {
  RowBitmap bitmap;
  for (const uint64_t row : rows) bitmap.Add(row);
  return bitmap;
}

// Sets that make every form of container: few, many scattered, long runs, several buckets.
std::vector<std::set<uint64_t>> Samples() {
  std::mt19937_64 random(7);
  std::vector<std::set<uint64_t>> samples = {
      {}, {0}, {65'535, 65'536}, {(uint64_t{1} << 40) + 3, 5}};
  std::set<uint64_t> scattered;
  while (scattered.size() < 6'000) scattered.insert(random() % 90'000);
  samples.push_back(scattered);
  std::set<uint64_t> runs;
  for (uint64_t row = 60'000; row < 75'000; ++row) runs.insert(row);
  samples.push_back(runs);
  std::set<uint64_t> mixed = runs;
  mixed.insert(scattered.begin(), scattered.end());
  for (uint64_t i = 0; i < 6; ++i) mixed.insert((i << 32) + random() % 1000);
  samples.push_back(mixed);
  return samples;
}

TEST(RowBitmapTest, ReadsBackWhatItWrites) {
  for (const std::set<uint64_t>& rows : Samples()) {
    const RowBitmap bitmap = BitmapOf(rows);
    EXPECT_EQ(bitmap.cardinality(), rows.size());
    const Result<RowBitmap> copy = RowBitmap::Deserialize(bitmap.Serialize());
    ASSERT_TRUE(copy) << copy.error().ToString();
    EXPECT_EQ(RowsOf(*copy), rows);
    EXPECT_EQ(*copy, bitmap);
    EXPECT_EQ(copy->Serialize(), bitmap.Serialize());
  }
}

TEST(RowBitmapTest, SetOperationsAgreeWithPlainSets) {
  const std::vector<std::set<uint64_t>> samples = Samples();
  for (const auto& a : samples) {
    for (const auto& b : samples) {
      RowBitmap both = BitmapOf(a);
      both.UnionWith(BitmapOf(b));
      std::set<uint64_t> expected = a;
      expected.insert(b.begin(), b.end());
      EXPECT_EQ(RowsOf(both), expected);
      EXPECT_EQ(both.cardinality(), expected.size());

      RowBitmap less = BitmapOf(a);
      less.Subtract(BitmapOf(b));
      std::set<uint64_t> rest;
      std::ranges::set_difference(a, b, std::inserter(rest, rest.end()));
      EXPECT_EQ(RowsOf(less), rest);
      EXPECT_EQ(BitmapOf(a).Intersects(BitmapOf(b)), rest.size() != a.size());
    }
  }
}

TEST(RowBitmapTest, RangesAreCompact) {
  RowBitmap bitmap;
  bitmap.AddRange(10, 1'000'000'000);
  EXPECT_EQ(bitmap.cardinality(), 999'999'990u);
  EXPECT_FALSE(bitmap.Contains(9));
  EXPECT_TRUE(bitmap.Contains(10));
  EXPECT_TRUE(bitmap.Contains(999'999'999));
  EXPECT_FALSE(bitmap.Contains(1'000'000'000));
  EXPECT_LT(bitmap.Serialize().size(), 250'000u);
  bitmap.AddRange(5, 20);
  EXPECT_EQ(bitmap.cardinality(), 999'999'995u);
  EXPECT_EQ(*RowBitmap::Deserialize(bitmap.Serialize()), bitmap);
}

TEST(RowBitmapTest, ClearsSelectedRowsOfAWindow) {
  RowBitmap bitmap;
  for (const uint64_t row : {65'530u, 65'536u, 65'540u, 70'000u}) bitmap.Add(row);
  constexpr size_t kCount = 11;
  const auto selected = std::make_unique<bool[]>(kCount);
  std::fill_n(selected.get(), kCount, true);
  EXPECT_EQ(bitmap.ClearSelected(65'530, kCount, selected.get()), 3u);
  for (size_t i = 0; i < kCount; ++i) EXPECT_EQ(selected[i], i != 0 && i != 6 && i != 10) << i;
}

TEST(RowBitmapTest, DamageIsFoundAndNeverReadsOutOfBounds) {
  const std::string good = BitmapOf(Samples().back()).Serialize();
  EXPECT_FALSE(RowBitmap::Deserialize("").has_value());
  EXPECT_FALSE(RowBitmap::Deserialize(good + "x").has_value());
  EXPECT_FALSE(RowBitmap::Deserialize("\x01\x02\x03\x04" + good.substr(4)).has_value());
  for (size_t length = 0; length < good.size(); length += 97) {
    const Result<RowBitmap> cut = RowBitmap::Deserialize(good.substr(0, length));
    ASSERT_FALSE(cut);
    ASSERT_EQ(cut.error().code(), ErrorCode::kCorrupt);
  }
  std::mt19937 random(1);
  for (int i = 0; i < 3000; ++i) {
    std::string bad = good.substr(0, 3000);
    for (int k = 0; k < 4; ++k) bad[random() % bad.size()] = static_cast<char>(random());
    (void)RowBitmap::Deserialize(bad);
  }
}

}  // namespace
}  // namespace lakesmith::delta
