#include "delta/data_skipping.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <limits>
#include <optional>

#include "delta/column_mapping.h"
#include "delta/partition_values.h"
#include "delta/scalar_text_internal.h"
#include "delta/statistics.h"
#include "delta/statistics_internal.h"

namespace lakesmith::delta {
namespace {

using types::DataType;
using types::Int128;
using types::TypeId;
using types::Value;
using Kind = Predicate::Kind;
using Order = std::partial_ordering;

// Whether a condition holds: for no row, for every row, or it cannot be told.
enum class Outcome { kNo, kYes, kMaybe };

std::optional<Int128> Rescaled(const types::DecimalValue& value, int scale) {
  Int128 number = value.unscaled;
  for (int i = value.scale; i < scale; ++i) {
    if (__builtin_mul_overflow(number, static_cast<Int128>(10), &number)) return std::nullopt;
  }
  return number;
}

std::optional<types::DecimalValue> AsDecimal(const Value& value) {
  if (const auto* decimal = std::get_if<types::DecimalValue>(&value.storage())) return *decimal;
  if (const auto* integer = std::get_if<int64_t>(&value.storage()))
    return types::DecimalValue{*integer, 0};
  return std::nullopt;
}

std::optional<long double> AsFloating(const Value& value) {
  if (const auto* number = std::get_if<double>(&value.storage())) return *number;
  if (const auto* number = std::get_if<float>(&value.storage())) return *number;
  // Every int64 is exact in the 64 bits of a long double's mantissa.
  if (const auto* number = std::get_if<int64_t>(&value.storage()))
    return static_cast<long double>(*number);
  return std::nullopt;
}

template <typename T>
std::optional<Order> CompareAs(const Value& a, const Value& b) {
  const T* left = std::get_if<T>(&a.storage());
  const T* right = std::get_if<T>(&b.storage());
  if (left == nullptr || right == nullptr) return std::nullopt;
  return *left <=> *right;
}

// Order of two values that are not null; unordered when they cannot be compared exactly.
Order Compare(const Value& a, const Value& b) {
  if (const auto order = CompareAs<int64_t>(a, b)) return *order;
  if (const auto order = CompareAs<std::string>(a, b)) return *order;
  if (const auto order = CompareAs<types::DateValue>(a, b)) return *order;
  if (const auto order = CompareAs<types::TimestampValue>(a, b)) return *order;
  if (const auto order = CompareAs<bool>(a, b)) return *order;
  const std::optional<types::DecimalValue> left = AsDecimal(a);
  const std::optional<types::DecimalValue> right = AsDecimal(b);
  if (left && right) {
    const int scale = std::max(left->scale, right->scale);
    const std::optional<Int128> left_number = Rescaled(*left, scale);
    const std::optional<Int128> right_number = Rescaled(*right, scale);
    if (!left_number || !right_number) return Order::unordered;
    return *left_number < *right_number   ? Order::less
           : *left_number > *right_number ? Order::greater
                                          : Order::equivalent;
  }
  const std::optional<long double> left_floating = AsFloating(a);
  const std::optional<long double> right_floating = AsFloating(b);
  if (left_floating && right_floating) return *left_floating <=> *right_floating;
  return Order::unordered;
}

bool IsFloating(const Value& value) {
  return std::holds_alternative<double>(value.storage()) ||
         std::holds_alternative<float>(value.storage());
}

CompareOp Opposite(CompareOp op) {
  switch (op) {
    case CompareOp::kEqual:
      return CompareOp::kNotEqual;
    case CompareOp::kNotEqual:
      return CompareOp::kEqual;
    case CompareOp::kLess:
      return CompareOp::kGreaterOrEqual;
    case CompareOp::kLessOrEqual:
      return CompareOp::kGreater;
    case CompareOp::kGreater:
      return CompareOp::kLessOrEqual;
    case CompareOp::kGreaterOrEqual:
      return CompareOp::kLess;
    case CompareOp::kNullSafeEqual:
      break;
  }
  return op;
}

Predicate Negated(const Predicate& predicate);

// The predicate without kNot, by De Morgan; what has no simple opposite becomes unknown.
Predicate WithoutNot(const Predicate& predicate) {
  if (predicate.kind == Kind::kNot) return Negated(predicate.children.at(0));
  Predicate plain = predicate;
  for (Predicate& child : plain.children) child = WithoutNot(child);
  return plain;
}

Predicate Negated(const Predicate& predicate) {
  Predicate negated = predicate;
  switch (predicate.kind) {
    case Kind::kNot:
      return WithoutNot(predicate.children.at(0));
    case Kind::kCompare:
      if (predicate.op == CompareOp::kNullSafeEqual) return Predicate::Unknown();
      negated.op = Opposite(predicate.op);
      return negated;
    case Kind::kIsNull:
      negated.kind = Kind::kIsNotNull;
      return negated;
    case Kind::kIsNotNull:
      negated.kind = Kind::kIsNull;
      return negated;
    case Kind::kIn: {
      std::vector<Predicate> parts;
      parts.reserve(predicate.literals.size());
      for (const Value& literal : predicate.literals) {
        parts.push_back(Predicate::Compare(predicate.column, CompareOp::kNotEqual, literal));
      }
      return Predicate::And(std::move(parts));
    }
    case Kind::kAnd:
    case Kind::kOr:
      negated.kind = predicate.kind == Kind::kAnd ? Kind::kOr : Kind::kAnd;
      for (Predicate& child : negated.children) child = Negated(child);
      return negated;
    case Kind::kUnknown:
    case Kind::kFalse:
    case Kind::kStartsWith:
      return Predicate::Unknown();
  }
  return Predicate::Unknown();
}

Outcome Decide(bool holds) { return holds ? Outcome::kYes : Outcome::kNo; }

Outcome ComparisonOutcome(Order order, CompareOp op) {
  if (order == Order::unordered) return Outcome::kMaybe;
  switch (op) {
    case CompareOp::kEqual:
    case CompareOp::kNullSafeEqual:
      return Decide(order == Order::equivalent);
    case CompareOp::kNotEqual:
      return Decide(order != Order::equivalent);
    case CompareOp::kLess:
      return Decide(order == Order::less);
    case CompareOp::kLessOrEqual:
      return Decide(order != Order::greater);
    case CompareOp::kGreater:
      return Decide(order == Order::greater);
    case CompareOp::kGreaterOrEqual:
      return Decide(order != Order::less);
  }
  return Outcome::kMaybe;
}

// What is known of one column's values in one file.
struct ColumnFacts {
  bool known_value = false;  // `value` is the value of every row.
  Value value;
  Value min;  // Null: unknown.
  Value max;
  bool no_nulls = false;
  bool all_null = false;
};

// A compiled leaf or inner node.
struct Node {
  Kind kind = Kind::kUnknown;
  size_t column = 0;
  CompareOp op = CompareOp::kEqual;
  std::vector<Value> literals;
  std::vector<Node> children;
};

struct Column {
  std::vector<std::string> logical_path;
  std::vector<std::string> physical_path;
  DataType type;
  bool is_partition = false;
};

Outcome CompareKnown(const Value& value, CompareOp op, const Value& literal) {
  if (op == CompareOp::kNullSafeEqual && (value.is_null() || literal.is_null())) {
    return Decide(value.is_null() && literal.is_null());
  }
  if (value.is_null() || literal.is_null()) return Outcome::kNo;
  return ComparisonOutcome(Compare(value, literal), op);
}

bool CannotBeEqual(const ColumnFacts& facts, const Value& literal) {
  const bool below = !facts.min.is_null() && Compare(literal, facts.min) == Order::less;
  const bool above = !facts.max.is_null() && Compare(literal, facts.max) == Order::greater;
  return below || above;
}

// From bounds alone "no row" is all that can be proved.
Outcome CompareBounds(const ColumnFacts& facts, CompareOp op, const Value& literal) {
  if (literal.is_null()) {
    const bool impossible = op != CompareOp::kNullSafeEqual || facts.no_nulls;
    return impossible ? Outcome::kNo : Outcome::kMaybe;
  }
  if (facts.all_null) return Outcome::kNo;
  const Order to_min = facts.min.is_null() ? Order::unordered : Compare(facts.min, literal);
  const Order to_max = facts.max.is_null() ? Order::unordered : Compare(facts.max, literal);
  // NaN is greater than all, and bounds of many writers leave it out.
  const bool may_hide_nan = IsFloating(facts.max) || IsFloating(literal);
  bool impossible = false;
  switch (op) {
    case CompareOp::kEqual:
    case CompareOp::kNullSafeEqual:
      impossible = CannotBeEqual(facts, literal);
      break;
    case CompareOp::kNotEqual:
      impossible = !may_hide_nan && to_min == Order::equivalent && to_max == Order::equivalent;
      break;
    case CompareOp::kLess:
      impossible = to_min == Order::greater || to_min == Order::equivalent;
      break;
    case CompareOp::kLessOrEqual:
      impossible = to_min == Order::greater;
      break;
    case CompareOp::kGreater:
      impossible = !may_hide_nan && (to_max == Order::less || to_max == Order::equivalent);
      break;
    case CompareOp::kGreaterOrEqual:
      impossible = !may_hide_nan && to_max == Order::less;
      break;
  }
  return impossible ? Outcome::kNo : Outcome::kMaybe;
}

Outcome CompareFacts(const ColumnFacts& facts, CompareOp op, const Value& literal) {
  return facts.known_value ? CompareKnown(facts.value, op, literal)
                           : CompareBounds(facts, op, literal);
}

Outcome StartsWithOutcome(const ColumnFacts& facts, const Value& prefix) {
  const auto* text = std::get_if<std::string>(&prefix.storage());
  if (text == nullptr) return Outcome::kMaybe;
  if (facts.known_value) {
    const auto* value = std::get_if<std::string>(&facts.value.storage());
    if (value == nullptr) return facts.value.is_null() ? Outcome::kNo : Outcome::kMaybe;
    return Decide(value->starts_with(*text));
  }
  if (facts.all_null) return Outcome::kNo;
  const auto* min = std::get_if<std::string>(&facts.min.storage());
  const auto* max = std::get_if<std::string>(&facts.max.storage());
  if (min != nullptr && min->substr(0, text->size()) > *text) return Outcome::kNo;
  if (max != nullptr && *max < *text) return Outcome::kNo;
  return Outcome::kMaybe;
}

Outcome NullOutcome(const ColumnFacts& facts, bool wanted) {
  if (facts.known_value) return Decide(facts.value.is_null() == wanted);
  if (facts.all_null) return Decide(wanted);
  if (facts.no_nulls) return Decide(!wanted);
  return Outcome::kMaybe;
}

Outcome Evaluate(const Node& node, const std::vector<ColumnFacts>& facts);

// And: kNo as soon as one child says so. Or: the mirror image.
Outcome Combine(const Node& node, const std::vector<ColumnFacts>& facts, Outcome decisive,
                Outcome neutral) {
  Outcome outcome = neutral;
  for (const Node& child : node.children) {
    const Outcome part = Evaluate(child, facts);
    if (part == decisive) return decisive;
    if (part == Outcome::kMaybe) outcome = Outcome::kMaybe;
  }
  return outcome;
}

Outcome EvaluateIn(const Node& node, const ColumnFacts& facts) {
  Outcome outcome = Outcome::kNo;
  for (const Value& literal : node.literals) {
    const Outcome part = CompareFacts(facts, CompareOp::kEqual, literal);
    if (part == Outcome::kYes) return part;
    if (part == Outcome::kMaybe) outcome = part;
  }
  return outcome;
}

Outcome Evaluate(const Node& node, const std::vector<ColumnFacts>& facts) {
  switch (node.kind) {
    case Kind::kFalse:
      return Outcome::kNo;
    case Kind::kCompare:
      return CompareFacts(facts[node.column], node.op, node.literals.at(0));
    case Kind::kIn:
      return EvaluateIn(node, facts[node.column]);
    case Kind::kIsNull:
      return NullOutcome(facts[node.column], true);
    case Kind::kIsNotNull:
      return NullOutcome(facts[node.column], false);
    case Kind::kStartsWith:
      return StartsWithOutcome(facts[node.column], node.literals.at(0));
    case Kind::kAnd:
      return Combine(node, facts, Outcome::kNo, Outcome::kYes);
    case Kind::kOr:
      return Combine(node, facts, Outcome::kYes, Outcome::kNo);
    case Kind::kUnknown:
    case Kind::kNot:
      return Outcome::kMaybe;
  }
  return Outcome::kMaybe;
}

// A bound of the statistics; null where it is not known.
Value BoundOf(const StatisticToken& token, const DataType& type, bool is_max) {
  if (!token.present() || token.text == "NaN") return {};
  if (type.is(TypeId::kTimestamp)) {
    // Without an offset it is not known in which zone the writer meant it.
    const bool has_offset =
        token.text.ends_with('Z') || token.text.find_last_of("+-") > token.text.find('T');
    if (token.text.find('T') == std::string::npos || !has_offset) return {};
  }
  std::optional<Value> value = ParseScalarText(token.text, type);
  if (!value) return {};
  if (const auto* time = std::get_if<types::TimestampValue>(&value->storage());
      time != nullptr && is_max) {
    // Writers cut bounds down to milliseconds.
    const int64_t micros = time->micros;
    return types::TimestampValue{
        micros > std::numeric_limits<int64_t>::max() - 1000 ? micros : micros + 1000};
  }
  return *std::move(value);
}

}  // namespace

struct FileSkipper::Compiled {
  Node root;
  std::vector<Column> columns;
  std::vector<size_t> data_columns;  // Positions in `columns`; paths in parallel below.
  std::vector<std::vector<std::string>> data_paths;
  bool has_unknown = false;

