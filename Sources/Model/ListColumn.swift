package import JSON

/// One column of a list: its name, the form of its values, and where a live value has them.
///
///     ListColumn("updated", .time, at: .member("updateTime"))
package struct ListColumn: Sendable, Hashable {
  /// The form of the values of a column.
  package enum Form: Sendable, Hashable {
    /// A text.
    case text
    /// An address, whose end matters most.
    case address
    /// A text of a fixed set, shown as manifests write it.
    case choice(Enumeration)
    /// A time of RFC 3339, as the server wrote it.
    case time
    /// A time of RFC 3339 at which something ends; null: never.
    case end
    /// A number of bytes.
    case bytes
    /// A number of things; of a list, the number of its elements.
    case count
    /// True or false; null: not known.
    case flag
    /// A number of seconds.
    case age
    /// The condition of a grant: an object with title, description and expression, or null.
    case condition
  }

  /// Where a live value has the value of the column.
  package enum Source: Sendable, Hashable {
    /// A member of the live value, and what Google means if it is missing.
    case member(String, ifMissing: JSONValue = .null)
    /// A part of the Google name in a member: what follows a collection (`packages/requests`: `requests`), without
    /// escapes. A name without that collection has none: the owner of a file is a version or a package.
    case part(of: String, after: String)
    /// The reader fills it in: an address, whether a manifest declares it.
    case reader
  }

  /// Its heading, its name for `--sort`, and its member in JSON: `updated`.
  package var name: String
  /// The form of its values.
  package var form: Form
  /// Where a live value has it.
  package var source: Source
  /// The order in which columns are left out on a narrow terminal, greatest first. 0: never.
  package var rank: Int
  /// Whether only JSON has it.
  package var isDetail: Bool

  /// A column that a table always has, by default.
  package init(
    _ name: String, _ form: Form, at source: Source = .reader, rank: Int = 0,
    isDetail: Bool = false
  ) {
    self.name = name
    self.form = form
    self.source = source
    self.rank = rank
    self.isDetail = isDetail
  }
}

extension ListColumn {
  /// Why a live value cannot be shown, to follow the name of the thing.
  package struct Mistake: Error, Sendable, Hashable {
    /// `` `updateTime` is not a time ``.
    package let message: String
  }

  /// The value of this column in a live value, in the form of the JSON output; nil if the reader fills it in. Throws if
  /// it has another form than Google documents: it must not be shown as missing.
  package func value(in live: JSONValue) throws(Mistake) -> JSONValue? {
    switch source {
    case .reader: return nil
    case .member(let name, let missing):
      guard let value = live[name], !value.isNull else { return missing }
      guard let shown = shown(value) else { throw Mistake(message: "`\(name)` is not \(wanted)") }
      return shown
    case .part(let name, let collection):
      guard let text = live[name], !text.isNull else { return .null }
      guard let text = text.string else { throw Mistake(message: "`\(name)` is not a name") }
      return Self.part(of: text, after: collection).map(JSONValue.string) ?? .null
    }
  }

  /// A value in the form of the JSON output; nil if it has another form.
  private func shown(_ value: JSONValue) -> JSONValue? {
    switch form {
    case .text, .address: value.string.map(JSONValue.string)
    case .choice(let names): value.string.map { .string(names.shortName(of: $0)) }
    case .time: value.string.flatMap { Instant($0) == nil ? nil : value }
    case .end:
      // Google's way to say "never" (docs/google-apis.md#calls-about-keys).
      value.string.flatMap { $0.hasPrefix("9999-") ? .null : Instant($0) == nil ? nil : value }
    case .bytes: value.string.flatMap(Int64.init).flatMap { $0 < 0 ? nil : .integer($0) }
    case .count: value.array.map { .integer(Int64($0.count)) }
    case .flag: value.bool.map(JSONValue.bool)
    case .age: value.integer.map(JSONValue.integer)
    case .condition: value.object.map(JSONValue.object)
    }
  }

  private var wanted: String {
    switch form {
    case .text, .address, .choice: "a text"
    case .time, .end: "a time"
    case .bytes: "a count"
    case .count: "a list"
    case .flag: "true or false"
    case .age: "a number"
    case .condition: "an object"
    }
  }

  /// What follows a collection in a Google name, without escapes; nil if the name has no such part.
  package static func part(of name: String, after collection: String) -> String? {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      .map { Substring($0) }
    guard let place = parts.lastIndex(of: Substring(collection)), place + 1 < parts.count,
      !parts[place + 1].isEmpty
    else { return nil }
    return unescaped(parts[place + 1])
  }

  /// A part of a Google name without its percent escapes; as it is if they are damaged.
  private static func unescaped(_ part: Substring) -> String {
    guard part.utf8.contains(UInt8(ascii: "%")) else { return String(part) }
    var bytes: [UInt8] = []
    var rest = Array(part.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        bytes.append(byte)
        continue
      }
      guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16),
        rest.count >= 2
      else { return String(part) }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(validating: bytes, as: UTF8.self) ?? String(part)
  }
}
