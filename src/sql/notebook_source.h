#pragma once

#include <string>
#include <string_view>

namespace lakesmith::sql {

// Whether a text is a notebook in source form: its first line says so.
bool IsNotebookSource(std::string_view text);

// A notebook's text with a semicolon for each line that divides cells, since the last statement of
// a cell needs none. Lines keep their numbers, and all other ones their columns.
std::string DivideCells(std::string_view text);

}  // namespace lakesmith::sql
