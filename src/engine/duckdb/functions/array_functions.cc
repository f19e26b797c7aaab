// Lists as sets of their elements, and lists of texts joined.
#include <bit>
#include <limits>

#include "engine/duckdb/functions/adapter_internal.h"
#include "engine/duckdb/functions/function_lists_internal.h"

namespace lakesmith::engine {
namespace {

using ::duckdb::DataChunk;
using ::duckdb::ExpressionState;
using ::duckdb::hash_t;
using ::duckdb::idx_t;
using ::duckdb::list_entry_t;
using ::duckdb::ListVector;
using ::duckdb::LogicalType;
using ::duckdb::PhysicalType;
using ::duckdb::string_t;
using ::duckdb::UnifiedVectorFormat;
using ::duckdb::unique_ptr;
using ::duckdb::Vector;
using Arguments = ::duckdb::vector<unique_ptr<::duckdb::Expression>>;

// The elements of all lists of a vector, with their hashes.
class Elements {
 public:
  explicit Elements(Vector& lists)
      : vector_(ListVector::GetEntry(lists)),
        hashes_(LogicalType::HASH, ListVector::GetListSize(lists)),
        equal_(EqualOf(vector_.GetType().InternalType())) {
    const idx_t size = ListVector::GetListSize(lists);
    vector_.ToUnifiedFormat(size, format_);
    if (size == 0) return;  // The engine writes a hash even then.
    ::duckdb::VectorOperations::Hash(vector_, hashes_, size);
    hashes_.Flatten(size);
  }

  Vector& vector() const { return vector_; }
  hash_t hash(idx_t element) const {
    return ::duckdb::FlatVector::GetData<hash_t>(hashes_)[element];
  }
  // As the engine compares them: NaN equals NaN, null equals null.
  bool Equal(idx_t element, const Elements& others, idx_t other) const {
    const bool valid = IsValid(element);
    if (valid != others.IsValid(other)) return false;
    return !valid || equal_(*this, element, others, other);
  }

 private:
  using EqualFunction = bool (*)(const Elements&, idx_t, const Elements&, idx_t);

  bool IsValid(idx_t element) const {
    return format_.validity.RowIsValid(format_.sel->get_index(element));
  }
  template <typename T>
  const T& At(idx_t element) const {
    return UnifiedVectorFormat::GetData<T>(format_)[format_.sel->get_index(element)];
  }
  template <typename T>
  static bool EqualAs(const Elements& a, idx_t element, const Elements& b, idx_t other) {
    return ::duckdb::Equals::Operation(a.At<T>(element), b.At<T>(other));
  }
  static bool EqualAsValues(const Elements& a, idx_t element, const Elements& b, idx_t other) {
    return ::duckdb::Value::NotDistinctFrom(a.vector_.GetValue(element), b.vector_.GetValue(other));
  }
  static EqualFunction EqualOf(PhysicalType type) {
    switch (type) {
      case PhysicalType::INT32:
        return EqualAs<int32_t>;
      case PhysicalType::INT64:
        return EqualAs<int64_t>;
      case PhysicalType::FLOAT:
        return EqualAs<float>;
      case PhysicalType::DOUBLE:
        return EqualAs<double>;
      case PhysicalType::VARCHAR:
        return EqualAs<string_t>;
      default:
        return EqualAsValues;
    }
  }

  Vector& vector_;
  Vector hashes_;
  UnifiedVectorFormat format_;
  EqualFunction equal_;
};

// Different elements of one list: open addressing by their hashes.
class ElementSet {
 public:
  explicit ElementSet(const Elements& elements) : elements_(elements) {}

  // Forgets all, and makes room for up to `most` elements.
  void Clear(idx_t most) { places_.assign(std::bit_ceil(2 * most + 1), kFree); }
  // False when an equal element was there before.
  bool Insert(idx_t element) {
    idx_t& place = places_[PlaceOf(elements_, element)];
    if (place != kFree) return false;
    place = element;
    return true;
  }
  bool Holds(const Elements& others, idx_t element) const {
    return places_[PlaceOf(others, element)] != kFree;
  }

 private:
  static constexpr idx_t kFree = std::numeric_limits<idx_t>::max();

  // Where an equal element is, or would come.
  size_t PlaceOf(const Elements& others, idx_t element) const {
    const hash_t hash = others.hash(element);
    size_t place = hash & (places_.size() - 1);
    while (places_[place] != kFree && (elements_.hash(places_[place]) != hash ||
                                       !elements_.Equal(places_[place], others, element)))
      place = (place + 1) & (places_.size() - 1);
    return place;
  }

  const Elements& elements_;
  std::vector<idx_t> places_;
};

// The elements of the first list that are put into the lists of the result.
class Picks {
 public:
  explicit Picks(const Elements& elements) : elements_(elements), known_(elements) {}

  // The elements of a list that `is_wanted`, the first of equal ones, in their order.
  template <typename Wanted>
  list_entry_t Different(const list_entry_t& list, Wanted is_wanted) {
    const size_t first = picked_.size();
    known_.Clear(list.length);
    for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
      if (is_wanted(i) && known_.Insert(i)) picked_.push_back(static_cast<::duckdb::sel_t>(i));
    }
    return {first, picked_.size() - first};
  }
  void WriteTo(Vector& result) {
    const ::duckdb::SelectionVector selection(picked_.data());
    ListVector::Append(result, elements_.vector(), selection, picked_.size());
  }

