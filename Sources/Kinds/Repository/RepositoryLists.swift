import CloudResources
import Model

/// What `arctl ls` shows of repositories.
extension RepositoryKind {
  static let listForm = ListForm(
    "repositories", summary: "the repositories of the projects",
    [
      ListColumns.address,
      ListColumn("format", .choice(formats), at: .member("format"), rank: 4),
      ListColumn("mode", .choice(modes), at: .member("mode"), rank: 5),
      // Google omits a size of zero.
      ListColumn("size", .bytes, at: .member("sizeBytes", ifMissing: 0), rank: 1),
      ListColumns.updated, ListColumns.declared, ListColumns.project, ListColumns.googleName,
      ListColumns.detail("description"), ListColumns.detail("registryUri"),
      ListColumn("created", .time, at: .member("createTime"), isDetail: true),
    ], order: ["address"])

  /// artifactregistry v1 `Package`, `Version`, `GoogleDevtoolsArtifactregistryV1File` and `Tag`, discovery revision
  /// 20261031.
  var contentLists: [ContentList] {
    [Self.packages, Self.versions, Self.files, Self.tags]
  }

  private static let package = ListColumn(
    "package", .text, at: .part(of: "name", after: "packages"))

  private static let packages = ContentList(
    ListForm(
      "packages", summary: "the packages of repositories",
      [
        ListColumns.repository, package, ListColumns.created, ListColumns.updated,
        ListColumns.project, ListColumns.googleName, ListColumns.detail("displayName"),
      ], order: ["repository", "package"]), collection: "packages")

  private static let versions = ContentList(
    ListForm(
      "versions", summary: "the versions of the packages of repositories, the newest last",
      [
        ListColumns.repository, package,
        ListColumn("version", .text, at: .part(of: "name", after: "versions")),
        ListColumns.created, ListColumns.updated, ListColumns.project, ListColumns.googleName,
        ListColumns.detail("description"),
      ], order: ["repository", "package", "created", "version"]),
    collection: "versions", parent: "packages")

  private static let files = ContentList(
    ListForm(
      "files", summary: "the files of repositories",
      [
        ListColumns.repository,
        ListColumn("file", .text, at: .part(of: "name", after: "files")),
        ListColumn("size", .bytes, at: .member("sizeBytes", ifMissing: 0), rank: 1),
        ListColumns.updated,
        ListColumn("package", .text, at: .part(of: "owner", after: "packages"), rank: 4),
        ListColumn("version", .text, at: .part(of: "owner", after: "versions"), rank: 5),
        ListColumns.project, ListColumns.googleName,
        ListColumn("created", .time, at: .member("createTime"), isDetail: true),
      ], order: ["repository", "file"]), collection: "files")

  private static let tags = ContentList(
    ListForm(
      "tags", summary: "the tags of the packages of repositories",
      [
        ListColumns.repository, package,
        ListColumn("tag", .text, at: .part(of: "name", after: "tags")),
        ListColumn("version", .text, at: .part(of: "version", after: "versions")),
        ListColumns.project, ListColumns.googleName,
      ], order: ["repository", "package", "tag"]), collection: "tags", parent: "packages")
}
