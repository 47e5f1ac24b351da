public import JSON

/// What a deletion or replacement of a resource takes along, as far as further reads showed it.
///
/// It is read only for rows that delete or replace, so a plan without them costs no request.
public struct DeletionLosses: Sendable, Hashable {
  /// The contents of the resource; nil if its kind has none, or if they could not be listed.
  public var contents: Contents?
  /// Its policy; nil if its kind has none, or if it could not be read.
  public var policy: JSONValue?
  /// What could not be read, in words; empty if everything was.
  public var problems: [String] = []

  /// Things in a resource, counted.
  public struct Contents: Sendable, Hashable {
    /// How many there are.
    public var count: Int
    private let one: String
    private let many: String
    /// When the last of them was changed, in RFC 3339; nil if there is none, or if no time is known.
    public var latest: String?

    /// Things of one name, by default without a time.
    public init(count: Int, one: String, many: String, latest: String? = nil) {
      self.count = count
      self.one = one
      self.many = many
      self.latest = latest
    }

    /// `3 packages`, `no packages`.
    public var text: String {
      count == 0 ? "no \(many)" : "\(count) \(count == 1 ? one : many)"
    }
  }

  /// Nothing is known.
  public init() {}
}
