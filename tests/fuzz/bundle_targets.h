#pragma once

#include <string_view>

// Bodies of the fuzzers of a project's texts. Each takes any bytes and stops the process when a
// rule is broken that must hold for all of them; the fuzz programs and a unit test with fixed
// mutations share these.
namespace lakesmith::bundle::fuzz {

// A YAML file: read or refused, and what is read can be written as JSON.
void FuzzYaml(std::string_view bytes);
// A Quartz expression: what is read fires later and later.
void FuzzCron(std::string_view bytes);
// ${references} and {{references}}: found in order within the text, and resolved or told.
void FuzzReferences(std::string_view bytes);
// A whole bundle of one file: loaded, or told what is wrong.
void FuzzBundle(std::string_view bytes);

}  // namespace lakesmith::bundle::fuzz
