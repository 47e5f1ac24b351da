import Authoring
import Kinds

/// What is chosen for written manifests where the user says nothing.
enum UsualChoices {
  /// The name of the only project, or a common word.
  static func stack(of projects: Set<String>) -> String {
    let kind = Kinds.catalog.documents.first { $0.part == .settings }
    guard projects.count == 1, let name = projects.first, kind?.problem(withName: name) == nil
    else { return "registry" }
    return name
  }

  /// A file for each project, or for each kind of the only one; one stream without a folder.
  static func layout(_ chosen: ManifestLayout?, folder: String?, projects: Int) -> ManifestLayout {
    folder == nil ? .single : chosen ?? (projects > 1 ? .project : .kind)
  }
}
