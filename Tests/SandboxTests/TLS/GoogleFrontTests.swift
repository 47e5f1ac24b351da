import Foundation
import HTTP
import JSON
import Testing

@testable import Sandbox

/// The sandbox under Google's host names, with the product's HTTP client as the client.
@Suite(.serialized) struct GoogleFrontTests {
  private let folder = NSTemporaryDirectory() + "arctl-front-\(UUID().uuidString)"

  private func server(_ change: (inout SandboxServer.Options) -> Void = { _ in }) throws
    -> SandboxServer
  {
    var options = SandboxServer.Options(dataDirectory: folder, projects: ["my-project"])
    options.answersForGoogle = true
    change(&options)
    return try SandboxServer(options)
  }

  /// The variables that the settings for a shell export.
  private func variables(_ server: SandboxServer) -> [String: String] {
    let lines = (server.shellSettings ?? "").split(separator: "\n")
    return Dictionary(
      lines.compactMap { line in
        line.wholeMatch(of: /export ([A-Za-z_]+)=(.*)/).map { (String($0.1), String($0.2)) }
      }
    ) { first, _ in first }
  }

  private func client(_ server: SandboxServer) -> CurlTransport {
    let variables = variables(server)
    var configuration = CurlTransport.Configuration(
      caFile: variables["SSL_CERT_FILE"], userAgent: "test")
    configuration.proxies = ProxyRules(environment: variables)
    configuration.proxies.http = variables["HTTPS_PROXY"]
    configuration.permitsLocalProxy = true
    return CurlTransport(configuration)
  }

  private func get(_ url: String, _ client: CurlTransport) async throws(HTTPFailure) -> HTTPResponse
  {
    try await client.send(HTTPRequest(.get, url))
  }

