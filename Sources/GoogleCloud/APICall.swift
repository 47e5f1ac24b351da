public import HTTP
public import JSON

/// How a call may be repeated: a property of the operation, never of a status alone.
public enum RetryClass: Sendable, Hashable, CaseIterable {
  /// Changes nothing: repeated freely within the budget.
  case read
  /// PATCH or PUT with an etag, delete, enable, setIamPolicy with an etag, undelete, key upload:
  /// after an ambiguous answer the caller re-reads, then repeats.
  case idempotentWrite
  /// Creates something under a name: after an ambiguous answer the caller GETs it, then decides.
  case namedCreate
  /// Creates something without a name (`keys.create`): never repeated after an ambiguous answer.
  case unnamedCreate

  /// Whether it changes anything.
  public var isWrite: Bool { self != .read }
}

/// One call of a Google API, as data.
public struct APICall: Sendable, Hashable {
  /// One `name=value` of the query, not yet encoded.
  public struct QueryItem: Sendable, Hashable {
    public var name: String
    public var value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public var service: APIHost
  public var method: HTTPMethod
  /// Begins with `/` and the version; percent-encoded by `APIPath`.
  public var path: String
  public var query: [QueryItem]
  public var body: JSONValue?
  public var retry: RetryClass
  /// What messages call it: `artifactregistry.repositories.get us/my-repo`.
  public var label: String
  /// The project whose quota it is charged to, where known.
  public var consumerProject: String?
  /// Whether it must arrive once: on a connection that libcurl cannot replay it on. True for
  /// creates; key uploads set it.
  public var needsFreshConnection: Bool

  public init(
    _ service: APIHost, _ method: HTTPMethod = .get, _ path: String,
    query: [(String, String)] = [], body: JSONValue? = nil, retry: RetryClass = .read,
    label: String, consumerProject: String? = nil, freshConnection: Bool? = nil
  ) {
    self.service = service
    self.method = method
    self.path = path
    self.query = query.map { QueryItem($0.0, $0.1) }
    self.body = body
    self.retry = retry
    self.label = label
    self.consumerProject = consumerProject
    self.needsFreshConnection =
      freshConnection ?? (retry == .namedCreate || retry == .unnamedCreate)
  }

  /// The complete URL; nil for a path that a client would rewrite on the way.
  func url(at base: String) -> String? {
    guard path.hasPrefix("/"), !path.contains("?"), !hasDotSegment(path) else { return nil }
    guard !query.isEmpty else { return base + path }
    return base + path + "?" + APIPath.form(query.map { ($0.name, $0.value) })
  }
}
