// CREATE VIEW and ALTER VIEW.
#include <array>
#include <span>
#include <utility>

#include "catalog/catalog.h"
#include "engine/statements/alter_internal.h"
#include "engine/statements/statement_internal.h"
#include "engine/statements/view_internal.h"
#include "sql/parse.h"
#include "sql/print.h"

namespace lakesmith::engine {
namespace {

using catalog::FoldName;

// The key of a temporary view: its folded name, global ones under global_temp.
std::string TemporaryKey(const std::string& name, bool global) {
  return global ? "global_temp." + FoldName(name) : FoldName(name);
}

// The view's columns: names and comments as given, else those of the query.
Result<std::vector<types::StructField>> ViewColumns(StatementContext& context,
                                                    const sql::CreateView& statement,
                                                    const plan::Query& query) {
  std::vector<types::StructField> columns = query.columns;
  for (types::StructField& column : columns) {
    const std::string comment = column.Comment();
    column.metadata = Json::object();
    if (!comment.empty()) column.metadata["comment"] = comment;
  }
  if (statement.columns.empty()) return columns;
  if (statement.columns.size() != columns.size()) {
    const bool few = columns.size() < statement.columns.size();
    Error error =
        Invalid("Cannot create the view: it has {} columns and its query has {}.",
                statement.columns.size(), columns.size())
            .WithClass(fmt::format("CREATE_VIEW_COLUMN_ARITY_MISMATCH.{}",
                                   few ? "NOT_ENOUGH_DATA_COLUMNS" : "TOO_MANY_DATA_COLUMNS"),
                       "21S01");
    return std::move(error).At(context.PlaceOf(statement.columns.front().range));
  }
  for (size_t i = 0; i < columns.size(); ++i) {
    columns[i].name = statement.columns[i].name();
    if (statement.columns[i].comment)
      columns[i].metadata["comment"] = *statement.columns[i].comment;
  }
  return columns;
}

// The text of a stored view's mode, e.g. TYPE EVOLUTION.
Result<std::string> SchemaModeText(const SessionState& session, sql::SchemaBinding binding,
                                   bool own_names) {
  static constexpr std::array<std::string_view, 5> kTexts = {"", "BINDING", "COMPENSATION",
                                                             "TYPE EVOLUTION", "EVOLUTION"};
  if (!ShowsSchemaMode(session)) {
    if (binding == sql::SchemaBinding::kNone) return std::string();
    return Unsupported(
               "The feature VIEW ... WITH SCHEMA ... is not enabled. Consider setting the config "
               "spark.sql.legacy.viewSchemaBindingMode to true to enable this capability.")
        .WithClass("FEATURE_NOT_ENABLED", "56038");
  }
  if (binding == sql::SchemaBinding::kNone) {
    const std::string compensates =
        session.settings.GetOr("spark.sql.legacy.viewSchemaCompensation", "true");
    return std::string(FoldName(compensates) == "false" ? "BINDING" : "COMPENSATION");
  }
  // Names given to the columns stay.
  if (binding == sql::SchemaBinding::kEvolution && own_names)
    binding = sql::SchemaBinding::kTypeEvolution;
  return std::string(kTexts[static_cast<size_t>(binding)]);
}

// CREATE TEMPORARY VIEW v USING csv OPTIONS (path '...', header 'true') as a query of read_files.
Result<std::string> FilesQuery(StatementContext& context, const sql::CreateView& statement) {
  const std::string format = FoldName(statement.provider.parts.back().name);
  std::string path;
  std::string options;
  for (const auto& [key, value] : TRY(context.OptionTexts(statement.options))) {
    if (FoldName(key) == "path") {
      path = value;
    } else {
      options += fmt::format(", {} => {}", sql::QuoteName(key), sql::QuoteText(value));
    }
  }
  if (path.empty()) {
    Error error = Invalid("CREATE VIEW ... USING {} needs OPTIONS (path '...').", format)
                      .WithClass("UNSUPPORTED_FEATURE", "0A000");
    return std::move(error).At(context.PlaceOf(statement.name.range));
  }
  if (format == "delta") return fmt::format("SELECT * FROM delta.{}", sql::QuoteName(path));
  std::string schema;
  for (const sql::ColumnDefinition& column : statement.columns) {
    if (!column.type) continue;
    schema += fmt::format("{}{} {}", schema.empty() ? "" : ", ", sql::QuoteName(column.name()),
                          TRY(context.TypeOf(*column.type)).Sql());
  }
  if (!schema.empty()) options += fmt::format(", schema => {}", sql::QuoteText(schema));
  return fmt::format("SELECT * FROM read_files({}, format => {}{})", sql::QuoteText(path),
                     sql::QuoteText(format), options);
}

Status CheckViewClauses(const sql::CreateView& statement, const std::vector<std::string>& parts) {
  const bool temporary = statement.temporary || statement.global;
  if (statement.or_replace && statement.if_not_exists) {
    return Invalid("CREATE VIEW {} with both IF NOT EXISTS and REPLACE is not allowed.",
                   catalog::QuoteParts(parts))
        .WithClass("CREATE_VIEW_WITH_IF_NOT_EXISTS_AND_REPLACE", "42601");
  }
  if (temporary && statement.if_not_exists) {
    return Invalid("It is not allowed to define a TEMPORARY view with IF NOT EXISTS.")
        .WithClass("DEFINE_TEMP_VIEW_WITH_IF_NOT_EXISTS", "42601");
  }
  if (!temporary || parts.size() == 1) return {};
  const std::string qualifier = FoldName(parts[parts.size() - 2]);
  if (qualifier == (statement.global ? "global_temp" : "session")) return {};
  return Invalid(
             "Temporary VIEW `{}` cannot be qualified with {}. Temporary objects can only be "
             "qualified with SESSION or SYSTEM.SESSION.",
             parts.back(), catalog::QuoteParts(std::span(parts).first(parts.size() - 1)))
      .WithClass("INVALID_TEMP_OBJ_QUALIFIER", "42602");
}

// A view of the catalog outlives the session, so it may not read what only the session knows; and
// its columns need names that last.
Status CheckLasting(const catalog::QualifiedName& name, const plan::Query& query,
                    bool names_columns) {
  if (!names_columns && !query.generated_name.empty()) {
    return Invalid(
               "Not allowed to create the permanent view {} without explicitly assigning an alias "
               "for the expression \"{}\".",
               name.ToString(), query.generated_name)
        .WithClass("CREATE_PERMANENT_VIEW_WITHOUT_ALIAS", "0A000");
  }
  return CheckNoTemporary("VIEW", name.ToString(), query.temporary_objects);
}

// A view that is made again may not read itself.
Status CheckNotRecursive(const catalog::QualifiedName& name, const plan::Query& query) {
  for (const std::vector<std::string>& parts : query.views) {
    const bool temporary = parts.size() == 1 && name.catalog.empty();
    const bool same = temporary
                          ? FoldName(parts[0]) == FoldName(name.name)
                          : parts.size() == 3 && FoldName(parts[0]) == FoldName(name.catalog) &&
                                FoldName(parts[1]) == FoldName(name.schema) &&
                                FoldName(parts[2]) == FoldName(name.name);
    if (!same) continue;
    const std::string text = catalog::QuoteParts(parts);
    return Invalid("Recursive view {0} detected (cycle: {0} -> {0}).", text)
        .WithClass("RECURSIVE_VIEW", "42K0H");
  }
  return {};
}

std::vector<std::string> NamesOf(const std::vector<types::StructField>& columns) {
  std::vector<std::string> names;
  names.reserve(columns.size());
  for (const types::StructField& column : columns) names.push_back(column.name);
  return names;
}

Status KeepTemporary(SessionState& session, const sql::CreateView& statement,
                     catalog::Relation view) {
  const std::string key = TemporaryKey(view.name.name, statement.global);
  if (session.temporary_views.contains(key) && !statement.or_replace) {
    return Invalid("Cannot create the temporary view `{}` because it already exists.",
                   view.name.name)
        .WithClass("TEMP_TABLE_OR_VIEW_ALREADY_EXISTS", "42P07");
  }
  session.temporary_views[key] = std::move(view);
  return {};
}

Status SetQuery(StatementContext& context, const catalog::QualifiedName& name,
                const sql::AlterAction& action) {
  const plan::Query query = TRY(context.Analyze(*action.query));
  TRY(CheckColumnNames(query.columns));
  TRY(CheckLasting(name, query, false));
  TRY(CheckNotRecursive(name, query));
  return context.session.catalog().UpdateRelation(name, [&](catalog::Relation& view) {
    view.view_text = action.query_text.text;
    view.columns = query.columns;
    view.view_query_columns = NamesOf(query.columns);
    view.view_namespace = context.session.current;
    return Status();
  });
}

Status SetSchemaMode(StatementContext& context, const catalog::QualifiedName& name,
                     const sql::AlterAction& action) {
  return context.session.catalog().UpdateRelation(name, [&](catalog::Relation& view) -> Status {
    const bool own_names = NamesOf(view.columns) != view.view_query_columns;
    view.view_schema_mode = TRY(SchemaModeText(context.session, action.schema_binding, own_names));
    return {};
  });
}

}  // namespace

Status CheckColumnNames(const std::vector<types::StructField>& columns) {
  std::map<std::string, int> seen;
  for (const types::StructField& column : columns) {
    if (++seen[FoldName(column.name)] > 1) {
      return Invalid(
                 "The column `{}` already exists. Choose another name or rename the existing "
                 "column.",
                 column.name)
          .WithClass("COLUMN_ALREADY_EXISTS", "42711");
    }
  }
  return {};
}

Status CheckNoTemporary(std::string_view kind, const std::string& name,
                        const std::vector<plan::Query::TemporaryObject>& objects) {
  if (objects.empty()) return {};
  const plan::Query::TemporaryObject& object = objects.front();
  return Invalid(
             "Cannot create the persistent object {} of the type {} because it references to the "
             "temporary object {} of the type {}. Make the temporary object {} persistent, or make "
             "the persistent object temporary.",
             name, kind, object.name, object.kind, object.name)
      .WithClass("INVALID_TEMP_OBJ_REFERENCE", "42K0F");
}

bool ShowsSchemaMode(const SessionState& session) {
  return FoldName(session.settings.GetOr("spark.sql.legacy.viewSchemaBindingMode", "true")) !=
         "false";
}

Result<StatementResult> RunCreateView(StatementContext& context, const sql::CreateView& statement) {
  const bool temporary = statement.temporary || statement.global;
  if (!statement.query && (statement.provider.empty() || !temporary)) {
    return Unsupported("CREATE VIEW without a query is not supported.")
        .WithClass("UNSUPPORTED_FEATURE", "0A000");
  }
  const std::vector<std::string> parts = TRY(context.Parts(statement.name));
  Status allowed = CheckViewClauses(statement, parts);
  if (!allowed) return std::move(allowed).error().At(context.PlaceOf(statement.name.range));
  catalog::Relation view;
  view.kind = catalog::RelationKind::kView;
  view.notes.comment = statement.comment.value_or("");
  view.notes.properties = TRY(context.OptionTexts(statement.properties));
  view.view_namespace = context.session.current;
  view.view_config = context.session.settings.set_values();
  plan::Query query;
  if (statement.query) {
    view.view_text = statement.query_text.text;
    query = TRY(context.Analyze(*statement.query));
    view.columns = TRY(ViewColumns(context, statement, query));
  } else {
    view.view_text = TRY(FilesQuery(context, statement));
    query = TRY(context.Analyze(*TRY(sql::ParseQuery(view.view_text))));
    view.columns = query.columns;
  }
  TRY(CheckColumnNames(view.columns));
  view.view_query_columns = NamesOf(query.columns);
  view.view_schema_mode =
      TRY(SchemaModeText(context.session, statement.schema_binding, !statement.columns.empty()));
  if (temporary) {
    view.view_schema_mode = "BINDING";
    view.name = {"", "", parts.back()};
    TRY(CheckNotRecursive(view.name, query));
    TRY(KeepTemporary(context.session, statement, std::move(view)));
    return EmptyResult("CREATE VIEW");
  }
  view.name = TRY(catalog::Qualify(parts, context.session.current));
  TRY(CheckLasting(view.name, query, !statement.columns.empty()));
  const bool exists = TRY(context.session.catalog().FindRelation(view.name)).has_value();
  if (exists && statement.if_not_exists) return EmptyResult("CREATE VIEW");
  if (exists) TRY(CheckNotRecursive(view.name, query));
  Status made = context.session.catalog().CreateView(std::move(view), statement.or_replace);
  if (!made) return std::move(made).error().At(context.PlaceOf(statement.name.range));
  return EmptyResult("CREATE VIEW");
}

Result<StatementResult> AlterView(StatementContext& context, const sql::AlterTable& statement,
                                  const catalog::QualifiedName& name) {
  for (const sql::AlterAction& action : statement.actions) {
    switch (action.alter_kind) {
      case sql::AlterKind::kRename: {
        const std::vector<std::string> parts = TRY(context.Parts(action.new_name));
        TRY(context.session.catalog().RenameRelation(name,
                                                     TRY(catalog::Qualify(parts, name.ns()))));
        return EmptyResult("ALTER VIEW");
      }
      case sql::AlterKind::kSetQuery:
        TRY(SetQuery(context, name, action));
        break;
      case sql::AlterKind::kSetSchemaBinding:
        TRY(SetSchemaMode(context, name, action));
        break;
      default:
        TRY(RecordAction(context, name, action));
    }
  }
  return EmptyResult("ALTER VIEW");
}

}  // namespace lakesmith::engine
