#include "plan/function_registry.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

#include "base/check.h"
#include "base/nearest.h"
#include "plan/function_rules.h"
#include "plan/spark_error.h"
#include "plan/type_coercion.h"

namespace lakesmith::plan {

using types::DataType;
using types::TypeId;

namespace {

// Reads one signature; a mistake in a table is our own defect.
class SignatureReader {
 public:
  explicit SignatureReader(std::string_view text) : text_(text) {}

  void ReadInto(Function& function) {
    Expect('(');
    bool optional = false;
    while (!Take(')')) {
      if (Take('[')) optional = true;
      function.parameters.push_back(ReadType());
      if (Take("...")) {
        function.variadic = true;
      } else if (!optional) {
        ++function.required;
      }
      Take(']');
      Take(',');
    }
    if (function.variadic && function.required == function.parameters.size()) --function.required;
    CHECK(Take("->"));
    SkipSpace();
    function.result = text_.substr(at_);
    if (function.result.front() != '@' && function.result.front() != '$') {
      function.result_type = ReadType();
    }
  }

 private:
  void SkipSpace() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool Take(std::string_view token) {
    SkipSpace();
    if (text_.substr(at_, token.size()) != token) return false;
    at_ += token.size();
    return true;
  }
  bool Take(char token) { return Take(std::string_view(&token, 1)); }
  void Expect(char token) { CHECK(Take(token)); }

  ParameterType ReadType() {
    ParameterType first = ReadMarked();
    if (!Take('|')) return first;
    ParameterType any{ParameterType::Kind::kOneOf, {}, 0, {std::move(first)}};
    do {
      any.parts.push_back(ReadMarked());
    } while (Take('|'));
    return any;
  }

  ParameterType ReadMarked() {
    ParameterType type = ReadOne();
    if (Take('!')) type.exact = true;
    if (Take('#')) type.constant = true;
    return type;
  }
  ParameterType ReadOne();

  std::string_view Word() {
    SkipSpace();
    const size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) || text_[at_] == '_')) {
      ++at_;
    }
    return text_.substr(begin, at_ - begin);
  }

  int Number() {
    int number = 0;
    for (const char digit : Word()) number = number * 10 + (digit - '0');
    return number;
  }

  std::string_view text_;
  size_t at_ = 0;
};

using Kind = ParameterType::Kind;

const std::map<std::string_view, ParameterType>& NamedTypes() {
  static const auto* types = new std::map<std::string_view, ParameterType>{
      {"any", {Kind::kAny, {}, 0, {}}},
      {"numeric", {Kind::kNumeric, {}, 0, {}}},
      {"integral", {Kind::kIntegral, {}, 0, {}}},
      {"fractional", {Kind::kFractional, {}, 0, {}}},
      {"atomic", {Kind::kAtomic, {}, 0, {}}},
      {"orderable", {Kind::kOrderable, {}, 0, {}}},
      {"timestamps", {Kind::kTimestamps, {}, 0, {}}},
      {"intervals", {Kind::kIntervals, {}, 0, {}}},
      {"struct", {Kind::kStruct, {}, 0, {}}},
      {"void", {Kind::kExact, DataType::Void(), 0, {}}},
      {"boolean", {Kind::kExact, DataType::Boolean(), 0, {}}},
      {"tinyint", {Kind::kExact, DataType::Byte(), 0, {}}},
      {"smallint", {Kind::kExact, DataType::Short(), 0, {}}},
      {"int", {Kind::kExact, DataType::Int(), 0, {}}},
      {"bigint", {Kind::kExact, DataType::Long(), 0, {}}},
      {"float", {Kind::kExact, DataType::Float(), 0, {}}},
      {"double", {Kind::kExact, DataType::Double(), 0, {}}},
      {"string", {Kind::kExact, DataType::String(), 0, {}}},
      {"binary", {Kind::kExact, DataType::Binary(), 0, {}}},
      {"date", {Kind::kExact, DataType::Date(), 0, {}}},
      {"time", {Kind::kExact, DataType::Time(), 0, {}}},
      {"timestamp", {Kind::kExact, DataType::Timestamp(), 0, {}}},
      {"timestamp_ntz", {Kind::kExact, DataType::TimestampNtz(), 0, {}}},
      {"interval", {Kind::kExact, DataType::CalendarInterval(), 0, {}}},
      {"ym", {Kind::kExact, DataType::YearMonthInterval(), 0, {}}},
      {"dt", {Kind::kExact, DataType::DayTimeInterval(), 0, {}}},
      {"variant", {Kind::kExact, DataType::Variant(), 0, {}}},
  };
  return *types;
}

