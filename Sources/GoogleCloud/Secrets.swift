package import HTTP
package import JSON

/// The secrets of a request, to remove from what comes back: a server or a proxy may repeat them in an error, and
/// errors go to terminals and logs.
package struct Secrets: Sendable {
  /// The text that replaces a secret.
  private let sign: String
  /// The secrets that no later answer may contain either.
  private(set) var lasting: [String] = []
  /// The secrets of less than 16 bytes.
  private var short: [String] = []
  /// Every sequence of 16 bytes in the others. A part of a secret is found like the whole one, and so is a secret with
  /// some characters spelled differently.
  private var samples = SampleSet()

  /// These texts.
  ///
  /// - Parameter sign: the text that replaces them.
  package init(_ texts: [String] = [], shownAs sign: String = "(a secret)") {
    self.sign = sign
    for text in texts where !text.isEmpty {
      for spelling in Set([text, APIPath.encode(text)]) { add(spelling) }
    }
    // Longest first, since one may start with another.
    short.sort { $0.utf8.count > $1.utf8.count }
  }

  private mutating func add(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= SampleSet.width else { return short.append(text) }
    for end in SampleSet.width...bytes.count {
      samples.insert(bytes[(end - SampleSet.width)..<end])
    }
  }

  /// The text without the secrets.
  package func removed(from text: String) -> String {
    let text = samples.isEmpty ? text : withoutSamples(text)
    return short.reduce(text) { $0.replacing($1, with: sign) }
  }

  private func withoutSamples(_ text: String) -> String {
    var text = text
    let clean = text.withUTF8 { bytes -> [UInt8]? in
      guard let first = samples.firstEnd(in: bytes) else { return nil }
      var clean: [UInt8] = []
      // The end of the last secret so far.
      var last = 0
      for end in sequence(first: first, next: { samples.firstEnd(in: bytes, after: $0) }) {
        let start = end - SampleSet.width
        if start >= last { clean += bytes[last..<start] + Array(sign.utf8) }
        last = end
      }
      return clean + bytes[last...]
    }
    return clean.map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  /// The failure with a message without the secrets.
  package func removed(from failure: HTTPFailure) -> HTTPFailure {
    HTTPFailure(failure.kind, removed(from: failure.message))
  }

  /// The value with all its texts and keys without the secrets.
  package func removed(from value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): return .string(removed(from: text))
    case .array(let elements): return .array(elements.map { removed(from: $0) })
    case .object(let object):
      var clean = JSONObject()
      for (key, member) in object { clean[removed(from: key)] = removed(from: member) }
      return .object(clean)
    case .null, .bool, .integer, .real: return value
    }
  }
}

extension Secrets {
  /// The secrets of a request for a token: the secret fields of its form, the credentials in its headers, the values of
  /// its query, and `more`.
  init(of request: HTTPRequest, form: [(String, String)] = [], and more: [String] = []) {
    let fields = form.filter { !Secrets.openFields.contains($0.0) }.map(\.1)
    let headers = request.headers.fields
      .filter { !Secrets.openHeaders.contains($0.name.lowercased()) }.map(\.value)
    let words = headers.map { $0.split(separator: " ").last.map(String.init) ?? "" }
    let query = request.url.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    let values = query.split(separator: "&").map { String($0.drop { $0 != "=" }.dropFirst()) }
    self.init(fields + headers + words + values + more)
    // Values of a query may also be in policies, such as the name of an identity pool.
    lasting = fields + words + more
  }

  /// The fields of RFC 6749, 7523 and 8693 that are not secret and may be in messages.
  private static let openFields: Set = [
    "grant_type", "requested_token_type", "audience", "scope", "subject_token_type", "options",
    "client_id",
  ]
  private static let openHeaders: Set = [
    "content-type", "metadata-flavor", "x-goog-user-project", "accept",
  ]
}
