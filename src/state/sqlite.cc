#include "state/sqlite_internal.h"

namespace lakesmith::state {
namespace {

Error FailureOf(sqlite3* database) {
  const int code = sqlite3_errcode(database) & 0xFF;
  const char* text = sqlite3_errmsg(database);
  const char* name = sqlite3_db_filename(database, "main");
  const std::string file = name == nullptr || *name == 0 ? "state" : name;
  switch (code) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Unavailable("{}: held by another process: {}", file, text);
    case SQLITE_CANTOPEN:
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return Unavailable("{}: {}", file, text);
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
      return Corrupt("{}: {}; move the file away to start a fresh history, no table data is in it",
                     file, text);
    default:
      return Internal("{}: {}", file, text);
  }
}

}  // namespace

Statement::Statement(sqlite3* database, sqlite3_stmt* statement)
    : database_(database), statement_(statement) {}

Statement& Statement::Bind(int64_t value) {
  sqlite3_bind_int64(statement_.get(), ++bound_, value);
  return *this;
}

Statement& Statement::Bind(std::string_view value) {
  sqlite3_bind_text64(statement_.get(), ++bound_, value.data(), value.size(), SQLITE_TRANSIENT,
                      SQLITE_UTF8);
  return *this;
}

Statement& Statement::BindJson(const Json& value) {
  if (value.is_null()) {
    sqlite3_bind_null(statement_.get(), ++bound_);
    return *this;
  }
  return Bind(std::string_view(JsonText(value)));
}

Result<bool> Statement::Step() {
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return FailureOf(database_);
}

Status Statement::Run() {
  while (true) {
    const bool row = TRY(Step());
    if (!row) return {};
  }
}

int64_t Statement::Integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::Text(int column) const {
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_.get(), column));
  if (bytes == nullptr) return "";
  return {bytes, static_cast<size_t>(sqlite3_column_bytes(statement_.get(), column))};
}

Result<Json> Statement::JsonValue(int column) const {
  if (sqlite3_column_type(statement_.get(), column) == SQLITE_NULL) return Json();
  Result<Json> json = ParseJson(Text(column));
  if (!json) return Corrupt("state file: {}", json.error().message());
  return json;
}

Result<Sqlite> Sqlite::Open(const std::string& path) {
  sqlite3* raw = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
  Sqlite database;
  database.database_.reset(raw);
  if (code != SQLITE_OK) {
    return Unavailable("{}: cannot be opened: {}", path, sqlite3_errstr(code));
  }
  sqlite3_busy_timeout(raw, 10'000);
  TRY(database.Execute("PRAGMA journal_mode = WAL"));
  TRY(database.Execute("PRAGMA synchronous = NORMAL"));
  TRY(database.Execute("PRAGMA foreign_keys = ON"));
  return database;
}

Result<Statement> Sqlite::Prepare(std::string_view sql) const {
  sqlite3_stmt* raw = nullptr;
  const int code =
      sqlite3_prepare_v2(database_.get(), sql.data(), static_cast<int>(sql.size()), &raw, nullptr);
  if (code != SQLITE_OK) return FailureOf(database_.get());
  return Statement(database_.get(), raw);
}

Status Sqlite::Execute(const std::string& sql) const {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return FailureOf(database_.get());
  return {};
}

}  // namespace lakesmith::state
