import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM

/// The Security Token Service without any workload identity pools.
@Suite struct TokenExchangeTests {
  private static let provider =
    "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q"
  private static let sound: [String: String] = [
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "subject_token": "a.b.c",
    "audience": provider, "scope": TokenScope.cloud,
  ]

  private func send(_ changes: [String: String]) throws -> TestSandbox.Reply {
    let form = Self.sound.merging(changes) { $1 }
      .map { "\($0)=\($1.replacing(":", with: "%3A").replacing("/", with: "%2F"))" }
    return try TestSandbox("my-project").raw(
      "POST", "/v1/token",
      headers: ["host": "sts.googleapis.com", "content-type": "application/x-www-form-urlencoded"],
      body: Array(form.joined(separator: "&").utf8))
  }

  @Test(arguments: [
    [:], ["subject_token_type": "urn:ietf:params:oauth:token-type:saml2"],
    ["audience": "//iam.googleapis.com/locations/global/workforcePools/p/providers/q"],
  ])
  func aValidRequestNamesAPoolThatDoesNotExist(_ changes: [String: String]) throws {
    let reply = try send(changes)
    #expect(reply.status == 400)
    #expect(
      reply.body == [
        "error": "invalid_target",
        "error_description": .string(
          "The target service indicated by the \"audience\" parameters is invalid. This might "
            + "either be because the pool or provider is disabled or deleted or because it doesn't "
            + "exist."),
      ])
  }

  @Test(arguments: [
    ("grant_type", "", "invalid_request"), ("grant_type", "password", "unsupported_grant_type"),
    ("requested_token_type", "", "invalid_request"),
    ("requested_token_type", "x", "invalid_request"),
    ("subject_token_type", "", "invalid_request"), ("subject_token_type", "x", "invalid_request"),
    ("subject_token", "", "invalid_request"), ("scope", "", "invalid_request"),
    ("audience", "", "invalid_request"), ("audience", "https:\(provider)", "invalid_request"),
    ("audience", "\(provider)/more", "invalid_request"),
  ])
  func malformedRequestsAreRefused(_ name: String, _ value: String, _ code: String) throws {
    let reply = try send([name: value])
    #expect(reply.status == 400 && reply["error"]?.string == code)
    #expect(reply["error_description"]?.string?.contains(name) == true)
  }

  @Test func downscopingIsNotServed() throws {
    let reply = try send(["subject_token_type": "urn:ietf:params:oauth:token-type:access_token"])
    #expect(reply.status == 501)
  }
}
