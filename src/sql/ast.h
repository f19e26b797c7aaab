#pragma once

// The whole syntax tree of Spark SQL and pipeline SQL.
#include "sql/ast_alter.h"
#include "sql/ast_command.h"
#include "sql/ast_ddl.h"
#include "sql/ast_dml.h"
#include "sql/ast_expression.h"
#include "sql/ast_function.h"
#include "sql/ast_maintenance.h"
#include "sql/ast_node.h"
#include "sql/ast_pipeline.h"
#include "sql/ast_query.h"
#include "sql/ast_relation.h"
#include "sql/ast_statement.h"
#include "sql/ast_table.h"
