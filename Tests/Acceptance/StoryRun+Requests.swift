import Foundation
import JSON
import Synchronization

extension StoryRun {
  /// `[status N] http METHOD PATH [BODY]`: a request by the sandbox's owner, without arctl.
  func http(_ words: inout Words, _ expectation: Expectation) throws {
    let answer = try request(
      words.next("the method"), words.next("the path"),
      words.isEmpty ? "" : body(words.next("a body")))
    try words.end()
    output = answer.body
    errors = ""
    note("\(answer.status)\n\(answer.body)")
    let isExpected = expectation.status.map { $0 == answer.status } ?? (answer.status / 100 == 2)
    if !isExpected { throw StoryFailure("status \(answer.status)") }
  }

  /// A body as it is sent: `@NAME.json` stands for the text of that file.
  private func body(_ text: String) throws -> String {
    try text.replacing(/@([\w-]+\.json)/) { try read(String($0.1)) }
  }

  /// `seed N METHOD PATH BODY`: N requests of the owner, with `{n}` from 1 to N, several at once.
  func seed(_ words: inout Words) throws {
    let count = try words.number("how many")
    let (method, path) = (try words.next("the method"), try words.next("the path"))
    let body = try words.next("the body")
    let (server, headers) = (try reach(), try ownerHeaders())
    let failure = Mutex<String?>(nil)
    DispatchQueue.concurrentPerform(iterations: count) { index in
      func fill(_ text: String) -> String { text.replacing("{n}", with: "\(index + 1)") }
      let answer = try? server.send(method, fill(path), headers: headers, body: fill(body))
      if answer?.status != 200 { failure.withLock { $0 = answer?.body ?? "no answer" } }
    }
    if let text = failure.withLock({ $0 }) { throw StoryFailure(text) }
  }

  /// `credential FILE E-MAIL`: a key file of an account, made as the console does.
  func credential(_ words: inout Words) throws {
    let (file, email) = (try words.next("the file"), try words.next("the account"))
    let answer = try request("POST", "/v1/projects/-/serviceAccounts/\(email)/keys", "{}")
    let data = try? JSONValue(parsing: Array(answer.body.utf8))["privateKeyData"]?.string
    guard let text = data, let bytes = Data(base64Encoded: text) else {
      throw StoryFailure("no key: \(answer.body)")
    }
    try write(String(decoding: bytes, as: UTF8.self), to: file)
  }

  /// `token FILE`: asks the token endpoint for a token with a key file.
  func token(_ words: inout Words) throws {
    let key = try KeyFile(path(words.next("the key file")))
    let assertion = try key.assertion(audience: key.tokenURI)
    let answer = try reach().send(
      "POST", URL(string: key.tokenURI)?.path ?? "/token",
      headers: ["Content-Type": "application/x-www-form-urlencoded"],
      body: "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
        + assertion)
    guard answer.status == 200, answer.body.contains("access_token") else {
      throw StoryFailure("no token: \(answer.status) \(answer.body)")
    }
  }

  func request(_ method: String, _ path: String, _ body: String) throws -> LoopbackHTTP.Answer {
    try reach().send(method, path, headers: ownerHeaders(), body: body)
  }

  func reach() throws -> LoopbackHTTP {
    guard let server else { throw StoryFailure("no sandbox runs") }
    return server
  }

  private func ownerHeaders() throws -> [String: String] {
    let owner = try KeyFile(path("sandbox/owner.json"))
    return ["Authorization": "Bearer \(try owner.bearer())"]
  }
}