  Node Compile(const Predicate& predicate, const Snapshot& snapshot);
  std::optional<size_t> FindColumn(const std::vector<std::string>& path, const Snapshot& snapshot);
  void AddPartitionFacts(const AddFile& file, std::vector<ColumnFacts>* facts) const;
  void AddStatisticFacts(const AddFile& file, std::vector<ColumnFacts>* facts) const;
};

Node FileSkipper::Compiled::Compile(const Predicate& predicate, const Snapshot& snapshot) {
  Node node{.kind = predicate.kind, .op = predicate.op, .literals = predicate.literals};
  for (const Predicate& child : predicate.children)
    node.children.push_back(Compile(child, snapshot));
  if (!predicate.column.empty()) {
    const std::optional<size_t> column = FindColumn(predicate.column, snapshot);
    if (column) {
      node.column = *column;
    } else {
      node = Node{};
    }
  }
  if (node.kind == Kind::kUnknown) has_unknown = true;
  return node;
}

std::optional<size_t> FileSkipper::Compiled::FindColumn(const std::vector<std::string>& path,
                                                        const Snapshot& snapshot) {
  const DataType* type = &snapshot.schema();
  std::optional<size_t> top;
  Column column;
  for (const std::string& part : path) {
    const std::optional<size_t> index =
        type->is(TypeId::kStruct) ? type->FieldIndex(part) : std::nullopt;
    if (!index) return std::nullopt;
    if (!top) top = index;
    const types::StructField& field = type->fields()[*index];
    column.logical_path.push_back(field.name);
    column.physical_path.push_back(PhysicalName(field, snapshot.properties().column_mapping_mode));
    type = &field.type;
  }
  // Comparisons of char pad with blanks, and nested values have no bounds.
  if (type->IsNested() || type->is(TypeId::kChar)) return std::nullopt;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].physical_path == column.physical_path) return i;
  }
  column.type = *type;
  column.is_partition = path.size() == 1 && snapshot.IsPartitionColumn(*top);
  if (!column.is_partition) {
    data_columns.push_back(columns.size());
    data_paths.push_back(column.physical_path);
  }
  columns.push_back(std::move(column));
  return columns.size() - 1;
}

