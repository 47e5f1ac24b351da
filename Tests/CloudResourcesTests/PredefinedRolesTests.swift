import TestSupport
import Testing

@testable import CloudResources

/// Which predefined roles cover some permissions.
@Suite struct PredefinedRolesTests {
  private func names(_ permissions: Set<String>) -> [String] {
    PredefinedRoles.narrowest(for: permissions).choices.map(\.role.name)
  }

  @Test func readsTakeRolesThatOnlyRead() {
    #expect(names([]) == [])
    #expect(names(["iam.serviceAccounts.list"]) == ["roles/iam.serviceAccountViewer"])
    #expect(
      names(["artifactregistry.repositories.get", "artifactregistry.repositories.getIamPolicy"])
        == ["roles/artifactregistry.viewer"])
    #expect(names(["resourcemanager.projects.get"]) == ["roles/browser"])
  }

  @Test func writesTakeTheRoleWithTheFewestOtherWrites() {
    #expect(
      names(["artifactregistry.repositories.update", "artifactregistry.repositories.get"])
        == ["roles/artifactregistry.editor"])
    #expect(
      names(["artifactregistry.rules.create"]) == ["roles/artifactregistry.repoAdmin"])
    #expect(names(["resourcemanager.projects.undelete"]) == ["roles/owner"])
  }

  @Test func whatNoRoleHasIsNamed() {
    let cover = PredefinedRoles.narrowest(for: ["a.b.c", "resourcemanager.projects.get"])
    #expect(cover.uncovered == ["a.b.c"])
    #expect(cover.choices.map(\.excess) == [5])
  }

  @Test func permissionsOfCloudKMSAreMarked() {
    let cover = PredefinedRoles.narrowest(for: ["cloudkms.cryptoKeys.setIamPolicy"])
    #expect(cover.choices.map(\.isUnverified) == [true])
    #expect(
      PredefinedRoles.narrowest(for: ["iam.roles.list"]).choices.map(\.isUnverified) == [false])
  }

  /// For random permissions, no other set of roles has fewer surplus writes, or as many and fewer permissions.
  @Test func noOtherSetIsNarrower() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(state: seed)
    let all = Set(PredefinedRoles.all.flatMap(\.permissions)).sorted()
    for _ in 0..<40 {
      let needed = Set((0..<3).map { _ in random.pick(all) })
      let found = PredefinedRoles.narrowest(for: needed).choices.map(\.role)
      #expect(
        needed.isSubset(of: found.reduce(into: []) { $0.formUnion($1.permissions) }), "seed \(seed)"
      )
      let roles = PredefinedRoles.all.filter { !$0.permissions.isDisjoint(with: needed) }
      let best = Self.subsets(of: roles, atMost: 3).filter {
        needed.isSubset(of: $0.reduce(into: []) { $0.formUnion($1.permissions) })
      }.map { Self.cost($0, needed) }.min { $0 < $1 }
      let cost = Self.cost(found, needed)
      #expect(best.map { $0 == cost } == true, "seed \(seed): \(needed.sorted())")
    }
  }

  private static func cost(
    _ roles: [PredefinedRoles.Role], _ needed: Set<String>
  ) -> (writes: Int, size: Int) {
    let writes = roles.map { role in
      role.permissions.subtracting(needed).count { permission in
        !["get", "list", "getIamPolicy"].contains { permission.hasSuffix(".\($0)") }
      }
    }
    // The largest role of the table has more than ten thousand permissions, so it also counts as another write.
    let size = roles.map(\.size).reduce(0, +)
    return (writes.reduce(0, +) + size / 10_000, size % 10_000)
  }

  private static func subsets(
    of roles: [PredefinedRoles.Role], atMost count: Int
  ) -> [[PredefinedRoles.Role]] {
    guard count > 0, let first = roles.first else { return [[]] }
    let rest = Array(roles.dropFirst())
    return subsets(of: rest, atMost: count)
      + subsets(of: rest, atMost: count - 1).map { [first] + $0 }
  }
}
