import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// Lists of accounts and keys may be outdated: a resource that one answer lacks and another of the same wave shows is
/// not absent.
@Suite struct StaleAccountTests {
  private let accounts = "GET /v1/projects/p/serviceAccounts"
  private let account = "GET /v1/projects/p/serviceAccounts/\(Make.email)"
  private let keys = "GET /v1/projects/p/serviceAccounts/\(Make.email)/keys"
  private let policy = "POST /v1/projects/p/serviceAccounts/\(Make.email):getIamPolicy"

  private static func value(_ fields: JSONObject = [:]) -> JSONValue {
    var value: JSONObject = [
      "name": .string("projects/p/serviceAccounts/\(Make.email)"), "email": .string(Make.email),
      "uniqueId": "1234",
    ]
    for (name, field) in fields { value[name] = field }
    return .object(value)
  }

  private func read(
    _ stage: LiveStage, keys: Bool = true, policies: [Address] = []
  ) async -> Snapshot {
    let other = Make.resource(Address(project: "p", .serviceAccount, "other"))
    return await stage.read(
      Make.graph(
        [Make.resource(Make.account), other], policies: policies, keys: keys ? [Make.key()] : []))
  }

  @Test func readableKeysMakeTheAccountPresent() async throws {
    let stage = try LiveStage()
    stage.cloud.on(accounts, .json(["accounts": []]))
    stage.cloud.on(keys, .json(["keys": []]))
    stage.cloud.on(account, .json(Self.value()))
    let snapshot = await read(stage)
    #expect(snapshot.resources[Make.account]?.word == "present")
    #expect(snapshot.keys[Make.account].map { "\($0)".hasPrefix("present") } == true)
    stage.cloud.finish()
  }

  @Test func aPolicyThatWasReadDoesSoToo() async throws {
    let stage = try LiveStage()
    stage.cloud.on(accounts, .json(["accounts": []]))
    stage.cloud.on(policy, .json(["etag": "BwYabcdef00="]))
    stage.cloud.on(account, .json(Self.value()))
    let snapshot = await read(stage, keys: false, policies: [Make.account.policy])
    #expect(snapshot.resources[Make.account]?.word == "present")
    #expect(snapshot.policies[Make.account.policy]?.word == "present")
    stage.cloud.finish()
  }

  /// Neither absent nor present: its dependents are unknown, too.
  @Test(arguments: [404, 403, 500]) func aContradictionThatStaysIsUnreadable(
    status: Int
  ) async throws {
    let stage = try LiveStage()
    stage.cloud.on(accounts, .json(["accounts": []]))
    stage.cloud.on(keys, .json(["keys": []]))
    stage.cloud.on(
      account,
      status == 404
        ? .notFound : status == 403 ? .forbidden : .error(500, "INTERNAL"))
    let snapshot = await read(stage)
    #expect(snapshot.resources[Make.account]?.word == "unreadable other")
  }

  @Test func anAccountInNoAnswerIsAbsent() async throws {
    let stage = try LiveStage()
    stage.cloud.on(accounts, .json(["accounts": []]))
    stage.cloud.on(keys, .notFound)
    let snapshot = await read(stage)
    #expect(snapshot.resources[Make.account]?.word == "absent")
    stage.cloud.finish()
  }

  /// The e-mail identifies an account: one that contradicts the name makes the list untrustworthy.
  @Test(
    arguments: [
      .string("\(Make.email) "), .string(" \(Make.email)"), .string("\(Make.email)\u{0}"),
      .string("\(Make.email)\(Make.email)"), "other@p.iam.gserviceaccount.com", "", .null, 7,
      .array([.string(Make.email)]),
    ] as [JSONValue]) func anEmailThatIsNotTheNamesMakesTheListUnreadable(
      email: JSONValue
    ) async throws
  {
    let stage = try LiveStage()
    stage.cloud.on(accounts, .json(["accounts": [Self.value(["email": email])]]))
    stage.cloud.on(keys, .notFound)
    let snapshot = await read(stage)
    #expect(snapshot.resources[Make.account]?.word == "unreadable other")
  }
}
