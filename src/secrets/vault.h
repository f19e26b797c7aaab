#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "secrets/secret_key.h"
#include "state/state.h"

namespace lakesmith::secrets {

// Backends of a scope, as they are kept.
inline constexpr std::string_view kEncrypted = "LAKESMITH";
inline constexpr std::string_view kEnvironment = "ENVIRONMENT";
inline constexpr std::string_view kFile = "FILE";

// The secrets of a project: scopes with keys. Values of encrypted scopes are sealed in the state
// file; those of environment scopes are variables PREFIX + KEY in upper case, with `_` for what is
// no letter or digit; those of file scopes are lines KEY=VALUE of a file, or the files of a folder.
// Every value that is read is made known to the process's Redactor. Thread-safe.
class Vault {
 public:
  // Borrows the store. The key is looked for when it is first needed.
  Vault(state::Store& store, std::map<std::string, std::string> environment)
      : store_(store), environment_(std::move(environment)) {}

  // Errors: kInvalid for a name with other characters than letters, digits, `_`, `-`, `@`, `.` or
  // longer than 128; kConflict when it is there.
  Status CreateScope(state::SecretScope scope);
  // Errors: kNotFound with the nearest name.
  Result<state::SecretScope> FindScope(std::string_view name);

  // Errors: kUnsupported for a scope that is not encrypted here; kInvalid for a wrong name of a
  // key, or a value above 128 KiB; those of the key.
  Status Put(std::string_view scope, std::string_view key, std::string_view value);
  // Errors: kNotFound with the nearest name; those of the key; kCorrupt.
  Result<std::string> Get(std::string_view scope, std::string_view key);
  // In order of key; the time of the last change in milliseconds since 1970, 0 where unknown.
  struct Listed {
    std::string key;
    int64_t updated_millis = 0;
  };
  Result<std::vector<Listed>> List(std::string_view scope);
  Status Delete(std::string_view scope, std::string_view key);

  // Replaces each `{{secrets/scope/key}}` of a text. Errors: those of Get.
  Result<std::string> Expand(std::string_view text);
  // Reads all values, so that the Redactor knows them. What cannot be read is left out: nobody else
  // can read it either.
  void LearnAll();

 private:
  Result<const SecretKey*> Key(bool make);
  Result<std::map<std::string, std::string>> ReadFileScope(const state::SecretScope& scope) const;
  std::map<std::string, std::string> ReadEnvironmentScope(const state::SecretScope& scope) const;
  Result<std::string> GetSealed(const std::string& scope, std::string_view key);

  state::Store& store_;
  const std::map<std::string, std::string> environment_;
  std::mutex mutex_;              // Guards key_.
  std::optional<SecretKey> key_;  // Once it was needed.
};

}  // namespace lakesmith::secrets
