#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sql/ast.h"

namespace lakesmith::pipeline {

// The parts of a name without their quotes.
std::vector<std::string> PartsOf(const sql::Name& name);

// One mention of a relation in the FROM clause of a query or of a query inside it. Names of common
// table expressions are left out where they hold.
struct Reference {
  std::vector<std::string> parts;  // Of a table as written; of a function, its name.
  bool is_function = false;
  bool stream = false;
  bool time_travel = false;
  uint32_t offset = 0;  // Of the name, in the text that was parsed.
  struct Option {
    std::string key;
    std::string value;
    uint32_t offset = 0;
  };
  std::vector<Option> options;  // WITH (key = value)
};

// All mentions in the order of the text.
std::vector<Reference> ReferencesOf(const sql::Query& query);
std::vector<Reference> ReferencesOf(const sql::Expression& expression);

// The value of an option as text: of a literal what it says, of anything else its SQL.
std::string OptionText(const sql::Option& option);

// Calls of functions in an expression, those in queries inside it left out.
std::vector<const sql::FunctionCall*> CallsOf(const sql::Expression& expression);

// Names of functions that a query calls, in lower case, each once: table functions too.
std::vector<std::string> FunctionsOf(const sql::Query& query);

}  // namespace lakesmith::pipeline
