import CommandLine
import Keys
import Model
import Platform
import Testing

@testable import Commands

/// Where keys go when no `--key-dir` says so: never into the working tree.
@Suite struct KeyDirectoryTests {
  private func store(_ environment: ProcessEnvironment, home: String? = nil) throws -> KeyStore {
    let context = TestContext(environment: environment, home: home)
    let arguments = try CommandTable.plan.parse([], environment: [:], prefix: "ARCTL")
    let options = try RunOptions(arguments)
    let connection = Connection(
      options: options, reporter: Reporter(context.seams(), options.output),
      transport: context.transport)
    return connection.keyStore(nil, stack: "greetings")
  }

  @Test func belowTheStateFolderOrTheHome() throws {
    #expect(
      try store(["XDG_STATE_HOME": "/s", "HOME": "/h"]).directory == "/s/arctl/keys/greetings")
    #expect(
      try store(["HOME": "/h"], home: "/u").directory == "/h/.local/state/arctl/keys/greetings")
  }

  @Test(arguments: [
    [:], ["HOME": ""], ["HOME": "rel"], ["XDG_STATE_HOME": "rel"], ["XDG_STATE_HOME": "./s"],
  ])
  func aMissingOrRelativeHomeIsTheUserDatabases(environment: [String: String]) throws {
    let environment = ProcessEnvironment(environment)
    #expect(
      try store(environment, home: "/home/ana").directory
        == "/home/ana/.local/state/arctl/keys/greetings")
    // Whoever has none there either is asked for a folder.
    for home in [nil, "", "rel"] {
      let store = try store(environment, home: home)
      #expect(store.directory.isEmpty)
      #expect(store.refusal?.contains("HOME") == true)
    }
  }
}