ParameterType SignatureReader::ReadOne() {
  const std::string_view word = Word();
  CHECK(!word.empty());
  if (word.size() == 1 && std::isupper(static_cast<unsigned char>(word[0]))) {
    return {Kind::kGeneric, {}, word[0], {}};
  }
  if (word == "array" || word == "map") {
    ParameterType nested{word == "array" ? Kind::kArray : Kind::kMap, {}, 0, {}};
    Expect('<');
    do {
      nested.parts.push_back(ReadType());
    } while (Take(','));
    Expect('>');
    return nested;
  }
  if (word == "decimal") {
    if (!Take('(')) return {Kind::kDecimal, {}, 0, {}};
    const int precision = Number();
    Expect(',');
    const int scale = Number();
    Expect(')');
    return {Kind::kExact, DataType::Decimal(precision, scale), 0, {}};
  }
  const auto found = NamedTypes().find(word);
  CHECK(found != NamedTypes().end());
  return found->second;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return lower;
}

// Rows by name; forms are parsed on first use of their name, which keeps the start of a process
// short.
class Registry {
 public:
  Registry() {
    using internal::AggregateFunctions;
    const std::array tables = {internal::MathFunctions(),       internal::OperatorFunctions(),
                               internal::StringFunctions(),     internal::DatetimeFunctions(),
                               internal::CollectionFunctions(), internal::JsonFunctions(),
                               internal::MiscFunctions(),       internal::AggregateFunctions(),
                               internal::WindowFunctions(),     internal::GeneratorFunctions(),
                               internal::UnsupportedFunctions()};
    for (const auto table : tables) {
      for (const FunctionRow& row : table) {
        Entry& entry = entries_[row.name];
        if (entry.rows.empty() && !std::string_view(row.name).starts_with("__")) {
          names_.emplace_back(row.name);
        }
        entry.rows.push_back(&row);
      }
    }
    std::sort(names_.begin(), names_.end());
  }

  const std::vector<Function>& Find(std::string_view name) {
    static const std::vector<Function> kNone;
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return kNone;
    Entry& entry = found->second;
    if (entry.functions.empty()) Parse(entry);
    return entry.functions;
  }

  const std::vector<std::string>& names() const { return names_; }

 private:
  struct Entry {
    std::vector<const FunctionRow*> rows;
    std::vector<Function> functions;
  };

  void Parse(Entry& entry) {
    for (const FunctionRow* row : entry.rows) {
      if (row->signature[0] == '=') {
        const auto target = entries_.find(row->signature + 1);
        CHECK(target != entries_.end());
        if (target->second.functions.empty()) Parse(target->second);
        entry.functions = target->second.functions;
        for (Function& function : entry.functions) function.name = row->name;
        continue;
      }
      Function function{row->name,
                        row->since,
                        row->signature,
                        row->emission,
                        row->kind,
                        row->is_volatile,
                        {},
                        0,
                        false,
                        {},
                        {}};
      SignatureReader(row->signature).ReadInto(function);
      entry.functions.push_back(std::move(function));
    }
  }

  std::mutex mutex_;
  std::unordered_map<std::string_view, Entry> entries_;
  std::vector<std::string> names_;
};

Registry& TheRegistry() {
  static auto* registry = new Registry;
  return *registry;
}

}  // namespace

const std::vector<Function>& FindFunctions(std::string_view name) {
  return TheRegistry().Find(LowerCase(name));
}

const std::vector<std::string>& FunctionNames() { return TheRegistry().names(); }

}  // namespace lakesmith::plan
