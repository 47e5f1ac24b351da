public import JSON

extension APIClient {
  /// The most pages that one list may have.
  static let maximumPages = 10_000
  /// The most members: far above any quota, and below what fills the memory.
  static let maximumItems = 500_000
  /// The most bytes of all its pages together; 1,000 repositories are about 1 MB.
  static let maximumListBytes = 64 << 20

  /// Reads a whole list, following `nextPageToken`; its members are objects.
  ///
  /// All or nothing: a page that fails, a list without an end, a repeated token, a list of another shape, and
  /// places that the server could not reach (`unreachable`) throw, so that no absence is ever
  /// concluded from half a list.
  public func pages(
    _ call: APICall, items key: String, pageSize: Int? = nil
  ) async throws(APIError) -> [JSONValue] {
    var items: [JSONValue] = []
    var seen: Set<String> = []
    var token: String?
    var bytes = 0
    for _ in 0..<APIClient.maximumPages {
      var page = call
      if let pageSize { page.query.append(.init("pageSize", String(pageSize))) }
      if let token { page.query.append(.init("pageToken", token)) }
      let (answer, size) = try await self.answer(to: page)
      bytes += size
      guard bytes <= APIClient.maximumListBytes else {
        throw APIError(
          .malformed, call.label,
          "the list has over \(APIClient.maximumListBytes >> 20) MiB in \(seen.count + 1) pages")
      }
      items += try APIClient.members(of: answer, key, call.label)
      token = try APIClient.nextToken(answer, call.label)
      guard items.count <= APIClient.maximumItems else {
        throw APIError(
          .malformed, call.label, "the list has over \(APIClient.maximumItems) members")
      }
      guard let token else { return items }
      guard seen.insert(token).inserted else {
        throw APIError(.malformed, call.label, "the list repeats a page")
      }
    }
    throw APIError(.malformed, call.label, "the list has over \(APIClient.maximumPages) pages")
  }

  /// What a page may hold beside its members.
  private static let besides: Set<String> = [
    "nextPageToken", "unreachable", "totalSize", "kind", "etag", "@type",
  ]

  /// Google omits an empty list; an answer that holds something else instead is not a list.
  private static func members(
    of answer: JSONValue, _ key: String, _ label: String
  ) throws(APIError) -> [JSONValue] {
    if let list = answer["unreachable"], list.array?.isEmpty != true, !list.isNull {
      throw APIError(.malformed, label, "the list is incomplete: some places were unreachable")
    }
    guard let list = answer[key], !list.isNull else {
      guard answer.object?.allSatisfy({ $0.key == key || besides.contains($0.key) }) == true else {
        throw APIError(.malformed, label, "the answer is not a list of `\(key)`")
      }
      return []
    }
    guard let items = list.array, items.allSatisfy({ $0.object != nil }) else {
      throw APIError(.malformed, label, "`\(key)` is not a list of objects")
    }
    return items
  }

  private static func nextToken(
    _ answer: JSONValue, _ label: String
  ) throws(APIError) -> String? {
    guard let value = answer["nextPageToken"], !value.isNull else { return nil }
    guard let token = value.string else {
      throw APIError(.malformed, label, "`nextPageToken` is not a string")
    }
    return token.isEmpty ? nil : token
  }
}
