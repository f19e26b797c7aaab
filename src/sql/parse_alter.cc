#include <string>
#include <utility>
#include <vector>

#include "sql/parser_internal.h"

namespace lakesmith::sql {

Result<StatementPtr> Parser::ParseAlter() {
  const uint32_t begin = Begin();
  TRY(Expect("ALTER"));
  const auto object = AcceptObjectKind();
  if (!object) {
    return Unexpected("the kind of what to alter");
  }
  switch (*object) {
    case ObjectKind::kTable:
    case ObjectKind::kView:
    case ObjectKind::kMaterializedView:
    case ObjectKind::kStreamingTable:
      return ParseAlterTable(*object, begin);
    default:
      break;
  }
  Ptr<AlterObject> alter(new AlterObject);
  alter->object = *object;
  alter->name = TRY(ParseMultipartName());
  alter->action = TRY(ParseAlterObjectAction());
  alter->range = RangeFrom(begin);
  return alter;
}

Result<AlterAction> Parser::ParseAlterObjectAction() {
  const uint32_t begin = Begin();
  AlterAction action;
  if (Accept("RENAME")) {
    TRY(Expect("TO"));
    action.alter_kind = AlterKind::kRename;
    action.new_name = TRY(ParseMultipartName());
  } else if (Accept("SET")) {
    TRY(ParseAlterSet(&action));
  } else if (Accept("UNSET")) {
    TRY(ParseAlterUnset(&action));
  } else if (AcceptAll({"OWNER", "TO"})) {
    action.alter_kind = AlterKind::kSetOwner;
    action.text = TRY(ParsePrincipal());
  } else if (Accept("OPTIONS")) {
    action.alter_kind = AlterKind::kSetOptions;
    action.options = TRY(ParseOptionList());
  } else if (AcceptAll({"DEFAULT", "COLLATION"})) {
    action.alter_kind = AlterKind::kSetCollation;
    action.text = TRY(ParseIdentifier("a collation")).name;
  } else if (AcceptAny({"ENABLE", "DISABLE", "INHERIT"}) != 0) {
    action.alter_kind = AlterKind::kPredictiveOptimization;
    action.text = UpperText(tokens_[position_ - 1]);
    TRY(ExpectAll({"PREDICTIVE", "OPTIMIZATION"}));
  } else {
    return Unexpected("a change");
  }
  action.range = RangeFrom(begin);
  return action;
}

Result<StatementPtr> Parser::ParseAlterTable(ObjectKind object, uint32_t begin) {
  Ptr<AlterTable> alter(new AlterTable);
  alter->object = object;
  alter->if_exists = AcceptIfExists();
  alter->name = TRY(ParseMultipartName("a table"));
  if (Accept("PARTITION")) {
    // PARTITION (...) SET LOCATION | RENAME TO PARTITION (...)
    AlterAction action;
    action.partitions.push_back(TRY(ParsePartition()));
    if (AcceptAll({"RENAME", "TO", "PARTITION"})) {
      action.alter_kind = AlterKind::kRenamePartition;
      action.partitions.push_back(TRY(ParsePartition()));
    } else {
      TRY(Expect("SET"));
      TRY(ParseAlterSet(&action));
    }
    action.range = RangeFrom(begin);
    alter->actions.push_back(std::move(action));
  } else {
    TRY(ParseAlterAction(alter.get()));
  }
  alter->range = RangeFrom(begin);
  return alter;
}

Status Parser::ParseAlterAction(AlterTable* alter) {
  if (SeesAny({"ALTER", "CHANGE"}) && !Sees("SCHEDULE", 1)) {
    return ParseAlterColumns(alter);
  }
  const uint32_t begin = Begin();
  AlterAction action;
  if (Accept("ADD")) {
    TRY(ParseAlterAdd(&action));
  } else if (Accept("DROP")) {
    TRY(ParseAlterDrop(&action));
  } else if (Accept("RENAME")) {
    TRY(ParseAlterRename(&action));
  } else if (Accept("SET")) {
    TRY(ParseAlterSet(&action));
  } else if (Accept("UNSET")) {
    TRY(ParseAlterUnset(&action));
  } else if (Accept("REPLACE")) {
    TRY(ExpectAll({"COLUMNS"}));
    action.alter_kind = AlterKind::kReplaceColumns;
    action.columns = TRY(ParseNewColumns());
  } else if (AcceptAll({"RECOVER", "PARTITIONS"})) {
    action.alter_kind = AlterKind::kRecoverPartitions;
  } else if (AcceptAll({"CLUSTER", "BY"})) {
    TableClauses clauses;
    TRY(ParseClusterBy(&clauses));
    action.alter_kind = AlterKind::kClusterBy;
    action.cluster_by = clauses.cluster_by;
    action.column_paths = std::move(clauses.cluster_columns);
  } else if (AcceptAll({"ALTER", "SCHEDULE"})) {
    action.alter_kind = AlterKind::kSetSchedule;
    TRY(ParseSchedule(&action.schedule));
  } else if (AcceptAll({"OWNER", "TO"})) {
    action.alter_kind = AlterKind::kSetOwner;
    action.text = TRY(ParsePrincipal());
  } else if (AtAll({"WITH", "SCHEMA"})) {
    action.alter_kind = AlterKind::kSetSchemaBinding;
    action.schema_binding = TRY(ParseSchemaBinding());
  } else if (AcceptAll({"DEFAULT", "COLLATION"})) {
    action.alter_kind = AlterKind::kSetCollation;
    action.text = TRY(ParseIdentifier("a collation")).name;
  } else if (AcceptAny({"ENABLE", "DISABLE", "INHERIT"}) != 0) {
    action.alter_kind = AlterKind::kPredictiveOptimization;
    action.text = UpperText(tokens_[position_ - 1]);
    TRY(ExpectAll({"PREDICTIVE", "OPTIMIZATION"}));
  } else if (alter->object != ObjectKind::kTable && (Accept("AS") || AtQuery())) {
    const uint32_t query_begin = Begin();
    action.alter_kind = AlterKind::kSetQuery;
    action.query = TRY(ParseQuery());
    action.query_text.text = std::string(TextBetween(query_begin, RangeFrom(query_begin).end));
  } else {
    return Unexpected("a change");
  }
  action.range = RangeFrom(begin);
  alter->actions.push_back(std::move(action));
  return {};
}

// (a INT, b STRING) or the same without parentheses; names may be nested.
Result<std::vector<ColumnDefinition>> Parser::ParseNewColumns() {
  const bool parenthesized = Accept(TokenKind::kLeftParen);
  auto columns = TRY(ParseList<ColumnDefinition>([this] { return ParseColumn(true); }));
  if (parenthesized) {
    TRY(Expect(TokenKind::kRightParen));
  }
  return columns;
}

// Behind ADD.
Status Parser::ParseAlterAdd(AlterAction* action) {
  if (Accept("SCHEDULE")) {
    action->alter_kind = AlterKind::kSetSchedule;
    return ParseSchedule(&action->schedule);
  }
  if (AtConstraint()) {
    action->alter_kind = AlterKind::kAddConstraint;
    action->constraint = TRY(ParseConstraint());
    return {};
  }
  if (AcceptAny({"COLUMNS", "COLUMN"}) != 0) {
    action->alter_kind = AlterKind::kAddColumns;
    action->if_not_exists = AcceptIfNotExists();
    action->columns = TRY(ParseNewColumns());
    return {};
  }
  action->if_not_exists = AcceptIfNotExists();
  TRY(Expect("PARTITION"));
  action->alter_kind = AlterKind::kAddPartitions;
  action->partitions = TRY(ParsePartitions());
  return {};
}

// (a = 1) [LOCATION 'path'] [,] [PARTITION] (a = 2) ...
Result<std::vector<PartitionSpecification>> Parser::ParsePartitions() {
  std::vector<PartitionSpecification> partitions;
  do {
    Accept("PARTITION");
    partitions.push_back(TRY(ParsePartition()));
    if (Accept("LOCATION")) {
      partitions.back().location = TRY(ParseText());
    }
  } while (Accept(TokenKind::kComma) || Sees("PARTITION", 0));
  return partitions;
}

// Behind DROP.
Status Parser::ParseAlterDrop(AlterAction* action) {
  if (AcceptAny({"COLUMNS", "COLUMN"}) != 0) {
    action->alter_kind = AlterKind::kDropColumns;
    action->if_exists = AcceptIfExists();
    if (Sees(TokenKind::kLeftParen, 0)) {
      action->column_paths = TRY(ParsePathList());
    } else {
      action->column_paths =
          TRY(ParseList<std::vector<Identifier>>([this] { return ParsePath(); }));
    }
    return {};
  }
  if (Accept("SCHEDULE")) {
    action->alter_kind = AlterKind::kDropSchedule;
    return {};
  }
  if (AcceptAll({"ROW", "FILTER"})) {
    action->alter_kind = AlterKind::kDropRowFilter;
    return {};
  }
  if (Accept("FEATURE")) {
    action->alter_kind = AlterKind::kDropFeature;
    action->text =
        Sees(TokenKind::kString, 0) ? TakeText() : TRY(ParseIdentifier("a table feature")).name;
    action->flag = AcceptAll({"TRUNCATE", "HISTORY"});
    return {};
  }
  if (SeesAny({"CONSTRAINT", "PRIMARY", "FOREIGN"})) {
    action->alter_kind = AlterKind::kDropConstraint;
    TableConstraint constraint;
    if (Accept("CONSTRAINT")) {
      action->if_exists = AcceptIfExists();
      action->text = TRY(ParseIdentifier("a constraint")).name;
    } else {
      const bool primary = Accept("PRIMARY");
      if (!primary) {
        Advance();
      }
      TRY(Expect("KEY"));
      constraint.constraint_kind =
          primary ? ConstraintKind::kPrimaryKey : ConstraintKind::kForeignKey;
      action->if_exists = AcceptIfExists();
      if (Sees(TokenKind::kLeftParen, 0)) {
        constraint.columns = TRY(ParseIdentifierList());
      }
      action->constraint = std::move(constraint);
    }
    action->cascade = Accept("CASCADE");
    if (!action->cascade) {
      Accept("RESTRICT");
    }
    return {};
  }
  action->if_exists = AcceptIfExists();
  TRY(Expect("PARTITION"));
  action->alter_kind = AlterKind::kDropPartitions;
  action->partitions = TRY(ParsePartitions());
  action->purge = Accept("PURGE");
  return {};
}

// Behind RENAME.
Status Parser::ParseAlterRename(AlterAction* action) {
  if (Accept("COLUMN")) {
    action->alter_kind = AlterKind::kRenameColumn;
    action->column_paths.push_back(TRY(ParsePath()));
    TRY(Expect("TO"));
    Identifier name = TRY(ParseIdentifier("a column"));
    action->new_name.range = name.range;
    action->new_name.parts.push_back(std::move(name));
    return {};
  }
  action->alter_kind = AlterKind::kRename;
  TRY(Expect("TO"));
  if (Sees("IDENTIFIER", 0) && Sees(TokenKind::kLeftParen, 1) &&
      options_.legacy_identifier_clause) {
    return Unexpected("a plain name");
  }
  action->new_name = TRY(ParseMultipartName("a name"));
  return {};
}

// Behind SET.
Status Parser::ParseAlterSet(AlterAction* action) {
  if (AcceptAny({"TBLPROPERTIES", "DBPROPERTIES", "PROPERTIES"}) != 0) {
    action->alter_kind = AlterKind::kSetProperties;
    action->options = TRY(ParseOptionList());
  } else if (Accept("TAGS")) {
    action->alter_kind = AlterKind::kSetTags;
    action->options = TRY(ParseOptionList());
  } else if (Accept("LOCATION") || Accept("URL")) {
    action->alter_kind = AlterKind::kSetLocation;
    action->text = TRY(ParseText("a location between quotes"));
  } else if (AcceptAll({"MANAGED", "LOCATION"})) {
    action->alter_kind = AlterKind::kSetManagedLocation;
    action->text = TRY(ParseText("a location between quotes"));
  } else if (AcceptAll({"OWNER", "TO"})) {
    action->alter_kind = AlterKind::kSetOwner;
    action->text = TRY(ParsePrincipal());
  } else if (Accept("SERDEPROPERTIES")) {
    action->alter_kind = AlterKind::kSetSerde;
    action->options = TRY(ParseOptionList());
  } else if (Accept("SERDE")) {
    action->alter_kind = AlterKind::kSetSerde;
    action->text = TRY(ParseText());
    if (AcceptAll({"WITH", "SERDEPROPERTIES"})) {
      action->options = TRY(ParseOptionList());
    }
  } else if (AcceptAll({"ROW", "FILTER"})) {
    action->alter_kind = AlterKind::kSetRowFilter;
    action->row_filter = TRY(ParseRowFilter());
  } else if (Accept("SCHEDULE")) {
    action->alter_kind = AlterKind::kSetSchedule;
    TRY(ParseSchedule(&action->schedule));
  } else if (AcceptAll({"DEFAULT", "COLLATION"})) {
    action->alter_kind = AlterKind::kSetCollation;
    action->text = TRY(ParseIdentifier("a collation")).name;
  } else {
    return Unexpected("what to set");
  }
  return {};
}

// Behind UNSET.
Status Parser::ParseAlterUnset(AlterAction* action) {
  if (Accept("TAGS")) {
    action->alter_kind = AlterKind::kUnsetTags;
  } else if (AcceptAny({"TBLPROPERTIES", "DBPROPERTIES", "PROPERTIES"}) != 0) {
    action->alter_kind = AlterKind::kUnsetProperties;
    action->if_exists = AcceptIfExists();
  } else {
    return Unexpected("TBLPROPERTIES or TAGS");
  }
  action->options = TRY(ParseOptionKeyList());
  return {};
}

}  // namespace lakesmith::sql
