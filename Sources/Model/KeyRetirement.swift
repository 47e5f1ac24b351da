/// The next step against keys that were replaced: some are disabled, or some that are disabled are deleted.
public struct KeyRetirement: Sendable, Hashable {
  /// The key that replaced them, which the destination must be seen to hold before anything is done to the others.
  public var current: String
  /// The ids of the keys to disable.
  public var disable: [String]
  /// The ids of the keys to delete: each is disabled or has expired.
  public var delete: [String]

  /// Sorts the ids.
  public init(current: String, disable: [String] = [], delete: [String] = []) {
    self.current = current
    self.disable = disable.sorted()
    self.delete = delete.sorted()
  }

  /// Whether there is nothing to do.
  public var isEmpty: Bool { disable.isEmpty && delete.isEmpty }
}
