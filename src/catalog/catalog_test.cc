#include "catalog/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

namespace lakesmith::catalog {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class CatalogTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto* info = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / fmt::format("catalog-{}-{}", info->name(), getpid());
    fs::remove_all(folder_);
    catalog_ = std::make_unique<Catalog>(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  Status MakeTable(const std::string& name) {
    TableCreation creation = TRY(catalog_->BeginTable({"main", "default", name}, false, ""));
    fs::create_directories(creation.location());
    std::ofstream(fs::path(creation.location()) / "data") << name;
    return creation.Finish({});
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const auto relations = catalog_->ListRelations({});
    for (const Relation& relation : *relations) names.push_back(relation.name.name);
    return names;
  }

  fs::path folder_;
  std::unique_ptr<Catalog> catalog_;
};

TEST_F(CatalogTest, DefaultNamespaceExistsWithoutAFile) {
  EXPECT_TRUE(catalog_->GetSchema({"hive_metastore", "DEFAULT"}));
  EXPECT_FALSE(fs::exists(folder_));
}

TEST_F(CatalogTest, NamesMatchIgnoringCaseAndKeepTheirSpelling) {
  ASSERT_TRUE(MakeTable("Orders"));
  EXPECT_EQ(catalog_->GetRelation({"MAIN", "Default", "oRDERS"})->name.name, "Orders");
  EXPECT_EQ(MakeTable("ORDERS").error().error_class(), "TABLE_OR_VIEW_ALREADY_EXISTS");
}

TEST_F(CatalogTest, NotFoundNamesTheNearest) {
  ASSERT_TRUE(MakeTable("transactions"));
  const Result<Relation> missing = catalog_->GetRelation({"main", "default", "transactoins"});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().error_class(), "TABLE_OR_VIEW_NOT_FOUND");
  EXPECT_EQ(missing.error().sql_state(), "42P01");
  EXPECT_THAT(missing.error().message(), HasSubstr("Did you mean `transactions`?"));
}

TEST_F(CatalogTest, MissingSchemaAndCatalogHaveTheirOwnErrors) {
  EXPECT_EQ(catalog_->GetSchema({"main", "silvr"}).error().error_class(), "SCHEMA_NOT_FOUND");
  EXPECT_EQ(catalog_->GetSchema({"nope", "default"}).error().error_class(), "CATALOG_NOT_FOUND");
}

TEST_F(CatalogTest, DropRemovesTheFolderOfAManagedTableOnly) {
  ASSERT_TRUE(MakeTable("t"));
  const std::string managed = catalog_->GetRelation({"main", "default", "t"})->location;
  ASSERT_TRUE(fs::exists(managed));
  ASSERT_TRUE(catalog_->DropRelation({"main", "default", "t"}));
  EXPECT_FALSE(fs::exists(managed));

  const std::string outside = (folder_ / "outside").string();
  fs::create_directories(outside);
  ASSERT_TRUE(catalog_->BeginTable({"main", "default", "e"}, false, outside)->Finish({}));
  ASSERT_TRUE(catalog_->DropRelation({"main", "default", "e"}));
  EXPECT_TRUE(fs::exists(outside));
}

TEST_F(CatalogTest, AnUnfinishedTableLeavesNothing) {
  std::string location;
  {
    const TableCreation creation = *catalog_->BeginTable({"main", "default", "t"}, false, "");
    location = creation.location();
    fs::create_directories(location);
  }
  EXPECT_FALSE(fs::exists(location));
  EXPECT_THAT(Names(), ElementsAre());
}

TEST_F(CatalogTest, AFolderLeftByACrashIsNotTaken) {
  const fs::path orphan = folder_ / "main" / "default" / "t" / "_delta_log";
  fs::create_directories(orphan);
  ASSERT_TRUE(MakeTable("t"));
  EXPECT_FALSE(fs::exists(orphan));
}

TEST_F(CatalogTest, ARenamedTableKeepsItsFolderAndTheOldNameIsFree) {
  ASSERT_TRUE(MakeTable("a"));
  const std::string folder = catalog_->GetRelation({"main", "default", "a"})->location;
  ASSERT_TRUE(catalog_->RenameRelation({"main", "default", "a"}, {"main", "default", "B"}));
  ASSERT_TRUE(MakeTable("a"));
  EXPECT_THAT(Names(), ElementsAre("a", "B"));
  EXPECT_EQ(catalog_->GetRelation({"main", "default", "b"})->location, folder);
  EXPECT_NE(catalog_->GetRelation({"main", "default", "a"})->location, folder);
  EXPECT_EQ(catalog_->RenameRelation({"main", "default", "a"}, {"main", "default", "b"})
                .error()
                .error_class(),
            "TABLE_OR_VIEW_ALREADY_EXISTS");
}

