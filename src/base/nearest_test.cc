#include "base/nearest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakesmith {
namespace {

using ::testing::ElementsAre;

TEST(NearestTest, CountsEdits) {
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("trak_id", "track_id"), 1);
  EXPECT_EQ(EditDistance("form", "from"), 1);
  EXPECT_EQ(EditDistance("Same", "sAME"), 0);
}

TEST(NearestTest, NamesTheNearestCandidate) {
  const std::vector<std::string> columns = {"customer_id", "track_id", "amount"};
  EXPECT_EQ(Nearest("trak_id", columns), "track_id");
  EXPECT_EQ(Nearest("xyzzy", columns), "");
  EXPECT_EQ(Nearest("rond", std::vector<std::string>{"rand", "bond", "round"}), "round");
  EXPECT_EQ(Nearest("any", std::vector<std::string>{}), "");
}

TEST(NearestTest, RanksTheFew) {
  const std::vector<std::string> columns = {"amount", "track_id", "trak"};
  EXPECT_THAT(NearestFew("trak_id", columns, 2), ElementsAre("track_id", "trak"));
}

}  // namespace
}  // namespace lakesmith
