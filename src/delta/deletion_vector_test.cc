#include "delta/deletion_vector.h"

#include <gmock/gmock.h>

#include "delta/test_table_internal.h"
#include "delta/z85_internal.h"

namespace lakesmith::delta {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class DeletionVectorTest : public TableTest {
 protected:
  static std::vector<uint64_t> RowsOf(const RowBitmap& bitmap) {
    std::vector<uint64_t> rows;
    bitmap.ForEach([&](uint64_t row) { rows.push_back(row); });
    return rows;
  }
};

TEST_F(DeletionVectorTest, ReadsAnInlineVector) {
  const DeletionVectorDescriptor descriptor{
      .storage_type = 'i',
      .path_or_inline = "^Bg9^0rr910000000000iXQKl0rr91000f55c8Xg0@@D72lkbi5=-{L",
      .size_bytes = 44,
      .cardinality = 6};
  const Result<RowBitmap> bitmap = ReadDeletionVector(table_, descriptor);
  ASSERT_TRUE(bitmap) << bitmap.error().ToString();
  EXPECT_THAT(RowsOf(*bitmap), ElementsAre(3, 4, 7, 11, 18, 29));
}

TEST_F(DeletionVectorTest, FileNameComesFromTheEncodedUuid) {
  const DeletionVectorDescriptor descriptor{
      .storage_type = 'u', .path_or_inline = "ab^-aqEH.-t@S}K{vb[*k^", .offset = 4};
  EXPECT_EQ(DeletionVectorPath(table_, descriptor),
            table_.root + "/ab/deletion_vector_d2c639aa-8816-431a-aaf6-d3fe2512ff61.bin");
  EXPECT_EQ(descriptor.UniqueId(), "uab^-aqEH.-t@S}K{vb[*k^@4");
}

TEST_F(DeletionVectorTest, WritesSeveralIntoOneFile) {
  std::vector<RowBitmap> bitmaps(2);
  bitmaps[0].Add(1);
  bitmaps[1].AddRange(5, 70'000);
  const auto descriptors = *WriteDeletionVectors(table_, bitmaps);
  ASSERT_EQ(descriptors.size(), 2u);
  EXPECT_EQ(descriptors[0].path_or_inline, descriptors[1].path_or_inline);
  EXPECT_EQ(descriptors[0].offset, 1);
  for (size_t i = 0; i < 2; ++i) {
    const Result<RowBitmap> read = ReadDeletionVector(table_, descriptors[i]);
    ASSERT_TRUE(read) << read.error().ToString();
    EXPECT_EQ(*read, bitmaps[i]);
  }
}

TEST_F(DeletionVectorTest, DamageIsNamed) {
  std::vector<RowBitmap> bitmaps(1);
  bitmaps[0].AddRange(5, 500);
  DeletionVectorDescriptor descriptor = (*WriteDeletionVectors(table_, bitmaps))[0];
  DeletionVectorDescriptor wrong = descriptor;
  wrong.cardinality = 3;
  EXPECT_THAT(ReadDeletionVector(table_, wrong).error().message(),
              HasSubstr("marks 495 rows, but the log says 3"));
  wrong = descriptor;
  wrong.size_bytes += 1000;
  EXPECT_EQ(ReadDeletionVector(table_, wrong).error().code(), ErrorCode::kCorrupt);
  const std::string path = DeletionVectorPath(table_, descriptor);
  std::string bytes = *table_.store->Read(path);
  bytes[12] ^= 1;
  ASSERT_TRUE(table_.store->Put(path, bytes));
  EXPECT_THAT(ReadDeletionVector(table_, descriptor).error().message(),
              HasSubstr("wrong checksum"));
  std::filesystem::remove(path);
  EXPECT_EQ(ReadDeletionVector(table_, descriptor).error().code(), ErrorCode::kNotFound);
}

TEST_F(DeletionVectorTest, ReplacingAVectorKeepsTheFileAndWidensStatistics) {
  Create({{"delta.enableDeletionVectors", "true"}});
  Append("1.parquet", "a", R"({"numRecords":10,"minValues":{"id":12345678901234567890.123}})");
  std::vector<RowBitmap> bitmaps(1);
  bitmaps[0].Add(4);
  Transaction transaction(table_, Load());
  ASSERT_TRUE(transaction.ReplaceDeletionVector(*Load()->files()[0],
                                                (*WriteDeletionVectors(table_, bitmaps))[0]));
  const Result<CommitOutcome> outcome = transaction.Commit({.name = "DELETE"});
  ASSERT_TRUE(outcome) << outcome.error().ToString();
  const SnapshotPtr snapshot = Load();
  ASSERT_EQ(snapshot->files().size(), 1u);
  EXPECT_EQ(snapshot->files()[0]->stats,
            R"({"numRecords":10,"minValues":{"id":12345678901234567890.123},"tightBounds":false})");
  EXPECT_EQ(*ReadDeletionVector(table_, *snapshot->files()[0]->deletion_vector), bitmaps[0]);
  EXPECT_EQ(snapshot->protocol().min_reader_version, 3);
}

TEST(Z85Test, KnownVectors) {
  EXPECT_EQ(Z85Encode("\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B"), "HelloWorld");
  EXPECT_EQ(*Z85Decode("HelloWorld"), "\x86\x4F\xD2\x6F\xB5\x59\xF7\x5B");
  EXPECT_EQ(Z85Encode("ab").size(), 5u);
  EXPECT_FALSE(Z85Decode("Hello Worl").has_value());
  EXPECT_FALSE(Z85Decode("Hell").has_value());
  EXPECT_FALSE(Z85Decode("#####").has_value());
}

}  // namespace
}  // namespace lakesmith::delta
