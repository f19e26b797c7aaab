#pragma once

#include <functional>
#include <optional>

#include "base/yaml.h"
#include "bundle/diagnostics.h"
#include "bundle/key_table.h"

namespace lakesmith::bundle {

// The value of a whole reference where it is known already, else nothing.
using ReferenceValue = std::function<std::optional<Yaml>(const Yaml& reference)>;

// Merges `over` into `base`: maps key by key, lists one after the other, scalars replaced, null
// gives way to the other side. A base that is a whole reference where `over` is a list or map is
// first replaced by its value, when `value_of` (may be empty) knows it. Kinds that do not fit are
// an error that names both places, and `over` wins. Source: compatibility notes, section 1.
void MergeInto(Yaml& base, const Yaml& over, const ReferenceValue& value_of,
               Diagnostics& diagnostics);

// Folds keyed lists, as the table says (Field::fold_by): elements with equal keys are merged in
// order of appearance. Tasks come out sorted by key.
void FoldKeyedLists(Yaml& root, const Shape& shape, Diagnostics& diagnostics);

}  // namespace lakesmith::bundle
