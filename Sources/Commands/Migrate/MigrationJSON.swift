import JSON
import Migration

/// The report of a conversion for machines.
struct MigrationJSON {
  let conversion: Conversion
  /// What was converted, as the user named it.
  let source: String
  /// The files of manifests: their names and how many documents they have.
  let files: [(name: String, documents: Int)]
  /// The lines that release what was converted.
  let release: [String]

  var value: JSONValue {
    [
      "formatVersion": 1,
      "source": .string(source),
      "complete": .bool(!conversion.isPartial),
      "summary": summary,
      "items": .array(conversion.items.map(item)),
      "foreign": .object(
        JSONObject(
          conversion.foreign.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) })
      ),
      "remarks": .array(conversion.remarks.map(JSONValue.string)),
      "files": .array(
        files.map { ["name": .string($0.name), "documents": .integer(Int64($0.documents))] }),
      "release": .string(release.map { $0 + "\n" }.joined()),
    ]
  }

  private var summary: JSONValue {
    .object(
      JSONObject(
        ConvertedItem.Outcome.allCases.map {
          ($0.rawValue, .integer(Int64(conversion.count($0))))
        }))
  }

  private func item(_ item: ConvertedItem) -> JSONValue {
    var value: JSONObject = [
      "name": .string(item.name), "outcome": .string(item.outcome.rawValue),
    ]
    if let address = item.address { value["address"] = .string("\(address)") }
    if let reason = item.skipped { value["reason"] = .string(reason) }
    if let position = item.position {
      value["file"] = .string(position.file)
      value["line"] = .integer(Int64(position.line))
    }
    if !item.notes.isEmpty {
      value["notes"] = .array(
        item.notes.map { ["text": .string($0.text), "loss": .bool($0.isLoss)] })
    }
    return .object(value)
  }
}
