#include <algorithm>
#include <array>

#include "base/result.h"
#include "plan/pretty_internal.h"

namespace lakesmith::plan {
namespace {

// Shown in capitals, as Spark's mathematical expressions are named.
constexpr std::string_view kCapitals[] = {
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "cbrt",
    "cos",
    "cosh",
    "cot",
    "csc",
    "degrees",
    "e",
    "exp",
    "expm1",
    "hypot",
    "log",
    "log10",
    "log1p",
    "log2",
    "pi",
    "power",
    "radians",
    "sec",
    "signum",
    "sin",
    "sinh",
    "sqrt",
    "tan",
    "tanh",
    "regexp",
    "rlike",
    "regexp_like",
    "rank",
    "dense_rank",
    "spark_partition_id",
    "percent_rank",
};

struct Renamed {
  std::string_view name;
  std::string_view shown;
};
constexpr Renamed kRenamed[] = {
    {"array_agg", "collect_list"}, {"curdate", "current_date"},
    {"dateadd", "date_add"},       {"random", "rand"},
    {"to_varchar", "to_char"},
};

constexpr std::string_view kTimePattern = "yyyy-MM-dd HH:mm:ss";
constexpr std::string_view kUnchanged =
    "lambdafunction(namedlambdavariable(), namedlambdavariable())";
constexpr std::string_view kArrayOrder =
    "lambdafunction((IF(((namedlambdavariable() IS NULL) AND (namedlambdavariable() IS NULL)), 0, "
    "(IF((namedlambdavariable() IS NULL), 1, (IF((namedlambdavariable() IS NULL), -1, "
    "(IF((namedlambdavariable() < namedlambdavariable()), -1, (IF((namedlambdavariable() > "
    "namedlambdavariable()), 1, 0)))))))))), namedlambdavariable(), namedlambdavariable())";

// `defaults` stand for the last arguments of `total`, where they are not written.
struct Defaults {
  std::string_view name;
  size_t total;
  std::array<std::string_view, 7> values;
  size_t count;
};
constexpr Defaults kDefaults[] = {
    {"aes_decrypt", 5, {"GCM", "DEFAULT", ""}, 3},
    {"aes_encrypt", 6, {"GCM", "DEFAULT", "", ""}, 4},
    {"approx_percentile", 3, {"10000"}, 1},
    {"approx_top_k", 3, {"5", "10000"}, 2},
    {"aggregate", 4, {kUnchanged}, 1},
    {"array_sort", 2, {kArrayOrder}, 1},
    {"bround", 2, {"0"}, 1},
    {"charindex", 3, {"1"}, 1},
    {"current_time", 1, {"6"}, 1},
    {"from_unixtime", 2, {kTimePattern}, 1},
    {"lag", 3, {"1", "NULL"}, 2},
    {"lead", 3, {"1", "NULL"}, 2},
    {"listagg", 2, {"NULL"}, 1},
    {"locate", 3, {"1"}, 1},
    {"lpad", 3, {" "}, 1},
    {"make_dt_interval", 4, {"0", "0", "0", "0.000000"}, 4},
    {"make_interval", 7, {"0", "0", "0", "0", "0", "0", "0.000000"}, 7},
    {"make_ym_interval", 2, {"0", "0"}, 2},
    {"mask", 5, {"X", "x", "n", "NULL"}, 4},
    {"months_between", 3, {"true"}, 1},
    {"ntile", 1, {"1"}, 1},
    {"overlay", 4, {"-1"}, 1},
    {"percentile", 3, {"1"}, 1},
    {"percentile_approx", 3, {"10000"}, 1},
    {"position", 3, {"1"}, 1},
    {"reduce", 4, {kUnchanged}, 1},
    {"regexp_extract", 3, {"1"}, 1},
    {"regexp_extract_all", 3, {"1"}, 1},
    {"regexp_instr", 3, {"0"}, 1},
    {"regexp_replace", 4, {"1"}, 1},
    {"replace", 3, {""}, 1},
    {"round", 2, {"0"}, 1},
    {"rpad", 3, {" "}, 1},
    {"sentences", 3, {"", ""}, 2},
    {"sort_array", 2, {"true"}, 1},
    {"split", 3, {"-1"}, 1},
    {"str_to_map", 3, {",", ":"}, 2},
    {"string_agg", 2, {"NULL"}, 1},
    {"substr", 3, {"2147483647"}, 1},
    {"substring", 3, {"2147483647"}, 1},
    {"to_unix_timestamp", 2, {kTimePattern}, 1},
    {"try_aes_decrypt", 5, {"GCM", "DEFAULT", ""}, 3},
    {"try_make_interval", 7, {"0", "0", "0", "0", "0", "0", "0.000000"}, 7},
    {"unix_timestamp", 2, {"current_timestamp()", kTimePattern}, 2},
};

// The most arguments of a function that shows fewer than may be written.
constexpr struct {
  std::string_view name;
  size_t shown;
} kCut[] = {{"approx_count_distinct", 1},
            {"to_json", 1},
            {"to_csv", 1},
            {"schema_of_json", 1},
            {"schema_of_csv", 1},
            {"mode", 1},
            {"nth_value", 2},
            {"rank", 0},
            {"dense_rank", 0},
            {"percent_rank", 0}};

bool IsCapital(std::string_view name) {
  return std::find(std::begin(kCapitals), std::end(kCapitals), name) != std::end(kCapitals);
}

std::string ShownName(std::string_view name, size_t arguments) {
  for (const Renamed& renamed : kRenamed) {
    if (renamed.name == name) return std::string(renamed.shown);
  }
  const bool rounds = (name == "ceil" || name == "floor") && arguments == 1;
  std::string shown(name);
  if (!rounds && !IsCapital(name)) return shown;
  for (char& c : shown) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return shown;
}

void AddDefaults(std::string_view name, std::vector<std::string>& arguments) {
  for (const Defaults& defaults : kDefaults) {
    if (defaults.name != name) continue;
    const size_t written = defaults.total - defaults.count;
    if (arguments.size() < written) return;
    for (size_t i = arguments.size() - written; i < defaults.count; ++i) {
      arguments.emplace_back(defaults.values[i]);
    }
    return;
  }
}

}  // namespace

std::string CallName(std::string_view name, std::string_view quantifier,
                     std::vector<std::string> arguments) {
  if (name == "positive" && arguments.size() == 1) return fmt::format("(+ {})", arguments[0]);
  if (name == "like" && arguments.size() >= 2) {
    const std::string escape =
        arguments.size() > 2 ? fmt::format(" ESCAPE '{}'", arguments[2]) : std::string();
    return fmt::format("{} LIKE {}{}", arguments[0], arguments[1], escape);
  }
  if (name == "datepart" && arguments.size() == 2)
    return fmt::format("datepart({} FROM {})", arguments[0], arguments[1]);
  if (arguments.size() == 2 && (name == "trim" || name == "ltrim" || name == "rtrim")) {
    return fmt::format("TRIM({} {} FROM {})",
                       name == "trim"    ? "BOTH"
                       : name == "ltrim" ? "LEADING"
                                         : "TRAILING",
                       arguments[1], arguments[0]);
  }
  if (name == "convert_timezone" && arguments.size() == 2) {
    arguments.insert(arguments.begin(), "current_timezone()");
  }
  if (name == "try_to_time") {
    return fmt::format("try_to_time(to_time({}))", fmt::join(arguments, ", "));
  }
  const bool of_date = name == "make_timestamp_ltz" || name == "try_make_timestamp_ltz";
  if (of_date && arguments.size() <= 3) name = "make_timestamp";
  if (name == "log" && arguments.size() == 1) arguments.insert(arguments.begin(), "E()");
  if (name == "assert_true" && arguments.size() == 1) {
    arguments.push_back(fmt::format("'{}' is not true!", arguments[0]));
  }
  if (name == "raise_error" && arguments.size() == 1) {
    arguments = {"USER_RAISED_EXCEPTION", fmt::format("map(errorMessage, {})", arguments[0])};
  }
  AddDefaults(name, arguments);
  for (const auto& cut : kCut) {
    if (cut.name == name && arguments.size() > cut.shown) arguments.resize(cut.shown);
  }
  return fmt::format("{}({}{})", ShownName(name, arguments.size()), quantifier,
                     fmt::join(arguments, ", "));
}

}  // namespace lakesmith::plan
