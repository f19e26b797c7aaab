#include <string>

#include "sql/printer_internal.h"

namespace lakesmith::sql {

namespace {

std::string_view ShowWords(ShowKind kind) {
  static constexpr std::string_view kWords[] = {"TABLES",
                                                "TABLE EXTENDED",
                                                "VIEWS",
                                                "MATERIALIZED VIEWS",
                                                "STREAMING TABLES",
                                                "SCHEMAS",
                                                "CATALOGS",
                                                "COLUMNS",
                                                "FUNCTIONS",
                                                "PARTITIONS",
                                                "CREATE TABLE",
                                                "TBLPROPERTIES",
                                                "CURRENT SCHEMA",
                                                "VOLUMES",
                                                "GRANTS",
                                                "VARIABLES",
                                                "USERS",
                                                "GROUPS",
                                                "EXTERNAL LOCATIONS",
                                                "STORAGE CREDENTIALS",
                                                "CONNECTIONS",
                                                "SHARES",
                                                "RECIPIENTS",
                                                "PROVIDERS",
                                                "PROCEDURES",
                                                "COLLATIONS",
                                                "TABLES DROPPED",
                                                "CACHED TABLES",
                                                "POLICIES"};
  return kWords[static_cast<size_t>(kind)];
}

}  // namespace

// False when the statement is of another family.
bool Printer::PrintCommand(const Statement& statement) {
  switch (statement.kind) {
    case StatementKind::kUse:
      PrintUse(As<Use>(statement));
      return true;
    case StatementKind::kSet:
      PrintSet(As<Set>(statement));
      return true;
    case StatementKind::kReset:
      PrintReset(As<Reset>(statement));
      return true;
    case StatementKind::kSetTimeZone:
      PrintSetTimeZone(As<SetTimeZone>(statement));
      return true;
    case StatementKind::kDeclareVariable:
      PrintDeclare(As<DeclareVariable>(statement));
      return true;
    case StatementKind::kSetVariable:
      PrintSetVariable(As<SetVariable>(statement));
      return true;
    case StatementKind::kExecuteImmediate:
      PrintExecute(As<ExecuteImmediate>(statement));
      return true;
    case StatementKind::kShow:
      PrintShow(As<Show>(statement));
      return true;
    case StatementKind::kDescribe:
      PrintDescribe(As<Describe>(statement));
      return true;
    case StatementKind::kGrant:
      PrintGrant(As<Grant>(statement));
      return true;
    case StatementKind::kComment:
      PrintComment(As<Comment>(statement));
      return true;
    case StatementKind::kCreateSink:
      PrintCreateSink(As<CreateSink>(statement));
      return true;
    case StatementKind::kCall:
      PrintCall(As<Call>(statement));
      return true;
    case StatementKind::kResource:
      PrintResource(As<Resource>(statement));
      return true;
    default:
      return false;
  }
}

void Printer::PrintUse(const Use& use) {
  Add(use.target == UseTarget::kCatalog ? "USE CATALOG "
      : use.explicit_schema             ? "USE SCHEMA "
                                        : "USE ");
  AddName(use.name);
}

void Printer::PrintReset(const Reset& reset) {
  Add("RESET");
  AddIf(!reset.key.empty(), " " + QuoteNameAlways(reset.key));
}

void Printer::PrintSetTimeZone(const SetTimeZone& set) {
  Add(set.local ? "SET TIME ZONE LOCAL" : "SET TIME ZONE ");
  if (set.zone) {
    AddText(*set.zone);
  } else if (set.interval) {
    Print(*set.interval);
  }
}

void Printer::PrintComment(const Comment& comment) {
  Add("COMMENT ON ");
  Add(ObjectKindText(comment.object));
  Add(" ");
  AddName(comment.name);
  Add(" IS " + (comment.comment ? QuoteText(*comment.comment) : "NULL"));
}

void Printer::PrintCreateSink(const CreateSink& create) {
  Add("CREATE SINK ");
  AddName(create.name);
  if (!create.provider.empty()) {
    Add(" USING ");
    AddName(create.provider);
  }
  Add(" OPTIONS ");
  PrintOptions(create.options);
}

void Printer::PrintCall(const Call& call) {
  Add("CALL ");
  AddName(call.name);
  Add("(");
  PrintArguments(call.arguments, Level::kLambda);
  Add(")");
}

void Printer::PrintResource(const Resource& resource) {
  Add(resource.action + " " + resource.resource_kind);
  AddIf(!resource.text.empty(), " " + resource.text);
}

void Printer::PrintSet(const Set& set) {
  Add("SET");
  AddIf(set.verbose, " -v");
  AddIf(!set.key.empty(), " " + QuoteNameAlways(set.key));
  if (set.value) {
    Add(" = " + *set.value);
  }
}

void Printer::PrintDeclare(const DeclareVariable& declare) {
  Add(declare.or_replace ? "DECLARE OR REPLACE VARIABLE " : "DECLARE VARIABLE ");
  AddList(declare.names, [this](const Name& name) { AddName(name); });
  if (declare.type) {
    Add(" ");
    Print(*declare.type);
  }
  AddOptional(" DEFAULT ", declare.default_value);
}

void Printer::PrintSetVariable(const SetVariable& set) {
  Add("SET VARIABLE ");
  if (set.query) {
    Add("(");
    AddList(set.items, [this](const SetVariable::Item& item) { AddName(item.name); });
    Add(") = ");
    return AddSubquery(set.query);
  }
  AddList(set.items, [this](const SetVariable::Item& item) {
    AddName(item.name);
    Add(" = ");
    Print(*item.value);
  });
}

void Printer::PrintExecute(const ExecuteImmediate& execute) {
  Add("EXECUTE IMMEDIATE ");
  Print(*execute.text);
  AddIf(!execute.into.empty(), " INTO ");
  AddList(execute.into, [this](const Name& name) { AddName(name); });
  AddIf(!execute.arguments.empty(), " USING ");
  AddExpressions(execute.arguments);
}

void Printer::PrintShow(const Show& show) {
  Add("SHOW ");
  AddIf(!show.scope.empty(), show.scope + " ");
  Add(ShowWords(show.show_kind));
  const auto name = [&](std::string_view prefix, const Name& value) {
    if (!value.empty()) {
      Add(prefix);
      AddName(value);
    }
  };
  if (show.show_kind == ShowKind::kGrants || show.show_kind == ShowKind::kPolicies) {
    AddIf(!show.principal.empty(), " " + QuoteNameAlways(show.principal));
    Add(" ON ");
    Add(ObjectKindText(show.object));
    return name(" ", show.name);
  }
  if (show.show_kind == ShowKind::kFunctions) {
    name(" IN ", show.in);
    name(" ", show.name);
  } else {
    name(show.show_kind == ShowKind::kColumns ? " IN " : " ", show.name);
    name(" IN ", show.in);
  }
  if (show.pattern) {
    Add(" LIKE ");
    AddText(*show.pattern);
  }
  if (show.key) {
    Add(" (");
    AddText(*show.key);
    Add(")");
  }
  if (!show.partition.values.empty()) {
    Add(" ");
    PrintPartition(show.partition);
  }
  AddIf(show.as_serde, " AS SERDE");
  AddIf(show.as_json, " AS JSON");
}

void Printer::PrintDescribe(const Describe& describe) {
  static constexpr std::string_view kWords[] = {"TABLE ",
                                                "QUERY ",
                                                "FUNCTION ",
                                                "SCHEMA ",
                                                "CATALOG ",
                                                "HISTORY ",
                                                "DETAIL ",
                                                "VOLUME ",
                                                "EXTERNAL LOCATION ",
                                                "STORAGE CREDENTIAL ",
                                                "CONNECTION ",
                                                "SHARE ",
                                                "RECIPIENT ",
                                                "PROVIDER ",
                                                "PROCEDURE "};
  Add("DESCRIBE ");
  Add(kWords[static_cast<size_t>(describe.describe_kind)]);
  AddIf(describe.extended, "EXTENDED ");
  AddIf(describe.formatted, "FORMATTED ");
  if (describe.query) {
    return Print(*describe.query);
  }
  AddName(describe.name);
  if (!describe.partition.values.empty()) {
    Add(" ");
    PrintPartition(describe.partition);
  }
  if (!describe.column.empty()) {
    Add(" ");
    AddPath(describe.column);
  }
  AddIf(!describe.limit.empty(), " LIMIT " + describe.limit);
  AddIf(describe.as_json, " AS JSON");
}

void Printer::PrintGrant(const Grant& grant) {
  Add(grant.action == GrantAction::kGrant    ? "GRANT "
      : grant.action == GrantAction::kRevoke ? "REVOKE "
                                             : "DENY ");
  AddList(grant.privileges, [this](const std::string& privilege) { Add(privilege); });
  Add(" ON ");
  if (grant.object_given) {
    Add(ObjectKindText(grant.object));
    AddIf(!grant.name.empty(), " ");
  }
  AddName(grant.name);
  Add(grant.action == GrantAction::kRevoke ? " FROM " : " TO ");
  Add(QuoteNameAlways(grant.principal));
  AddIf(grant.grant_option, " WITH GRANT OPTION");
}

}  // namespace lakesmith::sql
