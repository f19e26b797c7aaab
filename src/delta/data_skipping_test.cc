#include "delta/data_skipping.h"

#include <gmock/gmock.h>

#include <limits>

#include "delta/test_table_internal.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::Value;
using enum CompareOp;

class DataSkippingTest : public ::testing::Test {
 protected:
  DataSkippingTest() {
    SnapshotState state;
    state.schema = state.physical_schema =
        DataType::Struct({{"i", DataType::Long()},
                          {"s", DataType::String()},
                          {"f", DataType::Double()},
                          {"t", DataType::Timestamp()},
                          {"d", DataType::Decimal(10, 2)},
                          {"n", DataType::Struct({{"x", DataType::Int()}})},
                          {"c", DataType::Char(3)},
                          {"p", DataType::Int()},
                          {"q", DataType::String()}});
    state.partition_columns = {7, 8};
    snapshot_ = std::make_unique<Snapshot>(std::move(state));
    file_ = {.path = "f",
             .partition_values = {{"p", "5"}, {"q", std::nullopt}},
             .stats = R"({"numRecords":10,
                "minValues":{"i":10,"s":"b","f":1.0,"t":"2024-01-01T00:00:00.000Z","d":-1.50,"n":{"x":3},"c":"b"},
                "maxValues":{"i":20,"s":"m","f":2.0,"t":"2024-01-02T00:00:00.123Z","d":99.99,"n":{"x":4},"c":"c"},
                "nullCount":{"i":0,"s":3,"f":0,"t":0,"d":10,"n":{"x":0},"c":0}})"};
  }

  bool CanMatch(const Predicate& predicate) const {
    return FileSkipper(*snapshot_, predicate).CanMatch(file_);
  }
  bool Compare(const char* column, CompareOp op, Value value) const {
    return CanMatch(Predicate::Compare({column}, op, std::move(value)));
  }

  std::unique_ptr<Snapshot> snapshot_;
  AddFile file_;
};

TEST_F(DataSkippingTest, ComparisonsWithBounds) {
  struct Case {
    CompareOp op;
    int64_t literal;
    bool can_match;
  };
  const Case cases[] = {
      {kEqual, 9, false},       {kEqual, 10, true},           {kEqual, 20, true},
      {kEqual, 21, false},      {kLess, 10, false},           {kLess, 11, true},
      {kLessOrEqual, 9, false}, {kLessOrEqual, 10, true},     {kGreater, 20, false},
      {kGreater, 19, true},     {kGreaterOrEqual, 21, false}, {kGreaterOrEqual, 20, true},
      {kNotEqual, 10, true},    {kNullSafeEqual, 5, false}};
  for (const Case& test : cases) {
    EXPECT_EQ(Compare("i", test.op, test.literal), test.can_match)
        << static_cast<int>(test.op) << " " << test.literal;
  }
  EXPECT_FALSE(Compare("i", kEqual, Value())) << "null equals nothing";
  EXPECT_FALSE(Compare("i", kNullSafeEqual, Value())) << "there is no null";
  EXPECT_TRUE(Compare("s", kNullSafeEqual, Value()));
}

TEST_F(DataSkippingTest, NumbersOfOtherKinds) {
  EXPECT_FALSE(Compare("i", kEqual, types::DecimalValue{205, 1}));
  EXPECT_TRUE(Compare("i", kEqual, types::DecimalValue{155, 1}))
      << "within bounds, that is all they tell";
  EXPECT_FALSE(Compare("i", kEqual, 9.5));
  EXPECT_TRUE(Compare("i", kGreater, std::string("x"))) << "not comparable: never skip";
  file_.stats =
      R"({"numRecords":1,"minValues":{"d":0E-18},"maxValues":{"d":1E+2},"nullCount":{"d":0}})";
  EXPECT_FALSE(Compare("d", kLess, types::DecimalValue{-1, 2}));
  EXPECT_TRUE(Compare("d", kEqual, types::DecimalValue{10000, 2}));
  EXPECT_FALSE(Compare("d", kEqual, types::DecimalValue{10001, 2}));
}

TEST_F(DataSkippingTest, NaNMayHideAboveTheMaximum) {
  EXPECT_TRUE(Compare("f", kGreater, 5.0));
  EXPECT_TRUE(Compare("f", kNotEqual, 1.0));
  EXPECT_FALSE(Compare("f", kLess, 1.0));
  EXPECT_FALSE(Compare("f", kEqual, 5.0));
  EXPECT_TRUE(Compare("f", kEqual, std::numeric_limits<double>::quiet_NaN()));
  file_.stats = R"({"numRecords":1,"minValues":{"f":"NaN"},"maxValues":{"f":"NaN"}})";
  EXPECT_TRUE(Compare("f", kLess, -5.0)) << "an unknown bound";
}

