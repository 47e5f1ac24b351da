import GoogleCloud

extension GitHubClient {
  /// What GitHub means by a 404 on one secret or variable: returns if it is absent, and throws if the token may just
  /// not see it.
  ///
  /// GitHub answers 404 also for a repository that the token cannot see. Only a list that it answers with 200 proves
  /// that the token sees such things there.
  func confirmAbsence(
    in list: String, _ place: GitHubPlace, _ permission: GitHubPermission
  ) async throws(APIError) {
    let call = GitHubCall(
      path: "\(list)?per_page=1", label: "github list \(list)", place: place,
      permission: permission)
    _ = try await seen(call)
  }

  /// The answer to a call on a whole place, for which a 404 means that the place is absent or hidden.
  func seen(_ call: GitHubCall) async throws(APIError) -> GitHubAnswer {
    do throws(APIError) {
      return try await answer(to: call)
    } catch {
      guard error.kind == .notFound else { throw error }
      throw hidden(call.place, call, error)
    }
  }

  private func hidden(
    _ place: GitHubPlace, _ call: GitHubCall, _ error: APIError
  ) -> APIError {
    let what =
      place.environment.map { "the environment `\($0)` of the repository `\(place.repository)`" }
      ?? "the repository `\(place.repository)`"
    var hidden = APIError(
      .permissionDenied(permission: nil, resource: place.description), label: call.label,
      "\(what) was not found on \(host.name), or the token cannot see it",
      httpStatus: error.httpStatus)
    hidden.advice = PermissionAdvice(
      permission: call.permission.text,
      help: "check the name, and that the token covers the repository: "
        + "a fine-grained token lists its repositories, a classic one needs the scope `repo`")
    return hidden
  }
}
