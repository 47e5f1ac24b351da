package import GoogleCloud
package import JSON
package import Model

/// Whether an answer is about what was asked for, and can be understood. Nothing is concluded from any other: neither that
/// something is absent, nor that it is different, nor that a write was carried out.
package enum LiveAnswer {
  /// Throws `malformed` where an answer is not about this resource, or cannot be compared with the written fields.
  package static func check(
    _ answer: JSONValue, of address: Address, _ call: APICall, written: JSONObject = [:]
  ) throws(APIError) {
    guard address.rest?.isAbout(answer, address) == true else {
      throw APIError(.malformed, call.label, notAsked)
    }
    if let problem = address.problem(comparing: answer, written: written) {
      throw APIError(.malformed, call.label, "the answer cannot be used: \(problem)")
    }
  }

  /// Throws `ambiguous` where the answer of a write does not name the resource: whether it was carried out is then for
  /// the next read to say.
  package static func checkWrite(
    _ answer: JSONValue, of address: Address, _ call: APICall
  ) throws(APIError) {
    guard address.rest?.isNamed(answer, address) == true else {
      throw APIError(
        .ambiguous, call.label, "the response is about another resource than the write")
    }
  }

  /// Throws `ambiguous` where the answer of a write that returns nothing reports an error all the same.
  package static func checkEmpty(_ answer: JSONValue, _ call: APICall) throws(APIError) {
    guard answer.object != nil, answer["error"] == nil else {
      throw APIError(.ambiguous, call.label, "the response does not belong to this call")
    }
  }

  /// The billing account that an answer names; nil for a project that is linked to none. Throws `malformed` where it is
  /// not about this project.
  package static func billingAccount(
    in answer: JSONValue, of project: String, _ label: String
  ) throws(APIError) -> String? {
    let name = answer["name"]?.string ?? "projects/\(project)/billingInfo"
    guard answer["projectId"]?.string == project,
      ResourceNames.isName(ResourceNames.parts(of: name), project, ["billingInfo"])
    else { throw APIError(.malformed, label, notAsked) }
    guard let value = answer["billingAccountName"] else { return nil }
    guard let account = value.string, account.isEmpty || account.hasPrefix("billingAccounts/")
    else {
      throw APIError(
        .malformed, label,
        "the answer cannot be used: `billingAccountName` is not a billing account")
    }
    return account.isEmpty ? nil : account
  }

  /// What is said of an answer about something else.
  package static let notAsked = "the response is about another resource than the request"
}
