/// What a reference in a manifest names.
public enum KindReference: Sendable, Hashable {
  /// Google's full name; the resource may be undeclared.
  case full(Address)
  /// The last names of its address, or all of them; the set must declare the resource.
  case short(project: String, names: [String])
}
