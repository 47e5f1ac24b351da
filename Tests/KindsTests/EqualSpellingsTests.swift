import JSON
import Testing

@testable import Kinds

struct EqualSpellingsTests {
  private func custom(_ field: String, _ uri: String, format: String) -> JSONObject {
    [
      "format": .string(format), "mode": "REMOTE_REPOSITORY",
      "remoteRepositoryConfig": [field: ["customRepository": ["uri": .string(uri)]]],
    ]
  }

  /// A replacement creates what the manifest says, so a spec of another format keeps its own field.
  @Test func anotherFormatKeepsItsField() {
    let live = custom("dockerRepository", "https://mcr.microsoft.com", format: "DOCKER")
    let written = custom("npmRepository", "https://npm.example.com", format: "NPM")
    #expect(EqualSpellings.adopted(written, live: .object(live)) == written)
  }

  @Test func theLiveFieldOfTheSameFormatIsAdopted() {
    let live = custom("dockerRepository", "https://mcr.microsoft.com/", format: "DOCKER")
    var written = live
    written["remoteRepositoryConfig"] = ["commonRepository": ["uri": "https://mcr.microsoft.com"]]
    let adopted = EqualSpellings.adopted(written, live: .object(live))
    #expect(adopted["remoteRepositoryConfig"] == live["remoteRepositoryConfig"])
  }

  /// A public registry that arctl does not know equals no address.
  @Test func anUnknownPublicRegistryEqualsNothing() {
    let live: JSONObject = [
      "format": "DOCKER", "mode": "REMOTE_REPOSITORY",
      "remoteRepositoryConfig": ["dockerRepository": ["publicRepository": "QUAY"]],
    ]
    let written = custom("dockerRepository", "https://registry-1.docker.io", format: "DOCKER")
    #expect(EqualSpellings.adopted(written, live: .object(live)) == written)
    #expect(EqualSpellings.adopted(written, live: nil) == written)
  }
}
