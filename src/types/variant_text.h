#pragma once

#include <string>
#include <string_view>

namespace lakesmith::types {

// The text of a variant, which is held as compact JSON with numbers as they were written. As in
// Spark, one without an exponent is a decimal when it has up to 38 digits, shown without zeros at
// its end; others are doubles: 1.50 is 1.5, 1e2 is 100.0.
std::string VariantText(std::string_view json);
// The same of a number alone, put at the end of `out`.
void AppendVariantNumber(std::string_view number, std::string& out);
// Whether a number is shown as it is; true for most.
bool IsPlainInVariant(std::string_view number);

}  // namespace lakesmith::types
