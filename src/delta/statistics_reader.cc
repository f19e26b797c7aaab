#include <simdjson.h>

#include <charconv>

#include "delta/statistics.h"
#include "delta/statistics_internal.h"

namespace lakesmith::delta {
namespace {

namespace ondemand = simdjson::ondemand;
using simdjson::error_code;
using Paths = std::span<const std::vector<std::string>>;

ondemand::parser& ThreadParser() {
  thread_local ondemand::parser parser;
  return parser;
}

// A copy with the padding that simdjson asks for; the buffer of the thread is used again and again.
simdjson::padded_string_view Padded(std::string_view text) {
  thread_local std::string buffer;
  buffer.reserve(text.size() + simdjson::SIMDJSON_PADDING);
  buffer.assign(text);
  return simdjson::padded_string_view(buffer.data(), buffer.size(), buffer.capacity());
}

error_code ReadToken(ondemand::value value, StatisticToken* token) {
  ondemand::json_type type;
  if (const error_code error = value.type().get(type)) return error;
  if (type == ondemand::json_type::string) {
    std::string_view text;
    if (const error_code error = value.get_string().get(text)) return error;
    token->text.assign(text);
    token->is_text = true;
  } else if (type == ondemand::json_type::number || type == ondemand::json_type::boolean) {
    std::string_view text = value.raw_json_token();
    const size_t end = text.find_last_not_of(" \t\r\n");
    token->text.assign(text.substr(0, end == std::string_view::npos ? 0 : end + 1));
  }
  return simdjson::SUCCESS;
}

// Visits the nested object and hands each leaf of a wanted path to `take(column, value)`.
template <typename Take>
error_code VisitLeaves(ondemand::value value, Paths paths, std::vector<size_t> candidates,
                       size_t depth, const Take& take) {
  ondemand::object object;
  if (value.get_object().get(object) != simdjson::SUCCESS) return simdjson::SUCCESS;
  for (auto field : object) {
    ondemand::field pair;
    if (const error_code error = std::move(field).get(pair)) return error;
    std::string_view key;
    if (const error_code error = pair.unescaped_key().get(key)) return error;
    std::vector<size_t> below;
    std::optional<size_t> leaf;
    for (const size_t column : candidates) {
      if (paths[column][depth] != key) continue;
      if (paths[column].size() == depth + 1) {
        leaf = column;
      } else {
        below.push_back(column);
      }
    }
    if (leaf) {
      if (const error_code error = take(*leaf, pair.value())) return error;
    } else if (!below.empty()) {
      if (const error_code error =
              VisitLeaves(pair.value(), paths, std::move(below), depth + 1, take))
        return error;
    }
  }
  return simdjson::SUCCESS;
}

std::optional<int64_t> WholeNumber(std::string_view text) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  // Some writers give counts as 3.0.
  const std::string_view rest(end, text.data() + text.size());
  if (!rest.empty() && rest != ".0") return std::nullopt;
  return number;
}

class StatisticsReader {
 public:
  StatisticsReader(Paths paths, StatisticTokens* out) : paths_(paths), out_(out) {}

  error_code Read(std::string_view stats) {
    ondemand::document document;
    ondemand::object object;
    if (const error_code error = ThreadParser().iterate(Padded(stats)).get(document)) return error;
    if (const error_code error = document.get_object().get(object)) return error;
    for (auto field : object) {
      ondemand::field pair;
      if (const error_code error = std::move(field).get(pair)) return error;
      std::string_view key;
      if (const error_code error = pair.unescaped_key().get(key)) return error;
      if (const error_code error = ReadMember(key, pair.value())) return error;
    }
    return simdjson::SUCCESS;
  }

 private:
  error_code ReadMember(std::string_view key, ondemand::value value) {
    if (key == "numRecords" || key == "tightBounds") {
      StatisticToken token;
      if (const error_code error = ReadToken(value, &token)) return error;
      if (key == "numRecords") {
        out_->num_records = WholeNumber(token.text);
      } else {
        out_->tight_bounds = token.text != "false";
      }
      return simdjson::SUCCESS;
    }
    if (key == "minValues") return ReadPart(value, &ColumnTokens::min);
    if (key == "maxValues") return ReadPart(value, &ColumnTokens::max);
    if (key == "nullCount") return ReadPart(value, &ColumnTokens::null_count);
    return simdjson::SUCCESS;
  }

  error_code ReadPart(ondemand::value value, StatisticToken ColumnTokens::* part) {
    std::vector<size_t> all(paths_.size());
    for (size_t i = 0; i < all.size(); ++i) all[i] = i;
    return VisitLeaves(value, paths_, std::move(all), 0, [&](size_t column, ondemand::value leaf) {
      return ReadToken(leaf, &(out_->columns[column].*part));
    });
  }

  Paths paths_;
  StatisticTokens* out_;
};

}  // namespace

Result<StatisticTokens> ReadStatistics(std::string_view stats, Paths physical_paths) {
  StatisticTokens tokens;
  tokens.columns.resize(physical_paths.size());
  if (stats.empty()) return tokens;
  if (const error_code error = StatisticsReader(physical_paths, &tokens).Read(stats)) {
    return Corrupt("file statistics are not JSON: {}", simdjson::error_message(error));
  }
  return tokens;
}

std::optional<int64_t> NumRecords(std::string_view stats) {
  if (stats.empty()) return std::nullopt;
  const Result<StatisticTokens> tokens = ReadStatistics(stats, {});
  return tokens ? tokens->num_records : std::nullopt;
}

}  // namespace lakesmith::delta
