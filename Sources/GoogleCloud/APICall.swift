public import HTTP
public import JSON

/// How a call may be repeated: a property of the operation, never of a status alone
/// (docs/reliability.md#retry-classes).
public enum RetryClass: Sendable, Hashable, CaseIterable {
  /// Changes nothing, so it is repeated freely within the budget.
  case read
  /// PATCH or PUT with an etag, delete, enable, setIamPolicy with an etag, undelete, key upload. After an ambiguous
  /// answer the caller reads again and then repeats it.
  case idempotentWrite
  /// Creates something under a name. After an ambiguous answer the caller GETs that name and then decides.
  case namedCreate
  /// Creates something without a name (`keys.create`). Never repeated after an ambiguous answer, because a repeat could
  /// not be recognised.
  case unnamedCreate

  /// Whether it changes anything.
  public var isWrite: Bool { self != .read }
}

/// One call of a Google API, as a value.
public struct APICall: Sendable, Hashable {
  /// One `name=value` of the query, not yet encoded.
  public struct QueryItem: Sendable, Hashable {
    /// The parameter's name.
    public var name: String
    /// The value, not encoded.
    public var value: String
    /// A parameter and its value.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The API that is called.
  public var service: APIHost
  /// The request method.
  public var method: HTTPMethod
  /// Begins with `/` and the version; percent-encoded by `APIPath`.
  public var path: String
  /// The query parameters, in the order in which they are sent.
  public var query: [QueryItem]
  /// The JSON body; nil if there is none.
  public var body: JSONValue?
  /// The body in place of `body`, if it has a secret; no error repeats its long texts.
  public var secretBody: SecretBody?
  /// How it may be repeated.
  public var retry: RetryClass
  /// The name in messages: `artifactregistry.repositories.get us/my-repo`.
  public var label: String
  /// The project whose quota it is charged to; nil if unknown.
  public var consumerProject: String?
  /// Whether it must arrive at most once. It then uses a connection of its own, where libcurl cannot repeat it. True
  /// for creates; key uploads set it.
  public var needsFreshConnection: Bool

  /// A call with any method. Creates use a fresh connection by default.
  public init(
    _ service: APIHost, method: HTTPMethod, path: String,
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

  /// A GET.
  public init(
    _ service: APIHost, _ path: String, query: [(String, String)] = [], label: String,
    consumerProject: String? = nil
  ) {
    self.init(
      service, method: .get, path: path, query: query, label: label,
      consumerProject: consumerProject)
  }

  /// The complete URL; nil for a path that an HTTP client would rewrite.
  func url(at base: String) -> String? {
    guard path.hasPrefix("/"), !path.utf8.contains(UInt8(ascii: "?")), !hasDotSegment(path) else {
      return nil
    }
    guard !query.isEmpty else { return base + path }
    return base + path + "?" + APIPath.form(query.map { ($0.name, $0.value) })
  }
}