TEST_F(CatalogTest, ASchemaWithTablesIsDroppedByCascadeOnly) {
  ASSERT_TRUE(*catalog_->CreateSchema({{"main", "s"}, "", {}}, false));
  ASSERT_FALSE(*catalog_->CreateSchema({{"main", "S"}, "", {}}, true));
  EXPECT_EQ(catalog_->CreateSchema({{"main", "s"}, "", {}}, false).error().error_class(),
            "SCHEMA_ALREADY_EXISTS");
  ASSERT_TRUE(catalog_->BeginTable({"main", "s", "t"}, false, "")->Finish({}));
  EXPECT_EQ(catalog_->DropSchema({"main", "s"}, false, false).error().error_class(),
            "SCHEMA_NOT_EMPTY");
  EXPECT_TRUE(*catalog_->DropSchema({"main", "s"}, false, true));
  EXPECT_FALSE(*catalog_->DropSchema({"main", "s"}, true, false));
}

TEST_F(CatalogTest, ViewsKeepTheirTextAndNamespace) {
  Relation view;
  view.name = {"main", "default", "v"};
  view.view_text = "SELECT 1 AS a";
  view.view_namespace = {"main", "silver"};
  view.columns = {{"a", types::DataType::Int()}};
  view.notes.comment = "one";
  ASSERT_TRUE(catalog_->CreateView(view, false));
  const Relation loaded = *catalog_->GetRelation(view.name);
  EXPECT_EQ(loaded.view_text, view.view_text);
  EXPECT_EQ(loaded.view_namespace, view.view_namespace);
  EXPECT_EQ(loaded.columns, view.columns);
  EXPECT_EQ(loaded.notes.comment, "one");
  EXPECT_EQ(catalog_->CreateView(view, false).error().error_class(),
            "TABLE_OR_VIEW_ALREADY_EXISTS");
  EXPECT_TRUE(catalog_->CreateView(view, true));
}

TEST_F(CatalogTest, AMovedWarehouseStillFindsItsTables) {
  ASSERT_TRUE(MakeTable("t"));
  const fs::path moved = folder_.string() + "-moved";
  fs::rename(folder_, moved);
  const Relation relation = *Catalog(moved).GetRelation({"main", "default", "t"});
  EXPECT_TRUE(fs::exists(fs::path(relation.location) / "data"));
  fs::remove_all(moved);
}

TEST_F(CatalogTest, OneOfManyWritersMakesATable) {
  std::atomic<int> made = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (MakeTable("t")) ++made;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
  EXPECT_TRUE(
      fs::exists(fs::path(catalog_->GetRelation({"main", "default", "t"})->location) / "data"));
}

TEST_F(CatalogTest, FunctionsAndVolumesAreKept) {
  FunctionInfo function;
  function.name = {"main", "default", "twice"};
  function.parameters = {{"x", types::DataType::Int(), "1", ""}};
  function.return_type = types::DataType::Long();
  function.body = "x * 2";
  ASSERT_TRUE(catalog_->CreateFunction(function, false));
  EXPECT_EQ(catalog_->CreateFunction(function, false).error().error_class(),
            "ROUTINE_ALREADY_EXISTS");
  const FunctionInfo loaded = **catalog_->FindFunction({"main", "default", "TWICE"});
  EXPECT_EQ(loaded.parameters[0].default_text, "1");
  EXPECT_EQ(loaded.return_type, types::DataType::Long());

  ASSERT_TRUE(*catalog_->CreateVolume({{"main", "default", "landing"}, false, "", {}}, false));
  const std::string folder = catalog_->GetVolume({"main", "default", "landing"})->location;
  EXPECT_TRUE(fs::exists(folder));
  ASSERT_TRUE(*catalog_->DropVolume({"main", "default", "landing"}, false));
  EXPECT_FALSE(fs::exists(folder));
}

TEST_F(CatalogTest, DamagedEntriesAreReportedWithTheirPath) {
  ASSERT_TRUE(MakeTable("t"));
  const fs::path file = folder_ / ".catalog/main/default/relations/t.json";
  std::ofstream(file) << "{\"kind\": 3}";
  EXPECT_EQ(catalog_->GetRelation({"main", "default", "t"}).error().code(), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace lakesmith::catalog
