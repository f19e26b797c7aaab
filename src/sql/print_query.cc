#include <string>

#include "base/stack_space.h"
#include "sql/printer_internal.h"

namespace lakesmith::sql {

void Printer::Print(const Query& query) {
  WithStackSpace([&] {
    if (query.with) {
      PrintWith(*query.with);
    }
    PrintBody(*query.body);
    PrintOrganization(query.organization);
  });
}

void Printer::PrintWith(const WithClause& with) {
  Add(with.recursive ? "WITH RECURSIVE " : "WITH ");
  AddList(with.tables, [this](const CommonTableExpression& table) {
    AddIdentifier(table.name);
    if (!table.columns.empty()) {
      Add(" ");
      AddColumns(table.columns);
    }
    AddIf(!table.max_recursion.empty(), " MAX RECURSION LEVEL " + table.max_recursion);
    Add(" AS ");
    AddSubquery(table.query);
  });
  Add(" ");
}

void Printer::PrintBody(const QueryBody& body) {
  WithStackSpace([&] {
    switch (body.kind) {
      case QueryBodyKind::kSelect:
        return PrintSelect(As<Select>(body), true);
      case QueryBodyKind::kSetOperation: {
        const auto& operation = As<SetOperation>(body);
        PrintOperand(*operation.left, operation, false);
        Add(" ");
        PrintSetOperator(operation.op, operation.quantifier);
        return PrintOperand(*operation.right, operation, true);
      }
      case QueryBodyKind::kValues:
        return Print(*As<ValuesBody>(body).values);
      case QueryBodyKind::kTable:
        Add("TABLE ");
        return PrintTable(As<TableRelation>(*As<TableBody>(body).table));
      case QueryBodyKind::kSubquery:
        return AddSubquery(As<SubqueryBody>(body).query);
      case QueryBodyKind::kFrom:
        Add("FROM ");
        return Print(*As<FromBody>(body).from);
      case QueryBodyKind::kPipe:
        return PrintPipe(As<PipeBody>(body));
    }
  });
}

// Parentheses where a tree was not made by the parser and would be read otherwise.
void Printer::PrintOperand(const QueryBody& body, const SetOperation& parent, bool right) {
  bool parentheses = body.kind == QueryBodyKind::kPipe;
  if (body.kind == QueryBodyKind::kSetOperation) {
    const bool inner_binds = As<SetOperation>(body).op == SetOperator::kIntersect;
    const bool outer_binds = parent.op == SetOperator::kIntersect;
    parentheses = right ? !(inner_binds && !outer_binds) : (outer_binds && !inner_binds);
  }
  AddIf(parentheses, "(");
  PrintBody(body);
  AddIf(parentheses, ")");
}

void Printer::PrintSetOperator(SetOperator op, SetQuantifier quantifier) {
  static constexpr std::string_view kOperators[] = {"UNION ", "INTERSECT ", "EXCEPT "};
  Add(kOperators[static_cast<size_t>(op)]);
  AddIf(quantifier == SetQuantifier::kAll, "ALL ");
  AddIf(quantifier == SetQuantifier::kDistinct, "DISTINCT ");
}

void Printer::PrintSelect(const Select& select, bool with_from) {
  Add("SELECT ");
  if (!select.hints.empty()) {
    Add("/*+ ");
    AddList(select.hints, [this](const Hint& hint) {
      AddIdentifier(hint.name);
      if (!hint.arguments.empty()) {
        AddInParentheses(hint.arguments);
      }
    });
    Add(" */ ");
  }
  AddIf(select.quantifier == SetQuantifier::kDistinct, "DISTINCT ");
  AddIf(select.quantifier == SetQuantifier::kAll, "ALL ");
  if (select.transform) {
    PrintTransform(*select.transform);
  } else {
    AddExpressions(select.items);
  }
  if (with_from && select.from) {
    Add(" FROM ");
    Print(*select.from);
  }
  PrintSelectTail(select);
}

void Printer::PrintSelectTail(const Select& select) {
  AddOptional(" WHERE ", select.where);
  if (select.group_by) {
    PrintGroupBy(*select.group_by);
  }
  AddOptional(" HAVING ", select.having);
  AddOptional(" QUALIFY ", select.qualify);
  PrintWindows(select.windows);
}

void Printer::PrintTransform(const TransformClause& transform) {
  Add("TRANSFORM");
  AddInParentheses(transform.inputs);
  AddIf(!transform.input_format.empty(), " " + transform.input_format);
  Add(" USING ");
  AddText(transform.script);
  if (transform.has_output) {
    Add(" AS (");
    AddList(transform.outputs, [this](const auto& output) {
      AddIdentifier(output.first);
      if (output.second) {
        Add(" ");
        Print(*output.second);
      }
    });
    Add(")");
  }
  AddIf(!transform.output_format.empty(), " " + transform.output_format);
}

void Printer::PrintGroupBy(const GroupBy& group) {
  Add(" GROUP BY ");
  if (group.all) {
    return Add("ALL");
  }
  AddList(group.items, [this](const GroupingItem& item) { PrintGroupingItem(item); });
  AddIf(group.suffix == GroupingKind::kRollup, " WITH ROLLUP");
  AddIf(group.suffix == GroupingKind::kCube, " WITH CUBE");
  if (group.suffix == GroupingKind::kSets) {
    Add(" GROUPING SETS (");
    AddList(group.suffix_sets, [this](const auto& set) { AddInParentheses(set); });
    Add(")");
  }
}

void Printer::PrintGroupingItem(const GroupingItem& item) {
  WithStackSpace([&] {
    if (item.grouping_kind == GroupingKind::kPlain) {
      return Print(*item.expression);
    }
    if (item.grouping_kind == GroupingKind::kSets && !item.sets.empty()) {
      return AddInParentheses(item.sets[0]);  // One set of an enclosing list.
    }
    Add(item.grouping_kind == GroupingKind::kRollup ? "ROLLUP ("
        : item.grouping_kind == GroupingKind::kCube ? "CUBE ("
                                                    : "GROUPING SETS (");
    AddList(item.sets, [this](const auto& set) { AddInParentheses(set); });
    AddList(item.nested, [this](const GroupingItem& nested) { PrintGroupingItem(nested); });
    Add(")");
  });
}

void Printer::PrintWindows(const std::vector<std::pair<Identifier, WindowSpecification>>& windows) {
  if (windows.empty()) {
    return;
  }
  Add(" WINDOW ");
  AddList(windows, [this](const auto& window) {
    AddIdentifier(window.first);
    Add(" AS ");
    PrintWindow(window.second);
  });
}

void Printer::PrintOrganization(const QueryOrganization& organization) {
  if (organization.order_by_all) {
    Add(" ORDER BY ALL");
    PrintDirection(organization.order_by_all_item);
  } else if (!organization.order_by.empty()) {
    Add(" ORDER BY ");
    PrintOrderItems(organization.order_by);
  }
  if (!organization.cluster_by.empty()) {
    Add(" CLUSTER BY ");
    AddExpressions(organization.cluster_by);
  }
  if (!organization.distribute_by.empty()) {
    Add(" DISTRIBUTE BY ");
    AddExpressions(organization.distribute_by);
  }
  if (!organization.sort_by.empty()) {
    Add(" SORT BY ");
    PrintOrderItems(organization.sort_by);
  }
  PrintWindows(organization.windows);
  AddIf(organization.limit_all, " LIMIT ALL");
  AddOptional(" LIMIT ", organization.limit);
  AddOptional(" OFFSET ", organization.offset);
}

void Printer::PrintPipe(const PipeBody& pipe) {
  PrintBody(*pipe.input);
  Add(" |> ");
  switch (pipe.pipe_kind) {
    case PipeOperatorKind::kSelect:
      return PrintSelect(As<Select>(*pipe.select), false);
    case PipeOperatorKind::kExtend:
      Add("EXTEND ");
      return AddExpressions(pipe.items);
    case PipeOperatorKind::kSet:
      Add("SET ");
      return AddList(pipe.items, [this](const ExpressionPtr& item) {
        const auto& assignment = As<Alias>(*item);
        AddPath(assignment.names);
        Add(" = ");
        Print(*assignment.operand);
      });
    case PipeOperatorKind::kDrop:
      Add("DROP ");
      return AddList(pipe.drop_columns, [this](const auto& path) { AddPath(path); });
    case PipeOperatorKind::kAs:
      Add("AS ");
      return AddIdentifier(pipe.alias);
    case PipeOperatorKind::kWhere:
      Add("WHERE ");
      return Print(*pipe.condition);
    case PipeOperatorKind::kPivot:
    case PipeOperatorKind::kUnpivot:
    case PipeOperatorKind::kJoin:
      return Print(*pipe.relation);
    case PipeOperatorKind::kSample:
      return PrintSample(*pipe.relation->sample);
    case PipeOperatorKind::kSetOperation:
      PrintSetOperator(pipe.set_operator, pipe.quantifier);
      return PrintBody(*pipe.right);
    case PipeOperatorKind::kOrganize: {
      const size_t begin = text_.size();
      PrintOrganization(pipe.organization);
      text_.erase(begin, 1);  // The space before the first clause.
      return;
    }
    case PipeOperatorKind::kAggregate:
      Add("AGGREGATE ");
      AddExpressions(pipe.items);
      if (pipe.group_by) {
        PrintGroupBy(*pipe.group_by);
      }
  }
}

}  // namespace lakesmith::sql
