#include "../tests/fuzz/delta_targets.h"

#include <string>

#include "base/check.h"
#include "delta/actions.h"
#include "delta/commit_reader_internal.h"
#include "delta/partition_values.h"
#include "delta/paths.h"
#include "delta/replay_internal.h"
#include "delta/row_bitmap.h"
#include "delta/scalar_text_internal.h"
#include "delta/schema.h"
#include "delta/statistics.h"
#include "delta/statistics_internal.h"
#include "delta/z85_internal.h"

namespace lakesmith::delta::fuzz {
namespace {

// What we write of an action that we read must be read as the same.
template <typename T>
void CheckRoundTrip(const std::vector<T>& actions, std::vector<T> CommitContent::* list) {
  for (const T& action : actions) {
    const std::string line = ActionJson(action);
    const Result<CommitContent> again = ParseCommit(line, "again");
    CHECK(again.has_value());
    CHECK(((*again).*list).size() == 1);
    CHECK(ActionJson(((*again).*list).front()) == line);
  }
}

const types::DataType kTypes[] = {
    types::DataType::String(), types::DataType::Long(),      types::DataType::Double(),
    types::DataType::Float(),  types::DataType::Boolean(),   types::DataType::Decimal(38, 10),
    types::DataType::Date(),   types::DataType::Timestamp(), types::DataType::TimestampNtz(),
};

void FuzzPartitionValue(const std::string& text) {
  for (const types::DataType& type : kTypes) {
    const Result<types::Value> value = ParsePartitionValue(text, type);
    if (!value || value->is_null()) continue;
    const Result<std::optional<std::string>> written = PartitionValueText(*value, type);
    CHECK(written.has_value() && written->has_value());
    const Result<types::Value> again = ParsePartitionValue(*written, type);
    CHECK(again.has_value());
    // NaN differs from itself, so the texts are compared.
    CHECK(*PartitionValueText(*again, type) == *written);
  }
}

}  // namespace

void FuzzLog(std::string_view bytes) {
  Result<CommitContent> content = ParseCommit(std::string(bytes), "fuzz.json");
  if (!content) {
    CHECK(content.error().code() == ErrorCode::kCorrupt);
    return;
  }
  CheckRoundTrip(content->adds, &CommitContent::adds);
  CheckRoundTrip(content->removes, &CommitContent::removes);
  CheckRoundTrip(content->transactions, &CommitContent::transactions);
  CheckRoundTrip(content->domains, &CommitContent::domains);
  (void)InCommitTimestampOf(content->commit_info);
  Replay replay("/fuzz");
  replay.KeepTombstones(true);
  replay.Apply(*std::move(content));
  (void)std::move(replay).Finish(0);
}

void FuzzDeletionVector(std::string_view bytes) {
  const Result<RowBitmap> bitmap = RowBitmap::Deserialize(bytes);
  if (!bitmap) {
    CHECK(bitmap.error().code() == ErrorCode::kCorrupt);
    return;
  }
  const std::string written = bitmap->Serialize();
  const Result<RowBitmap> again = RowBitmap::Deserialize(written);
  CHECK(again.has_value());
  CHECK(again->cardinality() == bitmap->cardinality());
  CHECK(*again == *bitmap);
}

void FuzzTexts(std::string_view bytes) {
  const std::string text(bytes);
  CHECK(DecodePath(EncodePath(text)) == text);
  (void)CanonicalPath(text, "/root");
  const std::string folder = PartitionFolder({{"p", text}});
  CHECK(folder.find('/') == std::string::npos);
  FuzzPartitionValue(text);
  (void)ReadStatistics(text, std::vector<std::vector<std::string>>{{"a"}, {"s", "x"}});
  (void)WidenStatistics(text);
  (void)ParseSchema(text);
  (void)ParseInterval(text);
  (void)ParseByteSize(text);
  const Result<std::string> decoded = Z85Decode(text);
  CHECK(!decoded || Z85Encode(*decoded) == text);
}

}  // namespace lakesmith::delta::fuzz
