// The bare embedded library doing what `lakesmith sql -e 'select 1'` does: the bound of
// bench/startup.
#include <duckdb.h>

#include <cstdio>

int main() {
  duckdb_database database = nullptr;
  duckdb_connection connection = nullptr;
  duckdb_result result;
  if (duckdb_open(nullptr, &database) != DuckDBSuccess ||
      duckdb_connect(database, &connection) != DuckDBSuccess ||
      duckdb_query(connection, "SELECT 1", &result) != DuckDBSuccess) {
    return 1;
  }
  std::printf("%d\n", duckdb_value_int32(&result, 0, 0));
  duckdb_destroy_result(&result);
  duckdb_disconnect(&connection);
  duckdb_close(&database);
  return 0;
}
