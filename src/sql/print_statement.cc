#include <string>

#include "base/stack_space.h"
#include "sql/printer_internal.h"

namespace lakesmith::sql {

namespace {

template <typename Node>
std::string PrintNode(const Node& node) {
  Printer printer;
  printer.Print(node);
  return printer.TakeText();
}

}  // namespace

std::string ToSql(const Statement& statement) { return PrintNode(statement); }
std::string ToSql(const Query& query) { return PrintNode(query); }
std::string ToSql(const Relation& relation) { return PrintNode(relation); }
std::string ToSql(const TypeName& type) { return PrintNode(type); }
std::string ToSql(const Expression& expression) { return PrintNode(expression); }

void Printer::AddIdentifier(const Identifier& identifier) {
  Add(identifier.quoted ? QuoteNameAlways(identifier.name) : QuoteName(identifier.name));
}

void Printer::AddPath(const std::vector<Identifier>& path) {
  for (size_t i = 0; i < path.size(); ++i) {
    AddIf(i > 0, ".");
    AddIdentifier(path[i]);
  }
}

void Printer::AddName(const Name& name) {
  if (name.identifier_clause) {
    Add("IDENTIFIER(");
    Print(*name.identifier_clause);
    return Add(")");
  }
  AddPath(name.parts);
}

void Printer::AddColumns(const std::vector<Identifier>& columns) {
  Add("(");
  AddList(columns, [this](const Identifier& column) { AddIdentifier(column); });
  Add(")");
}

void Printer::AddPaths(const std::vector<std::vector<Identifier>>& paths) {
  Add("(");
  AddList(paths, [this](const auto& path) { AddPath(path); });
  Add(")");
}

void Printer::Print(const Statement& statement) {
  WithStackSpace([&] { PrintStatement(statement); });
}

void Printer::PrintStatement(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kQuery:
      return Print(*As<QueryStatement>(statement).query);
    case StatementKind::kExplain: {
      static constexpr std::string_view kModes[] = {"",      "EXTENDED ",  "CODEGEN ",
                                                    "COST ", "FORMATTED ", "LOGICAL "};
      Add("EXPLAIN ");
      Add(kModes[static_cast<size_t>(As<Explain>(statement).mode)]);
      return Print(*As<Explain>(statement).statement);
    }
    case StatementKind::kCreateTable:
      return PrintCreateTable(As<CreateTable>(statement));
    case StatementKind::kCreateTableLike:
      return PrintCreateLike(As<CreateTableLike>(statement));
    case StatementKind::kCloneTable:
      return PrintClone(As<CloneTable>(statement));
    case StatementKind::kCreateView:
      return PrintCreateView(As<CreateView>(statement));
    case StatementKind::kCreateFunction:
      return PrintCreateFunction(As<CreateFunction>(statement));
    case StatementKind::kCreateObject:
      return PrintCreateObject(As<CreateObject>(statement));
    case StatementKind::kDropObject:
      return PrintDrop(As<DropObject>(statement));
    case StatementKind::kAlterTable:
      return PrintAlterTable(As<AlterTable>(statement));
    case StatementKind::kAlterObject: {
      const auto& alter = As<AlterObject>(statement);
      Add("ALTER ");
      Add(ObjectKindText(alter.object));
      Add(" ");
      AddName(alter.name);
      Add(" ");
      return PrintAction(alter.action);
    }
    case StatementKind::kCreateFlow:
      return PrintCreateFlow(As<CreateFlow>(statement));
    default:
      return PrintOtherStatement(statement);
  }
}

void Printer::PrintOtherStatement(const Statement& statement) {
  if (!PrintDml(statement) && !PrintMaintenanceStatement(statement)) {
    PrintCommand(statement);
  }
}

}  // namespace lakesmith::sql
