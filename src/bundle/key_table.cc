#include "bundle/key_table.h"

#include <algorithm>

namespace lakesmith::bundle {

const Field* Shape::FindField(std::string_view name) const {
  const auto found = std::ranges::find(fields, name, &Field::name);
  return found == fields.end() ? nullptr : &*found;
}

std::vector<std::string> Shape::FieldNames() const {
  std::vector<std::string> names;
  names.reserve(fields.size());
  for (const Field& field : fields) names.push_back(field.name);
  return names;
}

Field&& Field::Required() && {
  required = true;
  return std::move(*this);
}

Field&& Field::Ignored() && {
  use = FieldUse::kIgnored;
  return std::move(*this);
}

Field&& Field::Unsupported() && {
  use = FieldUse::kUnsupported;
  return std::move(*this);
}

Field&& Field::KeyCharacters() && {
  key_characters_only = true;
  return std::move(*this);
}

Field&& Field::Path(PathKind kind) && {
  path = kind;
  return std::move(*this);
}

Field&& Field::OneOf(std::vector<std::string> allowed) && {
  words = std::move(allowed);
  return std::move(*this);
}

Field&& Field::Between(int64_t lowest, int64_t highest) && {
  minimum = lowest;
  maximum = highest;
  return std::move(*this);
}

Field&& Field::AtLeast(int64_t lowest) && {
  minimum = lowest;
  return std::move(*this);
}

Field&& Field::FoldBy(std::string key) && {
  fold_by = std::move(key);
  return std::move(*this);
}

template <>
std::vector<std::pair<std::string, PauseStatus>> WordsOf<PauseStatus>() {
  return {{"UNPAUSED", PauseStatus::kUnpaused}, {"PAUSED", PauseStatus::kPaused}};
}

template <>
std::vector<std::pair<std::string, PeriodUnit>> WordsOf<PeriodUnit>() {
  return {{"MINUTES", PeriodUnit::kMinutes},
          {"HOURS", PeriodUnit::kHours},
          {"DAYS", PeriodUnit::kDays},
          {"WEEKS", PeriodUnit::kWeeks}};
}

template <>
std::vector<std::pair<std::string, RunIf>> WordsOf<RunIf>() {
  return {{"ALL_SUCCESS", RunIf::kAllSuccess},
          {"AT_LEAST_ONE_SUCCESS", RunIf::kAtLeastOneSuccess},
          {"NONE_FAILED", RunIf::kNoneFailed},
          {"ALL_DONE", RunIf::kAllDone},
          {"AT_LEAST_ONE_FAILED", RunIf::kAtLeastOneFailed},
          {"ALL_FAILED", RunIf::kAllFailed}};
}

template <>
std::vector<std::pair<std::string, ConditionOp>> WordsOf<ConditionOp>() {
  return {{"EQUAL_TO", ConditionOp::kEqualTo},
          {"NOT_EQUAL", ConditionOp::kNotEqual},
          {"GREATER_THAN", ConditionOp::kGreaterThan},
          {"GREATER_THAN_OR_EQUAL", ConditionOp::kGreaterThanOrEqual},
          {"LESS_THAN", ConditionOp::kLessThan},
          {"LESS_THAN_OR_EQUAL", ConditionOp::kLessThanOrEqual}};
}

}  // namespace lakesmith::bundle
