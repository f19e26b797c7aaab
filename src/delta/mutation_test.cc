// The fuzzers' bodies on mutations of good inputs, the same ones in each run.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "../tests/fuzz/delta_targets.h"
#include "delta/row_bitmap.h"

namespace lakesmith::delta {
namespace {

constexpr int kRounds = 3000;

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  // A few changes of single bytes, cuts and repeats of parts.
  std::string Mutate(std::string text) {
    const size_t changes = 1 + random_() % 4;
    for (size_t i = 0; i < changes && !text.empty(); ++i) {
      const size_t at = random_() % text.size();
      const size_t length = 1 + random_() % 20;
      switch (random_() % 5) {
        case 0:
          text[at] = static_cast<char>(random_());
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(at, text.substr(random_() % text.size(), length));
          break;
        case 3:
          text.insert(at, 1, kLoaded[random_() % kLoaded.size()]);
          break;
        default:
          text.resize(at);
          break;
      }
    }
    return text;
  }

 private:
  // Characters that mean something to one of the parsers.
  static constexpr std::string_view kLoaded = "{}[]\",:\\%0-9e.\n\0\xff/";
  std::minstd_rand random_;
};

void MutateAndFeed(const std::vector<std::string>& samples, void (*target)(std::string_view)) {
  Mutator mutator(20260101);
  for (const std::string& sample : samples) {
    target(sample);
    for (int round = 0; round < kRounds; ++round) target(mutator.Mutate(sample));
  }
}

TEST(MutationTest, Log) {
  MutateAndFeed(
      {R"({"commitInfo":{"timestamp":1,"operation":"WRITE","inCommitTimestamp":5,"tags":{"a":"b"}}}
{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}
{"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{"delta.appendOnly":"true"},"createdTime":1}}
{"add":{"path":"p=a%20b/1.parquet","partitionValues":{"p":"a b","q":null},"size":10,"modificationTime":1,"dataChange":true,"stats":"{\"numRecords\":3}","tags":{"t":"v"},"deletionVector":{"storageType":"u","pathOrInlineDv":"ab^-aqEH.-t@S}K{vb[*k^","offset":4,"sizeInBytes":40,"cardinality":6},"baseRowId":3}}
{"remove":{"path":"2.parquet","deletionTimestamp":7,"dataChange":true,"extendedFileMetadata":true,"partitionValues":{},"size":1}}
{"txn":{"appId":"flow","version":3,"lastUpdated":5}}
{"domainMetadata":{"domain":"d","configuration":"{}","removed":false}}
{"cdc":{"path":"_change_data/1","partitionValues":{},"size":1,"dataChange":false}})"},
      fuzz::FuzzLog);
}

TEST(MutationTest, DeletionVector) {
  RowBitmap sparse;
  for (uint64_t row = 0; row < 3000; row += 7) sparse.Add(row);
  RowBitmap runs;
  runs.AddRange(10, 200'000);
  runs.Add(uint64_t{1} << 33);
  RowBitmap dense;
  for (uint64_t row = 0; row < 20'000; row += 2) dense.Add(row);
  MutateAndFeed({sparse.Serialize(), runs.Serialize(), dense.Serialize()},
                fuzz::FuzzDeletionVector);
}

TEST(MutationTest, Texts) {
  MutateAndFeed(
      {"p=a%2Fb/c d\xc3\xa9.parquet", "file:///t/a%20b", "2024-01-31T10:00:00.123456+01:00",
       "-123.4500E-3", "interval 2 weeks 3 days", "128 mb", "ab^-aqEH.-t@S}K{vb[*k^abc", "Infinity",
       R"({"numRecords":3,"minValues":{"a":1,"s":{"x":"y"}},"maxValues":{"a":12345678901234567890.5},"nullCount":{"a":0},"tightBounds":true})",
       R"x({"type":"struct","fields":[{"name":"a","type":{"type":"array","elementType":"decimal(10,2)","containsNull":true},"nullable":true,"metadata":{}}]})x"},
      fuzz::FuzzTexts);
}

}  // namespace
}  // namespace lakesmith::delta
