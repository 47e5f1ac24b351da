import Crypto
import Foundation
import Testing

@testable import Sandbox
@testable import SandboxWire

@Suite struct LocalAuthorityTests {
  private let folder = NSTemporaryDirectory() + "arctl-tls-\(UUID().uuidString)"
  private let now = Int64(Date().timeIntervalSince1970)
  private let names = ServedNames(["*.googleapis.com"], summary: "")

  /// Prepares the folder at a time, and returns its authority's certificate.
  private func certificate(
    after seconds: Int64 = 0, domains: [String] = ["googleapis.com", "localhost"]
  ) throws -> Certificate {
    let directory = try DataDirectory(folder)
    defer { directory.release() }
    _ = try LocalAuthority(directory: directory, domains: domains, now: now + seconds)
      .identity(for: names)
    return try Certificate(pem: try read("ca.pem"))
  }

  private func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(folder)/tls/\(name)")))
  }

  private func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")
    return attributes[.posixPermissions] as? Int ?? -1
  }

  @Test func onlyTheOwnerReadsTheKeyAndGitIgnoresIt() throws {
    // A folder with files of the user's gets no .gitignore of its own.
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try Data().write(to: URL(filePath: "\(folder)/readme"))
    _ = try certificate()
    #expect(try mode("tls") == 0o700 && mode("tls/ca-key.pem") == 0o600)
    #expect(try read(".gitignore") == Array("*\n".utf8))
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/.gitignore"))
    // The key of the servers' certificate is in no file.
    let files = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/tls")
    let keys = try files.filter {
      String(decoding: try read($0), as: UTF8.self).contains("PRIVATE KEY")
    }
    #expect(keys == ["ca-key.pem"])
  }

  @Test func theBundleHasTheSystemsRootsAndItsOwn() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let own = try certificate()
    let bundle = try read("bundle.pem")
    let system = Array(try Data(contentsOf: URL(filePath: "/etc/ssl/certs/ca-certificates.crt")))
    #expect(bundle == system + own.pem)
  }

  @Test func lastsThirtyDaysAndIsRenewedBeforeItEnds() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try certificate()
    let day: Int64 = 86_400
    #expect(first.notAfter == now + 30 * day)
    #expect(try certificate(after: 20 * day - 60) == first)
    let second = try certificate(after: 20 * day)
    #expect(second != first && second.notAfter == now + 50 * day)
    #expect(
      String(decoding: try read("bundle.pem"), as: UTF8.self).hasSuffix(
        String(decoding: second.pem, as: UTF8.self)))
    // Long after its end.
    #expect(try certificate(after: 400 * day).notAfter == now + 430 * day)
  }

  @Test func otherDomainsGetAnotherAuthority() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try certificate()
    let second = try certificate(domains: ["googleapis.com", "localhost", "pypi.org"])
    #expect(second != first)
    #expect(try certificate() != second)
  }

  @Test(arguments: ["ca.pem", "ca-key.pem"], ["", "-----BEGIN nonsense", nil])
  func aDamagedAuthorityIsReplaced(_ name: String, _ content: String?) throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try certificate()
    let file = URL(filePath: "\(folder)/tls/\(name)")
    if let content {
      try Data(content.utf8).write(to: file)
    } else {
      try FileManager.default.removeItem(at: file)
    }
    let second = try certificate()
    #expect(second != first)
    #expect(try certificate() == second)
  }

  @Test func theDomainsOfPyPIAreAddedOnlyWithAFolder() {
    #expect(
      GoogleNames.domains(withPyPI: false) == [
        "googleapis.com", "pkg.dev", "api.github.com", "localhost",
      ])
    #expect(
      GoogleNames.domains(withPyPI: true).suffix(2) == ["pypi.org", "files.pythonhosted.org"])
    let names = GoogleNames.served(withPyPI: false)
    #expect(!names.contains("pypi.org") && !names.contains("files.pythonhosted.org"))
    let more = GoogleNames.served(withPyPI: true)
    #expect(more.contains("pypi.org") && more.contains("files.pythonhosted.org"))
    #expect(!more.contains("upload.pypi.org") && !more.contains("test.pypi.org"))
    for name in [
      "artifactregistry.us-central1.rep.googleapis.com", "python.europe-west1.rep.pkg.dev",
      "us-central1-artifactregistry.googleapis.com", "us-python.pkg.dev",
    ] {
      #expect(names.contains(name))
    }
    // A certificate cannot have a name that its authority must not certify.
    for pattern in more.patterns {
      #expect(
        GoogleNames.domains(withPyPI: true).contains {
          pattern == $0 || pattern.hasSuffix(".\($0)")
        })
    }
  }
}
