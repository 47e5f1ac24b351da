import HTTP
import JSON
import Model
import TestSupport
import Testing

@testable import Resources

/// Every write that Google's APIs can guard by an etag sends the one that was read; the discovery documents show which
/// writes these are.
@Suite struct GuardedWriteTests {
  @Test func everyWriteThatCanBeGuardedIsGuarded() async throws {
    let methods = try DiscoveryMethods.methods()
    var guarded: Set<String> = []
    for test in WriteCase.all {
      let stage = try LiveStage()
      for (key, answer) in test.answers { stage.cloud.on(key, answer) }
      _ = try await stage.run(test.action, on: test.address)
      stage.cloud.finish()
      let writes = stage.cloud.raw.filter { request in
        request.method != .get && !request.url.contains("getIamPolicy")
      }
      #expect(!writes.isEmpty, "\(test.name)")
      for request in writes {
        let found = methods.filter { $0.matches(request) }
        #expect(found.count == 1, "\(test.name): \(request.url) is \(found.map(\.id))")
        guard let method = found.first else { continue }
        let body = request.body.flatMap { try? JSONValue(parsing: $0) }
        for place in method.etags {
          let sent: Bool =
            switch place {
            case .query: request.url.contains("etag=E")
            case .body(let path): path.reduce(body) { $0?[$1] } == "E"
            }
          #expect(sent, "\(test.name): \(method.id) carries no etag in \(place)")
        }
        if !method.etags.isEmpty { guarded.insert(method.id) }
      }
    }
    // The table has at least the known guarded writes, so a change of the documents fails here.
    #expect(
      guarded.isSuperset(of: [
        "cloudresourcemanager.projects.patch", "cloudresourcemanager.projects.setIamPolicy",
        "iam.projects.roles.patch", "iam.projects.roles.delete", "iam.projects.roles.undelete",
        "iam.projects.serviceAccounts.setIamPolicy",
        "artifactregistry.projects.locations.repositories.setIamPolicy",
      ]))
  }

  /// Without an etag in the answer a write cannot be guarded, so none is sent.
  @Test func withoutAnEtagNothingIsWritten() async throws {
    for test in WriteCase.all
    where ["project update", "role update", "role deletion", "role return"]
      .contains(test.name) || test.name.hasSuffix("policy")
    {
      for etag: JSONValue? in [nil, "", 7, .null] {
        let stage = try LiveStage()
        for (key, answer) in test.answers { stage.cloud.on(key, try answer.with(etag: etag)) }
        await #expect(throws: OperationFailure.self, "\(test.name)") {
          try await stage.run(test.action, on: test.address)
        }
        let writes = stage.cloud.raw.filter {
          $0.method != .get && !$0.url.contains("getIamPolicy")
        }
        #expect(writes.isEmpty, "\(test.name): \(writes.map(\.url))")
      }
    }
  }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
  /// The same answer with another etag, or without one.
  fileprivate func with(etag: JSONValue?) throws -> Self {
    var response = try get()
    guard var object = try JSONValue(parsing: response.body).object, object["etag"] != nil else {
      return self
    }
    object["etag"] = etag
    response.body = JSONValue.object(object).serialized()
    return .success(response)
  }
}