void FileSkipper::Compiled::AddPartitionFacts(const AddFile& file,
                                              std::vector<ColumnFacts>* facts) const {
  for (size_t i = 0; i < columns.size(); ++i) {
    const Column& column = columns[i];
    if (!column.is_partition) continue;
    const std::string* text = file.PartitionText(column.physical_path.front());
    Result<Value> value =
        ParsePartitionValue(text ? std::optional(*text) : std::nullopt, column.type);
    if (!value) continue;
    (*facts)[i].known_value = true;
    (*facts)[i].value = *std::move(value);
  }
}

void FileSkipper::Compiled::AddStatisticFacts(const AddFile& file,
                                              std::vector<ColumnFacts>* facts) const {
  if (data_columns.empty() || file.stats.empty()) return;
  const Result<StatisticTokens> tokens = ReadStatistics(file.stats, data_paths);
  if (!tokens) return;
  for (size_t i = 0; i < data_columns.size(); ++i) {
    const Column& column = columns[data_columns[i]];
    ColumnFacts& fact = (*facts)[data_columns[i]];
    fact.min = BoundOf(tokens->columns[i].min, column.type, false);
    fact.max = BoundOf(tokens->columns[i].max, column.type, true);
    const std::optional<int64_t> null_count = ParseIntegerText(tokens->columns[i].null_count.text);
    fact.no_nulls = null_count == 0;
    fact.all_null =
        null_count && tokens->num_records && *null_count == *tokens->num_records && *null_count > 0;
  }
}

