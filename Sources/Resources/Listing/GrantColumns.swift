import CloudResources
import Model

/// The list of grants: a row for each member with a role in a policy.
enum GrantColumns {
  static let form = ListForm(
    "grants", summary: "who has which role, in the policies of the projects and of what is in them",
    [
      ListColumn("policy", .address), ListColumn("role", .text), ListColumn("member", .text),
      ListColumn("condition", .condition, rank: 3),
      ListColumn("declared", .flag, rank: 2),
      ListColumn("project", .text, isDetail: true),
    ], order: ["policy", "role", "condition", "member"])
}
