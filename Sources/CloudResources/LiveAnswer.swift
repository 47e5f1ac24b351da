package import GoogleCloud
package import JSON
package import Model

/// Checks whether an answer belongs to its request and can be understood. Any other answer proves nothing: neither
/// absence, nor a difference, nor the success of a write.
package enum LiveAnswer {
  /// Throws `malformed` if an answer is about another resource, or cannot be compared with the written fields.
  package static func check(
    _ answer: JSONValue, of address: Address, _ call: APICall, written: JSONObject = [:]
  ) throws(APIError) {
    guard address.rest?.isAbout(answer, address) == true else {
      throw APIError(.malformed, label: call.label, notAsked)
    }
    if let problem = address.problem(comparing: answer, written: written) {
      throw APIError(.malformed, label: call.label, "the answer cannot be used: \(problem)")
    }
  }

  /// Throws `ambiguous` if the answer of a write does not name the resource: the next read then decides the outcome.
  package static func checkWrite(
    _ answer: JSONValue, of address: Address, _ call: APICall
  ) throws(APIError) {
    guard address.rest?.isNamed(answer, address) == true else {
      throw APIError(
        .ambiguous, label: call.label, "the answer is about another resource than the write")
    }
  }

  /// Throws `ambiguous` if the answer of a write that returns nothing contains an error nevertheless.
  package static func checkEmpty(_ answer: JSONValue, _ call: APICall) throws(APIError) {
    guard answer.object != nil, answer["error"] == nil else {
      throw APIError(.ambiguous, label: call.label, "the answer does not belong to this call")
    }
  }

  /// The billing account in an answer; nil for a project without one. Throws `malformed` if the answer is about
  /// another project.
  package static func billingAccount(
    in answer: JSONValue, of project: String, _ label: String
  ) throws(APIError) -> String? {
    let name = answer["name"]?.string ?? "projects/\(project)/billingInfo"
    guard answer["projectId"]?.string == project,
      ResourceNames.isName(ResourceNames.parts(of: name), in: project, followedBy: ["billingInfo"])
    else { throw APIError(.malformed, label: label, notAsked) }
    guard let value = answer["billingAccountName"] else { return nil }
    guard let account = value.string, account.isEmpty || account.hasPrefix("billingAccounts/")
    else {
      throw APIError(
        .malformed, label: label,
        "the answer cannot be used: `billingAccountName` is not a billing account")
    }
    return account.isEmpty ? nil : account
  }

  /// The message for an answer about something else.
  package static let notAsked = "the answer is about another resource than the request"
}
