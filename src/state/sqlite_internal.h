#pragma once

#include <sqlite3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/json.h"
#include "base/result.h"

namespace lakesmith::state {

// One prepared statement. Values are bound in order; columns are read by position from 0.
class Statement {
 public:
  Statement(sqlite3* database, sqlite3_stmt* statement);

  Statement& Bind(int64_t value);
  Statement& Bind(std::string_view value);
  Statement& BindJson(const Json& value);

  // True when there is a row. Errors: kUnavailable when the file is busy for too long, else
  // kInternal.
  Result<bool> Step();
  // Runs a statement that gives no rows.
  Status Run();

  int64_t Integer(int column) const;
  std::string Text(int column) const;
  // null where the column is empty. Errors: kCorrupt.
  Result<Json> JsonValue(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  sqlite3* database_;
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;
};

// One open database. Used under the lock of its store.
class Sqlite {
 public:
  // Errors: kUnavailable, kCorrupt.
  static Result<Sqlite> Open(const std::string& path);

  Result<Statement> Prepare(std::string_view sql) const;
  // Runs statements without parameters or rows.
  Status Execute(const std::string& sql) const;
  int64_t last_row_id() const { return sqlite3_last_insert_rowid(database_.get()); }
  int64_t changes() const { return sqlite3_changes64(database_.get()); }

 private:
  struct Close {
    void operator()(sqlite3* database) const { sqlite3_close_v2(database); }
  };
  std::unique_ptr<sqlite3, Close> database_;
};

// Creates the tables or brings them up to date. Errors: kUnsupported when the file is newer than
// this program.
Status Migrate(const Sqlite& database);

}  // namespace lakesmith::state
