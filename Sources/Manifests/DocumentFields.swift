public import Model

/// The fields that every document has besides its `spec`, for decoding and for reference pages.
public enum DocumentFields {
  /// The top-level keys, in the order in which they are written.
  public static let all = [
    Field("apiVersion", .string(), [.required, .manifestOnly], "The language: `arctl.dev/v1`."),
    Field("kind", .string(), [.required, .manifestOnly], "What the document declares."),
    Field(
      "metadata", .object(metadata), [.required, .manifestOnly], "The identity of the document."),
    Field(
      "spec", .map(.any, idField: nil), [.manifestOnly],
      "The fields of its kind. arctl does not compare or change fields that are not written."),
    Field(
      "lifecycle", .object(lifecycle), [.manifestOnly],
      "Whether the resource must exist, and which changes are allowed. A Stack has none, an IAMBinding only `ensure`."
    ),
    Field(
      "each", .map(.list(.any, .ordered), idField: nil), [.manifestOnly],
      "Maps names to lists: the document is created once for each combination; each name is a variable in it. `except` "
        + "lists combinations to leave out."),
  ]

  static let metadata = [
    Field(
      "name", .string(), [.required, .manifestOnly],
      "Google's own id for Project, Repository, ServiceAccount and Role; a free name, `[a-z][a-z0-9-]{0,62}`, for "
        + "the others."),
    Field(
      "note", .string(), [.manifestOnly],
      "A free text that arctl prints with errors and deletions."),
  ]

  /// Those of `lifecycle` that a document may have; none in the settings of a set.
  static func lifecycle(of part: DocumentPart) -> [Field] {
    switch part {
    case .settings: []
    case .grants: lifecycle.filter { $0.name == "ensure" }
    case .resource: lifecycle
    }
  }

  static let lifecycle = [
    Field(
      "ensure", .enumeration(Enumeration(["present", "absent"], unspecified: nil)),
      [.manifestOnly], default: "present",
      "`absent` plans the deletion, which also needs `--allow-delete ADDRESS`; for an IAMBinding, the removal of its "
        + "members."),
    Field(
      "protect", .boolean, [.manifestOnly], default: false,
      "Whether deleting and replacing are refused, whatever the flags say."),
    Field(
      "allowReplace", .boolean, [.manifestOnly], default: false,
      "Whether it may be deleted and recreated to change an immutable field; also needs "
        + "`--allow-replace ADDRESS`."),
    Field(
      "create", .boolean, [.manifestOnly],
      "Whether it may be created. Without it: true, but false for a Project without `parent`."),
  ]
}
