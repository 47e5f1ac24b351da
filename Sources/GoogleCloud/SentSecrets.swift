import Crypto
import JSON
import Synchronization

/// Everything secret that a run has sent, to any server: no answer may bring it back.
///
/// An answer is searched as a whole, good or not: what it holds is printed, saved, logged, and written back as a part of
/// a policy. One pass over the text, whatever is searched for.
final class SentSecrets: Sendable {
  private struct State {
    var known: Set<String> = []
    var traces = SecretTraces()
  }
  private let state = Mutex(State())

  /// Adds what is about to be sent.
  func add(_ text: String) {
    state.withLock { state in
      guard state.known.insert(text).inserted else { return }
      for part in SentSecrets.secretParts(of: text) { state.traces.add(part) }
    }
  }

  /// What is searched for now.
  var traces: SecretTraces { state.withLock { $0.traces } }

  /// The first parts of a JWT are not secret: header and claims are base64 of JSON, and a key file that Google sends holds
  /// the same e-mail address in base64. The signature is enough to recognise the token.
  private static func secretParts(of text: String) -> [Substring] {
    let parts = text.split(separator: ".")
    let secret = parts.filter { !$0.hasPrefix("eyJ") && $0.utf8.count >= SecretTraces.width }
    return secret.count < parts.count && !secret.isEmpty ? secret : [text[...]]
  }
}

/// Samples of secrets in every usual spelling: as they are, in either case, backwards, in hexadecimal, in base64 of both
/// alphabets, escaped as in a URL. Any 23 characters in a row of a spelling hold one.
struct SecretTraces: Sendable {
  /// The bytes of a sample: long enough that no other text has them by chance.
  static let width = 16
  /// From one sample to the next.
  private static let step = 8
  private var samples: Set<UInt128> = []
  /// Which low 16 bits some sample has: most places of a text need no more than a look at it.
  private var filter = [Bool](repeating: false, count: 1 << 16)

  var isEmpty: Bool { samples.isEmpty }

  /// Adds a secret; one of under 16 bytes is not searched for, as any text may hold it.
  mutating func add(_ secret: Substring) {
    let bytes = Array(secret.utf8)
    guard bytes.count >= Self.width else { return }
    addSpelling(bytes)
    addSpelling(bytes.reversed())
    addSpelling(Array(Hex.encode(bytes).utf8))
    addSpelling(bytes.flatMap { Array("%".utf8) + Array(Hex.encode([$0]).utf8) })
    addSpelling(Array(APIPath.encode(String(secret)).utf8))
    // Its offset in a longer text decides how base64 spells it, and its neighbours decide how both ends are spelled.
    for before in 0...2 {
      let text = Array(Base64.encode([UInt8](repeating: 0, count: before) + bytes).utf8)
      addSpelling(Array(text.dropFirst(before == 0 ? 0 : before + 1).dropLast(4)))
    }
  }

  private mutating func addSpelling(_ bytes: [UInt8]) {
    var last = bytes.startIndex
    for start in stride(from: 0, through: bytes.count - Self.width, by: Self.step) {
      addSample(bytes[start..<start + Self.width])
      last = start
    }
    // The end is a sample too, so that the whole of a short one is found wherever it stands.
    if bytes.count > last + Self.width { addSample(bytes.suffix(Self.width)) }
  }

  private mutating func addSample(_ bytes: ArraySlice<UInt8>) {
    let sample = bytes.reduce(UInt128(0)) { $0 << 8 | UInt128(folded($1)) }
    samples.insert(sample)
    filter[Int(sample & 0xFFFF)] = true
  }

  /// Whether the text holds a secret, or a part of one.
  func areIn(_ text: String) -> Bool {
    guard !samples.isEmpty, text.utf8.count >= Self.width else { return false }
    var text = text
    let (isFound, isEscaped) = text.withUTF8 { bytes in
      (areIn(bytes), bytes.contains(UInt8(ascii: "%")))
    }
    return isFound || (isEscaped && unescaped(text).withUnsafeBufferPointer { areIn($0) })
  }

  private func areIn(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var window: UInt128 = 0
    for (index, byte) in bytes.enumerated() {
      window = window << 8 | UInt128(folded(byte))
      if filter[Int(truncatingIfNeeded: window & 0xFFFF)], index + 1 >= Self.width,
        samples.contains(window)
      {
        return true
      }
    }
    return false
  }

  /// Whether a text or a key in the value holds one.
  func areIn(_ value: JSONValue) -> Bool {
    switch value {
    case .string(let text): return areIn(text)
    case .array(let elements): return elements.contains { areIn($0) }
    case .object(let object): return object.contains { areIn($0.key) || areIn($0.value) }
    case .null, .bool, .integer, .real: return false
    }
  }

  /// The value with a mark in place of every text that holds one.
  func marked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): return areIn(text) ? .string(Self.mark) : value
    case .array(let elements): return .array(elements.map { marked($0) })
    case .object(let object):
      var clean = JSONObject()
      for (key, member) in object { clean[areIn(key) ? Self.mark : key] = marked(member) }
      return .object(clean)
    case .null, .bool, .integer, .real: return value
    }
  }

  static let mark = "(a text that repeats what arctl signed in with)"
}

/// Lower case, and the URL's alphabet of base64: one spelling for many.
private func folded(_ byte: UInt8) -> UInt8 {
  switch byte {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
  case UInt8(ascii: "+"): UInt8(ascii: "-")
  case UInt8(ascii: "/"): UInt8(ascii: "_")
  default: byte
  }
}

/// The bytes of a text after decoding `%41`; anything that is not such an escape stays.
private func unescaped(_ text: String) -> [UInt8] {
  let bytes = Array(text.utf8)
  var result: [UInt8] = []
  result.reserveCapacity(bytes.count)
  var index = 0
  while index < bytes.count {
    if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
      let byte = Hex.decode(String(decoding: bytes[index + 1...index + 2], as: UTF8.self))?.first
    {
      result.append(byte)
      index += 3
    } else {
      result.append(bytes[index])
      index += 1
    }
  }
  return result
}
