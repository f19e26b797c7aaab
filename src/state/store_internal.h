#pragma once

#include <utility>
#include <vector>

#include "base/redaction.h"
#include "state/sqlite_internal.h"
#include "state/state.h"

namespace lakesmith::state {

// What is written to the file: without the secrets that this process knows.
inline std::string Clean(std::string_view text) { return Redactor::OfProcess().Redact(text); }
inline Json CleanJson(const Json& json) { return Redactor::OfProcess().RedactJson(json); }

// What a store keeps of its one connection.
class Store::Connection {
 public:
  explicit Connection(Sqlite database) : database(std::move(database)) {}
  Sqlite database;
};

// All rows of a statement whose values are bound.
template <typename Read>
auto ReadAll(Statement& statement, Read read)
    -> Result<std::vector<typename decltype(read(statement))::value_type>> {
  std::vector<typename decltype(read(statement))::value_type> rows;
  while (true) {
    const bool more = TRY(statement.Step());
    if (!more) return rows;
    rows.push_back(TRY(read(statement)));
  }
}

}  // namespace lakesmith::state
