
#include "bundle/bundle.h"
#include "bundle/decode.h"

namespace lakesmith::bundle {
namespace {

// A value that the files may also give as ${reference}.
Json OrReference(Json schema) {
  Json reference = {{"type", "string"}, {"pattern", "\\$\\{.+\\}"}};
  return {{"anyOf", Json::array({std::move(schema), std::move(reference)})}};
}

class SchemaWriter {
 public:
  Json Write(const Shape& shape) {
    switch (shape.kind) {
      case Shape::Kind::kAny:
        return Json::object();
      case Shape::Kind::kText:
        return {{"type", Json::array({"string", "number", "boolean"})}};
      case Shape::Kind::kBool:
        return OrReference({{"type", "boolean"}});
      case Shape::Kind::kInteger:
        return OrReference({{"type", "integer"}});
      case Shape::Kind::kNumber:
        return OrReference({{"type", "number"}});
      case Shape::Kind::kWord:
        return OrReference({{"enum", shape.words}});
      case Shape::Kind::kList:
        return OrReference({{"type", "array"}, {"items", Write(shape.element())}});
      case Shape::Kind::kMap:
        return OrReference({{"type", "object"}, {"additionalProperties", Write(shape.element())}});
      case Shape::Kind::kObject:
        return Reference(shape);
    }
    return Json::object();
  }

  Json TakeDefinitions() && { return std::move(definitions_); }

 private:
  // Each map of known keys is a definition of its own: a task may hold a task.
  Json Reference(const Shape& shape) {
    const auto [known, is_new] = names_.emplace(&shape, fmt::format("part{}", names_.size() + 1));
    const std::string name = known->second;
    if (is_new) definitions_[name] = WriteObject(shape);
    return {{"$ref", "#/$defs/" + name}};
  }

  Json WriteObject(const Shape& shape) {
    Json properties = Json::object();
    for (const Field& field : shape.fields) properties[field.name] = WriteField(field);
    // Targets repeat parts of a resource, so that no key is required of the file as written.
    return {{"type", Json::array({"object", "null"})},
            {"properties", std::move(properties)},
            {"additionalProperties", false},
            {"patternProperties", {{"^(_|x-)", Json::object()}}}};
  }

  Json WriteField(const Field& field) {
    Json schema = field.words.empty() ? Write(field.shape()) : OrReference({{"enum", field.words}});
    if (!field.description.empty()) schema["description"] = field.description;
    if (field.use == FieldUse::kIgnored) schema["deprecated"] = true;
    if (schema.contains("anyOf")) {
      if (field.minimum) schema["anyOf"][0]["minimum"] = *field.minimum;
      if (field.maximum) schema["anyOf"][0]["maximum"] = *field.maximum;
    }
    return schema;
  }

  std::map<const Shape*, std::string> names_;
  Json definitions_ = Json::object();
};

}  // namespace

Json BundleSchema() {
  SchemaWriter writer;
  Json schema = {{"$schema", "https://json-schema.org/draft/2020-12/schema"}, {"title", "Bundle"}};
  schema.update(writer.Write(ShapeOf<RootFile>()));
  schema["$defs"] = std::move(writer).TakeDefinitions();
  return schema;
}

}  // namespace lakesmith::bundle
