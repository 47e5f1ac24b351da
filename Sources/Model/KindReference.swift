/// What a text says that refers to a resource of some kind.
public enum KindReference: Sendable, Hashable {
  /// Google's full name: it may be of something that no manifest declares.
  case full(Address)
  /// The last names of its address, or all of them; it must be declared in the set.
  case short(project: String, names: [String])
}
