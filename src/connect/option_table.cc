#include <algorithm>
#include <array>
#include <cctype>

#include "connect/option_table_internal.h"

namespace lakesmith::connect {
namespace {

using enum OptionUse;

// Source: compatibility notes, "read_files".
constexpr std::array kRules = {
    OptionRule{"format", kHandled},
    OptionRule{"schema", kHandled},
    OptionRule{"schemaHints", kHandled},
    OptionRule{"inferColumnTypes", kHandled},
    OptionRule{"schemaEvolutionMode", kHandled},
    OptionRule{"rescuedDataColumn", kHandled},
    OptionRule{"partitionColumns", kHandled},
    OptionRule{"pathGlobFilter", kHandled},
    OptionRule{"fileNamePattern", kHandled},
    OptionRule{"recursiveFileLookup", kHandled},
    OptionRule{"useStrictGlobber", kHandled},
    OptionRule{"modifiedAfter", kHandled},
    OptionRule{"modifiedBefore", kHandled},
    OptionRule{"includeExistingFiles", kHandled},
    OptionRule{"allowOverwrites", kHandled},
    OptionRule{"maxFilesPerTrigger", kHandled},
    OptionRule{"maxBytesPerTrigger", kHandled},
    OptionRule{"ignoreMissingFiles", kHandled},
    OptionRule{"path", kHandled},
    // Where and how the original keeps its own state, or learns of files.
    OptionRule{"schemaLocation", kIgnored},
    OptionRule{"useNotifications", kIgnored},
    OptionRule{"useManagedFileEvents", kIgnored},
    OptionRule{"backfillInterval", kIgnored},
    OptionRule{"useIncrementalListing", kIgnored},
    OptionRule{"validateOptions", kIgnored},
    OptionRule{"maxColumns", kIgnored},
    OptionRule{"datetimeRebaseMode", kIgnored},
    OptionRule{"int96RebaseMode", kIgnored},
    OptionRule{"mergeSchema", kIgnored},
    OptionRule{"ignoreCorruptFiles", kUnsupported, "false"},
    OptionRule{"maxFileAge", kUnsupported},
    OptionRule{"cleanSource", kUnsupported, "OFF"},
    OptionRule{"cleanSource.moveDestination", kUnsupported},
    OptionRule{"cleanSource.retentionDuration", kUnsupported},
    OptionRule{"singleVariantColumn", kUnsupported},
    OptionRule{"mode", kUnsupported, "FAILFAST"},
    OptionRule{"columnNameOfCorruptRecord", kUnsupported, "_corrupt_record"},
    OptionRule{"readerCaseSensitive", kUnsupported, "true"},
    // CSV.
    OptionRule{"header", kFormat},
    OptionRule{"sep", kFormat},
    OptionRule{"delimiter", kFormat},
    OptionRule{"quote", kFormat},
    OptionRule{"escape", kFormat},
    OptionRule{"nullValue", kFormat},
    OptionRule{"comment", kFormat},
    OptionRule{"skipRows", kFormat},
    OptionRule{"dateFormat", kFormat},
    OptionRule{"timestampFormat", kFormat},
    OptionRule{"multiLine", kFormat},
    OptionRule{"emptyValue", kUnsupported, ""},
    OptionRule{"encoding", kUnsupported, "UTF-8"},
    OptionRule{"charset", kUnsupported, "UTF-8"},
    OptionRule{"ignoreLeadingWhiteSpace", kUnsupported, "false"},
    OptionRule{"ignoreTrailingWhiteSpace", kUnsupported, "false"},
    OptionRule{"unescapedQuoteHandling", kUnsupported, "STOP_AT_DELIMITER"},
    // JSON.
    OptionRule{"allowComments", kUnsupported, "false"},
    OptionRule{"allowSingleQuotes", kUnsupported, "false"},
    OptionRule{"allowUnquotedFieldNames", kUnsupported, "false"},
    OptionRule{"allowNumericLeadingZeros", kUnsupported, "false"},
    OptionRule{"dropFieldIfAllNull", kUnsupported, "false"},
    OptionRule{"primitivesAsString", kUnsupported, "false"},
    OptionRule{"prefersDecimal", kUnsupported, "false"},
    // Text and XML.
    OptionRule{"wholeText", kFormat},
    OptionRule{"lineSep", kUnsupported},
    OptionRule{"rowTag", kUnsupported},
};

bool EqualIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

}  // namespace

const OptionRule* FindOption(std::string_view lower_name) {
  const auto* found = std::ranges::find_if(
      kRules, [&](const OptionRule& rule) { return EqualIgnoringCase(rule.name, lower_name); });
  return found == kRules.end() ? nullptr : found;
}

std::vector<std::string> OptionNames() {
  std::vector<std::string> names;
  names.reserve(std::size(kRules));
  for (const OptionRule& rule : kRules) names.emplace_back(rule.name);
  return names;
}

}  // namespace lakesmith::connect