TEST_F(DataSkippingTest, TimestampMaximumWasCutToMilliseconds) {
  constexpr int64_t kMax = 1'704'153'600'123'000;  // 2024-01-02T00:00:00.123Z
  EXPECT_TRUE(Compare("t", kEqual, types::TimestampValue{kMax + 999}));
  EXPECT_FALSE(Compare("t", kEqual, types::TimestampValue{kMax + 1001}));
  file_.stats = R"({"numRecords":1,"maxValues":{"t":"2024-01-02 00:00:00"}})";
  EXPECT_TRUE(Compare("t", kGreater, types::TimestampValue{kMax * 2}))
      << "the writer's zone is not known";
}

TEST_F(DataSkippingTest, NullsAndNestedColumns) {
  EXPECT_FALSE(CanMatch(Predicate::IsNull({"i"})));
  EXPECT_TRUE(CanMatch(Predicate::IsNull({"s"})));
  EXPECT_TRUE(CanMatch(Predicate::IsNotNull({"s"})));
  EXPECT_FALSE(CanMatch(Predicate::IsNotNull({"d"}))) << "all ten are null";
  EXPECT_FALSE(Compare("d", kEqual, types::DecimalValue{0, 2}));
  EXPECT_FALSE(CanMatch(Predicate::Compare({"N", "X"}, kEqual, int64_t{5})));
  EXPECT_TRUE(CanMatch(Predicate::Compare({"nowhere"}, kEqual, int64_t{5})));
  EXPECT_TRUE(Compare("c", kEqual, std::string("zzz"))) << "char compares padded";
  file_.stats = "";
  EXPECT_TRUE(CanMatch(Predicate::IsNull({"i"})));
  file_.stats = "{broken";
  EXPECT_TRUE(Compare("i", kEqual, int64_t{1000}));
}

TEST_F(DataSkippingTest, LogicAndNegation) {
  const Predicate inside = Predicate::Compare({"i"}, kEqual, int64_t{15});
  const Predicate outside = Predicate::Compare({"i"}, kEqual, int64_t{99});
  EXPECT_FALSE(CanMatch(Predicate::And({inside, outside})));
  EXPECT_FALSE(CanMatch(Predicate::And({Predicate::Unknown(), outside})));
  EXPECT_TRUE(CanMatch(Predicate::Or({inside, outside})));
  EXPECT_FALSE(CanMatch(Predicate::Or({outside, outside})));
  EXPECT_TRUE(CanMatch(Predicate::Or({outside, Predicate::Unknown()})));
  EXPECT_FALSE(CanMatch(Predicate::Not(Predicate::Compare({"i"}, kGreaterOrEqual, int64_t{10}))));
  EXPECT_TRUE(CanMatch(Predicate::Not(outside)));
  EXPECT_FALSE(CanMatch(Predicate::Not(Predicate::IsNotNull({"i"}))));
  EXPECT_TRUE(CanMatch(Predicate::Not(Predicate::Unknown())));
  EXPECT_FALSE(
      CanMatch(Predicate::Not(Predicate::Or({Predicate::IsNotNull({"i"}), Predicate::Unknown()}))));
  EXPECT_FALSE(CanMatch(Predicate::In({"i"}, {int64_t{1}, int64_t{30}, Value()})));
  EXPECT_TRUE(CanMatch(Predicate::In({"i"}, {int64_t{1}, int64_t{12}})));
  EXPECT_FALSE(CanMatch(Predicate{.kind = Predicate::Kind::kFalse}));
}

TEST_F(DataSkippingTest, StringPrefixes) {
  EXPECT_TRUE(CanMatch(Predicate::StartsWith({"s"}, "b")));
  EXPECT_TRUE(CanMatch(Predicate::StartsWith({"s"}, "m")));
  EXPECT_FALSE(CanMatch(Predicate::StartsWith({"s"}, "n")));
  EXPECT_FALSE(CanMatch(Predicate::StartsWith({"s"}, "az")));
}

TEST_F(DataSkippingTest, PartitionValuesDecideExactly) {
  const FileSkipper five(*snapshot_, Predicate::Compare({"p"}, kEqual, int64_t{5}));
  EXPECT_TRUE(five.OnlyPartitionColumns());
  EXPECT_TRUE(five.AllMatchPartition(file_));
  const FileSkipper not_five(*snapshot_, Predicate::Compare({"p"}, kNotEqual, int64_t{5}));
  EXPECT_FALSE(not_five.CanMatch(file_));
  const FileSkipper null(*snapshot_, Predicate::IsNull({"q"}));
  EXPECT_TRUE(null.AllMatchPartition(file_));
  EXPECT_FALSE(FileSkipper(*snapshot_, Predicate::Compare({"q"}, kNotEqual, std::string("x")))
                   .CanMatch(file_));
  const FileSkipper mixed(*snapshot_,
                          Predicate::And({Predicate::Compare({"p"}, kEqual, int64_t{5}),
                                          Predicate::Compare({"i"}, kGreater, int64_t{0})}));
  EXPECT_FALSE(mixed.OnlyPartitionColumns());
  EXPECT_FALSE(mixed.AllMatchPartition(file_));
  EXPECT_TRUE(mixed.CanMatchPartition(file_));
  EXPECT_FALSE(FileSkipper(*snapshot_, Predicate::Unknown()).OnlyPartitionColumns());
}

}  // namespace
}  // namespace lakesmith::delta
