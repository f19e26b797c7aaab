// The fuzzers' bodies on mutations of good inputs and of what they found before
// (tests/fuzz/corpus), the same ones in each run. LAKESMITH_FUZZ_SECONDS=60 draws other ones for so
// long, for each target; the input that stops the process is then left in the file fuzz-crash.
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
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

using Target = void (*)(std::string_view);

std::vector<std::string> WithCorpus(std::vector<std::string> samples, const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(LAKESMITH_FUZZ_CORPUS) / name;
  if (!std::filesystem::exists(folder)) return samples;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    samples.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return samples;
}

// The input that is being tried, for the handler of a crash.
std::string current_input;

void KeepInput(int signal) {
  std::ofstream("fuzz-crash", std::ios::binary) << current_input;
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

void FeedForSeconds(const std::vector<std::string>& samples, Target target, int seconds) {
  for (const int signal : {SIGABRT, SIGSEGV, SIGFPE, SIGBUS}) std::signal(signal, KeepInput);
  const unsigned seed = std::random_device{}();
  Mutator mutator(seed);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  int64_t rounds = 0;
  std::vector<std::string> pool = samples;
  while (std::chrono::steady_clock::now() < end) {
    // Changes pile up on a few inputs, which begin anew now and then.
    const size_t at = static_cast<size_t>(rounds) % pool.size();
    if (rounds % 400 == 0) pool = samples;
    current_input = mutator.Mutate(pool[at % pool.size()]);
    target(current_input);
    if (rounds % 5 == 0 && !current_input.empty()) pool[at % pool.size()] = current_input;
    ++rounds;
  }
  std::cout << rounds << " inputs from seed " << seed << std::endl;
}

void MutateAndFeed(const std::string& name, std::vector<std::string> samples, Target target) {
  samples = WithCorpus(std::move(samples), name);
  for (const std::string& sample : samples) target(sample);
  if (const char* seconds = std::getenv("LAKESMITH_FUZZ_SECONDS")) {
    return FeedForSeconds(samples, target, std::atoi(seconds));
  }
  Mutator mutator(20260101);
  for (const std::string& sample : samples) {
    for (int round = 0; round < kRounds; ++round) target(mutator.Mutate(sample));
  }
}

const char* const kCommit =
    R"({"commitInfo":{"timestamp":1,"operation":"WRITE","inCommitTimestamp":5,"tags":{"a":"b"}}}
{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":["deletionVectors"],"writerFeatures":["deletionVectors"]}}
{"metaData":{"id":"x","format":{"provider":"parquet","options":{}},"schemaString":"{\"type\":\"struct\",\"fields\":[{\"name\":\"id\",\"type\":\"long\",\"nullable\":true,\"metadata\":{}}]}","partitionColumns":[],"configuration":{"delta.appendOnly":"true"},"createdTime":1}}
{"add":{"path":"p=a%20b/1.parquet","partitionValues":{"p":"a b","q":null},"size":10,"modificationTime":1,"dataChange":true,"stats":"{\"numRecords\":3}","tags":{"t":"v"},"deletionVector":{"storageType":"u","pathOrInlineDv":"ab^-aqEH.-t@S}K{vb[*k^","offset":4,"sizeInBytes":40,"cardinality":6},"baseRowId":3}}
{"remove":{"path":"2.parquet","deletionTimestamp":7,"dataChange":true,"extendedFileMetadata":true,"partitionValues":{},"size":1}}
{"txn":{"appId":"flow","version":3,"lastUpdated":5}}
{"domainMetadata":{"domain":"d","configuration":"{}","removed":false}}
{"cdc":{"path":"_change_data/1","partitionValues":{},"size":1,"dataChange":false}})";

TEST(MutationTest, Log) { MutateAndFeed("log", {kCommit}, fuzz::FuzzLog); }

TEST(MutationTest, Checkpoint) {
  const std::string sidecars =
      R"({"checkpointMetadata":{"version":1}}
{"sidecar":{"path":"a.parquet","sizeInBytes":1,"modificationTime":1}}
)";
  std::string bytes;
  for (int i = 0; i < 2000; ++i) bytes += static_cast<char>(i * 31 % 251);
  MutateAndFeed("checkpoint", {sidecars + kCommit, bytes}, fuzz::FuzzCheckpoint);
}

TEST(MutationTest, DeletionVector) {
  RowBitmap sparse;
  for (uint64_t row = 0; row < 3000; row += 7) sparse.Add(row);
  RowBitmap runs;
  runs.AddRange(10, 200'000);
  runs.Add(uint64_t{1} << 33);
  RowBitmap dense;
  for (uint64_t row = 0; row < 20'000; row += 2) dense.Add(row);
  MutateAndFeed("deletion_vector", {sparse.Serialize(), runs.Serialize(), dense.Serialize()},
                fuzz::FuzzDeletionVector);
}

TEST(MutationTest, Texts) {
  MutateAndFeed(
      "texts",
      {"p=a%2Fb/c d\xc3\xa9.parquet", "file:///t/a%20b", "2024-01-31T10:00:00.123456+01:00",
       "-123.4500E-3", "interval 2 weeks 3 days", "128 mb", "ab^-aqEH.-t@S}K{vb[*k^abc", "Infinity",
       R"({"numRecords":3,"minValues":{"a":1,"s":{"x":"y"}},"maxValues":{"a":12345678901234567890.5},"nullCount":{"a":0},"tightBounds":true})",
       R"x({"type":"struct","fields":[{"name":"a","type":{"type":"array","elementType":"decimal(10,2)","containsNull":true},"nullable":true,"metadata":{}}]})x"},
      fuzz::FuzzTexts);
}

}  // namespace
}  // namespace lakesmith::delta
