#include "engine/row_stream.h"

#include <iterator>
#include <utility>

namespace lakesmith::engine {

Result<std::vector<Row>> Collect(RowStream& stream) {
  std::vector<Row> rows;
  while (true) {
    std::vector<Row> batch = TRY(stream.Next());
    if (batch.empty()) return rows;
    rows.insert(rows.end(), std::make_move_iterator(batch.begin()),
                std::make_move_iterator(batch.end()));
  }
}

}  // namespace lakesmith::engine
