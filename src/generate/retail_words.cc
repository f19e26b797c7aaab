#include "generate/retail_words.h"

namespace lakesmith::generate::words {
namespace {

constexpr City kCityTable[] = {
    {"London", "GB"},  {"New York", "US"}, {"Paris", "FR"},     {"Berlin", "DE"},
    {"Madrid", "ES"},  {"Rome", "IT"},     {"Chicago", "US"},   {"Amsterdam", "NL"},
    {"Toronto", "CA"}, {"Oslo", "NO"},     {"Stockholm", "SE"}, {"Copenhagen", "DK"},
    {"Sydney", "AU"},  {"Vienna", "AT"},   {"Dublin", "IE"},    {"Munich", "DE"},
    {"Lisbon", "PT"},  {"Warsaw", "PL"},   {"Prague", "CZ"},    {"Helsinki", "FI"},
    {"Zurich", "CH"},  {"Brussels", "BE"}, {"Bergen", "NO"},    {"Tromsø", "NO"}};
constexpr uint16_t kCityWeightTable[] = {95, 90, 70, 65, 55, 50, 50, 45, 45, 40, 40, 38,
                                         38, 35, 34, 33, 30, 28, 25, 24, 22, 20, 15, 13};
constexpr std::string_view kWomenTable[] = {
    "Emma",   "Olivia", "Nora",  "Ingrid", "Sofia",  "Anna",  "Maja",  "Ella",
    "Clara",  "Lucia",  "Chloe", "Alice",  "Maria",  "Julia", "Laura", "Hanna",
    "Eva",    "Sara",   "Freya", "Amelia", "Ida",    "Leah",  "Zoe",   "Mila",
    "Astrid", "Carmen", "Elena", "Greta",  "Helena", "Irene", "Marta", "Paula"};
constexpr std::string_view kMenTable[] = {
    "Liam",   "Noah",  "Lucas", "Oscar",  "Jakob", "Leon",  "Hugo",  "Adam",
    "Theo",   "Emil",  "Felix", "Max",    "Paul",  "Marco", "Diego", "Erik",
    "Jonas",  "Nils",  "Tom",   "Henry",  "Jack",  "Leo",   "Louis", "Simon",
    "Viktor", "Anton", "Bruno", "Carlos", "David", "Finn",  "Ivan",  "Rafael"};
constexpr std::string_view kLastNameTable[] = {
    "Hansen", "Johansen", "Smith",    "Brown",    "Miller",    "Davis",   "Garcia",  "Martinez",
    "Rossi",  "Ferrari",  "Dubois",   "Martin",   "Bernard",   "Muller",  "Schmidt", "Fischer",
    "Weber",  "Novak",    "Kowalski", "Nowak",    "Silva",     "Santos",  "Costa",   "Murphy",
    "Kelly",  "Walsh",    "Virtanen", "Korhonen", "Andersson", "Nilsson", "Larsen",  "Nielsen",
    "Jensen", "Berg",     "Dahl",     "Haugen",   "Moen",      "Strand",  "Wilson",  "Taylor",
    "Evans",  "Thomas",   "Roberts",  "Clark",    "Lewis",     "Walker",  "Young",   "King"};
constexpr std::string_view kMailDomainTable[] = {"example.com", "example.org", "example.net"};

constexpr Subcategory kElectronics[] = {{"Phones", "Phone"},
                                        {"Laptops", "Laptop"},
                                        {"Audio", "Headphones"},
                                        {"Cameras", "Camera"},
                                        {"Accessories", "Charger"}};
constexpr Subcategory kClothing[] = {
    {"Shirts", "Shirt"}, {"Trousers", "Trousers"}, {"Jackets", "Jacket"}, {"Shoes", "Shoes"}};
constexpr Subcategory kGroceries[] = {{"Coffee", "Coffee"},
                                      {"Tea", "Tea"},
                                      {"Chocolate", "Chocolate"},
                                      {"Pasta", "Pasta"},
                                      {"Oil", "Olive Oil"}};
constexpr Subcategory kHome[] = {
    {"Lighting", "Lamp"}, {"Kitchen", "Pan"}, {"Bedding", "Blanket"}, {"Decor", "Vase"}};
constexpr Subcategory kBooks[] = {{"Fiction", "Novel"},
                                  {"Science", "Handbook"},
                                  {"Children", "Picture Book"},
                                  {"Cooking", "Cookbook"}};
constexpr Subcategory kBeauty[] = {
    {"Skin", "Cream"}, {"Hair", "Shampoo"}, {"Fragrance", "Perfume"}};
constexpr Subcategory kSports[] = {{"Cycling", "Helmet"},
                                   {"Running", "Running Shoes"},
                                   {"Camping", "Tent"},
                                   {"Fitness", "Kettlebell"}};
constexpr Subcategory kToys[] = {
    {"Puzzles", "Puzzle"}, {"Building", "Building Set"}, {"Games", "Board Game"}};
constexpr Subcategory kGarden[] = {
    {"Tools", "Spade"}, {"Plants", "Planter"}, {"Furniture", "Garden Chair"}};
constexpr Subcategory kOffice[] = {
    {"Paper", "Notebook"}, {"Writing", "Pen"}, {"Furniture", "Desk"}};
constexpr Category kCategoryTable[] = {{"Electronics", 1500, 150000, kElectronics},
                                       {"Clothing", 900, 18000, kClothing},
                                       {"Groceries", 150, 4500, kGroceries},
                                       {"Home", 800, 40000, kHome},
                                       {"Books", 500, 6000, kBooks},
                                       {"Beauty", 400, 9000, kBeauty},
                                       {"Sports", 900, 60000, kSports},
                                       {"Toys", 600, 15000, kToys},
                                       {"Garden", 500, 35000, kGarden},
                                       {"Office", 200, 30000, kOffice}};
constexpr uint16_t kCategoryWeightTable[] = {130, 170, 150, 110, 120, 90, 80, 70, 40, 40};
constexpr std::string_view kBrandTable[] = {"Aurora", "Borealis", "Cedar",  "Drift",  "Ember",
                                            "Fable",  "Grove",    "Halo",   "Indigo", "Jetty",
                                            "Kiln",   "Lark",     "Meadow", "Nimbus", "Opal",
                                            "Pine",   "Quill",    "Ridge",  "Slate",  "Tundra"};
constexpr std::string_view kAdjectiveTable[] = {
    "Classic", "Compact", "Deluxe",   "Essential", "Everyday", "Fresh", "Handmade", "Light",
    "Modern",  "Nordic",  "Original", "Premium",   "Pure",     "Smart", "Soft",     "Urban"};
constexpr Supplier kSupplierTable[] = {
    {"Northwind Goods", "NO"},   {"Alder & Sons", "GB"},      {"Blue Harbor Trading", "US"},
    {"Casa Verde", "ES"},        {"Delta Supply", "NL"},      {"Eastgate Imports", "CN"},
    {"Fjord Partners", "NO"},    {"Granite Wholesale", "US"}, {"Hansa Kontor", "DE"},
    {"Iris Manufacture", "FR"},  {"Juniper Works", "CA"},     {"Kestrel Logistics", "IE"},
    {"Lumen Industries", "TW"},  {"Monte Rosa", "IT"},        {"Nordlys Handel", "DK"},
    {"Orchard Collective", "PL"}};

constexpr std::string_view kStatusTable[] = {"completed", "pending", "cancelled", "refunded"};
constexpr uint16_t kStatusWeightTable[] = {820, 60, 70, 50};
constexpr std::string_view kUnknownStatusTable[] = {"complete", "?\?\?", "done", ""};
constexpr std::string_view kPaymentTable[] = {"credit_card", "debit_card", "paypal",
                                              "apple_pay",   "google_pay", "bank_transfer"};
constexpr uint16_t kPaymentWeightTable[] = {420, 200, 180, 100, 60, 40};
constexpr std::string_view kDeviceTable[] = {"mobile", "desktop", "tablet"};
constexpr uint16_t kDeviceWeightTable[] = {550, 360, 90};
constexpr std::string_view kBrowserTable[] = {"Chrome", "Safari", "Edge", "Firefox",
                                              "Samsung Internet"};
constexpr uint16_t kMobileBrowserTable[] = {450, 440, 10, 40, 60};
constexpr uint16_t kDesktopBrowserTable[] = {620, 120, 160, 100, 0};
constexpr uint16_t kTabletBrowserTable[] = {300, 620, 10, 20, 50};

constexpr uint16_t kWeekdayTable[] = {95, 92, 94, 98, 115, 125, 110};
constexpr uint16_t kMonthTable[] = {90, 85, 95, 95, 100, 95, 90, 90, 100, 105, 130, 150};
constexpr uint16_t kHourTable[] = {8,  5,  3,  3,  4,  8,  18, 30, 42, 48, 52, 56,
                                   66, 60, 54, 52, 54, 60, 70, 84, 88, 72, 42, 21};
constexpr uint16_t kWeekendHourTable[] = {12, 8,  5,  4,  4,  5,  8,  16, 30, 48, 64, 72,
                                          74, 70, 66, 62, 60, 60, 62, 68, 74, 62, 42, 24};

}  // namespace

constinit const std::span<const City> kCities = kCityTable;
constinit const std::span<const uint16_t> kCityWeights = kCityWeightTable;
constinit const std::span<const std::string_view> kWomen = kWomenTable;
constinit const std::span<const std::string_view> kMen = kMenTable;
constinit const std::span<const std::string_view> kLastNames = kLastNameTable;
constinit const std::span<const std::string_view> kMailDomains = kMailDomainTable;
constinit const std::span<const Category> kCategories = kCategoryTable;
constinit const std::span<const uint16_t> kCategoryWeights = kCategoryWeightTable;
constinit const std::span<const std::string_view> kBrands = kBrandTable;
constinit const std::span<const std::string_view> kAdjectives = kAdjectiveTable;
constinit const std::span<const Supplier> kSuppliers = kSupplierTable;
constinit const std::span<const std::string_view> kStatuses = kStatusTable;
constinit const std::span<const uint16_t> kStatusWeights = kStatusWeightTable;
constinit const std::span<const std::string_view> kUnknownStatuses = kUnknownStatusTable;
constinit const std::span<const std::string_view> kPaymentMethods = kPaymentTable;
constinit const std::span<const uint16_t> kPaymentWeights = kPaymentWeightTable;
constinit const std::span<const std::string_view> kDevices = kDeviceTable;
constinit const std::span<const uint16_t> kDeviceWeights = kDeviceWeightTable;
constinit const std::span<const std::string_view> kBrowsers = kBrowserTable;
constinit const std::span<const uint16_t> kWeekdayWeights = kWeekdayTable;
constinit const std::span<const uint16_t> kMonthWeights = kMonthTable;
constinit const std::span<const uint16_t> kHourWeights = kHourTable;
constinit const std::span<const uint16_t> kWeekendHourWeights = kWeekendHourTable;

std::span<const uint16_t> BrowserWeights(size_t device) {
  switch (device) {
    case 0:
      return kMobileBrowserTable;
    case 1:
      return kDesktopBrowserTable;
    default:
      return kTabletBrowserTable;
  }
}

}  // namespace lakesmith::generate::words