FileSkipper::FileSkipper(const Snapshot& snapshot, const Predicate& predicate)
    : compiled_(std::make_unique<Compiled>()) {
  compiled_->root = compiled_->Compile(WithoutNot(predicate), snapshot);
}
FileSkipper::~FileSkipper() = default;
FileSkipper::FileSkipper(FileSkipper&&) noexcept = default;

bool FileSkipper::CanMatch(const AddFile& file) const {
  std::vector<ColumnFacts> facts(compiled_->columns.size());
  compiled_->AddPartitionFacts(file, &facts);
  if (Evaluate(compiled_->root, facts) == Outcome::kNo) return false;
  if (compiled_->data_columns.empty()) return true;
  compiled_->AddStatisticFacts(file, &facts);
  return Evaluate(compiled_->root, facts) != Outcome::kNo;
}

bool FileSkipper::CanMatchPartition(const AddFile& file) const {
  std::vector<ColumnFacts> facts(compiled_->columns.size());
  compiled_->AddPartitionFacts(file, &facts);
  return Evaluate(compiled_->root, facts) != Outcome::kNo;
}

bool FileSkipper::OnlyPartitionColumns() const {
  return compiled_->data_columns.empty() && !compiled_->has_unknown;
}

bool FileSkipper::AllMatchPartition(const AddFile& file) const {
  std::vector<ColumnFacts> facts(compiled_->columns.size());
  compiled_->AddPartitionFacts(file, &facts);
  return Evaluate(compiled_->root, facts) == Outcome::kYes;
}

}  // namespace lakesmith::delta
