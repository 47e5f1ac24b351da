import SandboxStore
import Testing

/// Creates a value of any Decodable type: its texts and numbers are all different, and each list has one element.
///
/// Texts are numbers, so that they are also valid JSON where a record has JSON as text. Another seed changes every
/// value; `altered` changes only the value at that place.
struct SampleDecoder: Decoder {
  /// Counts the returned values.
  private final class Source {
    let seed: Int
    let altered: Int?
    var count = 0

    init(seed: Int, altered: Int?) {
      self.seed = seed
      self.altered = altered
    }
  }

  private let source: Source
  let codingPath: [any CodingKey]
  let userInfo: [CodingUserInfoKey: Any]

  /// A value, and the number of texts, numbers and Booleans in it.
  static func sample<Value: Decodable>(
    _ type: Value.Type, seed: Int, altered: Int? = nil
  ) throws -> (value: Value, count: Int) {
    let source = Source(seed: seed, altered: altered)
    let key = try #require(CodingUserInfoKey.rowKey)
    let decoder = SampleDecoder(source: source, codingPath: [], userInfo: [key: "row-\(seed)"])
    return (try Value(from: decoder), source.count)
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Keyed<Key>(decoder: self))
  }
  func unkeyedContainer() -> any UnkeyedDecodingContainer { Unkeyed(decoder: self) }
  func singleValueContainer() -> any SingleValueDecodingContainer { Single(decoder: self) }

  /// The next value of a type.
  func next<Value: Decodable>(_ type: Value.Type) throws -> Value {
    if let leaf = type as? any Leaf.Type {
      defer { source.count += 1 }
      let isAltered = source.count == source.altered
      let number = source.seed * 1000 + source.count + (isAltered ? 500 : 0)
      return try #require(leaf.init(number, isAltered: isAltered) as? Value)
    }
    if let cases = type as? any CaseIterable.Type { return try #require(first(cases) as? Value) }
    return try Value(from: self)
  }

  private func first<Cases: CaseIterable>(_ type: Cases.Type) -> Cases? { type.allCases.first }
}

/// A text, a number or a Boolean.
private protocol Leaf {
  init(_ number: Int, isAltered: Bool)
}

extension String: Leaf { init(_ number: Int, isAltered: Bool) { self = "\(number)" } }
extension Int: Leaf { init(_ number: Int, isAltered: Bool) { self = number } }
extension Int32: Leaf { init(_ number: Int, isAltered: Bool) { self = Int32(number) } }
extension Int64: Leaf { init(_ number: Int, isAltered: Bool) { self = Int64(number) } }
extension Double: Leaf { init(_ number: Int, isAltered: Bool) { self = Double(number) } }
extension Bool: Leaf { init(_ number: Int, isAltered: Bool) { self = isAltered } }

extension SampleDecoder {
  private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let decoder: SampleDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }
    /// The keys of a dictionary.
    var allKeys: [Key] { Key(stringValue: "k").map { [$0] } ?? [] }

    func contains(_ key: Key) -> Bool { true }
    func decodeNil(forKey key: Key) -> Bool { false }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
      try decoder.next(type)
    }
    func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type, forKey key: Key
    ) -> KeyedDecodingContainer<Nested> { decoder.container(keyedBy: type) }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedDecodingContainer {
      decoder.unkeyedContainer()
    }
    func superDecoder() -> any Decoder { decoder }
    func superDecoder(forKey key: Key) -> any Decoder { decoder }
  }

  private struct Unkeyed: UnkeyedDecodingContainer {
    let decoder: SampleDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }
    var currentIndex = 0

    init(decoder: SampleDecoder) { self.decoder = decoder }

    func decodeNil() -> Bool { false }
    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
      currentIndex += 1
      return try decoder.next(type)
    }
    mutating func nestedContainer<Nested: CodingKey>(
      keyedBy type: Nested.Type
    ) -> KeyedDecodingContainer<Nested> {
      currentIndex += 1
      return decoder.container(keyedBy: type)
    }
    mutating func nestedUnkeyedContainer() -> any UnkeyedDecodingContainer {
      currentIndex += 1
      return decoder.unkeyedContainer()
    }
    mutating func superDecoder() -> any Decoder {
      currentIndex += 1
      return decoder
    }
  }

  private struct Single: SingleValueDecodingContainer {
    let decoder: SampleDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { false }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try decoder.next(type) }
  }
}
