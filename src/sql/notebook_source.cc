#include "sql/notebook_source.h"

#include <algorithm>

namespace lakesmith::sql {
namespace {

constexpr std::string_view kHead = "-- Databricks notebook source";
constexpr std::string_view kDivider = "-- COMMAND ----------";

bool Is(std::string_view line, std::string_view wanted) {
  return line.starts_with(wanted) &&
         line.find_first_not_of(" \t\r", wanted.size()) == std::string_view::npos;
}

}  // namespace

bool IsNotebookSource(std::string_view text) { return Is(text.substr(0, text.find('\n')), kHead); }

std::string DivideCells(std::string_view text) {
  std::string divided;
  divided.reserve(text.size());
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    divided += Is(line, kDivider) ? ";" : line;
    if (end < text.size()) divided += '\n';
    begin = end + 1;
  }
  return divided;
}

}  // namespace lakesmith::sql