  @Test func everyServedNameHasACertificate() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try server()
    defer { server.stop() }
    let client = client(server)
    defer { client.shutdown() }
    for host in [
      "artifactregistry.googleapis.com", "us-central1-artifactregistry.googleapis.com",
      "artifactregistry.us-central1.rep.googleapis.com", "python.us-east4.rep.pkg.dev",
      "us-east4-python.pkg.dev", "x.europe-west12.rep.pkg.dev",
    ] {
      for scheme in ["https", "http"] {
        let answer = try await get("\(scheme)://\(host)/_sandbox/clock", client)
        // Below a package host there is no API, not even the sandbox's own: it is a project's name there.
        let expected = host.hasSuffix(".googleapis.com") ? 200 : host.contains("python") ? 401 : 404
        #expect(answer.status == expected, "\(scheme)://\(host)")
      }
    }
  }

  @Test func manyConnectionsAtOnce() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try server()
    defer { server.stop() }
    let client = client(server)
    defer { client.shutdown() }
    let body = Array(String(repeating: "x", count: 200_000).utf8)
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for index in 0..<100 {
        group.addTask {
          let request = HTTPRequest(
            index.isMultiple(of: 2) ? .post : .get,
            "https://iam.googleapis.com/_sandbox/\(index.isMultiple(of: 2) ? "nothing" : "clock")",
            body: index.isMultiple(of: 2) ? body : nil, connection: .fresh)
          return try await client.send(request).status
        }
      }
      return try await group.reduce(into: Set<Int>()) { $0.insert($1) }
    }
    #expect(statuses == [200, 404])
  }

  @Test(arguments: ["example.com", "accounts.google.com", "upload.pypi.org", "pypi.org"])
  func otherHostsAreRefused(_ host: String) async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try server()
    defer { server.stop() }
    let client = client(server)
    defer { client.shutdown() }
    let failure = await #expect(throws: HTTPFailure.self) {
      try await get("https://\(host)/", client)
    }
    #expect(failure?.message.contains("the proxy answered 403") == true)
  }

  /// Faults do to a connection with TLS what they do to another: no complete answer.
  @Test(arguments: ["reset", "close", "halfHeaders", "truncatedBody"])
  func faultsReachClientsThroughTLS(_ fault: String) async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try server()
    defer { server.stop() }
    let client = client(server)
    defer { client.shutdown() }
    let value: JSONValue = fault == "truncatedBody" ? [:] : true
    let added = try await client.send(
      HTTPRequest(
        .post, "https://iam.googleapis.com\(FaultRoutes.path)",
        body: JSONValue.object(["fault": .object([fault: value])]).serialized()))
    #expect(added.status == 200, "\(String(decoding: added.body, as: UTF8.self))")
    let failure = await #expect(throws: HTTPFailure.self) {
      try await client.send(
        HTTPRequest(.get, "https://iam.googleapis.com/v1/roles", connection: .fresh))
    }
    #expect(failure?.kind == .ambiguous, "\(failure?.message ?? "")")
    #expect(try await get("https://iam.googleapis.com/v1/roles", client).status == 401)
  }

  @Test func aRestartKeepsTheSettings() async throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try server()
    let settings = try #require(first.shellSettings)
    let file = "\(folder)/tls/env.sh"
    #expect(try String(contentsOfFile: file, encoding: .utf8) == settings)
    first.stop()
    let second = try server()
    defer { second.stop() }
    #expect(second.shellSettings == settings)
    let client = client(second)
    defer { client.shutdown() }
    #expect(try await get("https://iam.googleapis.com/_sandbox/clock", client).status == 200)
  }

  @Test func withoutTheOptionThereIsNoFront() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try server { $0.answersForGoogle = false }
    defer { server.stop() }
    #expect(server.shellSettings == nil)
    #expect(!FileManager.default.fileExists(atPath: "\(folder)/tls"))
  }

  /// Nothing of Google's can be reached or sent in the shell.
  @Test func theShellHasTheSandboxsCredentialsOnly() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try server()
    defer { server.stop() }
    let settings = variables(server)
    #expect(settings["ARCTL_ENDPOINT"] == server.baseURL)
    #expect(settings["ARCTL_SANDBOX_PROXY"] == settings["HTTPS_PROXY"])
    #expect(settings["GOOGLE_APPLICATION_CREDENTIALS"] == server.ownerFile)
    #expect(settings["CLOUDSDK_AUTH_CREDENTIAL_FILE_OVERRIDE"] == server.ownerFile)
    let real = server.ownerFile.replacing("/owner.json", with: "")
    #expect(settings["CLOUDSDK_CONFIG"] == "\(real)/gcloud")
    #expect(settings["https_proxy"] == settings["HTTPS_PROXY"])
    #expect(settings["no_proxy"] == settings["NO_PROXY"])
    let proxy = try #require(settings["HTTPS_PROXY"])
    #expect(proxy.hasPrefix("http://127.0.0.1:"))
    let former = [
      "ARCTL_ACCESS_TOKEN", "CLOUDSDK_AUTH_TOKEN_HOST", "CLOUDSDK_API_ENDPOINT_OVERRIDES_IAM",
      "GOOGLE_OAUTH_ACCESS_TOKEN", "TWINE_PASSWORD", "PIP_INDEX_URL", "UV_INDEX_MINE_PASSWORD",
      "POETRY_HTTP_BASIC_MINE_PASSWORD", "PDM_PUBLISH_PASSWORD", "HATCH_INDEX_AUTH",
    ]
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-euc", try #require(server.shellSettings) + "env"]
    shell.environment = Dictionary(uniqueKeysWithValues: former.map { ($0, "CANARY") })
      .merging(["PATH": "/usr/bin:/bin", "NETRC": "CANARY"]) { _, new in new }
    let output = Pipe()
    shell.standardOutput = output
    try shell.run()
    let shown = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    #expect(shown.split(separator: "\n").contains("HTTPS_PROXY=\(proxy)"), "\(shown)")
    #expect(!shown.contains("CANARY"))
    // arctl sends no credential of Google's there.
    #expect(ProxyRules(environment: settings).localProxy(for: "https://iam.googleapis.com") != nil)
  }
}
