import JSON

/// Reads the members of a JSON object; its errors name the path of the member.
struct JSONReader: Sendable {
  /// A member that is missing or of another type, by its path: `changes[3].address`.
  struct Mismatch: Error, Sendable, Hashable {
    let path: String
  }
  let value: JSONValue
  private let path: String

  init(_ value: JSONValue, path: String = "") {
    self.value = value
    self.path = path
  }

  func mismatch(_ key: String) -> Mismatch { Mismatch(path: child(key)) }
  private func child(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  func at(_ key: String) throws(Mismatch) -> JSONReader {
    guard let inner = value[key], inner.object != nil else { throw mismatch(key) }
    return JSONReader(inner, path: child(key))
  }
  func string(_ key: String) throws(Mismatch) -> String {
    guard let text = value[key]?.string else { throw mismatch(key) }
    return text
  }
  func optionalString(_ key: String) -> String? { value[key]?.string }
  func integer(_ key: String) throws(Mismatch) -> Int {
    guard let number = value[key]?.integer.flatMap({ Int(exactly: $0) }) else {
      throw mismatch(key)
    }
    return number
  }
  func strings(_ key: String) throws(Mismatch) -> [String] {
    guard let elements = value[key]?.array else { throw mismatch(key) }
    let texts = elements.compactMap(\.string)
    guard texts.count == elements.count else { throw mismatch(key) }
    return texts
  }
  func array(_ key: String) throws(Mismatch) -> [JSONReader] {
    guard let elements = value[key]?.array else { throw mismatch(key) }
    return elements.enumerated().map { JSONReader($1, path: "\(child(key))[\($0)]") }
  }
  func optionalArray(_ key: String) throws(Mismatch) -> [JSONReader] {
    value[key] == nil ? [] : try array(key)
  }
  /// A text that is the raw value of an enum.
  func choice<Choice: RawRepresentable<String>>(_ key: String) throws(Mismatch) -> Choice {
    guard let choice = Choice(rawValue: try string(key)) else { throw mismatch(key) }
    return choice
  }
}

extension Array where Element == JSONReader {
  /// `map` that keeps the error's type.
  func mapTyped<Result>(
    _ transform: (JSONReader) throws(JSONReader.Mismatch) -> Result
  ) throws(JSONReader.Mismatch) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(count)
    for element in self { results.append(try transform(element)) }
    return results
  }
}
