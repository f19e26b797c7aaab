#pragma once

#include "bundle/bundle.h"

namespace lakesmith::bundle {

// Checks what the table cannot say: the graph of each job, references between resources, fields
// that exclude or need each other. Tells what it finds in bundle.diagnostics.
void CheckResources(Bundle& bundle);

}  // namespace lakesmith::bundle
