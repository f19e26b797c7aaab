#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "delta/actions.h"
#include "types/data_type.h"

namespace lakesmith::delta {

// Whether the protocol lists the feature, or implies it by its version (e.g. writer 2 implies
// appendOnly).
bool HasFeature(const Protocol& protocol, std::string_view feature);

// Errors: kUnsupported  names the reader version or the features that this product lacks.
Status CheckReadable(const Protocol& protocol, std::string_view root);
// The same for writing, which includes reading.
Status CheckWritable(const Protocol& protocol, std::string_view root);

// The lowest protocol that allows all that the metadata asks for: properties, column types and
// column metadata. `explicit_features` are added by name ("delta.feature.X" = "supported"). Errors:
// kUnsupported  names a feature that we cannot write.
Result<Protocol> ProtocolFor(const Metadata& metadata, const types::DataType& schema,
                             const std::vector<std::string>& explicit_features = {});

// Takes the properties that speak of the protocol ("delta.feature.X", "delta.minReaderVersion",
// "delta.minWriterVersion") out of a configuration, where they are never kept, and returns the
// features named. Errors: kInvalid for a value other than "supported" or "enabled".
Result<std::vector<std::string>> TakeFeatureProperties(
    std::map<std::string, std::string>* configuration);

// `current` raised so that it also allows what `needed` does; never lowers. Moving from legacy
// versions to 3/7 lists every feature that the old versions implied.
Protocol MergeProtocols(const Protocol& current, const Protocol& needed);

// `protocol` without the feature. Whoever calls has removed all traces of it from the table.
// Errors: kInvalid when the feature is not there or comes with a legacy version. kUnsupported when
// it cannot be dropped.
Result<Protocol> DropFeature(const Protocol& protocol, std::string_view feature);

// Features that this product reads and writes, ordered by name: for messages and docs.
std::vector<std::string> ReadableFeatures();
std::vector<std::string> WritableFeatures();

}  // namespace lakesmith::delta
