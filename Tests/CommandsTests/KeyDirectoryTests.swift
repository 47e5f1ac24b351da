import CommandLine
import GoogleCloud
import Keys
import Model
import Platform
import Testing

@testable import Commands

/// The key directory without `--key-dir`: never in the working tree.
@Suite struct KeyDirectoryTests {
  private func store(
    _ environment: ProcessEnvironment, home: String? = nil, endpoint: String? = nil
  ) throws -> KeyStore {
    let context = TestContext(environment: environment, home: home)
    let endpoints = try Endpoints(endpoint: endpoint, environment: [:])
    return KeyFolder(context: context.seams(), keyDirectory: nil).store(
      sandbox: nil, stack: "greetings", endpoints: endpoints)
  }

  /// Production and a rehearsal never share files.
  @Test(arguments: [
    ("http://127.0.0.1:8090", "greetings@127.0.0.1_8090"),
    ("http://localhost", "greetings@localhost_80"),
    ("http://[::1]:9", "greetings@--1_9"),
    ("https://iam.example.com/x", "greetings@iam.example.com_443"),
    ("https://iam.googleapis.com", "greetings"),
  ]) func anotherServerHasItsOwnFolder(endpoint: String, folder: String) throws {
    let store = try store(["XDG_STATE_HOME": "/s"], endpoint: endpoint)
    #expect(store.directory == "/s/arctl/keys/\(folder)")
  }

  @Test func isBelowTheStateFolderOrTheHome() throws {
    #expect(
      try store(["XDG_STATE_HOME": "/s", "HOME": "/h"]).directory == "/s/arctl/keys/greetings")
    #expect(
      try store(["HOME": "/h"], home: "/u").directory == "/h/.local/state/arctl/keys/greetings")
  }

  @Test(arguments: [
    [:], ["HOME": ""], ["HOME": "rel"], ["XDG_STATE_HOME": "rel"], ["XDG_STATE_HOME": "./s"],
  ])
  func aMissingOrRelativeHomeComesFromTheUserDatabase(environment: [String: String]) throws {
    let environment = ProcessEnvironment(environment)
    #expect(
      try store(environment, home: "/home/ana").directory
        == "/home/ana/.local/state/arctl/keys/greetings")
    // A user without a home folder must name a folder.
    for home in [nil, "", "rel"] {
      let store = try store(environment, home: home)
      #expect(store.directory.isEmpty)
      #expect(store.refusal?.contains("HOME") == true)
    }
  }
}
