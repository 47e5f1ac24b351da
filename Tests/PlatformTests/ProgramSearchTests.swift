import Foundation
import Platform
import Testing

/// Links, copies and other programs in folders of PATH.
@Suite struct ProgramSearchTests {
  /// A folder with `own/arctl`, which is this program.
  private let root: URL
  private let own: String

  init() throws {
    root = FileManager.default.temporaryDirectory.appending(path: "search-\(UUID().uuidString)")
    own = root.appending(path: "own/arctl").path
    try write("own/arctl")
  }

  private func write(_ path: String, mode: Int = 0o755) throws {
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("#!/bin/sh\n".utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
  }

  private func link(_ path: String) throws {
    let file = root.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      at: file, withDestinationURL: URL(filePath: own))
  }

  private func next(
    _ folders: [String], from executable: String? = nil, _ more: [String: String] = [:]
  ) -> ProgramSearch.Found? {
    let path = folders.map { $0.hasPrefix("=") ? String($0.dropFirst()) : "\(root.path)/\($0)" }
    var environment = ProcessEnvironment(more)
    environment["PATH"] = path.joined(separator: ":")
    return ProgramSearch(executable: executable ?? own, environment: environment).next("keyring")
  }

  private func short(_ found: ProgramSearch.Found?) -> String? {
    found.map { String($0.path.dropFirst(root.path.count + 1)) }
  }

  @Test func skipsItselfUnderEveryLink() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try link("a/keyring")
    try link("b/keyring")
    try write("c/keyring")
    try write("d/keyring")
    #expect(short(next(["a", "b", "c", "d"])) == "c/keyring")
    #expect(short(next(["c", "a"])) == "c/keyring")
    #expect(short(next(["c"])) == "c/keyring")
    #expect(next(["a", "b"]) == nil)
    #expect(next([]) == nil)
  }

  @Test func skipsWhatItCannotRun() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try write("a/keyring", mode: 0o644)
    try FileManager.default.createDirectory(
      at: root.appending(path: "b/keyring"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: root.appending(path: "b/broken").path, withDestinationPath: "/nowhere")
    #expect(next(["missing", "a", "b"]) == nil)
    try write("c/keyring")
    #expect(short(next(["missing", "a", "b", "c"])) == "c/keyring")
  }

  /// They would run a program of the working folder.
  @Test func skipsRelativeFolders() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try write("c/keyring")
    for folders in [["="], ["=."], ["=bin"], ["=../c"]] { #expect(next(folders) == nil) }
    #expect(short(next(["=", "=.", "c"])) == "c/keyring")
  }

  @Test func aProgramWithoutAFileFindsNothing() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try write("c/keyring")
    #expect(next(["c"], from: "\(own) (deleted)") == nil)
    let environment = ProcessEnvironment(["PATH": root.appending(path: "c").path])
    #expect(ProgramSearch(executable: nil, environment: environment).next("keyring") == nil)
  }

  /// Copies in any order and any number end with the program that is not a copy, or with none.
  @Test func copiesDoNotPassOnWithoutEnd() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    let copies = ["a", "b", "c", "d"]
    for folder in copies { try write("\(folder)/keyring") }
    try write("z/keyring")
    for folders in [["a", "b", "c", "d", "a"], ["d", "a", "z", "b", "d", "c"]] {
      var program = "\(folders[1])/keyring"
      var passed: [String: String] = [:]
      var steps: [String] = []
      while let found = next(folders, from: "\(root.path)/\(program)", passed), steps.count < 20 {
        program = short(found) ?? ""
        steps.append(program)
        passed = found.environment.variables
        if program == "z/keyring" { break }
      }
      // Each of them once, and none that had passed on.
      #expect(Set(steps).count == steps.count && steps.count <= 4, "\(steps)")
      #expect(steps.last == "z/keyring" || !folders.contains("z"))
    }
  }

  @Test func theOtherProgramGetsTheSameEnvironment() throws {
    defer { try? FileManager.default.removeItem(at: root) }
    try write("c/keyring")
    let found = try #require(next(["c"], ["NAME": "value"]))
    #expect(found.environment["NAME"] == "value")
    #expect(found.environment["PATH"] == "\(root.path)/c")
    #expect(found.environment["ARCTL_PASSED_ON"]?.split(separator: ",").count == 2)
  }
}
