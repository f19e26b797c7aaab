#include <string>

#include "base/stack_space.h"
#include "sql/printer_internal.h"

namespace lakesmith::sql {

void Printer::Print(const Relation& relation) {
  WithStackSpace([&] {
    AddIf(relation.lateral, "LATERAL ");
    PrintRelation(relation);
    if (relation.sample) {
      Add(" ");
      PrintSample(*relation.sample);
    }
    if (relation.watermark) {
      Add(" WATERMARK ");
      Print(*relation.watermark->column);
      Add(" DELAY OF ");
      Print(*relation.watermark->delay, Level::kValue);
    }
    if (relation.alias) {
      PrintTableAlias(*relation.alias);
    }
  });
}

void Printer::PrintTableAlias(const TableAlias& alias) {
  Add(" AS ");
  if (!alias.name.name.empty()) {
    AddIdentifier(alias.name);
  }
  if (!alias.columns.empty()) {
    AddColumns(alias.columns);
  }
}

void Printer::PrintRelation(const Relation& relation) {
  switch (relation.kind) {
    case RelationKind::kTable: {
      const auto& table = As<TableRelation>(relation);
      AddIf(table.stream, "STREAM ");
      return PrintTable(table);
    }
    case RelationKind::kTableFunction: {
      const auto& function = As<TableFunctionRelation>(relation);
      AddIf(function.stream, "STREAM ");
      PrintFunctionName(function.name);
      Add("(");
      PrintArguments(function.arguments, Level::kLambda);
      Add(")");
      if (!function.options.empty()) {
        Add(" WITH ");
        PrintOptions(function.options);
      }
      return;
    }
    case RelationKind::kSubquery: {
      const auto& subquery = As<SubqueryRelation>(relation);
      AddIf(subquery.stream, "STREAM ");
      return AddSubquery(subquery.query);
    }
    case RelationKind::kValues:
      Add("VALUES ");
      return AddList(As<ValuesRelation>(relation).rows, [this](const ExpressionPtr& row) {
        const bool parentheses = row->kind != ExpressionKind::kRow;
        AddIf(parentheses, "(");
        Print(*row);
        AddIf(parentheses, ")");
      });
    case RelationKind::kParenthesized:
      Add("(");
      Print(*As<ParenthesizedRelation>(relation).input);
      return Add(")");
    case RelationKind::kJoin:
      return PrintJoin(As<JoinRelation>(relation));
    case RelationKind::kLateralView:
      return PrintLateralView(As<LateralViewRelation>(relation));
    case RelationKind::kPivot: {
      const auto& pivot = As<PivotRelation>(relation);
      if (pivot.input) {
        Print(*pivot.input);
        Add(" ");
      }
      return PrintPivot(pivot.pivot);
    }
    case RelationKind::kUnpivot: {
      const auto& unpivot = As<UnpivotRelation>(relation);
      if (unpivot.input) {
        Print(*unpivot.input);
        Add(" ");
      }
      return PrintUnpivot(unpivot.unpivot);
    }
  }
}

void Printer::PrintTable(const TableRelation& table) {
  AddName(table.name);
  if (table.time_travel != TimeTravelKind::kNone) {
    Add(table.time_travel == TimeTravelKind::kVersion ? " VERSION AS OF " : " TIMESTAMP AS OF ");
    Print(*table.travel_point, Level::kValue);
  }
  if (table.changes) {
    const std::string unit =
        table.changes->unit == TimeTravelKind::kVersion ? "VERSION " : "TIMESTAMP ";
    Add(" CHANGES FROM " + unit);
    Print(*table.changes->from, Level::kValue);
    AddIf(!table.changes->from_inclusive, " EXCLUSIVE");
    if (table.changes->to) {
      Add(" TO " + unit);
      Print(*table.changes->to, Level::kValue);
      AddIf(!table.changes->to_inclusive, " EXCLUSIVE");
    }
  }
  if (!table.options.empty()) {
    Add(" WITH ");
    PrintOptions(table.options);
  }
}

void Printer::PrintJoin(const JoinRelation& join) {
  static constexpr std::string_view kWords[] = {
      ", ",          "CROSS JOIN ", "JOIN ",           "LEFT JOIN ",
      "RIGHT JOIN ", "FULL JOIN ",  "LEFT SEMI JOIN ", "LEFT ANTI JOIN "};
  if (join.left) {
    Print(*join.left);
    AddIf(join.type != JoinType::kComma, " ");
  }
  AddIf(join.natural, "NATURAL ");
  Add(kWords[static_cast<size_t>(join.type)]);
  Print(*join.right);
  AddOptional(" ON ", join.condition);
  if (!join.using_columns.empty()) {
    Add(" USING ");
    AddColumns(join.using_columns);
  }
}

void Printer::PrintLateralView(const LateralViewRelation& view) {
  Print(*view.input);
  Add(view.outer ? " LATERAL VIEW OUTER " : " LATERAL VIEW ");
  PrintFunctionName(view.function);
  AddInParentheses(view.arguments);
  if (!view.table_name.name.empty()) {
    Add(" ");
    AddIdentifier(view.table_name);
  }
  if (!view.columns.empty()) {
    Add(" AS ");
    AddList(view.columns, [this](const Identifier& column) { AddIdentifier(column); });
  }
}

void Printer::PrintPivot(const PivotClause& pivot) {
  Add("PIVOT (");
  AddExpressions(pivot.aggregates);
  Add(" FOR ");
  AddColumns(pivot.columns);
  Add(" IN (");
  AddExpressions(pivot.values);
  Add("))");
}

void Printer::PrintUnpivot(const UnpivotClause& unpivot) {
  Add("UNPIVOT ");
  if (unpivot.include_nulls) {
    Add(*unpivot.include_nulls ? "INCLUDE NULLS " : "EXCLUDE NULLS ");
  }
  Add("(");
  if (unpivot.multiple) {
    AddColumns(unpivot.value_columns);
  } else {
    AddIdentifier(unpivot.value_columns[0]);
  }
  Add(" FOR ");
  AddIdentifier(unpivot.name_column);
  Add(" IN (");
  AddList(unpivot.items, [&](const UnpivotClause::Item& item) {
    if (unpivot.multiple) {
      AddPaths(item.columns);
    } else {
      AddPath(item.columns[0]);
    }
    if (item.alias) {
      Add(" AS ");
      AddIdentifier(*item.alias);
    }
  });
  Add("))");
}

void Printer::PrintSample(const TableSample& sample) {
  Add("TABLESAMPLE (");
  switch (sample.unit) {
    case SampleUnit::kPercent:
      Print(*sample.amount, Level::kValue);
      Add(" PERCENT");
      break;
    case SampleUnit::kRows:
      Print(*sample.amount, Level::kValue);
      Add(" ROWS");
      break;
    case SampleUnit::kBucket:
      Add("BUCKET ");
      Print(*sample.amount, Level::kValue);
      Add(" OUT OF " + sample.bucket_count);
      break;
    case SampleUnit::kBytes:
      Add(sample.bytes);
  }
  Add(")");
  AddIf(!sample.seed.empty(), " REPEATABLE (" + sample.seed + ")");
}

void Printer::PrintOptions(const std::vector<Option>& options) {
  Add("(");
  AddList(options, [this](const Option& option) {
    AddText(option.key);
    AddOptional(" = ", option.value);
  });
  Add(")");
}

void Printer::PrintOptionKeys(const std::vector<Option>& options) {
  Add("(");
  AddList(options, [this](const Option& option) { AddText(option.key); });
  Add(")");
}

}  // namespace lakesmith::sql
