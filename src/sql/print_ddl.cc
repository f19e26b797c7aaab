#include <string>

#include "sql/printer_internal.h"

namespace lakesmith::sql {

void Printer::PrintCreateTable(const CreateTable& create) {
  Add(create.replace_only ? "REPLACE " : "CREATE ");
  AddIf(create.or_replace && !create.replace_only, "OR REPLACE ");
  AddIf(create.or_refresh, "OR REFRESH ");
  AddIf(create.private_table, "PRIVATE ");
  AddIf(create.temporary, "TEMPORARY ");
  AddIf(create.external, "EXTERNAL ");
  switch (create.table_kind) {
    case TableKind::kTable:
      Add("TABLE ");
      break;
    case TableKind::kStreamingTable:
      Add(create.live ? "STREAMING LIVE TABLE " : "STREAMING TABLE ");
      break;
    case TableKind::kMaterializedView:
      Add("MATERIALIZED VIEW ");
      break;
    case TableKind::kLiveTable:
      Add("LIVE TABLE ");
  }
  AddIf(create.if_not_exists, "IF NOT EXISTS ");
  AddName(create.name);
  PrintTableBody(create.columns, create.constraints);
  PrintClauses(create.clauses);
  if (create.query) {
    Add(" AS ");
    Print(*create.query);
  }
  if (create.flow) {
    Add(" FLOW ");
    PrintFlow(*create.flow, true);
  }
}

void Printer::PrintCreateLike(const CreateTableLike& create) {
  Add("CREATE TABLE ");
  AddIf(create.if_not_exists, "IF NOT EXISTS ");
  AddName(create.name);
  Add(" LIKE ");
  AddName(create.source);
  PrintClauses(create.clauses);
}

void Printer::PrintClone(const CloneTable& clone) {
  Add("CREATE ");
  AddIf(clone.or_replace, "OR REPLACE ");
  Add("TABLE ");
  AddIf(clone.if_not_exists, "IF NOT EXISTS ");
  AddName(clone.name);
  Add(clone.shallow ? " SHALLOW CLONE " : " DEEP CLONE ");
  Print(*clone.source);
  PrintClauses(clone.clauses);
}

void Printer::PrintCreateView(const CreateView& create) {
  static constexpr std::string_view kBindings[] = {
      "", " WITH SCHEMA BINDING", " WITH SCHEMA COMPENSATION", " WITH SCHEMA TYPE EVOLUTION",
      " WITH SCHEMA EVOLUTION"};
  Add("CREATE ");
  AddIf(create.or_replace, "OR REPLACE ");
  AddIf(create.global, "GLOBAL ");
  AddIf(create.temporary, "TEMPORARY ");
  AddIf(create.streaming, "STREAMING ");
  AddIf(create.live, "LIVE ");
  Add("VIEW ");
  AddIf(create.if_not_exists, "IF NOT EXISTS ");
  AddName(create.name);
  PrintTableBody(create.columns, create.constraints);
  if (!create.provider.empty()) {
    Add(" USING ");
    AddName(create.provider);
  }
  if (!create.options.empty()) {
    Add(" OPTIONS ");
    PrintOptions(create.options);
  }
  if (create.comment) {
    Add(" COMMENT ");
    AddText(*create.comment);
  }
  if (!create.properties.empty()) {
    Add(" TBLPROPERTIES ");
    PrintOptions(create.properties);
  }
  AddIf(!create.default_collation.empty(), " DEFAULT COLLATION " + create.default_collation);
  Add(kBindings[static_cast<size_t>(create.schema_binding)]);
  if (create.metrics) {
    Add(" WITH METRICS LANGUAGE YAML AS $$" + create.metrics_yaml + "$$");
  }
  if (create.query) {
    Add(" AS ");
    Print(*create.query);
  }
}

void Printer::PrintParameters(const std::vector<FunctionParameter>& parameters) {
  Add("(");
  AddList(parameters, [this](const FunctionParameter& parameter) {
    AddIdentifier(parameter.name);
    if (parameter.type) {
      Add(" ");
      Print(*parameter.type);
    }
    AddOptional(" DEFAULT ", parameter.default_value);
    if (parameter.comment) {
      Add(" COMMENT ");
      AddText(*parameter.comment);
    }
  });
  Add(")");
}

void Printer::PrintFunctionHead(const CreateFunction& create) {
  Add("CREATE ");
  AddIf(create.or_replace, "OR REPLACE ");
  AddIf(create.temporary, "TEMPORARY ");
  Add("FUNCTION ");
  AddIf(create.if_not_exists, "IF NOT EXISTS ");
  AddName(create.name);
}

void Printer::PrintCreateFunction(const CreateFunction& create) {
  PrintFunctionHead(create);
  if (create.class_name) {
    Add(" AS ");
    AddText(*create.class_name);
    AddIf(!create.resources.empty(), " USING ");
    AddList(create.resources, [this](const FunctionResource& resource) {
      Add(resource.resource_kind + " ");
      AddText(resource.uri);
    });
    return;
  }
  PrintParameters(create.parameters);
  if (create.return_type) {
    Add(" RETURNS ");
    Print(*create.return_type);
  } else if (create.returns_table) {
    Add(" RETURNS TABLE");
    if (!create.table_columns.empty()) {
      PrintParameters(create.table_columns);
    }
  }
  AddIf(!create.language.empty(), " LANGUAGE " + QuoteName(create.language));
  if (create.deterministic) {
    Add(*create.deterministic ? " DETERMINISTIC" : " NOT DETERMINISTIC");
  }
  if (create.comment) {
    Add(" COMMENT ");
    AddText(*create.comment);
  }
  AddIf(!create.data_access.empty(), " " + create.data_access);
  AddIf(!create.security.empty(), " SQL SECURITY " + create.security);
  AddIf(!create.default_collation.empty(), " DEFAULT COLLATION " + create.default_collation);
  for (const std::string& characteristic : create.other_characteristics) {
    Add(" " + characteristic);
  }
  if (create.foreign_body) {
    Add(" AS $$" + *create.foreign_body + "$$");
  }
  AddOptional(" RETURN ", create.body_expression);
  if (create.body_query) {
    Add(" RETURN ");
    Print(*create.body_query);
  }
}

void Printer::PrintCreateObject(const CreateObject& create) {
  Add("CREATE ");
  AddIf(create.or_replace, "OR REPLACE ");
  if (create.object == ObjectKind::kWidget) {
    Add("WIDGET " + create.variant + " ");
    AddName(create.name);
    AddOptional(" DEFAULT ", create.default_value);
    if (create.choices.size() == 1 && create.choices[0]->kind == ExpressionKind::kScalarSubquery) {
      Add(" CHOICES ");
      Print(*As<ScalarSubquery>(*create.choices[0]).query);
    } else if (!create.choices.empty()) {
      Add(" CHOICES ");
      AddExpressions(create.choices);
    }
    return;
  }
  if (create.variant == "SERVICE") {
    Add("SERVICE CREDENTIAL ");
  } else {
    AddIf(!create.variant.empty(), create.variant + " ");
    Add(ObjectKindText(create.object));
    Add(" ");
  }
  AddIf(create.if_not_exists, "IF NOT EXISTS ");
  AddName(create.name);
  PrintObjectClauses(create);
}

void Printer::PrintObjectClauses(const CreateObject& create) {
  AddIf(!create.connection_type.empty(), " TYPE " + QuoteName(create.connection_type));
  if (create.location) {
    Add(create.object == ObjectKind::kExternalLocation ? " URL " : " LOCATION ");
    AddText(*create.location);
  }
  if (create.managed_location) {
    Add(" MANAGED LOCATION ");
    AddText(*create.managed_location);
  }
  if (!create.using_object.empty()) {
    const bool catalog = create.object == ObjectKind::kCatalog;
    Add(catalog ? " USING CONNECTION " : " WITH (STORAGE CREDENTIAL ");
    AddName(create.using_object);
    AddIf(!catalog, ")");
  }
  if (create.comment) {
    Add(" COMMENT ");
    AddText(*create.comment);
  }
  AddIf(!create.default_collation.empty(), " DEFAULT COLLATION " + create.default_collation);
  if (!create.properties.empty()) {
    Add(" WITH DBPROPERTIES ");
    PrintOptions(create.properties);
  }
  if (!create.options.empty()) {
    Add(" OPTIONS ");
    PrintOptions(create.options);
  }
}

void Printer::PrintDrop(const DropObject& drop) {
  Add(drop.undrop ? "UNDROP " : "DROP ");
  AddIf(drop.temporary, "TEMPORARY ");
  Add(ObjectKindText(drop.object));
  Add(drop.if_exists ? " IF EXISTS " : " ");
  AddName(drop.name);
  for (const Name& name : drop.more_names) {
    Add(drop.object == ObjectKind::kPolicy ? " ON " : ", ");
    AddName(name);
  }
  AddIf(drop.cascade, " CASCADE");
  AddIf(drop.restrict, " RESTRICT");
  AddIf(drop.purge, " PURGE");
  AddIf(drop.force, " FORCE");
}

}  // namespace lakesmith::sql
