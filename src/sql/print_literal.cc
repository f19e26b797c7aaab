#include <string>

#include "sql/printer_internal.h"

namespace lakesmith::sql {

void Printer::PrintLiteral(const Literal& literal) {
  const std::string& text = literal.text;
  const bool exponent = text.find_first_of("eE") != std::string::npos;
  switch (literal.literal_kind) {
    case LiteralKind::kNull:
      return Add("NULL");
    case LiteralKind::kBoolean:
      return Add(text == "true" ? "TRUE" : "FALSE");
    case LiteralKind::kByte:
      return Add(text + "Y");
    case LiteralKind::kShort:
      return Add(text + "S");
    case LiteralKind::kInteger:
      return Add(text);
    case LiteralKind::kLong:
      return Add(text + "L");
    case LiteralKind::kDecimal:
      return Add(exponent || text.find('.') == std::string::npos ? text + "BD" : text);
    case LiteralKind::kFloat:
      return Add(text + "F");
    case LiteralKind::kDouble:
      return Add(exponent ? text : text + "D");
    case LiteralKind::kString:
      return AddText(text);
    case LiteralKind::kBinary:
      Add("X");
      return AddText(text);
    case LiteralKind::kDate:
      Add("DATE ");
      return AddText(text);
    case LiteralKind::kTime:
      Add("TIME ");
      return AddText(text);
    case LiteralKind::kTimestamp:
      Add("TIMESTAMP ");
      return AddText(text);
    case LiteralKind::kTimestampLtz:
      Add("TIMESTAMP_LTZ ");
      return AddText(text);
    case LiteralKind::kTimestampNtz:
      Add("TIMESTAMP_NTZ ");
      return AddText(text);
  }
}

void Printer::PrintInterval(const IntervalLiteral& interval) {
  Add("INTERVAL");
  if (interval.is_text) {
    Add(" ");
    return AddText(interval.text);
  }
  for (const IntervalLiteral::Part& part : interval.parts) {
    Add(part.negated ? " -" : " ");
    Add(part.quoted ? QuoteText(part.value) : part.value);
    Add(" " + part.unit);
  }
  AddIf(!interval.to_unit.empty(), " TO " + interval.to_unit);
}

void Printer::Print(const TypeName& type) {
  size_t leaf = 0;
  PrintType(type.type, type.collations, &leaf);
}

void Printer::PrintType(const types::DataType& type, const std::vector<std::string>& collations,
                        size_t* leaf) {
  using types::TypeId;
  const auto collation = [&] {
    if (*leaf < collations.size() && !collations[*leaf].empty()) {
      Add(" COLLATE " + collations[*leaf]);
    }
    ++*leaf;
  };
  switch (type.id()) {
    case TypeId::kString:
    case TypeId::kChar:
    case TypeId::kVarchar:
      Add(type.Sql());
      return collation();
    case TypeId::kArray:
      Add("ARRAY<");
      PrintType(type.element(), collations, leaf);
      return Add(">");
    case TypeId::kMap:
      Add("MAP<");
      PrintType(type.key(), collations, leaf);
      Add(", ");
      PrintType(type.value(), collations, leaf);
      return Add(">");
    case TypeId::kStruct:
      Add("STRUCT<");
      AddList(type.fields(), [&](const types::StructField& field) {
        Add(QuoteName(field.name) + ": ");
        PrintType(field.type, collations, leaf);
        AddIf(!field.nullable, " NOT NULL");
        if (!field.Comment().empty()) {
          Add(" COMMENT ");
          AddText(field.Comment());
        }
      });
      return Add(">");
    default:
      return Add(type.Sql());
  }
}

}  // namespace lakesmith::sql
