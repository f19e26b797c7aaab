#pragma once

#include "base/json.h"
#include "bundle/resources.h"

namespace lakesmith::jobs {

// The packages that a Python task wants: its libraries, and the dependencies of the environment of
// the job that it names. A list of objects of one key, for lakesmith_runtime/environment.py:
// "requirement" (as pip takes it), "wheel" (path or pattern), "file" (of requirements), "index".
// Paths are relative to the bundle's root.
Json PackagesOf(const bundle::Job& job, const bundle::Task& task);

}  // namespace lakesmith::jobs
