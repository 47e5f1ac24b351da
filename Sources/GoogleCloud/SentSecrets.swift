import Crypto
import Glibc
package import JSON
import Synchronization

/// All secrets that a run has sent to any server. No answer may contain them.
///
/// The whole answer is searched, successful or not: its content is printed, saved, logged, and written back as part of
/// a policy. The search is one pass over the text, however many secrets there are.
package final class SentSecrets: Sendable {
  private struct State {
    var known: Set<String> = []
    var traces = SecretTraces()
    var tokens: [String: Secrets] = [:]
  }
  private let state = Mutex(State())

  /// Adds a text that is about to be sent.
  package func add(_ text: String) {
    state.withLock { state in
      guard state.known.insert(text).inserted else { return }
      for part in SentSecrets.secretParts(of: text) { state.traces.add(part) }
    }
  }

  /// An access token, to remove from what comes back. Made once for each: every error of a run needs it.
  func token(_ value: String) -> Secrets {
    state.withLock { state in
      if let made = state.tokens[value] { return made }
      let secrets = Secrets([value], shownAs: "(the access token)")
      state.tokens[value] = secrets
      return secrets
    }
  }

  /// What is searched for at this moment.
  package var traces: SecretTraces { state.withLock { $0.traces } }

  /// The secret parts of a text. Header and claims of a JWT are not secret: they are base64 of JSON, and Google's key
  /// files contain the same e-mail in base64. The signature is enough to recognise the token.
  private static func secretParts(of text: String) -> [Substring] {
    let parts = text.split(separator: ".")
    let secret = parts.filter { !$0.hasPrefix("eyJ") && $0.utf8.count >= SampleSet.width }
    return secret.count < parts.count && !secret.isEmpty ? secret : [text[...]]
  }
}

/// Samples of secrets in all usual spellings: unchanged, in either case, reversed, in hexadecimal, in both alphabets of
/// base64, escaped as in a URL. Any 23 consecutive characters of a spelling contain a sample.
package struct SecretTraces: Sendable {
  /// The distance between two samples.
  private static let step = 8
  private var samples = SampleSet(folding: foldings)

  var isEmpty: Bool { samples.isEmpty }

  /// Adds a secret. One of less than 16 bytes is not searched for, since it may occur in any text.
  mutating func add(_ secret: Substring) {
    let bytes = Array(secret.utf8)
    guard bytes.count >= SampleSet.width else { return }
    addSpelling(bytes)
    addSpelling(bytes.reversed())
    addSpelling(Array(Hex.encode(bytes).utf8))
    addSpelling(bytes.flatMap { Array("%".utf8) + Array(Hex.encode([$0]).utf8) })
    addSpelling(Array(APIPath.encode(String(secret)).utf8))
    // The offset in a longer text decides how base64 spells the secret, and its neighbours decide how both ends are
    // spelled.
    for before in 0...2 {
      let text = Array(Base64.encode([UInt8](repeating: 0, count: before) + bytes).utf8)
      addSpelling(Array(text.dropFirst(before == 0 ? 0 : before + 1).dropLast(4)))
    }
  }

  private mutating func addSpelling(_ bytes: [UInt8]) {
    var last = bytes.startIndex
    for start in stride(from: 0, through: bytes.count - SampleSet.width, by: Self.step) {
      samples.insert(bytes[start..<start + SampleSet.width])
      last = start
    }
    // The end is a sample too, so that a short secret is always found as a whole.
    if bytes.count > last + SampleSet.width { samples.insert(bytes.suffix(SampleSet.width)) }
  }

  /// Whether the text contains a secret, or a part of one.
  package func areIn(_ text: String) -> Bool {
    guard !samples.isEmpty, text.utf8.count >= SampleSet.width else { return false }
    var text = text
    let (isFound, isEscaped) = text.withUTF8 { bytes in
      (areIn(bytes), bytes.hasByte("%"))
    }
    return isFound || (isEscaped && unescaped(text).withUnsafeBufferPointer { areIn($0) })
  }

  private func areIn(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    samples.firstEnd(in: bytes) != nil
  }

  /// Whether a text or a key in the value contains one, given the JSON that it was parsed from.
  ///
  /// Without an escape, every text of the value stands in the JSON as it is, so one pass over its bytes answers.
  package func areIn(_ value: JSONValue, parsedFrom json: [UInt8]) -> Bool {
    guard !samples.isEmpty else { return false }
    return json.withUnsafeBufferPointer { bytes in
      bytes.hasByte("\\") || bytes.hasByte("%") || areIn(bytes)
    } && areIn(value)
  }

  /// Whether a text or a key in the value contains one.
  package func areIn(_ value: JSONValue) -> Bool {
    switch value {
    case .string(let text): return areIn(text)
    case .array(let elements): return elements.contains { areIn($0) }
    case .object(let object): return object.contains { areIn($0.key) || areIn($0.value) }
    case .null, .bool, .integer, .real: return false
    }
  }

  /// The value, with a mark in place of every text that contains one.
  package func marked(_ value: JSONValue) -> JSONValue {
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

  static let mark = "(a text that repeats the credential of arctl)"
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a character of ASCII occurs. (memchr)
  fileprivate func hasByte(_ character: Unicode.Scalar) -> Bool {
    guard let start = baseAddress else { return false }
    return memchr(start, Int32(character.value), count) != nil
  }
}

/// Lower case, and the URL alphabet of base64: one spelling for many.
private let foldings: [UInt8] = (UInt8.min...UInt8.max).map { byte in
  switch byte {
  case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
  case UInt8(ascii: "+"): UInt8(ascii: "-")
  case UInt8(ascii: "/"): UInt8(ascii: "_")
  default: byte
  }
}

/// The bytes of a text with `%41` decoded. Everything that is not such an escape stays.
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
