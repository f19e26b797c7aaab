#include "catalog/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lakesmith::catalog {
namespace {

TEST(NamesTest, QualifyFillsInTheCurrentNamespace) {
  const Namespace current{"prod", "silver"};
  const std::vector<std::string> one = {"t"};
  const std::vector<std::string> two = {"gold", "t"};
  const std::vector<std::string> three = {"Spark_Catalog", "gold", "t"};
  const std::vector<std::string> four = {"a", "b", "c", "d"};
  EXPECT_EQ(Qualify(one, current)->ToString(), "`prod`.`silver`.`t`");
  EXPECT_EQ(Qualify(two, current)->ToString(), "`prod`.`gold`.`t`");
  EXPECT_EQ(Qualify(three, current)->ToString(), "`main`.`gold`.`t`");
  EXPECT_EQ(Qualify(four, current).error().error_class(), "IDENTIFIER_TOO_MANY_NAME_PARTS");
}

TEST(NamesTest, FileNamesNeitherLeaveTheirFolderNorDependOnCase) {
  EXPECT_EQ(FileNameOf("Orders_2024"), "orders_2024");
  EXPECT_EQ(FileNameOf("../x"), "%2E%2E%2Fx");
  EXPECT_EQ(FileNameOf("a b%"), "a%20b%25");
  EXPECT_EQ(FileNameOf("Ærlig"), "Ærlig");
}

TEST(NamesTest, PatternsKnowStarAndBar) {
  EXPECT_TRUE(MatchesPattern("Customers", "cust*"));
  EXPECT_TRUE(MatchesPattern("Customers", "x*|*MERS"));
  EXPECT_TRUE(MatchesPattern("anything", "*"));
  EXPECT_FALSE(MatchesPattern("Customers", "cust"));
  EXPECT_FALSE(MatchesPattern("ab", "a*bc"));
}

}  // namespace
}  // namespace lakesmith::catalog
