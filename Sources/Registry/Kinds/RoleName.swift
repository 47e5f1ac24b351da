/// What a manifest says after `role:`, by its form.
public enum RoleName: Sendable, Hashable {
  /// `roles/artifactregistry.reader`.
  case predefined(String)
  /// `projects/p/roles/r`.
  case project(String, id: String)
  /// `organizations/1/roles/r`.
  case organization(String, id: String)
  /// `publisher`: the short name of a declared Role.
  case reference(String)

  /// The basic roles, which take no condition.
  public static let basic = ["roles/owner", "roles/editor", "roles/viewer"]
}
