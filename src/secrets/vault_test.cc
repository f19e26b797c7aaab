#include "secrets/vault.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/redaction.h"

namespace lakesmith::secrets {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

const std::string kHexKey(64, 'a');

class VaultTest : public testing::Test {
 protected:
  VaultTest() {
    std::string name = (fs::temp_directory_path() / "lakesmith_test_XXXXXX").string();
    folder_ = mkdtemp(name.data());
    store_ = state::Store::Open((folder_ / "state.db").string()).value();
  }
  ~VaultTest() override { fs::remove_all(folder_); }

  Vault Open(std::map<std::string, std::string> environment = {
                 {"LAKESMITH_SECRETS_KEY", kHexKey}}) {
    return {*store_, std::move(environment)};
  }
  std::string FileBytes() const {
    std::string bytes;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      std::ifstream file(entry.path(), std::ios::binary);
      bytes.append((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    }
    return bytes;
  }

  fs::path folder_;
  std::unique_ptr<state::Store> store_;
};

TEST_F(VaultTest, ValuesComeBackAndAreNotInTheFile) {
  Vault vault = Open();
  ASSERT_TRUE(vault.CreateScope({.name = "prod", .backend = std::string(kEncrypted)}));
  ASSERT_TRUE(vault.Put("prod", "api-key", "tr0ub4dor&3"));
  EXPECT_EQ(*vault.Get("prod", "api-key"), "tr0ub4dor&3");
  EXPECT_EQ(FileBytes().find("tr0ub4dor"), std::string::npos);
  EXPECT_EQ(*Open().Expand("x={{secrets/prod/api-key}}; {{other}}"), "x=tr0ub4dor&3; {{other}}");
  EXPECT_EQ(Redactor::OfProcess().Redact("tr0ub4dor&3"), kRedacted);
  EXPECT_THAT(vault.Get("prod", "api-kee").error().message(), HasSubstr("closest: 'api-key'"));
  EXPECT_THAT(vault.Get("prd", "x").error().message(), HasSubstr("closest: 'prod'"));
  EXPECT_THAT(vault.Expand("{{secrets/prod}}").error().message(),
              HasSubstr("{{secrets/scope/key}}"));
  ASSERT_TRUE(vault.Delete("prod", "api-key"));
  EXPECT_EQ(vault.Get("prod", "api-key").error().code(), ErrorCode::kNotFound);
}

TEST_F(VaultTest, AnotherKeyIsNamedAndASwappedValueDoesNotOpen) {
  Vault vault = Open();
  ASSERT_TRUE(vault.CreateScope({.name = "s", .backend = std::string(kEncrypted)}));
  ASSERT_TRUE(vault.Put("s", "a", "value of a"));
  Vault other = Open({{"LAKESMITH_SECRETS_KEY", std::string(64, 'b')}});
  EXPECT_THAT(other.Get("s", "a").error().message(), HasSubstr("was sealed with key"));
  Vault none = Open({{"HOME", folder_.string()}});
  EXPECT_EQ(none.Get("s", "a").error().code(), ErrorCode::kNotFound);
  // Somebody moves the row of one secret under the name of another.
  state::SealedSecret row = store_->ListSecrets("s").value().at(0);
  row.key = "b";
  ASSERT_TRUE(store_->PutSecret(row));
  EXPECT_EQ(vault.Get("s", "b").error().code(), ErrorCode::kCorrupt);
}

TEST_F(VaultTest, TheKeyFileIsMadeOnceAndMustBePrivate) {
  const std::map<std::string, std::string> environment = {{"XDG_CONFIG_HOME", folder_.string()}};
  EXPECT_EQ(SecretKey::Load(environment, false).error().code(), ErrorCode::kNotFound);
  const std::string id = SecretKey::Load(environment, true).value().Id();
  EXPECT_EQ(SecretKey::Load(environment, true).value().Id(), id);
  const fs::path file = folder_ / "lakesmith" / "secrets.key";
  EXPECT_EQ(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
  fs::permissions(file, fs::perms::group_read, fs::perm_options::add);
  EXPECT_THAT(SecretKey::Load(environment, false).error().message(), HasSubstr("chmod 600"));
  EXPECT_FALSE(SecretKey::Parse("too short", "test"));
  EXPECT_EQ(SecretKey::Parse(kHexKey, "test")->Id(),
            SecretKey::Parse("qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqo=", "test")->Id());
}

TEST_F(VaultTest, ReadsEnvironmentAndFiles) {
  Vault vault = Open({{"LAKESMITH_SECRET_CI_API_KEY", "from environment"}, {"X_A", "prefixed"}});
  ASSERT_TRUE(vault.CreateScope({.name = "ci", .backend = std::string(kEnvironment)}));
  ASSERT_TRUE(vault.CreateScope(
      {.name = "x", .backend = std::string(kEnvironment), .settings = {{"prefix", "X_"}}}));
  EXPECT_EQ(*vault.Get("ci", "api-key"), "from environment");
  EXPECT_EQ(*vault.Get("x", "a"), "prefixed");
  EXPECT_EQ(vault.List("ci")->at(0).key, "API_KEY");
  EXPECT_THAT(vault.Get("ci", "b").error().message(),
              HasSubstr("LAKESMITH_SECRET_CI_B is not set"));
  EXPECT_EQ(vault.Put("ci", "b", "c").error().code(), ErrorCode::kUnsupported);

  std::ofstream(folder_ / "dot.env") << "# remark\nTOKEN=\"abc def\"\nEMPTY=\n";
  fs::create_directory(folder_ / "mounted");
  std::ofstream(folder_ / "mounted" / "password") << "line\n";
  ASSERT_TRUE(vault.CreateScope({.name = "f",
                                 .backend = std::string(kFile),
                                 .settings = {{"path", (folder_ / "dot.env").string()}}}));
  ASSERT_TRUE(vault.CreateScope({.name = "d",
                                 .backend = std::string(kFile),
                                 .settings = {{"path", (folder_ / "mounted").string()}}}));
  EXPECT_EQ(*vault.Get("f", "TOKEN"), "abc def");
  EXPECT_EQ(*vault.Get("d", "password"), "line\n");
  EXPECT_THAT(vault.Get("f", "TOKN").error().message(), HasSubstr("closest: 'TOKEN'"));
}

TEST_F(VaultTest, RefusesWrongNames) {
  Vault vault = Open();
  EXPECT_EQ(vault.CreateScope({.name = "a/b"}).error().code(), ErrorCode::kInvalid);
  ASSERT_TRUE(vault.CreateScope({.name = "a", .backend = std::string(kEncrypted)}));
  EXPECT_EQ(vault.CreateScope({.name = "a"}).error().code(), ErrorCode::kConflict);
  EXPECT_EQ(vault.Put("a", "b c", "x").error().code(), ErrorCode::kInvalid);
}

}  // namespace
}  // namespace lakesmith::secrets
