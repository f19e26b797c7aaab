#pragma once

#include <any>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time_zone.h"
#include "engine/duckdb/duckdb_internal.h"
#include "engine/duckdb/functions/registry.h"
#include "engine/duckdb/functions/vector_columns_internal.h"
#include "functions/json_functions.h"
#include "types/data_type.h"
#include "types/value.h"

namespace lakesmith::engine {

// What the sources of this folder share: kernels on plain values become vectorised functions of the
// engine.

// Ends the statement with this error.
[[noreturn]] void ThrowError(const Error& error);
// The value, or ends the statement with the error.
template <typename T>
T ValueOrThrow(Result<T> result) {
  if (!result) ThrowError(result.error());
  return *std::move(result);
}

// The session's time zone. Looked up once for each vector of rows.
TimeZone SessionTimeZone(::duckdb::ExpressionState& state);

// What knows its size and writes itself, so that it needs no string of its own.
template <typename T>
concept TextWriter = requires(const T& text, char* out) {
  text.size();
  text.Write(out);
};
template <typename T>
concept Text = TextWriter<T> || std::is_convertible_v<T, std::string_view>;

// How a C++ value goes into a result vector: text is put into the vector's heap.
inline ::duckdb::string_t ToVector(::duckdb::Vector& result, std::string_view text) {
  return ::duckdb::StringVector::AddStringOrBlob(result, text.data(), text.size());
}
::duckdb::string_t ToVector(::duckdb::Vector& result, const TextWriter auto& text) {
  ::duckdb::string_t written = ::duckdb::StringVector::EmptyString(result, text.size());
  text.Write(written.GetDataWriteable());
  written.Finalize();
  return written;
}
template <typename T>
  requires(!Text<T>)
T ToVector(::duckdb::Vector&, T value) {
  return value;
}
template <typename T>
using VectorType = std::conditional_t<Text<T>, ::duckdb::string_t, T>;

// How an element of an argument reaches a kernel: text as a view.
template <typename T>
decltype(auto) FromVector(const T& value) {
  if constexpr (std::is_same_v<T, ::duckdb::string_t>) {
    return std::string_view(value.GetData(), value.GetSize());
  } else {
    return value;
  }
}

template <typename T>
struct KernelResult {
  using Type = T;
  static std::optional<T> Get(T&& value) { return std::move(value); }
};
template <typename T>
struct KernelResult<std::optional<T>> {
  using Type = T;
  static std::optional<T> Get(std::optional<T>&& value) { return std::move(value); }
};
template <typename T>
struct KernelResult<Result<T>> {
  using Type = typename KernelResult<T>::Type;
  static std::optional<Type> Get(Result<T>&& value) {
    return KernelResult<T>::Get(ValueOrThrow(std::move(value)));
  }
};

// Runs `kernel` on each row whose arguments are all there; the others give null. Arguments are the
// engine's physical types, string_t as string_view. A kernel returns T, optional<T> (none is null)
// or Result of either.
template <typename... Arguments, typename Kernel, size_t... Index>
void ExecuteRows(::duckdb::DataChunk& chunk, ::duckdb::Vector& result, Kernel kernel,
                 std::index_sequence<Index...>) {
  using Returned =
      KernelResult<std::decay_t<decltype(kernel(FromVector(std::declval<const Arguments&>())...))>>;
  using Out = VectorType<typename Returned::Type>;
  const ::duckdb::idx_t count = chunk.size();
  const bool constant = chunk.AllConstant();
  ::duckdb::UnifiedVectorFormat formats[sizeof...(Arguments)];
  (chunk.data[Index].ToUnifiedFormat(count, formats[Index]), ...);
  result.SetVectorType(constant ? ::duckdb::VectorType::CONSTANT_VECTOR
                                : ::duckdb::VectorType::FLAT_VECTOR);
  auto* out = constant ? ::duckdb::ConstantVector::GetData<Out>(result)
                       : ::duckdb::FlatVector::GetData<Out>(result);
  const auto set_null = [&](::duckdb::idx_t row) {
    // The engine reads the place of a list that is null, too.
    if constexpr (std::is_same_v<Out, ::duckdb::list_entry_t>) out[row] = {0, 0};
    if (constant) {
      ::duckdb::ConstantVector::SetNull(result, true);
    } else {
      ::duckdb::FlatVector::SetNull(result, row, true);
    }
  };
  for (::duckdb::idx_t row = 0; row < (constant ? 1 : count); ++row) {
    const bool valid =
        (formats[Index].validity.RowIsValid(formats[Index].sel->get_index(row)) && ...);
    if (!valid) {
      set_null(row);
      continue;
    }
    auto value = Returned::Get(kernel(FromVector(::duckdb::UnifiedVectorFormat::GetData<Arguments>(
        formats[Index])[formats[Index].sel->get_index(row)])...));
    if (value) {
      out[row] = ToVector(result, *std::move(value));
    } else {
      set_null(row);
    }
  }
}

// What is made of a text that most rows share, such as a format. One for each vector of rows.
template <typename T>
class MadeOf {
 public:
  // What `make` makes of the text; it may keep views of it.
  template <typename Make>
  const T& Get(std::string_view text, Make make) {
    if (!made_ || text != text_) {
      made_.reset();
      text_ = text;
      made_.emplace(make(std::string_view(text_)));
    }
    return *made_;
  }

