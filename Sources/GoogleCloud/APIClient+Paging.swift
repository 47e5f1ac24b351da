public import JSON

extension APIClient {
  /// The limit on the pages of one list.
  static let maximumPages = 10_000
  /// The limit on its members: far above any quota, but small enough for the memory.
  static let maximumItems = 500_000
  /// The limit on the bytes of all pages together; 1,000 repositories take about 1 MB.
  static let maximumListBytes = 64 << 20

  /// Reads a whole list, following `nextPageToken`. Its members are objects.
  ///
  /// All or nothing: throws if a page fails, if the list has no end, repeats a token or has another shape, and if the
  /// server could not reach some places (`unreachable`). An incomplete list must never lead to the conclusion that
  /// something is absent.
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
          .malformed, label: call.label,
          "the list has over \(APIClient.maximumListBytes >> 20) MiB in \(seen.count + 1) pages")
      }
      items += try APIClient.members(of: answer, key, call.label)
      token = try APIClient.nextToken(answer, call.label)
      guard items.count <= APIClient.maximumItems else {
        throw APIError(
          .malformed, label: call.label, "the list has over \(APIClient.maximumItems) members")
      }
      guard let token else { return items }
      guard seen.insert(token).inserted else {
        throw APIError(.malformed, label: call.label, "the list repeats a page")
      }
    }
    throw APIError(
      .malformed, label: call.label, "the list has over \(APIClient.maximumPages) pages")
  }

  /// The members that a page may have besides the list.
  private static let otherMembers: Set<String> = [
    "nextPageToken", "unreachable", "totalSize", "kind", "etag", "@type",
  ]

  /// The members of a page. Google omits an empty list, but an answer with unknown members instead is not taken for
  /// one.
  private static func members(
    of answer: JSONValue, _ key: String, _ label: String
  ) throws(APIError) -> [JSONValue] {
    if let list = answer["unreachable"], list.array?.isEmpty != true, !list.isNull {
      throw APIError(
        .malformed, label: label, "the list is incomplete: some places were unreachable")
    }
    guard let list = answer[key], !list.isNull else {
      guard answer.object?.allSatisfy({ $0.key == key || otherMembers.contains($0.key) }) == true
      else {
        throw APIError(.malformed, label: label, "the answer is not a list of `\(key)`")
      }
      return []
    }
    guard let items = list.array, items.allSatisfy({ $0.object != nil }) else {
      throw APIError(.malformed, label: label, "`\(key)` is not a list of objects")
    }
    return items
  }

  /// The token of the next page; nil on the last page.
  private static func nextToken(
    _ answer: JSONValue, _ label: String
  ) throws(APIError) -> String? {
    guard let value = answer["nextPageToken"], !value.isNull else { return nil }
    guard let token = value.string else {
      throw APIError(.malformed, label: label, "`nextPageToken` is not a string")
    }
    return token.isEmpty ? nil : token
  }
}