 private:
  const Elements& elements_;
  ElementSet known_;
  std::vector<::duckdb::sel_t> picked_;
};

void Distinct(DataChunk& chunk, ExpressionState&, Vector& result) {
  const Elements elements(chunk.data[0]);
  Picks picks(elements);
  ExecuteRows<list_entry_t>(
      chunk, result,
      [&](const list_entry_t& list) { return picks.Different(list, [](idx_t) { return true; }); },
      std::index_sequence<0>{});
  picks.WriteTo(result);
}

// Elements of the first list that are in the second, or that are not.
template <bool kInSecond>
void Filtered(DataChunk& chunk, ExpressionState&, Vector& result) {
  const Elements elements(chunk.data[0]);
  const Elements others(chunk.data[1]);
  Picks picks(elements);
  ElementSet second(others);
  ExecuteRows<list_entry_t, list_entry_t>(
      chunk, result,
      [&](const list_entry_t& list, const list_entry_t& other) {
        second.Clear(other.length);
        for (idx_t i = other.offset; i < other.offset + other.length; ++i) second.Insert(i);
        return picks.Different(list,
                               [&](idx_t i) { return second.Holds(elements, i) == kInSecond; });
      },
      std::index_sequence<0, 1>{});
  picks.WriteTo(result);
}

// Runs over the texts of a list with what stands between them.
class Joined {
 public:
  explicit Joined(Vector& lists) {
    ListVector::GetEntry(lists).ToUnifiedFormat(ListVector::GetListSize(lists), format_);
  }

  // `null` stands for nulls, which are left out without it.
  std::string_view Join(const list_entry_t& list, std::string_view separator,
                        std::optional<std::string_view> null) {
    text_.clear();
    bool first = true;
    for (idx_t i = list.offset; i < list.offset + list.length; ++i) {
      const idx_t index = format_.sel->get_index(i);
      const bool valid = format_.validity.RowIsValid(index);
      if (!valid && !null) continue;
      if (!std::exchange(first, false)) text_ += separator;
      text_ += valid ? FromVector(UnifiedVectorFormat::GetData<string_t>(format_)[index]) : *null;
    }
    return text_;
  }

 private:
  UnifiedVectorFormat format_;
  std::string text_;
};

void Join(DataChunk& chunk, ExpressionState&, Vector& result) {
  Joined joined(chunk.data[0]);
  ExecuteRows<list_entry_t, string_t>(
      chunk, result,
      [&](const list_entry_t& list, std::string_view separator) {
        return joined.Join(list, separator, std::nullopt);
      },
      std::index_sequence<0, 1>{});
}

void JoinWithNulls(DataChunk& chunk, ExpressionState&, Vector& result) {
  Joined joined(chunk.data[0]);
  ExecuteRows<list_entry_t, string_t, string_t>(
      chunk, result,
      [&](const list_entry_t& list, std::string_view separator, std::string_view null) {
        return joined.Join(list, separator, null);
      },
      std::index_sequence<0, 1, 2>{});
}

::duckdb::ScalarFunctionSet MakeJoin() {
  const LogicalType texts = LogicalType::LIST(LogicalType::VARCHAR);
  const LogicalType text = LogicalType::VARCHAR;
  ::duckdb::ScalarFunctionSet set("spark_array_join");
  set.AddFunction(::duckdb::ScalarFunction({texts, text}, text, Join));
  set.AddFunction(::duckdb::ScalarFunction({texts, text, text}, text, JoinWithNulls));
  return set;
}

// Lists of one type, which the result has.
unique_ptr<::duckdb::FunctionData> BindToFirst(::duckdb::ClientContext&,
                                               ::duckdb::ScalarFunction& function,
                                               Arguments& arguments) {
  function.return_type = arguments[0]->return_type;
  for (LogicalType& argument : function.arguments) argument = function.return_type;
  return nullptr;
}

::duckdb::ScalarFunctionSet MakeOfLists(const char* name, size_t lists,
                                        ::duckdb::scalar_function_t function) {
  ::duckdb::ScalarFunctionSet set(name);
  set.AddFunction(::duckdb::ScalarFunction(
      ::duckdb::vector<LogicalType>(lists, LogicalType::LIST(LogicalType::ANY)),
      LogicalType::LIST(LogicalType::ANY), std::move(function), BindToFirst));
  return set;
}

const NativeFunction kArrayFunctions[] = {
    {"spark_array_distinct",
     ScalarFactory([] { return MakeOfLists("spark_array_distinct", 1, Distinct); })},
    {"spark_array_except",
     ScalarFactory([] { return MakeOfLists("spark_array_except", 2, Filtered<false>); })},
    {"spark_array_intersect",
     ScalarFactory([] { return MakeOfLists("spark_array_intersect", 2, Filtered<true>); })},
    {"spark_array_join", MakeJoin},
};

}  // namespace

std::span<const NativeFunction> ArrayFunctions() { return kArrayFunctions; }

}  // namespace lakesmith::engine