 private:
  std::string text_;
  std::optional<T> made_;
};

// Runs `run` with a number of the type in which the engine keeps the digits of a DECIMAL.
template <typename Run>
void WithStoredType(const ::duckdb::LogicalType& decimal, Run run) {
  switch (decimal.InternalType()) {
    case ::duckdb::PhysicalType::INT16:
      return run(int16_t{});
    case ::duckdb::PhysicalType::INT32:
      return run(int32_t{});
    case ::duckdb::PhysicalType::INT64:
      return run(int64_t{});
    default:
      return run(::duckdb::hugeint_t{});
  }
}

// A function whose kernel needs nothing but its arguments: RowFunction<&Kernel, string_t, int32_t>.
template <auto kKernel, typename... Arguments>
void RowFunction(::duckdb::DataChunk& chunk, ::duckdb::ExpressionState&, ::duckdb::Vector& result) {
  ExecuteRows<Arguments...>(
      chunk, result, [](auto&&... values) { return kKernel(values...); },
      std::index_sequence_for<Arguments...>{});
}

// A set of one function that takes nulls to null by itself and may fail. One that cannot fail
// (MakeTotal) is worked out once for each distinct value where the engine knows these.
::duckdb::ScalarFunctionSet MakeTotal(const char* name,
                                      ::duckdb::vector<::duckdb::LogicalType> arguments,
                                      ::duckdb::LogicalType result,
                                      ::duckdb::scalar_function_t function);
::duckdb::ScalarFunctionSet MakeScalar(const char* name,
                                       ::duckdb::vector<::duckdb::LogicalType> arguments,
                                       ::duckdb::LogicalType result,
                                       ::duckdb::scalar_function_t function);

// Functions on values of any type, row by row as types::Value. The kernel sees all arguments, nulls
// too.
struct ValueCall {
  std::span<const types::Value> values;
  std::span<const types::DataType> types;  // Of all arguments.
  const types::DataType& result_type;
  const TimeZone& zone;
  std::any& memory;  // What a kernel keeps from row to row.
};

// What `make` makes of `key`, a Result<T>; kept for as long as the rows have the same key.
template <typename T, typename Key, typename Make>
Result<const T*> Remembered(const ValueCall& call, const Key& key, Make make) {
  struct Last {
    Key key;
    std::shared_ptr<const T> made;
  };
  if (const Last* last = std::any_cast<Last>(&call.memory); last == nullptr || last->key != key) {
    T made = TRY(make());
    call.memory = Last{key, std::make_shared<const T>(std::move(made))};
  }
  return std::any_cast<Last>(&call.memory)->made.get();
}

using ValueKernel = Result<types::Value> (*)(const ValueCall& call);

// What a binder decides: Spark types of the arguments and of the result.
struct ValueSignature {
  std::vector<types::DataType> arguments;
  types::DataType result;
};
// `arguments` have their engine types; constant ones can be read by ConstantText.
using ValueBinder =
    ValueSignature (*)(::duckdb::ClientContext& context,
                       ::duckdb::vector<::duckdb::unique_ptr<::duckdb::Expression>>& arguments);

// A set of one variadic function of any arguments.
::duckdb::ScalarFunctionSet MakeValueFunction(const char* name, ValueBinder binder,
                                              ValueKernel kernel);

// Functions that read and write whole columns of any type, without a value for each row.
struct ColumnCall {
  std::span<const VectorInput> inputs;
  std::span<const types::DataType> types;  // Of all arguments.
  size_t rows = 0;                         // At least one.
  VectorOutput& result;
  const types::DataType& result_type;
  const TimeZone& zone;
};
// Writes all rows of the result; arguments may be null.
using ColumnKernel = Status (*)(const ColumnCall& call);

::duckdb::ScalarFunctionSet MakeColumnFunction(const char* name, ValueBinder binder,
                                               ColumnKernel kernel);

// Puts what `reader` makes of each text of the first argument that is not null.
template <typename Reader>
Status ReadTexts(const ColumnCall& call, const Reader& reader) {
  for (size_t row = 0; row < call.rows; ++row) {
    if (call.inputs[0].IsNull(row)) {
      call.result.SetNull(row);
    } else {
      TRY(reader.Read(call.inputs[0].GetText(row), call.result, row));
    }
  }
  return {};
}

// Puts the text that `append(row, text)` makes of each row of the first argument that is not null.
template <typename Append>
Status WriteTexts(const ColumnCall& call, Append append) {
  std::string text;
  for (size_t row = 0; row < call.rows; ++row) {
    if (call.inputs[0].IsNull(row)) {
      call.result.SetNull(row);
      continue;
    }
    text.clear();
    TRY(append(row, text));
    call.result.SetText(row, text);
  }
  return {};
}

// The constant text of an argument; ends the statement when it is not constant. Null gives "".
std::string ConstantText(::duckdb::ClientContext& context, const ::duckdb::Expression& argument);
// Options of the JSON and CSV functions, which come as a list key, value, key, value; keys in lower
// case.
functions::Options OptionsOf(const types::Value& list);
// The Spark type that a TYPE argument names.
types::DataType ConstantType(::duckdb::ClientContext& context,
                             const ::duckdb::Expression& argument);
// The Spark type of an argument by its engine type.
types::DataType TypeOfArgument(const ::duckdb::Expression& argument);

}  // namespace lakesmith::engine
