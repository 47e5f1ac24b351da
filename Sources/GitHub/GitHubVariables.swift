public import GoogleCloud
import JSON

/// A variable of Actions, which everyone with access to the repository can read.
public struct GitHubVariable: Sendable, Hashable {
  /// The name, in the spelling of the answer: upper case.
  public let name: String
  /// The value.
  public let value: String
  /// RFC 3339, in whole seconds.
  public let updatedAt: String
}

extension GitHubClient {
  /// A variable; nil if it is certainly absent. Throws where the token may just not see it.
  public func variable(
    _ name: String, in place: GitHubPlace
  ) async throws(APIError) -> GitHubVariable? {
    let call = GitHubCall(
      path: path(name, place), label: "github.variables.get \(place) \(name)", place: place,
      permission: permission(place))
    let answer: JSONValue
    do throws(APIError) {
      answer = try await self.answer(to: call).value
    } catch {
      guard error.kind == .notFound else { throw error }
      try await confirmAbsence(in: place.variables, place, permission(place))
      return nil
    }
    guard let found = answer["name"]?.string, found.uppercased() == name.uppercased(),
      let value = answer["value"]?.string, let updated = timestamp(answer["updated_at"])
    else { throw malformed(call, "the answer is not about this variable") }
    return GitHubVariable(name: found, value: value, updatedAt: updated)
  }

  /// Creates a variable. After an answer from which the outcome is not known it reads the variable, and tries once more
  /// if it is absent. Throws `alreadyExists` if there is one already.
  public func createVariable(
    _ name: String, value: String, in place: GitHubPlace
  ) async throws(APIError) {
    do throws(APIError) {
      try await post(name, value, place)
    } catch {
      guard error.isAmbiguous else { throw error }
      if try await isCreated(name, value, place) { return }
      try await postAgain(name, value, place)
    }
  }

  /// The second try, before which the first one may still arrive.
  private func postAgain(
    _ name: String, _ value: String, _ place: GitHubPlace
  ) async throws(APIError) {
    do throws(APIError) {
      try await post(name, value, place)
    } catch {
      guard error.kind == .alreadyExists || error.isAmbiguous,
        try await isCreated(name, value, place)
      else { throw error }
    }
  }

  private func isCreated(
    _ name: String, _ value: String, _ place: GitHubPlace
  ) async throws(APIError) -> Bool {
    guard let present = try await variable(name, in: place) else { return false }
    guard present.value == value else {
      throw APIError(
        .alreadyExists, label: "github.variables.create \(place) \(name)",
        "there is a variable of this name with another value")
    }
    return true
  }

  private func post(
    _ name: String, _ value: String, _ place: GitHubPlace
  ) async throws(APIError) {
    let call = GitHubCall(
      method: .post, path: place.variables,
      body: ["name": .string(name.uppercased()), "value": .string(value)], onAmbiguity: .never,
      label: "github.variables.create \(place) \(name)", place: place,
      permission: permission(place, writes: true), successes: [201])
    _ = try await seen(call)
  }

  /// Changes the value of a variable. Throws `notFound` if there certainly is none.
  public func updateVariable(
    _ name: String, to value: String, in place: GitHubPlace
  ) async throws(APIError) {
    let call = GitHubCall(
      method: .patch, path: path(name, place),
      body: ["name": .string(name.uppercased()), "value": .string(value)],
      onAmbiguity: .idempotent, label: "github.variables.update \(place) \(name)", place: place,
      permission: permission(place, writes: true), successes: [204])
    do throws(APIError) {
      _ = try await answer(to: call)
    } catch {
      guard error.kind == .notFound else { throw error }
      try await confirmAbsence(in: place.variables, place, permission(place))
      throw error
    }
  }

  /// Deletes a variable. One that is absent is no failure.
  public func deleteVariable(_ name: String, in place: GitHubPlace) async throws(APIError) {
    let call = GitHubCall(
      method: .delete, path: path(name, place), onAmbiguity: .idempotent,
      label: "github.variables.delete \(place) \(name)", place: place,
      permission: permission(place, writes: true), successes: [204])
    do throws(APIError) {
      _ = try await answer(to: call)
    } catch {
      guard error.kind == .notFound else { throw error }
      try await confirmAbsence(in: place.variables, place, permission(place))
    }
  }

  private func path(_ name: String, _ place: GitHubPlace) -> String {
    place.variables + APIPath.join(name.uppercased())
  }

  private func permission(_ place: GitHubPlace, writes: Bool = false) -> GitHubPermission {
    GitHubPermission("Variables", in: place, writes: writes)
  }
}
