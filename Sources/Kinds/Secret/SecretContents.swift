import CloudResources
import GoogleCloud
import JSON
import Model

/// The versions of a secret: what its deletion destroys, and what `arctl ls` shows. No list has a value.
extension SecretKind: ContainerKind {
  var servesPackages: Bool { false }

  /// Secret Manager v1 `projects.secrets.versions.list`.
  func contentsList(of address: Address) -> (call: APICall, items: String)? {
    contentCall("versions", of: address).map { ($0, "versions") }
  }

  /// A destroyed version has no value any more. Any other state counts, also one that arctl does not know.
  func contents(in items: [JSONValue]) -> DeletionLosses.Contents {
    DeletionLosses.Contents(
      count: items.count { $0["state"] != "DESTROYED" }, one: "version that is not destroyed",
      many: "versions that are not destroyed")
  }

  static let listForm = ListForm(
    "secrets", summary: "the secrets of the projects",
    [
      ListColumns.address, ListColumns.created,
      ListColumn("expires", .end, at: .member("expireTime"), rank: 2),
      ListColumns.declared, ListColumns.project, ListColumns.googleName,
    ], order: ["address"])

  /// secretmanager v1 `SecretVersion`, discovery revision 20261021.
  var contentLists: [ContentList] {
    [
      ContentList(
        ListForm(
          "secret-versions", summary: "the versions of secrets, without their values",
          [
            ListColumn("secret", .address),
            ListColumn("version", .text, at: .part(of: "name", after: "versions")),
            ListColumn("state", .choice(Self.states), at: .member("state"), rank: 1),
            ListColumns.created,
            ListColumn("destroyed", .time, at: .member("destroyTime"), rank: 4),
            ListColumns.project, ListColumns.googleName,
          ], order: ["secret", "created", "version"]), collection: "versions")
    ]
  }

  private static let states = Enumeration(
    ["ENABLED", "DISABLED", "DESTROYED"], unspecified: "STATE_UNSPECIFIED")
}
