import CloudResources
import CommandLine
import Kinds
import Model
import Rendering
import Testing

@testable import Commands
@testable import Resources

@Suite struct AccessDrawingTests {
  private static let kinds = Kinds.catalog

  private func address(_ text: String) throws -> Address {
    try #require(Self.kinds.address(parsing: text))
  }

  /// Grants as `POLICY ROLE MEMBER`, with `if TITLE` at the end under a condition.
  private func access(_ grants: String...) throws -> LiveAccess {
    var access = LiveAccess()
    for id in ["libs", "images"] {
      access.containers.insert(try address("my-project-id/repository/us/\(id)"))
    }
    for grant in grants {
      let words = grant.split(separator: " ", maxSplits: 3).map(String.init)
      let condition =
        words.count > 3
        ? PolicyCondition(title: String(words[3].dropFirst(3)), expression: "true") : nil
      access.grants.append(
        .init(
          try address("my-project-id/iam/\(words[0])"),
          Grant(role: words[1], condition: condition, member: words[2])))
    }
    return access
  }

  private func drawing(_ access: LiveAccess, _ words: String...) throws -> Drawing {
    let arguments = try CommandTable.graph.parse(
      ["--access"] + words, environment: [:], prefix: "ARCTL_")
    return AccessDrawing(access, try GraphOptions(arguments)).drawing
  }

  /// The edges as `LINES OF THE NODE -> TARGET: LINES`.
  private func edges(_ drawing: Drawing) -> [String] {
    let nodes = Dictionary(drawing.nodes.map { ($0.key, $0.lines) }) { first, _ in first }
    return drawing.edges.map { edge in
      "\((nodes[edge.from] ?? []).joined(separator: ",")) -> \(edge.to): "
        + edge.lines.joined(separator: "; ") + (edge.isDashed ? " (dashed)" : "")
    }
  }

  private let libs = "my-project-id/repository/us/libs"

  @Test func rolesOfOneMemberAreOneArrow() throws {
    let found = try drawing(
      access(
        "repository/us/libs roles/artifactregistry.writer user:a@example.com",
        "repository/us/libs roles/artifactregistry.repoAdmin user:a@example.com"))
    #expect(edges(found) == ["user,a@example.com -> \(libs): read, write, administer"])
  }

  @Test func membersWithTheSameArrowsShareABox() throws {
    let found = try drawing(
      access(
        "repository/us/libs roles/artifactregistry.reader user:b@example.com",
        "repository/us/libs roles/artifactregistry.reader user:a@example.com",
        "repository/us/libs roles/artifactregistry.reader group:a@example.com",
        "repository/us/libs roles/artifactregistry.reader allUsers",
        "repository/us/libs roles/artifactregistry.reader allAuthenticatedUsers"))
    #expect(
      edges(found) == [
        "PUBLIC,allAuthenticatedUsers is everyone with a Google account -> \(libs): read",
        "PUBLIC,allUsers is everyone on the internet -> \(libs): read",
        "group,a@example.com -> \(libs): read",
        "2 × user,a@example.com,b@example.com -> \(libs): read",
      ])
    #expect(found.edges.prefix(2).allSatisfy { $0.look == .everyone })
  }

  @Test func spellingsOfAConditionShareAnArrowThatShowsTheFirst() throws {
    for number in 0..<40 {
      let found = try drawing(
        access(
          "repository/us/libs roles/artifactregistry.reader user:b@example.com if  office \(number)",
          "repository/us/libs roles/artifactregistry.reader user:a@example.com if office \(number)",
          "repository/us/libs roles/artifactregistry.reader user:a@example.com if  office  \(number)"
        ))
      #expect(
        edges(found) == [
          "2 × user,a@example.com,b@example.com -> \(libs): read; if office \(number) (dashed)"
        ])
    }
  }

  @Test func aRoleThatIsNotKnownIsDrawnAsSuch() throws {
    var access = try access(
      "repository/us/libs organizations/1/roles/r user:a@example.com",
      "repository/us/libs projects/my-project-id/roles/sees user:b@example.com",
      "repository/us/libs projects/my-project-id/roles/loads user:c@example.com",
      "repository/us/libs roles/browser user:d@example.com")
    access.permissions = [
      "projects/my-project-id/roles/loads": ["artifactregistry.repositories.downloadArtifacts"]
    ]
    let unknown = [
      "user,a@example.com -> \(libs): ? unknown role organizations/1/roles/r",
      "user,b@example.com -> \(libs): ? unknown role projects/my-project-id/roles/sees",
      "user,c@example.com -> \(libs): read",
    ]
    #expect(try edges(drawing(access)) == unknown)
    #expect(try drawing(access).remarks.contains { $0.hasPrefix("unknown role: ") })
    // Once its permissions are known, a role that allows nothing is not drawn.
    access.permissions["projects/my-project-id/roles/sees"] = ["artifactregistry.repositories.get"]
    #expect(try edges(drawing(access)) == [unknown[0], unknown[2]])
  }

  @Test func aGrantOnTheProjectLeadsToAllItsRepositories() throws {
    let found = try drawing(
      access("project roles/resourcemanager.projectIamAdmin user:a@example.com"))
    #expect(edges(found) == ["user,a@example.com -> my-project-id/project: administer"])
    #expect(found.groups.first?.nodes.first?.lines.first == "every repository of the project")
  }

  @Test func aConditionIsDashedAndAddsOnlyWhatIsNotThereWithoutIt() throws {
    let found = try drawing(
      access(
        "repository/us/libs roles/artifactregistry.reader user:a@example.com",
        "repository/us/libs roles/artifactregistry.writer user:a@example.com if office hours",
        "repository/us/images roles/artifactregistry.reader user:a@example.com if office hours"))
    #expect(
      edges(found) == [
        "user,a@example.com -> my-project-id/repository/us/images: read; if office hours (dashed)",
        "user,a@example.com -> \(libs): read",
        "user,a@example.com -> \(libs): write; if office hours (dashed)",
      ])
  }

  @Test func whatCouldNotBeReadIsInThePicture() throws {
    var access = try access("project roles/owner user:a@example.com")
    access.containers = []
    access.problems = [
      ListProblem(
        project: "my-project-id", what: "repositories", reason: ReadProblem(.forbidden, "no right"))
    ]
    let found = try drawing(access)
    #expect(
      edges(found) == ["user,a@example.com -> my-project-id/project: read, write, administer"])
    #expect(found.groups.first?.nodes.last?.lines == ["NOT READ: repositories", "no right"])
    #expect(found.remarks.contains { $0.hasPrefix("NOT COMPLETE") })
  }

  @Test func aSelectionDrawsTheseRepositories() throws {
    let all = try access(
      "repository/us/libs roles/artifactregistry.reader user:a@example.com",
      "repository/us/images roles/artifactregistry.reader user:b@example.com")
    let found = try drawing(all, "--target", "repository/us/libs")
    #expect(edges(found) == ["user,a@example.com -> \(libs): read"])
    #expect(try drawing(all, "--projects", "other-*").groups.isEmpty)
  }
}
